"""Base of the rules that find personal data, and mask it."""

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from finetune_studio.domain.diagnostic import Applicability, Severity
from finetune_studio.lint.batch_texts import BatchTexts, Numbers
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.fault_rule import Fault, FaultRule, Reads
from finetune_studio.lint.literals import shape_of_text
from finetune_studio.lint.masks import mask
from finetune_studio.lint.words import counted

_SHOWN = 3
"""Characters of a value that the message repeats at most, and a third of it at most."""


@dataclass(frozen=True, slots=True)
class Personal:
    """A value found: its place, the form that tells it from others, and what it is."""

    start: int
    end: int
    value: str
    kind: str


class PersonalRule(FaultRule):
    """One finding for each value in a text, at its first place; the fix masks it in all its places there."""

    severity = Severity.WARNING
    fix = Applicability.UNSAFE
    reads = Reads.EVERYTHING
    shapes: ClassVar[tuple[bytes, ...]] = ()
    """When given, one of these must be in the text, digits being written 0 and capitals A."""
    digits: ClassVar[int] = 0
    """How many digits every value has, with at most `apart` bytes of the `separators` between two."""
    apart: ClassVar[int] = 0
    separators: ClassVar[bytes] = b""
    mask_kind: ClassVar[str]

    def suspects(self, texts: BatchTexts, context: RuleContext) -> Iterable[int]:
        if not self.digits:
            return super().suspects(texts, context)
        return texts.owners(self.numbers(texts).first)

    def numbers(self, texts: BatchTexts) -> Numbers:
        """Runs of digits that may be or hold a value."""
        found = texts.numbers(self.separators, self.apart)
        return found.of(found.digits >= self.digits)

    def suspicious(self, text: str) -> bool:
        if not self.shapes:
            return True
        shaped = shape_of_text(text)
        if shaped.count(b"0") < self.digits:
            return False
        return any(map(shaped.__contains__, self.shapes))

    @abstractmethod
    def find(self, text: str, context: RuleContext) -> Iterator[Personal]:
        """Yield the values in the text, ascending and apart."""

    def faults(self, text: str, context: RuleContext) -> Iterator[Fault]:
        places: dict[str, list[Personal]] = {}
        for personal in self.find(text, context):
            places.setdefault(personal.value, []).append(personal)
        for value, found in places.items():
            first = found[0]
            length = first.end - first.start
            by = mask(self.mask_kind, value, context.mask_key)
            yield Fault(
                first.start,
                first.end,
                "holds {kind} ({beginning}…, {length}){again}",
                {
                    "kind": first.kind,
                    "beginning": text[first.start : first.start + min(_SHOWN, length // 3)],
                    "length": counted(length, "character"),
                    "again": f", {len(found):,} times" if len(found) > 1 else "",
                },
                tuple((one.start, one.end, by) for one in found),
                f"Put {by} in its place",
            )
