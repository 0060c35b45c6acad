"""Whether an answer is JSON or code, and where it stops making sense as such."""

import ast
import json
import re
import warnings
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np
import orjson

from finetune_studio.domain.example import ExampleKind
from finetune_studio.lint.batch_texts import MAY_BE_SPACE
from finetune_studio.lint.facts import Array

if TYPE_CHECKING:
    from finetune_studio.lint.scan import Batch

_LONGEST = 20_000
"""Characters of an answer beyond which it is not parsed: parsing Python takes 1 ms for 10 kB."""
_HEADS = frozenset("{[`")
_MAY_OPEN = MAY_BE_SPACE | np.isin(np.arange(256), list(b"{[`"))
"""By the first byte of an answer; where there is none, that is the mark."""
_JSON = re.compile(r"\{\s*[\"'}]|\[\s*(?:[\[{\"'\]]|-?\d+\s*,|true\b|false\b|null\b)")
_FENCE = re.compile(r"\A\s*```(json|python|py)[ \t]*\n([\s\S]*?)\n?```\s*\Z", re.IGNORECASE)


_MAGIC = re.compile(r"^([ \t]*)(?:![^=\n]|%%?[a-z]).*$", re.M)
_NOT_PYTHON = re.compile(r"^[ \t]*>>> ?|\A\s*%%(?!(?:time|timeit|capture|prun)\b)[a-z]", re.M)
"""Sessions with what they printed, and cells in another language."""


class Form(IntEnum):
    PROSE = 0
    JSON = 1
    BROKEN_JSON = 2
    PYTHON = 3
    BROKEN_PYTHON = 4


def fill_forms(batch: "Batch", data: dict[str, Array]) -> None:
    """Set the columns `answer_form`, `answer_fault` and `answer_index`, of the last answers that are text."""
    texts, plain = batch.scan.texts, batch.scan.plain
    lasts = np.array([shape.last_assistant for shape in batch.scan.shapes.shapes], dtype=np.int64)
    last = lasts[np.array(batch.scan.shape_numbers, dtype=np.int64)]
    starts, raw = batch.block.starts, np.frombuffer(batch.block.joined, dtype=np.uint8)
    answered = np.flatnonzero(last >= 0)
    indexes = batch.layout.starts[answered] + last[answered]
    may_open = _MAY_OPEN[raw[starts[indexes]]]
    for n, index in zip(answered[may_open].tolist(), indexes[may_open].tolist(), strict=True):
        text = texts[index]
        if text[:1] in _HEADS or text[:1].isspace():
            _fill(data, plain[n], text, int(last[n]))
    for row in batch.unusual:
        view = batch.view(row)
        answers = [m for m in view.messages if m.role == "assistant" and isinstance(m.content, str)]
        if answers and view.kind is ExampleKind.CONVERSATION:
            _fill(data, row, answers[-1].content, answers[-1].index)


def _fill(data: dict[str, Array], row: int, text: str, index: int) -> None:
    form, fault = form_of(text)
    data["answer_form"][row], data["answer_fault"][row], data["answer_index"][row] = form, fault, index


def form_of(text: str) -> tuple[Form, int]:
    """The form of an answer and the code point at which a broken one breaks (0 for others)."""
    if len(text) > _LONGEST:
        return Form.PROSE, 0
    fence = _FENCE.match(text)
    if fence is not None and fence[1].lower() != "json":
        return _python(fence[2], fence.start(2))
    if fence is not None:
        return _json(fence[2], fence.start(2))
    start = len(text) - len(text.lstrip())
    return _json(text[start:], start) if _JSON.match(text, start) else (Form.PROSE, 0)


def _json(text: str, offset: int) -> tuple[Form, int]:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        try:
            json.loads(text)
        except json.JSONDecodeError as error:
            return Form.BROKEN_JSON, offset + error.pos
        except (RecursionError, ValueError):
            return Form.PROSE, 0
    return Form.JSON, 0


def _parse(code: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ast.parse(code)


def _python(code: str, offset: int) -> tuple[Form, int]:
    """Of notebooks the lines for the shell and the magic ones are passed, of sessions all."""
    try:
        try:
            _parse(code)
        except SyntaxError:
            if _NOT_PYTHON.search(code):
                return Form.PROSE, 0
            plain = _MAGIC.sub(r"\1pass", code)
            if plain == code:
                raise
            _parse(plain)
    except SyntaxError as error:
        lines = code.splitlines(keepends=True)[: max((error.lineno or 1) - 1, 0)]
        place = sum(map(len, lines)) + max((error.offset or 1) - 1, 0)
        return Form.BROKEN_PYTHON, offset + min(place, len(code))
    except (RecursionError, ValueError, MemoryError):
        return Form.PROSE, 0
    return Form.PYTHON, 0
