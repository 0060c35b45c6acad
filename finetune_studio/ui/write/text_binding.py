"""Keeps the true text of a message beside an editor that cannot hold it.

Qt's text widgets change what they are given (CR LF becomes a paragraph, a leading BOM and lone
surrogates vanish). So the Python string is the truth, the widget shows a stand-in of it, and only the
stretch that the person changed is carried back.
"""

from bisect import bisect_left

PARAGRAPH = "\u2029"
_BOMS = ("\ufeff", "\ufffe")
_REPLACEMENT = "\ufffd"
_STAND_INS = {
    "\0": "\u2400",
    "\ufdd0": _REPLACEMENT,
    "\ufdd1": _REPLACEMENT,
    PARAGRAPH: "\u2028",
    "\ufffc": _REPLACEMENT,
}


class TextBinding:
    """The truth and its stand-in.

    `shown` has one code point for each of the truth, but one for each CR LF; paragraphs are
    U+2029, as QTextDocument.toRawText() gives them.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.shown = ""
        self._pairs: list[int] = []
        self._rebuild()

    def _rebuild(self) -> None:
        self.shown = _stand_in(self.text)
        self._pairs = []
        if "\r\n" in self.text:
            at = self.text.find("\r\n")
            while at >= 0:
                self._pairs.append(at - len(self._pairs))
                at = self.text.find("\r\n", at + 2)

    def to_text(self, shown_position: int) -> int:
        """The code point of the truth at a position of the stand-in."""
        return shown_position + bisect_left(self._pairs, shown_position)

    def to_shown(self, position: int) -> int:
        """The position in the stand-in of a code point of the truth; inside a CR LF, its start."""
        low, high = 0, len(self._pairs)
        while low < high:
            middle = (low + high) // 2
            if self._pairs[middle] + middle < position:
                low = middle + 1
            else:
                high = middle
        return position - low

    def take(self, shown: str) -> bool:
        """Carry the widget's present text (toRawText) into the truth; whether anything changed.

        Only the stretch between the common start and end of old and new is written; a paragraph
        typed there is written as the line end that the text uses.
        """
        old = self.shown
        if shown == old:
            return False
        start, end = changed_stretch(old, shown)
        line_end = "\r\n" if self._pairs and "\n" not in self.text.replace("\r\n", "") else "\n"
        inserted = shown[start : len(shown) - end].replace(PARAGRAPH, line_end)
        kept_end = self.text[self.to_text(len(old) - end) :]
        self.text = self.text[: self.to_text(start)] + inserted + kept_end
        self._rebuild()
        return True


def _stand_in(text: str) -> str:
    shown = text
    if shown.startswith(_BOMS):
        shown = _REPLACEMENT + shown[1:]
    for character, replacement in _STAND_INS.items():
        if character in shown:
            shown = shown.replace(character, replacement)
    shown = shown.replace("\r\n", PARAGRAPH).replace("\n", PARAGRAPH).replace("\r", PARAGRAPH)
    if not shown.isascii():
        try:
            shown.encode()
        except UnicodeEncodeError:
            shown = "".join(_REPLACEMENT if "\ud800" <= c <= "\udfff" else c for c in shown)
    return shown


def changed_stretch(old: str, new: str) -> tuple[int, int]:
    """Lengths of the common start and of the common end, not overlapping."""
    shorter = min(len(old), len(new))
    start = _common_prefix(old, new, shorter)
    rest = shorter - start
    end = _common_prefix(old[::-1], new[::-1], rest)
    return start, end


def _common_prefix(old: str, new: str, limit: int) -> int:
    """By halving, so that a key in a long text costs a few comparisons of slices."""
    if old[:limit] == new[:limit]:
        return limit
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) // 2
        if old[low:middle] == new[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
