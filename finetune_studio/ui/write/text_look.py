"""How the texts of messages are shown: their size, marks for white space, Markdown or plain."""

from dataclasses import dataclass

from finetune_studio.ui.theme.stylesheet import ZOOMS


@dataclass(frozen=True, slots=True)
class TextLook:
    """`zoom` is in percent, one of ZOOMS. `shows_marks`: spaces, tabs and line ends can be seen."""

    zoom: int = 100
    shows_marks: bool = False
    is_markdown: bool = False


def next_zoom(zoom: int, by: int) -> int:
    """One step larger (1) or smaller (-1); the last step stays."""
    place = min(range(len(ZOOMS)), key=lambda n: abs(ZOOMS[n] - zoom))
    return ZOOMS[max(0, min(len(ZOOMS) - 1, place + by))]
