"""Q114: HTML tags or escaped characters in what should be plain text."""

import re
from collections.abc import Iterator
from string import ascii_letters

import numpy as np

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.lint.batch_texts import BatchTexts
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import Array
from finetune_studio.lint.fault_rule import Fault, FaultRule
from finetune_studio.lint.prose import is_code, without_code
from finetune_studio.lint.words import counted, shown

_MARKUP = re.compile(
    r"</?(?:p|br|div|span|b|i|u|a|li|ul|ol|h[1-6]|strong|em|table|tbody|tr|td|th|font|center|blockquote|img|hr"
    r"|sup|sub|small|section|article)(?:\s[^<>\n]{0,300})?/?>"
    r"|&(?:amp|lt|gt|quot|apos|nbsp|ndash|mdash|hellip|rsquo|lsquo|rdquo|ldquo|bull|copy|eacute|#\d{2,5}|#x[0-9a-f]{2,5});",
    re.I,
)
_AFTER_SIGN = np.isin(np.arange(256), list(f"{ascii_letters}/#".encode()))
_ABOUT_MARKUP = re.compile(
    r"html|\bcss\b|\bxml\b|\bjsx\b|javascript|markup|\btags?\b|web ?page|svg|\bdom\b", re.I
)


class MarkupLeftOver(FaultRule):
    code = "Q114"
    name = "Markup left over"
    severity = Severity.WARNING

    def suspects(self, texts: BatchTexts, context: RuleContext) -> Array:
        """Those with `<` or `&` before what a tag or an entity begins with."""
        signs = np.concatenate([texts.at(ord("<")), texts.at(ord("&"))])
        return texts.owners(signs[_AFTER_SIGN[texts.byte(signs + 1)]])

    def suspicious(self, text: str) -> bool:
        return ("<" in text or "&" in text) and _MARKUP.search(text) is not None

    def faults(self, text: str, context: RuleContext) -> Iterator[Fault]:
        if _ABOUT_MARKUP.search(text):
            return
        prose = without_code(text)
        found = list(_MARKUP.finditer(prose))
        if found and not is_code(prose):
            yield Fault(
                found[0].start(),
                found[0].end(),
                "has markup left over: {found} ({count})",
                {"found": shown(found[0][0]), "count": counted(len(found), "place")},
            )
