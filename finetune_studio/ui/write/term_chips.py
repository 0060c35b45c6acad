"""The terms of the filter as they were understood: a click turns one round, its cross takes it out."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from finetune_studio.ui.widgets import FlowLayout, plain_tooltip
from finetune_studio.ui.widgets.cross_chip import CrossChip
from finetune_studio.workspace.queries.query_terms import QueryError
from finetune_studio.workspace.queries.query_text import Piece, pieces_of, with_negation, without_piece

_WIDEST = 230


class TermChip(CrossChip):
    """`clicked` turns the term round, `removed` takes it out (the cross, or Delete)."""

    removed = Signal()

    def __init__(self, piece: Piece, parent: QWidget | None = None) -> None:
        words = ("or " if piece.joined else "") + ("not " if piece.negated else "") + piece.label
        super().__init__(words, "error" if piece.negated else "accent", "line_strong", _WIDEST, parent=parent)
        self.piece = piece
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(f"Filter term {words}")
        other = "Show what matches" if piece.negated else "Show what does not match"
        self.setToolTip(plain_tooltip(f"{words}\n{other}: click. Remove: Delete or the cross."))

    def text(self) -> str:
        return self._words

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        if self.is_on_cross(place.x()) and self.rect().contains(place.toPoint()):
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
