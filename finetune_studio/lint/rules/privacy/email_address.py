"""P302: an e-mail address."""

import re
from collections.abc import Iterator

from finetune_studio.lint.batch_texts import BatchTexts
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import Array
from finetune_studio.lint.personal_rule import Personal, PersonalRule

_ADDRESS = re.compile(
    r"(?<![\w.%+/-])[A-Za-z0-9][\w.%+-]{0,63}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,5}"
    r"[A-Za-z]{2,24}(?![\w-]|\.\w)",
    re.ASCII,
)
_NOT_ADDRESSES = re.compile(
    r"@(?:[\w.-]*\.)?(?:example\.\w+|\w+\.(?:example|invalid|test|localhost|local|png|jpe?g|gif|svg|webp|css|js))$"
    r"|^git@|@(?:your|my|some)[\w-]*\.\w+$",
    re.IGNORECASE,
)
"""Reserved names (RFC 2606), names of files such as icon@2x.png, remotes of git, and obvious placeholders."""


class EmailAddress(PersonalRule):
    code = "P302"
    name = "E-mail address"
    mask_kind = "email"

    def suspects(self, texts: BatchTexts, context: RuleContext) -> Array:
        return texts.owners(texts.at(ord("@")))

    def suspicious(self, text: str) -> bool:
        return "@" in text

    def find(self, text: str, context: RuleContext) -> Iterator[Personal]:
        for match in _ADDRESS.finditer(text):
            if not _NOT_ADDRESSES.search(match[0]):
                yield Personal(match.start(), match.end(), match[0].lower(), "an e-mail address")
