"""The terms of the filter as they were understood: a click turns one round, its cross takes it out."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from finetune_studio.ui.theme.current import color
from finetune_studio.ui.theme.icons import icon_pixmap
from finetune_studio.ui.widgets import FlowLayout, plain_tooltip
from finetune_studio.ui.widgets.badge import TONES, badge_font, badge_size, paint_badge
from finetune_studio.workspace.queries.query_terms import QueryError
from finetune_studio.workspace.queries.query_text import Piece, pieces_of, with_negation, without_piece

_CROSS = 12
_MAX_WIDTH = 230


class TermChip(QAbstractButton):
    """`clicked` turns the term round, `removed` takes it out (the cross, or Delete)."""

    removed = Signal()

    def __init__(self, piece: Piece, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.piece = piece
        self._tone = "error" if piece.negated else "accent"
        words = ("or " if piece.joined else "") + ("not " if piece.negated else "") + piece.label
        self._text = words
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(f"Filter term {words}")
        other = "Show what matches" if piece.negated else "Show what does not match"
        self.setToolTip(plain_tooltip(f"{words}\n{other}: click. Remove: Delete or the cross."))

    def text(self) -> str:
        return self._text

    def sizeHint(self) -> QSize:
        return QSize(min(badge_size(self._text, 22).width() + _CROSS + 2, _MAX_WIDTH), 22)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ink = TONES[self._tone][1]
        outline = "accent" if self.hasFocus() else "line_strong" if self.underMouse() else ""
        paint_badge(painter, QRectF(self.rect()), "", self._tone, outline)
        painter.setFont(badge_font())
        painter.setPen(color(ink))
        room = self.width() - 22 - _CROSS
        text = painter.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, room + 1)
        painter.drawText(QRectF(10, 0, room + 2, self.height()), Qt.AlignmentFlag.AlignVCenter, text)
        pixmap = icon_pixmap("x", ink, _CROSS, self.devicePixelRatioF())
        painter.drawPixmap(QPointF(self.width() - _CROSS - 7, (self.height() - _CROSS) / 2), pixmap)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.position().x() >= self.width() - _CROSS - 10 and self.rect().contains(
            event.position().toPoint()
        ):
            self.setDown(False)
            self.removed.emit()
        else:
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: object) -> None:
        self.update()

    def leaveEvent(self, event: object) -> None:
        self.update()


class TermChips(QWidget):
    """`query_changed(text)` when a chip was used. One word, and what other chips show, needs none here."""

    query_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._flow = FlowLayout(self, spacing=6, line_spacing=6)
        self._text = ""
        self._pieces: list[Piece] = []
        self.chips: list[TermChip] = []
        self.hide()

    def show_query(self, text: str, shown_elsewhere: frozenset[str]) -> None:
        """Show the terms of a query; one that cannot be understood leaves what is shown."""
        try:
            pieces = pieces_of(text)
        except QueryError:
            return
        if len(pieces) == 1 and not pieces[0].name and not pieces[0].negated:
            pieces = []
        self._text = text
        if pieces == self._pieces:
            return
        self._pieces = pieces
        focused = next((n for n, chip in enumerate(self.chips) if chip.hasFocus()), -1)
        while self._flow.count():
            self._flow.takeAt(0)
        for chip in self.chips:
            chip.hide()
            chip.deleteLater()
        self.chips = []
        for number, piece in enumerate(pieces):
            joins = piece.joined or (number + 1 < len(pieces) and pieces[number + 1].joined)
            if piece.text.lower() in shown_elsewhere and not piece.negated and not joins:
                continue
            chip = TermChip(piece, self)
            chip.clicked.connect(self._on_chip_clicked)
            chip.removed.connect(self._on_chip_removed)
            self._flow.addWidget(chip)
            chip.show()
            self.chips.append(chip)
        self.setVisible(bool(self.chips))
        self._flow.invalidate()
        self.updateGeometry()
        if focused >= 0 and self.chips:
            self.chips[min(focused, len(self.chips) - 1)].setFocus()

    def _number_of_sender(self) -> int:
        chip = self.sender()
        return self._pieces.index(chip.piece) if isinstance(chip, TermChip) else -1

    @Slot()
    def _on_chip_clicked(self) -> None:
        number = self._number_of_sender()
        if number >= 0:
            self.query_changed.emit(with_negation(self._text, number))

    @Slot()
    def _on_chip_removed(self) -> None:
        number = self._number_of_sender()
        if number >= 0:
            self.query_changed.emit(without_piece(self._text, number))
