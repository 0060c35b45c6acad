"""P304: the number of a payment card."""

import re
from collections.abc import Iterator
from typing import ClassVar

from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.personal_rule import Personal, PersonalRule

_CARD = re.compile(
    r"(?<![\w.,+-])(?:4[0-9]{3}|5[1-5][0-9]{2}|2(?:2[2-9]|[3-6][0-9]|7[01])[0-9]|6(?:011|22[0-9]|4[4-9][0-9]|5[0-9]{2})"
    r"|35(?:2[89]|[3-8][0-9]))([ -]?)[0-9]{4}\1[0-9]{4}\1[0-9]{4}(?![\w-]|[.,][0-9])"
    r"|(?<![\w.,+-])3[47][0-9]{2}([ -]?)[0-9]{6}\2[0-9]{5}(?![\w-]|[.,][0-9])"
)
"""Visa, Mastercard, Discover, JCB; American Express: by the ranges of their first digits and their groups."""
_TEST_NUMBERS = frozenset(
    {
        *("4111111111111111", "4242424242424242", "4012888888881881", "4000056655665556", "5555555555554444"),
        *("5105105105105100", "2223003122003222", "5200828282828210", "6011111111111117", "6011000990139424"),
        *("378282246310005", "371449635398431", "378734493671000", "3530111333300000", "3566002020360505"),
        *("4000000000000002", "4000000000000077", "4000000000003220"),
    }
)
"""What payment services publish for tests."""


class PaymentCard(PersonalRule):
    code = "P304"
    name = "Payment card number"
    shapes: ClassVar[tuple[bytes, ...]] = (
        *(b"000000000000000", b"0000 0000 0000 0000", b"0000-0000-0000-0000", b"0000 000000 00000"),
        b"0000-000000-00000",
    )
    digits = 14
    apart = 1
    separators = b" -"
    mask_kind = "card"

    def find(self, text: str, context: RuleContext) -> Iterator[Personal]:
        from stdnum import luhn

        for match in _CARD.finditer(text):
            digits = re.sub(r"\D", "", match[0])
            if len(set(digits)) > 2 and digits not in _TEST_NUMBERS and luhn.is_valid(digits):
                yield Personal(match.start(), match.end(), digits, "a payment card number")
