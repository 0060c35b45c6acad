"""P308: an address with a password or a token in it."""

import re
from collections.abc import Iterator
from typing import ClassVar

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.masks import MASK
from finetune_studio.lint.personal_rule import Personal, PersonalRule
from finetune_studio.lint.secrets import bits_per_character, is_made_up

_PASSWORD = re.compile(
    r"\b[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s/@:\"'<>]{1,100}:([^\s/@\"'<>{}$]{3,200})@[\w.\[-]+"
)
_TOKEN = re.compile(
    r"\b[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s\"'<>]{1,600}?[?&;#](?:access_?token|auth_?token|token|api_?key|key"
    r"|client_?secret|secret|password|passwd|pwd|sig|signature|session_?id|jwt|auth|X-Amz-Signature)"
    r"=([\w.~%+/=-]{12,2000})",
    re.IGNORECASE,
)
_BITS = 2.8
"""Shannon bits a character that a token has at least; words have fewer, or no digit."""
_COMMON = frozenset({"password", "pass", "pw", "pwd", "secret", "user", "token", "postgres", "root", "admin"})


class UrlWithSecret(PersonalRule):
    code = "P308"
    name = "Address with a password or token"
    severity = Severity.ERROR
    triggers: ClassVar[tuple[bytes, ...]] = (b"://",)
    mask_kind = "secret"

    def suspicious(self, text: str) -> bool:
        return "://" in text

    def find(self, text: str, context: RuleContext) -> Iterator[Personal]:
        taken = 0
        found = [(match.span(1), match[1], "a password in an address") for match in _PASSWORD.finditer(text)]
        found += [
            (match.span(1), match[1], "a token in an address")
            for match in _TOKEN.finditer(text)
            if bits_per_character(match[1]) >= _BITS and any(map(str.isdigit, match[1]))
        ]
        for (start, end), secret, kind in sorted(found):
            if start >= taken and not _is_nobodys(secret):
                taken = end
                yield Personal(start, end, secret, kind)


def _is_nobodys(secret: str) -> bool:
    return is_made_up(secret) or secret.lower() in _COMMON or MASK.fullmatch(secret) is not None
