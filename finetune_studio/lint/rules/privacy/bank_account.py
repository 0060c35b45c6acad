"""P305: an international bank account number (IBAN)."""

import re
from collections.abc import Iterator
from typing import ClassVar

from finetune_studio.lint.batch_texts import BatchTexts, is_capital, is_digit
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import Array
from finetune_studio.lint.personal_rule import Personal, PersonalRule

_IBAN = re.compile(r"(?<!\w)[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)", re.ASCII)


class BankAccount(PersonalRule):
    code = "P305"
    name = "Bank account number"
    shapes: ClassVar[tuple[bytes, ...]] = (b"AA00",)
    digits = 4
    mask_kind = "iban"

    def suspects(self, texts: BatchTexts, context: RuleContext) -> Array:
        """Those with a digit after two capitals, and another."""
        second = texts.digits - 1
        second = second[is_capital(texts.byte(second))]
        found = second[is_capital(texts.byte(second - 1)) & is_digit(texts.byte(second + 2))]
        return texts.owners(found)

    def find(self, text: str, context: RuleContext) -> Iterator[Personal]:
        for match in _IBAN.finditer(text):
            found = _valid_part(match[0])
            if found:
                yield Personal(
                    match.start(), match.start() + len(found), found.replace(" ", ""), "a bank account number"
                )


def _valid_part(text: str) -> str:
    """The text, or without the words in capitals that follow it."""
    from stdnum import iban

    while text:
        if iban.is_valid(text):
            return text
        text = text.rpartition(" ")[0]
    return ""
