"""P307: an IP address on the open internet, or the MAC address of a device."""

import re
from collections.abc import Iterator
from ipaddress import ip_address

import numpy as np

from finetune_studio.lint.batch_texts import BatchTexts, is_digit
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import Array
from finetune_studio.lint.literals import shape_of_text
from finetune_studio.lint.personal_rule import Personal, PersonalRule

_DOTTED = (b".0.", b".00.", b".000.")
_GROUPS = r":[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:]|-[0-9A-Fa-f]{2}-[0-9A-Fa-f]{2}-[0-9A-Fa-f]{2}-"
_GROUPED = re.compile(_GROUPS)
_V4 = re.compile(r"(?<![\w.-])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![\w-]|\.[0-9])")
_V6 = re.compile(r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:]|\.[0-9])")
_MAC = re.compile(r"(?<![\w:-])[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}(?![\w:-])")
_VERSION = re.compile(
    r"(?:(?:\bv|version|release|build|firmware|section|chapter)\.? ?|(?<![\w/.:@-])[a-z][a-z0-9_+-]*/)$",
    re.IGNORECASE,
)
"""What stands before the number of a version: Chrome/120.0.0.0 is one, http://120.0.0.1 is none."""
_WELL_KNOWN = frozenset({"8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9", "1.2.3.4", "4.3.2.1"})
"""Public name servers, and what people write as an example."""
_SHORTEST_V6 = 11
_IN_V6 = np.isin(np.arange(256), list(b"0123456789ABCDEFabcdef:"))


class NetworkAddress(PersonalRule):
    code = "P307"
    name = "IP or MAC address"
    version = 2
    mask_kind = "address"

    def suspects(self, texts: BatchTexts, context: RuleContext) -> Array:
        """Those with two full stops, two colons or four hyphens as near each other as in an address."""
        dots, colons, hyphens = (texts.at(ord(sign)) for sign in ".:-")
        dots = dots[:-1][np.diff(dots) <= 4]
        dots = dots[is_digit(texts.byte(dots + 1))]
        colons = colons[:-1][np.diff(colons) <= 5]
        colons = colons[_IN_V6[texts.byte(colons + 1)]]
        is_third = np.diff(hyphens) == 3
        hyphens = hyphens[:-3][is_third[:-2] & is_third[1:-1] & is_third[2:]]
        return texts.owners(np.sort(np.concatenate([dots, colons, hyphens])))

    def suspicious(self, text: str) -> bool:
        if _GROUPED.search(text):
            return True
        shaped = shape_of_text(text)
        return any(map(shaped.__contains__, _DOTTED))

    def find(self, text: str, context: RuleContext) -> Iterator[Personal]:
        found = list(_addresses(text, _V4))
        if _GROUPED.search(text):
            found += [*_addresses(text, _V6), *_devices(text)]
        yield from sorted(found, key=lambda one: one.start)


def _addresses(text: str, pattern: re.Pattern[str]) -> Iterator[Personal]:
    """Those of home networks, documentation and the like are nobody's."""
    for match in pattern.finditer(text):
        try:
            address = ip_address(match[0])
        except ValueError:
            continue
        if not address.is_global or str(address) in _WELL_KNOWN:
            continue
        if address.version == 6 and len(match[0]) < _SHORTEST_V6:
            continue
        if not _VERSION.search(text, max(0, match.start() - 24), match.start()):
            yield Personal(match.start(), match.end(), str(address), "an IP address")


def _devices(text: str) -> Iterator[Personal]:
    for match in _MAC.finditer(text):
        digits = re.sub("[:-]", "", match[0]).lower()
        if len(set(digits)) > 2 and digits != "001122334455":
            yield Personal(match.start(), match.end(), digits, "the MAC address of a device")
