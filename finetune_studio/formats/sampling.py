"""The values at the beginning of a text of examples, for sniffing its layout."""

from collections.abc import Iterator
from typing import Any

from finetune_studio.domain.errors import InputError
from finetune_studio.domain.example import ExampleKind
from finetune_studio.formats.json_documents import split_values
from finetune_studio.formats.records import kind_of_value, loads

_ENOUGH = 50


def sample_values(sample: bytes) -> list[Any]:
    """Up to fifty values from a sample; what cannot be parsed (the cut end too) is left out."""
    values: list[Any] = []
    for piece in _pieces(sample):
        try:
            values.append(loads(piece))
        except InputError:
            continue
        if len(values) == _ENOUGH:
            break
    return values


def share_of_kind(sample: bytes, kind: ExampleKind) -> float:
    """How many of the values of a sample are of a kind, 0 to 1; 0 when there are none."""
    values = sample_values(sample)
    return sum(kind_of_value(value) is kind for value in values) / len(values) if values else 0.0


def _pieces(sample: bytes) -> Iterator[bytes]:
    text = sample.lstrip(b" \t\r\n")
    first = text.partition(b"\n")[0].strip()
    if text.startswith(b"[") or first == b"{":
        yield from (text[start:end] for start, end in split_values(text))
    else:
        yield from (line for line in text.split(b"\n")[: 4 * _ENOUGH] if line.strip())
