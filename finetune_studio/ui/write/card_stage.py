"""Scrolls over the cards of a conversation, of which only those near the viewport exist."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QRect, Qt, QTimer, Slot
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from finetune_studio.domain.diagnostic import Diagnostic
from finetune_studio.domain.message import Tool
from finetune_studio.ui.write.add_row import HEIGHT as ADD_HEIGHT
from finetune_studio.ui.write.add_row import AddRow
from finetune_studio.ui.write.card_pool import CardPool
from finetune_studio.ui.write.conversation_layout import (
    Place,
    arrange,
    called_names,
    estimate_height,
    slots_of,
)
from finetune_studio.ui.write.message_card import MessageCard
from finetune_studio.ui.write.message_rows import INPUT, MESSAGES, NON_PREFERRED, PREFERRED, Row
from finetune_studio.ui.write.side_heading import HEIGHT as HEADING_HEIGHT
from finetune_studio.ui.write.side_heading import SideHeading
from finetune_studio.ui.write.text_look import TextLook
from finetune_studio.ui.write.text_spans import Span

Decorator = Callable[[Row, str], Sequence[Span]]
"""(row, field) -> what of that text is marked."""

MARGIN = 28
AHEAD = 200
"""Pixels beyond the viewport in which cards exist."""
_AHEAD_AFTER = 30
"""Milliseconds after which they are made for another conversation: what is in sight comes first."""
_ROUNDS = 6


class CardStage(QAbstractScrollArea):
    """Places cards; knows nothing of what they ask for (see ConversationView)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("panel", "clear")
        self.viewport().setAutoFillBackground(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setSingleStep(24)
        self._rows: list[Row] = []
        self._places: dict[int, int] = {}
        self._slots: list[Place] = []
        self._is_pair = False
        self._has_record = False
        self._writable = True
        self._by_row: dict[int, list[Diagnostic]] = {}
        self._called: dict[str, str] = {}
        self._tools: tuple[Tool, ...] = ()
        self._decorators: dict[str, Decorator] = {}
        self._look = TextLook()
        self._width = 0
        self._total = 0
        self._ahead = AHEAD
        self._ahead_timer = QTimer(self)
        self._ahead_timer.setSingleShot(True)
        self._ahead_timer.setInterval(_AHEAD_AFTER)
        self._ahead_timer.timeout.connect(self._on_ahead_timer_timeout)
        self._is_placing = False
        self._dragged: MessageCard | None = None
        self._pool = CardPool(self._make_card, self._is_pinned)
        self._add_rows: dict[str, AddRow] = {}
        self._headings: dict[str, SideHeading] = {}

    # For the subclass

    def _connect_card(self, card: MessageCard) -> None:
        """Connect a card that was just made."""

    def _connect_add_row(self, row: AddRow) -> None:
        """Connect a row of buttons that was just made."""

    def _connect_heading(self, heading: SideHeading) -> None:
        """Connect a heading that was just made."""

    # Rows

    def rows(self) -> list[Row]:
        return list(self._rows)

    def card_at(self, index: int) -> MessageCard | None:
        """The card of a message, when it exists now."""
        return self._pool.card_of(self._rows[index]) if 0 <= index < len(self._rows) else None

    def cards(self) -> list[MessageCard]:
        """The cards that exist now."""
        return self._pool.cards()

    def _index_of(self, row: Row | None) -> int:
        return -1 if row is None else self._places.get(row.key, -1)

    def _set_rows(self, rows: Sequence[Row], is_pair: bool) -> None:
        """Show these rows; the top card stays where it is when it is among them."""
        anchor = self._anchor()
        if self._places.keys().isdisjoint(row.key for row in rows):
            self._ahead = 0
            self._ahead_timer.start()
        self._rows = list(rows)
        self._places = {row.key: n for n, row in enumerate(self._rows)}
        self._is_pair = is_pair
        self._called = called_names(self._rows)
        parts = slots_of(self._rows, is_pair, HEADING_HEIGHT, ADD_HEIGHT)
        self._slots = parts if self._has_record else []
        self._pool.forget(row.key for row in rows)
        for row in rows:
            if not row.height:
                row.height = estimate_height(row, self._width or 600, self._look.zoom)
        for card in self._pool.cards():
            self._fill(card, card.row)
        self._place(anchor)

    def _set_findings(self, rows: Sequence[Row], findings: Sequence[Diagnostic]) -> None:
        """Findings stay with their row when it moves, until the next check."""
        self._by_row = {}
        for found in findings:
            index = found.location.message_index
            if index is not None and 0 <= index < len(rows):
                self._by_row.setdefault(rows[index].key, []).append(found)

    def _fill(self, card: MessageCard, row: Row | None) -> None:
        index = self._index_of(row)
        if row is None or index < 0:
            return
        called = self._called.get(row.message.tool_call_id or "", "")
        findings = tuple(self._by_row.get(row.key, ()))
        drafts = tuple(row.drafts.items())
        looks = (
            row.tokens,
            row.shows_text,
            row.prompt,
            row.is_collapsed,
            row.preview,
            self._look,
            frozenset(row.open_calls),
            self._tools if row.message.tool_calls else (),
        )
        state = (row.key, row.message, drafts, index, findings, self._writable, called, looks)
        if state != card.state:
            card.state = state
            card.body.tools = self._tools
            card.show_row(row, index, findings, self._writable, called)
            row.is_measured = False
        self._decorate(card, row)

    @property
    def look(self) -> TextLook:
        return self._look

    def set_look(self, look: TextLook) -> None:
        """Show all texts in another size, with or without marks, as Markdown or plain."""
        if look == self._look:
            return
        self._look = look
        for row in self._rows:
            row.is_measured = False
            if self._pool.card_of(row) is None:
                row.height = estimate_height(row, self._width or 600, look.zoom)
        for card in self._pool.every_card():
            card.body.set_look(look)
            self._fill(card, card.row)
        self._place()

    def set_decorator(self, layer: str, spans_of: Decorator | None) -> None:
        """Let `spans_of(row, field)` mark stretches of every text that is shown; None ends that."""
        if spans_of is None:
            self._decorators.pop(layer, None)
            for card in self._pool.every_card():
                for _field, editor in card.body.texts():
                    editor.set_spans(layer, ())
        else:
            self._decorators[layer] = spans_of
            self.redecorate()

    def redecorate(self) -> None:
        """Ask the decorators again about what is shown."""
        for card in self._pool.cards():
            if card.row is not None:
                self._decorate(card, card.row)

    def _decorate(self, card: MessageCard, row: Row) -> None:
        for layer, spans_of in self._decorators.items():
            for field, editor in card.body.texts():
                editor.set_spans(layer, spans_of(row, field))

    # Places

    def _content_width(self) -> int:
        return max(120, self.contentsRect().width() - 2 * MARGIN)

    def _anchor(self) -> tuple[Place, int] | None:
        """The top card, preferably a measured one, and where it stands in the viewport."""
        scroll = self.verticalScrollBar().value()
        bottom = scroll + self.viewport().height()
        seen = [slot for slot in self._slots if slot.row and slot.bottom > scroll and slot.y < bottom]
        top = next((slot for slot in seen if slot.row and slot.row.is_measured), seen[0] if seen else None)
        return (top, top.y - scroll) if top is not None else None

    def _place(self, anchor: tuple[Place, int] | None = None) -> None:
        """Give every part its place and the cards near the viewport their rows."""
        if self._is_placing or not self.viewport().isVisible():  # texts measure wrong while hidden
            return
        self._is_placing = True
        try:
            anchor = anchor or self._anchor()
            row = anchor[0].row if anchor else None
            width = self._content_width()
            if width != self._width:
                self._width = width
                for other in self._rows:
                    other.is_measured = False
                    if self._pool.card_of(other) is None:
                        other.height = estimate_height(other, width, self._look.zoom)
            for _ in range(_ROUNDS):
                self._arrange(row, anchor[1] if anchor else 0)
                if not self._measure_near():
                    break
            self._show_parts()
        finally:
            self._is_placing = False

    def _arrange(self, row: Row | None, offset: int) -> None:
        self._total = arrange(self._slots, MARGIN, self._width)
        height = self.viewport().height()
        bar = self.verticalScrollBar()
        bar.setPageStep(height)
        bar.setRange(0, max(0, self._total - height))
        slot = self._slot_of(row)
        if slot is not None:
            bar.setValue(slot.y - offset)

    def _slot_of(self, row: Row | None) -> Place | None:
        if row is None:
            return None
        return next((slot for slot in self._slots if slot.row is row), None)

    def _measure_near(self) -> bool:
        """Fill and measure the cards near the viewport; whether a height turned out different."""
        scroll = self.verticalScrollBar().value()
        top, bottom = scroll - self._ahead, scroll + self.viewport().height() + self._ahead
        near = [slot for slot in self._slots if slot.row and slot.bottom > top and slot.y < bottom]
        self._pool.release(slot.row.key for slot in near if slot.row)
        changed = False
        for slot in near:
            row = slot.row
            assert row is not None
            card = self._pool.card_of(row)
            if card is None:
                card = self._pool.take(row)
                card.move(slot.x, -20_000)
                card.show()
                self._fill(card, row)
            if not row.is_measured or card.width() != slot.width:
                height = card.measure(slot.width)
                row.is_measured = True
                if height != slot.height:
                    row.height = height
                    changed = True
        return changed

    def _show_parts(self) -> None:
        self._pool.hide_free()
        scroll = self.verticalScrollBar().value()
        shown_sides: set[tuple[str, str]] = set()
        for slot in self._slots:
            if slot.row is not None:
                card = self._pool.card_of(slot.row)
                if card is not None:
                    card.setGeometry(QRect(slot.x, slot.y - scroll, slot.width, slot.height))
                continue
            shown_sides.add((slot.kind, slot.side))
            part = self._add_row(slot.side) if slot.kind == "add" else self._heading(slot.side)
            part.setGeometry(QRect(slot.x, slot.y - scroll, slot.width, slot.height))
            part.show()
        for side, add_row in self._add_rows.items():
            add_row.setVisible(("add", side) in shown_sides)
        for side, heading in self._headings.items():
            heading.setVisible(("heading", side) in shown_sides)

    @Slot()
    def _on_ahead_timer_timeout(self) -> None:
        self._ahead = AHEAD
        self._place()

    def _add_row(self, side: str) -> AddRow:
        row = self._add_rows.get(side)
        if row is None:
            roles = (
                ("assistant",)
                if side in (PREFERRED, NON_PREFERRED)
                else ("system", "user", "assistant", "tool")
            )
            row = AddRow(side, roles, self.viewport())
            self._add_rows[side] = row
            self._connect_add_row(row)
        row.set_writable(self._writable)
        if side in (MESSAGES, INPUT):
            row.offer("system", not self._rows)
        return row

    def _heading(self, side: str) -> SideHeading:
        heading = self._headings.get(side)
        if heading is None:
            heading = SideHeading(side, self.viewport())
            self._headings[side] = heading
            self._connect_heading(heading)
        heading.set_writable(self._writable)
        return heading

    def _make_card(self) -> MessageCard:
        card = MessageCard(self.viewport())
        card.body.set_look(self._look)
        self._connect_card(card)
        return card

    def _is_pinned(self, card: MessageCard) -> bool:
        return card is self._dragged or card.holds_focus()

    # What Qt tells

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._place()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_pool"):
            for card in self._pool.every_card():
                card.refresh_colors()
            for row in self._rows:
                row.is_measured = False
            self._place()
