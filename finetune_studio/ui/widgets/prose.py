"""Line height, spacing and sizes of a Markdown document, which Qt sets close together."""

from PySide6.QtGui import (
    QFont,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextListFormat,
    QTextTable,
    QTextTableFormat,
)

from finetune_studio.ui.theme.current import color
from finetune_studio.ui.theme.fonts import MONO_FAMILY

_HEADING_SIZES = {1: 22, 2: 17, 3: 14}
_CODE_SIZE = 12
_LINE_HEIGHT = 140
_BULLETS = (
    QTextListFormat.Style.ListDisc,
    QTextListFormat.Style.ListCircle,
    QTextListFormat.Style.ListSquare,
)
"""By depth; Markdown's own choice goes by the sign that the writer typed."""


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
            _mark_pieces(block, round(_CODE_SIZE * scale))
        bullets = block.textList()
        if bullets is not None and bullets.format().style() in _BULLETS:
            style = bullets.format()
            style.setStyle(_BULLETS[max(0, style.indent() - 1) % len(_BULLETS)])
            bullets.setFormat(style)
        block = block.next()
    for frame in document.rootFrame().childFrames():
        if isinstance(frame, QTextTable):
            frame.setFormat(_table_format(frame.format().toTableFormat()))


def _table_format(style: QTextTableFormat) -> QTextTableFormat:
    """One quiet line between the cells, and air in them."""
    style.setBorderCollapse(True)
    style.setBorder(1)
    style.setBorderBrush(color("line"))
    style.setBorderStyle(QTextTableFormat.BorderStyle.BorderStyle_Solid)
    style.setCellSpacing(0)
    style.setCellPadding(6)
    style.setBottomMargin(8)
    return style


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


def _mark_pieces(block: QTextBlock, size: int) -> None:
    """Inline code and code blocks in the mono font; strong words in the boldest weight that is here."""
    code = QTextCharFormat()
    code.setFontFamilies([MONO_FAMILY])
    code.setProperty(QTextCharFormat.Property.FontPixelSize, size)
    strong = QTextCharFormat()
    strong.setFontWeight(QFont.Weight.DemiBold)
    runs = []
    pieces = block.begin()
    while not pieces.atEnd():
        piece = pieces.fragment()
        if piece.charFormat().fontFixedPitch():
            runs.append((piece.position(), piece.length(), code))
        elif piece.charFormat().fontWeight() > QFont.Weight.DemiBold:
            runs.append((piece.position(), piece.length(), strong))
        pieces += 1
    for start, length, style in runs:
        cursor = QTextCursor(block)
        cursor.setPosition(start)
        cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
        cursor.mergeCharFormat(style)
