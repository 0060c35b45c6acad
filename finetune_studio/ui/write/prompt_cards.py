"""The system card knows the dataset's prompt: it says whether it follows, and offers to follow or not."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from finetune_studio.domain.message import Role
from finetune_studio.ui.theme.icons import icon
from finetune_studio.ui.write.card_dragging import CardDragging
from finetune_studio.ui.write.message_card import MessageCard
from finetune_studio.ui.write.message_rows import FOLLOWS, INPUT, MESSAGES, OWN, Row

FOLLOW = "follow"
ADOPT = "adopt"
CHANGE = "change"


class PromptCards(CardDragging):
    """`prompt_requested`: FOLLOW this example's prompt be the dataset's, ADOPT it as that, or CHANGE that."""

    prompt_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dataset_prompt = ""

    def set_dataset_prompt(self, text: str) -> None:
        """What examples follow; empty where the dataset has no prompt."""
        if text != self._dataset_prompt:
            self._dataset_prompt = text
            self._set_rows(self._rows, self._is_pair)

    @property
    def dataset_prompt(self) -> str:
        return self._dataset_prompt

    def add_role(self, role: str) -> None:
        """As before; a system message where there is none starts by following the dataset's prompt."""
        if role == Role.SYSTEM and self._dataset_prompt and self._writable and not self._has_prompt():
            self.commit_due.emit()
            self.prompt_requested.emit(FOLLOW)
            return
        super().add_role(role)

    def open_prompt_menu(self, row: Row, anchor: QWidget) -> QMenu:
        """What can be done about a system message that follows, or does not."""
        menu = QMenu(self)
        menu.setAccessibleName("Dataset prompt")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if row.prompt == FOLLOWS:
            self._add(menu, "override", "Override here", "pencil")
        else:
            self._add(menu, FOLLOW, "Follow the dataset prompt", "rotate-ccw")
            self._add(menu, ADOPT, "Make this the dataset prompt…", "save")
        menu.addSeparator()
        self._add(menu, CHANGE, "Change the dataset prompt…", "sliders-horizontal")
        for action in menu.actions():
            action.setEnabled(self._writable)
        menu.triggered.connect(self._on_prompt_menu_triggered)
        menu.popup(anchor.mapToGlobal(anchor.rect().bottomLeft()))
        return menu

    def _has_prompt(self) -> bool:
        return bool(self._rows) and self._rows[0].message.role in (Role.SYSTEM, Role.DEVELOPER)

    def _set_rows(self, rows: Sequence[Row], is_pair: bool) -> None:
        for number, row in enumerate(rows):
            row.prompt = self._mark_of(number, row)
        super()._set_rows(rows, is_pair)

    def _mark_of(self, number: int, row: Row) -> str:
        leads = number == 0 and row.side in (MESSAGES, INPUT)
        if not self._dataset_prompt or not leads or row.message.role not in (Role.SYSTEM, Role.DEVELOPER):
            return ""
        is_text = isinstance(row.message.content, str)
        return FOLLOWS if is_text and row.text("/content") == self._dataset_prompt else OWN

    def _mark_prompt(self, card: MessageCard) -> None:
        """A key was pressed in a card: it may follow no longer, or again."""
        row = card.row
        if row is not None and row.prompt:
            mark = self._mark_of(card.index, row)
            if mark != row.prompt:
                row.prompt = mark
                card.header.show_prompt(mark)

    @staticmethod
    def _add(menu: QMenu, name: str, text: str, icon_name: str) -> None:
        menu.addAction(icon(icon_name), text).setData(name)

    @Slot(QAction)
    def _on_prompt_menu_triggered(self, action: QAction) -> None:
        name = str(action.data())
        if name == "override":
            self._select_prompt()
        else:
            self.commit_due.emit()
            self.prompt_requested.emit(name)

    def _select_prompt(self) -> None:
        """The text chosen as a whole: what is typed takes its place, in this example only."""
        self.focus_message(0)
        card = self.card_at(0)
        editor = card.focused_editor() if card is not None else None
        if editor is not None:
            editor.selectAll()
