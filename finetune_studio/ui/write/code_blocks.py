"""Blocks of code in a plain text (between lines of ```) in the mono font."""

import re

from PySide6.QtGui import QSyntaxHighlighter, QTextCharFormat, QTextDocument

from finetune_studio.ui.theme.current import color
from finetune_studio.ui.theme.fonts import MONO_FAMILY

_FENCE = re.compile(r"\s{0,3}(?:```|~~~)")
_OUTSIDE, _INSIDE = 0, 1


def has_fence(text: str) -> bool:
    """Whether there may be a block of code: others need no highlighter."""
    return "```" in text or "~~~" in text


class CodeBlocks(QSyntaxHighlighter):
    """Looks at each line once; an edit looks at its line, and further only where a fence came or went."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._code = QTextCharFormat()
        self._fence = QTextCharFormat()
        for style in (self._code, self._fence):
            style.setFontFamilies([MONO_FAMILY])
        self.take_colours()

    def take_colours(self) -> None:
        """After a switch of the theme."""
        self._fence.setForeground(color("secondary"))
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        inside = self.previousBlockState() == _INSIDE
        if _FENCE.match(text):
            self.setFormat(0, len(text), self._fence)
            inside = not inside
        elif inside:
            self.setFormat(0, len(text), self._code)
        self.setCurrentBlockState(_INSIDE if inside else _OUTSIDE)
