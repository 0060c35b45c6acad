"""Q107: an answer that says the same again and again, as a model does that is caught in a loop."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import ClassVar

import numpy as np
import orjson

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.lint.batch_texts import BatchTexts
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import Array
from finetune_studio.lint.fault_rule import Fault, FaultRule, Reads
from finetune_studio.lint.prose import is_code, sentences, without_code
from finetune_studio.lint.rule import RuleOption
from finetune_studio.lint.words import counted, shown

_LONG = 100
"""Characters below which an answer is not looked at."""
_PROBE = 16
_SENTENCE = 25
"""Characters that a sentence needs, to be told from "Yes."."""
_FEWEST = 3
_ROW = re.compile(r"^[ \t]*\|.*$", re.M)
"""Of a table: its cells are often equal."""
_MOST_LOOKED_AT = 60


class RepetitionLoop(FaultRule):
    code = "Q107"
    name = "Repetition loop"
    severity = Severity.WARNING
    version = 2
    reads = Reads.ANSWERS
    options: ClassVar[tuple[RuleOption, ...]] = (
        RuleOption("repeats", 4, "times in a row", "How often something is said to be a loop.", _FEWEST, 100),
    )

    def suspects(self, texts: BatchTexts, context: RuleContext) -> Array:
        return np.flatnonzero(texts.lengths >= _LONG)

    def suspicious(self, text: str) -> bool:
        """A loop of a quarter of the text or more is under one of four probes."""
        size = len(text)
        if size < _LONG:
            return False
        count = text.count
        return (
            count(text[-_PROBE:]) >= _FEWEST
            or count(text[size // 4 : size // 4 + _PROBE]) >= _FEWEST
            or count(text[size // 2 : size // 2 + _PROBE]) >= _FEWEST
            or count(text[size * 3 // 4 : size * 3 // 4 + _PROBE]) >= _FEWEST
        )

    def faults(self, text: str, context: RuleContext) -> Iterator[Fault]:
        repeats = round(self.option(context, "repeats"))
        prose = _ROW.sub(lambda match: " " * len(match[0]), without_code(text))
        if is_code(prose) or _is_json(text):
            return
        loop = _loop(prose, repeats)
        if loop is not None:
            start, end, period = loop
            while start < end and not prose[start].isalnum():
                start += 1
            yield Fault(
                start,
                end,
                "says “{unit}” {times} in a row",
                {
                    "unit": shown(prose[start : start + period]),
                    "times": counted(round((end - start) / period), "time"),
                },
            )
            return
        places = sentences(prose)
        counts = Counter(prose[start:end] for start, end in places if end - start >= _SENTENCE)
        for sentence, times in counts.items():
            if times >= repeats:
                start, end = next(place for place in places if prose[slice(*place)] == sentence)
                yield Fault(
                    start,
                    end,
                    "says “{unit}” {times}",
                    {"unit": shown(sentence), "times": counted(times, "time")},
                )


def _is_json(text: str) -> bool:
    if text.lstrip()[:1] not in ("{", "["):
        return False
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True


def _loop(text: str, repeats: int) -> tuple[int, int, int] | None:
    """Start, end and period of the longest run of one thing repeated, if it is long enough."""
    best: tuple[int, int, int] | None = None
    size = len(text)
    for place in (size - _PROBE, size // 4, size // 2, size * 3 // 4):
        probe = text[place : place + _PROBE]
        if not any(map(str.isalpha, probe)):
            continue
        at = text.find(probe)
        for _ in range(_MOST_LOOKED_AT):
            after = text.find(probe, at + 1)
            if after < 0:
                break
            found = _extended(text, at, after - at)
            if found[1] - found[0] >= max(_LONG // 2, repeats * found[2]) and (
                best is None or found[1] - found[0] > best[1] - best[0]
            ):
                best = found
            # what is within the run is the same run: on to its last place, or a long loop takes for ever
            at = text.rfind(probe, after, max(found[1], after + len(probe)))
    return best


def _extended(text: str, start: int, period: int) -> tuple[int, int, int]:
    """The whole run of this period around a place."""
    end = start + period
    while end < len(text) and text[end] == text[end - period]:
        end += 1
    while start > 0 and text[start - 1] == text[start - 1 + period]:
        start -= 1
    return start, end, period
