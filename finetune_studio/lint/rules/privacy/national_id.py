"""P306: a number that a state gives to a person: social security, tax, identity."""

from collections.abc import Iterator
from typing import ClassVar

from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.national_ids import SEPARATORS, SHAPES, find_ids
from finetune_studio.lint.personal_rule import Personal, PersonalRule


class NationalIdNumber(PersonalRule):
    code = "P306"
    name = "National identity number"
    shapes: ClassVar[tuple[bytes, ...]] = SHAPES
    digits = 6
    apart = 2
    separators = SEPARATORS
    mask_kind = "id"

    def find(self, text: str, context: RuleContext) -> Iterator[Personal]:
        for found in find_ids(text):
            yield Personal(found.start, found.end, found.compact, found.name)
