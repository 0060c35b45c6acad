"""Binds the declared commands to what does them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakMethod, WeakSet

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QWidget
from shiboken6 import isValid

from finetune_studio.domain.errors import StudioError
from finetune_studio.ui.commands.spec import CommandSpec, check_table
from finetune_studio.ui.theme.icons import icon
from finetune_studio.ui.widgets.labels import plain_tooltip

Handler = Callable[[], object]


@dataclass(slots=True)
class _Entry:
    spec: CommandSpec
    action: QAction
    handlers: list[WeakMethod[Any]] = field(default_factory=list)
    allowed: bool = True


class CommandRegistry(QObject):
    """One QAction a command. A command is enabled when it has a living handler, its flags are set and its
    owner allows it.

    `failed(exception)` is what a handler raised or a page reported; `noticed(text, action text, callable)`
    is a short message to show.
    """

    failed = Signal(object)
    noticed = Signal(object, object, object)
    invoked = Signal(str)

    def __init__(self, table: tuple[CommandSpec, ...], parent: QObject | None = None) -> None:
        super().__init__(parent)
        check_table(table)
        self._flags: set[str] = set()
        self._owners: WeakSet[QObject] = WeakSet()
        self._entries: dict[str, _Entry] = {}
        self._offers: dict[str, tuple[tuple[str, str, Callable[[], object]], ...]] = {}
        for spec in table:
            self._entries[spec.id] = _Entry(spec, self._make_action(spec))

    def specs(self) -> list[CommandSpec]:
        return [entry.spec for entry in self._entries.values()]

    def action(self, command_id: str) -> QAction:
        """The action of a command; raises KeyError for an id that is not declared."""
        return self._entries[command_id].action

    def register(self, command_id: str, handler: Handler) -> None:
        """Let a bound method do the command; it is kept weakly and goes with its owner. The last one wins."""
        entry = self._entries[command_id]
        kept = WeakMethod(handler)
        if kept in entry.handlers:  # a page registers each time it comes to the front
            entry.handlers.remove(kept)
        entry.handlers.append(kept)
        owner = getattr(handler, "__self__", None)
        if isinstance(owner, QObject) and owner not in self._owners:
            self._owners.add(owner)
            owner.destroyed.connect(self.refresh)
        self._refresh(entry)

    def unregister(self, owner: object) -> None:
        """Forget every handler of one owner."""
        for entry in self._entries.values():
            entry.handlers = [ref for ref in entry.handlers if getattr(ref(), "__self__", None) is not owner]
            self._refresh(entry)

    def invoke(self, command_id: str) -> bool:
        """Do a command when it is enabled; says whether it was."""
        entry = self._entries[command_id]
        handler = self._handler(entry)
        if handler is None or not entry.action.isEnabled():
            return False
        self.invoked.emit(command_id)
        try:
            handler()
        except StudioError as error:
            self.report_error(error)
        return True

    def set_enabled(self, command_id: str, enabled: bool) -> None:
        entry = self._entries[command_id]
        entry.allowed = enabled
        self._refresh(entry)

    def set_title(self, command_id: str, title: str) -> None:
        """Show another title for now ("Undo delete"); empty goes back to the declared one."""
        entry = self._entries[command_id]
        entry.action.setText((title or entry.spec.title).replace("&", "&&"))

    def title(self, command_id: str) -> str:
        return self._entries[command_id].action.text().replace("&&", "&")

    def set_checked(self, command_id: str, checked: bool) -> None:
        self._entries[command_id].action.setChecked(checked)

    def set_flag(self, name: str, value: bool) -> None:
        """Set or clear one flag that `when` names."""
        if value == (name in self._flags):
            return
        if value:
            self._flags.add(name)
        else:
            self._flags.discard(name)
        for entry in self._entries.values():
            if name in entry.spec.when:
                self._refresh(entry)

    def has_flag(self, name: str) -> bool:
        return name in self._flags

    def shortcut_text(self, command_id: str) -> str:
        """The first key of a command as this platform writes it, or an empty text."""
        return self._entries[command_id].action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)

    def offer(self, category: str, things: Sequence[tuple[str, str, Callable[[], object]]]) -> None:
        """Let the palette show things of the dataset too: (title, icon name, what opens it)."""
        self._offers[category] = tuple(things)

    def offers(self) -> list[tuple[str, str, str, Callable[[], object]]]:
        """(category, title, icon name, what opens it) of all that is offered."""
        return [(category, *thing) for category, things in self._offers.items() for thing in things]

    def install(self, window: QWidget) -> None:
        """Make the shortcuts of all commands work in `window`."""
        window.addActions([entry.action for entry in self._entries.values()])

    def bind_button(self, button: QAbstractButton, command_id: str) -> None:
        """Let a button do a command, be enabled with it and say its key."""
        _ButtonBinding(self, button, command_id)

    def report_error(self, error: BaseException) -> None:
        """Show an expected error to the person; a bug goes to the crash dialog."""
        self.failed.emit(error)

    def notice(self, text: str, action_text: str = "", action: Handler | None = None) -> None:
        """Show a short message, perhaps with one thing to do about it (a bound method)."""
        self.noticed.emit(text, action_text, action)

    @Slot()
    def refresh(self) -> None:
        """Look again at every command: a page came or went."""
        if not isValid(self):
            return
        entries = self.__dict__.get("_entries", {})  # Gone when this is collected together with an owner.
        for entry in entries.values():
            self._refresh(entry)

    def _make_action(self, spec: CommandSpec) -> QAction:
        action = QAction(spec.title.replace("&", "&&"), self)
        action.setObjectName(spec.id)
        action.setData(spec.id)
        action.setShortcuts([QKeySequence(key) for key in spec.shortcut.split()])
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.setAutoRepeat(spec.id in ("review.next", "review.previous", "edit.undo", "edit.redo"))
        action.setCheckable(spec.checkable)
        action.setEnabled(False)
        if spec.icon:
            action.setIcon(icon(spec.icon))
        action.triggered.connect(self._on_action_triggered)
        return action

    def _handler(self, entry: _Entry) -> Handler | None:
        while entry.handlers:
            handler = entry.handlers[-1]()
            owner = getattr(handler, "__self__", None)
            if handler is not None and (not isinstance(owner, QObject) or isValid(owner)):
                return handler
            entry.handlers.pop()
        return None

    def _refresh(self, entry: _Entry) -> None:
        flags_set = self._flags.issuperset(entry.spec.when)
        entry.action.setEnabled(entry.allowed and flags_set and self._handler(entry) is not None)

    @Slot()
    def _on_action_triggered(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.invoke(str(action.data()))


class _ButtonBinding(QObject):
    """Keeps a button in step with its command; lives as long as the button."""

    def __init__(self, commands: CommandRegistry, button: QAbstractButton, command_id: str) -> None:
        super().__init__(button)
        self._commands = commands
        self._button = button
        self._id = command_id
        self._action = commands.action(command_id)
        button.clicked.connect(self._on_button_clicked)
        self._action.changed.connect(self._on_action_changed)
        self._on_action_changed()

    @Slot()
    def _on_button_clicked(self) -> None:
        self._commands.invoke(self._id)

    @Slot()
    def _on_action_changed(self) -> None:
        self._button.setEnabled(self._action.isEnabled())
        key = self._commands.shortcut_text(self._id)
        title = self._commands.title(self._id)
        self._button.setToolTip(plain_tooltip(f"{title} ({key})" if key else title))
        if self._button.isCheckable():
            self._button.setChecked(self._action.isChecked())
