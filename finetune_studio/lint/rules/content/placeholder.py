"""Q102: a placeholder that nobody filled in."""

import re
from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.lint.batch_texts import MAY_BE_SPACE, BatchTexts
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import Array
from finetune_studio.lint.fault_rule import Fault, FaultRule
from finetune_studio.lint.prose import without_code
from finetune_studio.lint.words import shown

_PLACEHOLDER = re.compile(
    r"TODO(?<!\wTODO)\b(?! ?(?:list|app|item)s?\b)|FIXME(?<!\wFIXME)\b|TBD(?<!\wTBD)\b"
    r"|Lorem ipsum\b|lorem ipsum\b|As an AI language model\b|as an AI language model\b"
    r"|\{\{ ?[A-Za-z_][\w. -]{0,40}\}\}"
    r"|\[(?:[Ii]nsert|[Yy]our|[Ee]nter|[Ff]ill in|[Aa]dd|[Cc]hoose|[Ss]pecify|INSERT|YOUR)"
    r"(?: [^\[\]\n]{1,60})\](?!\()"
    r"|\[(?:Full |First |Last |Company |Recipient |Sender )?(?:Name|Company|Date|Address|City|Email|Phone"
    r"|Phone Number|Title|Position)\](?!\()"
)
"""Each branch begins with a plain letter, which is what lets the search skip fast."""
_ALONE = frozenset(
    {"null", "none", "nan", "undefined", "n/a", "todo", "tbd", "placeholder", "[object object]"}
)
_LONGEST_ALONE = max(map(len, _ALONE))
_MOST_BYTES = 4

_FIRSTS = "".join({name[0] + name[0].upper() for name in _ALONE})
_BEGINS_ALONE = MAY_BE_SPACE | np.isin(np.arange(256), list(_FIRSTS.encode()))


class Placeholder(FaultRule):
    code = "Q102"
    name = "Placeholder left in"
    severity = Severity.WARNING
    triggers: ClassVar[tuple[bytes, ...]] = (
        *(b"{{", b"TODO", b"FIXME", b"TBD", b"orem ipsum", b"AI language model"),
        *(b"[insert", b"[your", b"[enter", b"[fill in", b"[add", b"[choose", b"[specify"),
        *(b"[full ", b"[first ", b"[last ", b"[company", b"[recipient ", b"[sender ", b"[name]", b"[date]"),
        *(b"[address]", b"[city]", b"[email]", b"[phone", b"[title]", b"[position]"),
    )
    """Those in small letters stand for any case."""

    def suspects(self, texts: BatchTexts, context: RuleContext) -> Array:
        short = np.flatnonzero(
            (texts.lengths <= _LONGEST_ALONE * _MOST_BYTES) & _BEGINS_ALONE[texts.first_bytes]
        )
        alone = [index for index in short.tolist() if _is_alone(texts.texts[index])]
        return np.union1d(np.array(alone, dtype=np.int64), texts.having(self.triggers))

    def faults(self, text: str, context: RuleContext) -> Iterator[Fault]:
        if _is_alone(text):
            yield Fault(0, len(text), "is nothing but “{found}”", {"found": text.strip()})
            return
        found = list(_PLACEHOLDER.finditer(without_code(text)))
        if found:
            more = f" and {len(found) - 1:,} more" if len(found) > 1 else ""
            yield Fault(
                found[0].start(),
                found[0].end(),
                "holds the placeholder “{found}”{more}",
                {"found": shown(found[0][0]), "more": more},
            )


def _is_alone(text: str) -> bool:
    return len(text) <= _LONGEST_ALONE and text.strip().lower() in _ALONE
