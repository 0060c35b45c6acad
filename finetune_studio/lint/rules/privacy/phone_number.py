"""P303: a phone number."""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.lint.batch_texts import BatchTexts, Numbers
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.personal_rule import Personal, PersonalRule
from finetune_studio.lint.phone_numbers import AROUND, NATIONAL, NEAR, REGIONS, find_phones
from finetune_studio.lint.rule import ListOption

_MOST_BYTES = 4


class PhoneNumber(PersonalRule):
    code = "P303"
    name = "Phone number"
    severity = Severity.INFO
    version = 2
    shapes: ClassVar[tuple[bytes, ...]] = (
        *(b"0000000", b"000-000", b"000.000", b"000 000", b"00 00 00 00", b"00.00.00.00", b"00-00-00-00"),
        *(b"+0 0", b"+00 0", b"+000 0", b"+0-0", b"+00-0", b"+0 (", b"+00 (", b"+0(", b"+00("),
    )
    digits = 7
    apart = 6
    separators = " ().-\u00a0".encode()
    mask_kind = "phone"
    list_options: ClassVar[tuple[ListOption, ...]] = (REGIONS,)
    triggers: ClassVar[tuple[bytes, ...]] = (
        *(b"phone", b"tel", b"mobile", b"cell", b"call", b"dial", b"fax", b"whats", b"text", b"sms", b"ring"),
        *(b"reach", b"contact", b"fono", b"handy", b"rufnummer", b"portable", b"movil", b"celular"),
        *("móvil".encode(), "mÓvil".encode()),
    )
    """One of these is in what stands beside numbers that do not look like one by themselves."""

    def numbers(self, texts: BatchTexts) -> Numbers:
        """Those after a +, with 00 or a sign within, or after a word; others are numbers of other things."""
        found = super().numbers(texts)
        zeros = texts.at(ord("0"))
        zeros = zeros[:-1][np.diff(zeros) == 1]
        within = (zeros, texts.at(ord("-")), texts.at(ord(".")))
        looks_like_one = np.any([found.around(places) for places in within], axis=0)
        looks_like_one |= found.around(texts.at(ord("+")), before=AROUND)
        has_word = found.around(texts.literals(self.triggers), before=NEAR * _MOST_BYTES)
        return found.of(looks_like_one | (has_word & (found.digits >= NATIONAL)))

    def find(self, text: str, context: RuleContext) -> Iterator[Personal]:
        for found in find_phones(text, self.texts_option(context, "regions")):
            yield Personal(found.start, found.end, found.number, "a phone number")
