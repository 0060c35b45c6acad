"""The first line of a card: role, whether it is trained, what it calls or answers, tokens, handle, menu."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFont, QFontMetrics, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from finetune_studio.domain.diagnostic import Diagnostic
from finetune_studio.domain.message import Message, Role
from finetune_studio.ui.theme.current import color
from finetune_studio.ui.theme.fonts import ui_font
from finetune_studio.ui.widgets import plain_tooltip
from finetune_studio.ui.widgets.badge import badge_size, paint_badge
from finetune_studio.ui.write.call_summary import is_json
from finetune_studio.ui.write.message_rows import FOLLOWS, MESSAGES, Row
from finetune_studio.ui.write.mini_buttons import DragHandle, GlyphButton, PillButton, RoleButton, role_token

HEIGHT = 40
_BADGE_LIMIT = 28
_GAP = 8
INSET = 16


class CardHeader(QWidget):
    """Places its buttons itself and paints the words between them."""

    weight_toggled = Signal()
    finding_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = ""
        self._role = ""
        self._tokens = ""
        self._note = ""
        self._badges: list[tuple[str, str, str]] = []
        self._badge_places: list[tuple[QRect, str, str, str]] = []
        self._name_place = QRect()
        self._token_place = QRect()
        self.role = RoleButton(self)
        self.weight = PillButton(self)
        self.prompt = PillButton(self)
        self.answers = PillButton(self)
        self.finding = PillButton(self)
        self.handle = DragHandle(self)
        self.more = GlyphButton("ellipsis", "More", "Move, duplicate, delete and more", self)
        self.weight.clicked.connect(self.weight_toggled)
        self.finding.clicked.connect(self.finding_pressed)

    def buttons(self) -> list[QWidget]:
        """In the order of Tab."""
        return [
            b
            for b in (self.role, self.weight, self.prompt, self.answers, self.finding, self.handle, self.more)
            if not b.isHidden()
        ]

    def show_row(
        self, row: Row, findings: Sequence[Diagnostic], writable: bool, called_name: str = ""
    ) -> None:
        """Take over what a message says of itself; `findings` are those without a place in its text."""
        message = row.message
        self._role = message.role
        self._name = message.name or called_name
        self._tokens = "" if row.tokens is None else f"{row.tokens:,} token{'' if row.tokens == 1 else 's'}"
        self._badges = _badges_of(message)
        self.role.set_role(message.role)
        self._show_weight(row)
        self._show_answers(message)
        self._show_prompt(row.prompt)
        self._show_findings(findings)
        for button in (self.role, self.weight, self.answers, self.handle):
            button.setEnabled(writable)
        self._arrange()

    def words(self) -> str:
        """What is painted here, for screen readers."""
        trained = "" if self.weight.isHidden() else self.weight.accessibleName()
        prompt = "" if self.prompt.isHidden() else self.prompt.text()
        answers = "" if self.answers.isHidden() else self.answers.text()
        parts = (self._name, trained, prompt, answers, *self.badge_texts(), self._tokens)
        return ", ".join(part for part in parts if part)

    def tokens_text(self) -> str:
        return self._tokens

    def badge_texts(self) -> list[str]:
        return [text for text, _tone, _tip in self._badges]

    def set_tokens(self, tokens: int | None) -> None:
        text = "" if tokens is None else f"{tokens:,} token{'' if tokens == 1 else 's'}"
        if text != self._tokens:
            self._tokens = text
            self._arrange()

    @property
    def note(self) -> str:
        return self._note

    def set_note(self, note: str) -> None:
        """A word about the place of the caret, where the tokens are else; an empty one brings them back."""
        if note != self._note:
            self._note = note
            self._arrange()

    def show_findings(self, findings: Sequence[Diagnostic]) -> None:
        self._show_findings(findings)
        self._arrange()

    def show_prompt(self, mark: str) -> None:
        """A system message began or ceased to follow the dataset's prompt."""
        self._show_prompt(mark)
        self._arrange()

    def _show_prompt(self, mark: str) -> None:
        self.prompt.setVisible(bool(mark))
        if mark == FOLLOWS:
            hint = "This is the system prompt of the dataset. When that changes, this changes with it."
            self.prompt.set_pill("dataset prompt", "violet", "Dataset prompt: followed", hint)
        elif mark:
            hint = "This example has a system prompt of its own, not that of the dataset."
            self.prompt.set_pill("own prompt", "neutral", "Dataset prompt: not followed", hint)

    def _show_weight(self, row: Row) -> None:
        message = row.message
        self.weight.setVisible(message.role == Role.ASSISTANT and row.side == MESSAGES)
        if message.weight == 0:
            text, tone, hint = "not trained  weight 0", "neutral", "The model does not learn this text."
        else:
            text, tone, hint = "trained  weight 1", "success", "The model learns to write this text."
        name = text.replace("  ", ", ")
        self.weight.set_pill(text, tone, name, f"{hint} Click to change (Ctrl+Shift+W).")

    def _show_answers(self, message: Message) -> None:
        """Which call a tool message answers; pressing it offers the others."""
        self.answers.setVisible(message.tool_call_id is not None)
        if message.tool_call_id is not None:
            shown = " ".join(message.tool_call_id.split()) or "no call"
            cut = shown if len(shown) <= _BADGE_LIMIT else f"{shown[: _BADGE_LIMIT - 1]}…"
            text = f"answers {cut}"
            self.answers.set_pill(text, "warning", text, f"{shown[:200]}. Click to choose another call.")

    def _show_findings(self, findings: Sequence[Diagnostic]) -> None:
        self.finding.setVisible(bool(findings))
        if not findings:
            return
        worst = max(findings, key=lambda found: found.severity.rank)
        text = worst.code if len(findings) == 1 else f"{worst.code} +{len(findings) - 1}"
        lines = "\n".join(f"{found.code}  {found.message}" for found in findings)
        self.finding.set_pill(text, worst.severity.value, f"Findings: {lines}", lines)

    def sizeHint(self) -> QSize:
        return QSize(200, HEIGHT)

    def resizeEvent(self, event: object) -> None:
        self._arrange()

    def _arrange(self) -> None:
        middle = 22
        x = self.width() - 10 - GlyphButton.SIDE
        for button in (self.more, self.handle):
            button.move(x, middle - GlyphButton.SIDE // 2)
            x -= GlyphButton.SIDE + _GAP
        token_width = QFontMetrics(ui_font("small")).horizontalAdvance(self._note or self._tokens)
        right = x + GlyphButton.SIDE - token_width - 4
        self._token_place = QRect(right, middle - 12, token_width + 1, 24)
        x = INSET - RoleButton.PADDING
        self.role.move(x, middle - self.role.height() // 2)
        x += self.role.width() + _GAP - RoleButton.PADDING
        if self._name:
            width = min(QFontMetrics(_name_font()).horizontalAdvance(self._name) + 1, max(0, right - x) // 2)
            self._name_place = QRect(x, middle - 12, width, 24)
            x += width + _GAP + 4
        self._badge_places = []
        for pill in (self.weight, self.prompt, self.answers):
            if not pill.isHidden():
                pill.move(x, middle - 11)
                x += pill.width() + _GAP
        for text, tone, tip in self._badges:
            size = badge_size(text, 22)
            if x + size.width() < right:
                self._badge_places.append((QRect(x, middle - 11, size.width(), 22), text, tone, tip))
                x += size.width() + _GAP
        if not self.finding.isHidden():
            self.finding.move(x, middle - 11)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(ui_font("small"))
        painter.setPen(color("warning" if self._note else "secondary"))
        painter.drawText(self._token_place, Qt.AlignmentFlag.AlignVCenter, self._note or self._tokens)
        if self._name:
            painter.setFont(_name_font())
            painter.setPen(color(role_token(self._role)))
            metrics = QFontMetrics(_name_font())
            text = metrics.elidedText(self._name, Qt.TextElideMode.ElideRight, self._name_place.width())
            painter.drawText(self._name_place, Qt.AlignmentFlag.AlignVCenter, text)
        for place, text, tone, _tip in self._badge_places:
            paint_badge(painter, QRectF(place), text, tone)

    def event(self, event: object) -> bool:
        if isinstance(event, QHelpEvent):
            tip = next((tip for place, _, _, tip in self._badge_places if place.contains(event.pos())), "")
            QToolTip.showText(event.globalPos(), plain_tooltip(tip) if tip else "", self)
            return True
        return super().event(event)  # type: ignore[arg-type]

    @Slot()
    def refresh(self) -> None:
        self.update()


def _name_font() -> QFont:
    return ui_font("small", QFont.Weight.DemiBold)


def _badges_of(message: Message) -> list[tuple[str, str, str]]:
    """(text, tone, tooltip) of what a message calls or answers."""
    badges = []
    if message.tool_calls:
        number = len(message.tool_calls)
        ids = ", ".join(call.id or "without an id" for call in message.tool_calls)
        badges.append(("calls a tool" if number == 1 else f"calls {number} tools", "warning", ids))
    if message.role == Role.TOOL and isinstance(message.content, str) and is_json(message.content):
        badges.append(("JSON", "quiet", "The answer is valid JSON. The menu lays it out."))
    return badges
