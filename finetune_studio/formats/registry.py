"""The layouts that the app knows, in the order they are tried."""

from pathlib import Path

from finetune_studio.domain.errors import InputError
from finetune_studio.formats.base import Format
from finetune_studio.formats.openai_chat import OpenAIChatFormat
from finetune_studio.formats.openai_preference import OpenAIPreferenceFormat
from finetune_studio.formats.sampling import sample_values
from finetune_studio.formats.source_probe import probe

_ADVICE = 'Choose a file with one JSON object a line, such as {"messages": [...]}.'


def all_formats() -> tuple[Format, ...]:
    """Every layout, most specific first."""
    return (OpenAIPreferenceFormat(), OpenAIChatFormat())


def find_format(file: Path | str, *, encoding: str | None = None) -> Format:
    """The layout of a file by its content, or, given a string, by its id.

    JSON objects of no known layout are read as chat, so that the checks say what each lacks. Raises
    InputError for an unknown id and for a file that holds no JSON object at its beginning.
    """
    formats = all_formats()
    if isinstance(file, str):
        for known in formats:
            if known.id == file:
                return known
        names = ", ".join(known.id for known in formats)
        raise InputError(f"There is no format “{file}”.", f"Known formats: {names}.")
    found = probe(file, encoding)
    for known in formats:
        if known.sniff(found.sample):
            return known
    text = found.sample.lstrip()
    if text.startswith(b"{") or any(isinstance(value, dict) for value in sample_values(text)):
        return OpenAIChatFormat()
    raise InputError(f"{file.name} does not look like a file of examples: it holds no JSON object.", _ADVICE)
