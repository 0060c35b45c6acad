"""Q102: a placeholder that nobody filled in."""

import re
from collections.abc import Iterator

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.fault_rule import Fault, FaultRule
from finetune_studio.lint.prose import without_code
from finetune_studio.lint.words import shown

_MARKS = ("[", "{{", "TODO", "FIXME", "TBD", "orem ipsum", "AI language model")
_PLACEHOLDER = re.compile(
    r"\bTODO\b(?! ?(?:list|app|item)s?\b)|\bFIXME\b|\bTBD\b|\b[Ll]orem ipsum\b"
    r"|\{\{ ?[A-Za-z_][\w. -]{0,40}\}\}"
    r"|\[(?i:insert|your|enter|fill in|add|choose|specify)(?: [^\[\]\n]{1,60})\](?!\()"
    r"|\[(?:Name|Your name|Full Name|First Name|Last Name|Company|Company Name|Date|Address|City|Email|Phone"
    r"|Phone Number|Title|Position|Recipient|Sender)\](?!\()"
    r"|\b[Aa]s an AI language model\b"
)
_ALONE = frozenset(
    {"null", "none", "nan", "undefined", "n/a", "todo", "tbd", "placeholder", "[object object]"}
)
_LONGEST_ALONE = max(map(len, _ALONE))


class Placeholder(FaultRule):
    code = "Q102"
    name = "Placeholder left in"
    severity = Severity.WARNING

    def suspicious(self, text: str) -> bool:
        if len(text) <= _LONGEST_ALONE and text.strip().lower() in _ALONE:
            return True
        return any(map(text.__contains__, _MARKS)) and _PLACEHOLDER.search(text) is not None

    def faults(self, text: str, context: RuleContext) -> Iterator[Fault]:
        if text.strip().lower() in _ALONE:
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
