"""Line height, spacing and sizes of a Markdown document, which Qt sets close together."""

from PySide6.QtGui import (
    QFont,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)

from finetune_studio.ui.theme.current import color
from finetune_studio.ui.theme.fonts import MONO_FAMILY

_HEADING_SIZES = {1: 22, 2: 17, 3: 14}
_CODE_SIZE = 12
_LINE_HEIGHT = 140


def lay_out_prose(document: QTextDocument, scale: float = 1.0) -> None:
    """Give every block of `document` air, headings their sizes times `scale`, and code the mono font."""
    block = document.begin()
    while block.isValid():
        cursor = QTextCursor(block)
        cursor.mergeBlockFormat(_block_format(block))
        level = block.blockFormat().headingLevel()
        if level:
            cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
            heading = QTextCharFormat()
            size = round(_HEADING_SIZES.get(level, 13) * scale)
            heading.setProperty(QTextCharFormat.Property.FontPixelSize, size)
            heading.setFontWeight(QFont.Weight.DemiBold)
            cursor.mergeCharFormat(heading)
        else:
            _mark_code(block, round(_CODE_SIZE * scale))
        block = block.next()


def _block_format(block: QTextBlock) -> QTextBlockFormat:
    style = QTextBlockFormat()
    is_code = _is_code(block)
    if is_code:  # A higher line would show the page between the grounds of two lines.
        style.setLineHeight(0, QTextBlockFormat.LineHeightTypes.SingleHeight.value)
    else:
        style.setLineHeight(_LINE_HEIGHT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
    level = block.blockFormat().headingLevel()
    style.setTopMargin({0: 0, 1: 0}.get(level, 16))
    in_list = block.textList() is not None
    goes_on = is_code and _is_code(block.next())
    style.setBottomMargin(0 if goes_on else 4 if in_list else 8)
    if is_code:
        style.setBackground(color("hover"))
    return style


def _is_code(block: QTextBlock) -> bool:
    return block.isValid() and block.blockFormat().hasProperty(QTextBlockFormat.Property.BlockCodeFence)


def _mark_code(block: QTextBlock, size: int) -> None:
    """Inline code and code blocks in the mono font."""
    runs = []
    pieces = block.begin()
    while not pieces.atEnd():
        piece = pieces.fragment()
        if piece.charFormat().fontFixedPitch():
            runs.append((piece.position(), piece.length()))
        pieces += 1
    for start, length in runs:
        cursor = QTextCursor(block)
        cursor.setPosition(start)
        cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
        code = QTextCharFormat()
        code.setFontFamilies([MONO_FAMILY])
        code.setProperty(QTextCharFormat.Property.FontPixelSize, size)
        cursor.mergeCharFormat(code)
