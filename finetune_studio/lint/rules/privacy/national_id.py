"""P306: a number that a state gives to a person: social security, tax, identity."""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from finetune_studio.lint.batch_texts import BatchTexts
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import Array
from finetune_studio.lint.national_ids import SEPARATORS, SHAPES, WORDS, find_ids, has_own_form
from finetune_studio.lint.personal_rule import Personal, PersonalRule
from finetune_studio.lint.phone_numbers import REGIONS, without_phones

_FEWEST_WITH_SIGNS = 11
"""Digits of the numbers that signs within tell, with no word or capital beside them."""


class NationalIdNumber(PersonalRule):
    code = "P306"
    name = "National identity number"
    version = 2
    shapes: ClassVar[tuple[bytes, ...]] = SHAPES
    digits = 6
    apart = 2
    separators = SEPARATORS
    triggers: ClassVar[tuple[bytes, ...]] = WORDS
    mask_kind = "id"

    def suspects(self, texts: BatchTexts, context: RuleContext) -> Array:
        numbers = self.numbers(texts)
        with_words = np.intersect1d(texts.owners(numbers.first), texts.having(self.triggers))
        signs = np.any([numbers.around(texts.at(ord(sign))) for sign in ".-"], axis=0)
        is_mixed = numbers.around(texts.capitals, 1, 1) | (signs & (numbers.digits >= _FEWEST_WITH_SIGNS))
        mixed = np.setdiff1d(texts.owners(numbers.first[is_mixed]), with_words)
        own = [index for index in mixed.tolist() if has_own_form(texts.texts[index])]
        return np.union1d(with_words, np.array(own, dtype=np.int64))

    def find(self, text: str, context: RuleContext) -> Iterator[Personal]:
        regions = context.texts_option("P303", REGIONS)
        for found in without_phones(text, list(find_ids(text)), regions):
            yield Personal(found.start, found.end, found.compact, found.name)
