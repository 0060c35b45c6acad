"""Spelling on page Write: on and off, the next misspelt word, suggestions in the menu of a text."""

from PySide6.QtCore import QObject, QPoint, QSettings, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QMenu, QWidget
from shiboken6 import isValid

from finetune_studio.domain.changes import ChangeKind, Changes
from finetune_studio.domain.errors import StudioError
from finetune_studio.domain.message import Role
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.workspace_signals import WorkspaceSignals
from finetune_studio.ui.write.conversation_view import ConversationView
from finetune_studio.ui.write.message_body import text_fields
from finetune_studio.ui.write.message_editor import MessageEditor
from finetune_studio.ui.write.spelling_marks import SpellingMarks
from finetune_studio.workspace.operations.spelling import add_word, set_spelling
from finetune_studio.workspace.queries.spelling import (
    Spelling,
    check_spelling,
    chosen_language,
    own_words,
    suggest_words,
)
from finetune_studio.workspace.workspace import Workspace

_SETTING = "write_spelling"


class SpellingCommands(QObject):
    """Whether texts are checked is kept for the person; language and words are kept in the dataset."""

    def __init__(
        self, workspace: Workspace, commands: CommandRegistry, view: ConversationView, page: QWidget
    ) -> None:
        super().__init__(page)
        self._workspace = workspace
        self._commands = commands
        self._view = view
        self._page = page
        self._settings = QSettings(str(workspace.paths.config / "window.ini"), QSettings.Format.IniFormat)
        self.marks = SpellingMarks(workspace, view)
        self._signals = WorkspaceSignals(workspace.notifier, self)
        self._signals.changed.connect(self._on_signals_changed)
        view.text_menu_requested.connect(self.open_menu)
        commands.register("view.spelling", self._on_toggle)
        commands.register("edit.spelling_next", self.go_to_next)
        commands.register("edit.spelling", self._on_settings)
        self._switch(bool(self._settings.value(_SETTING, True, bool)))

    def stop(self) -> None:
        """Hear no more; the page goes."""
        self.marks.stop()
        self._signals.stop()

    def _switch(self, on: bool) -> None:
        self.marks.switch(on)
        self._commands.set_checked("view.spelling", on)

    def _on_toggle(self) -> None:
        on = not self.marks.is_on
        self._settings.setValue(_SETTING, on)
        self._switch(on)

    @Slot(object)
    def _on_signals_changed(self, changes: Changes) -> None:
        if ChangeKind.OPTIONS in changes.kinds:
            self.marks.forget()

    # Settings

    def _on_settings(self) -> None:
        from finetune_studio.ui.write.spelling_dialog import SpellingDialog

        language, words = chosen_language(self._workspace), own_words(self._workspace)
        dialog = SpellingDialog(language, words, self._page.window())
        dialog.save.setEnabled(not self._workspace.read_only)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self._workspace.perform(set_spelling, dialog.language, dialog.words, failed=self._on_failed)
        dialog.deleteLater()

    def add(self, word: str) -> None:
        """Take a word for right in this dataset."""
        self._workspace.perform(add_word, word, failed=self._on_failed)

    def _on_failed(self, error: StudioError) -> None:
        self._commands.report_error(error)

    # Misspelt words

    def go_to_next(self) -> None:
        """The caret to the next misspelt word behind it, and its suggestions; from the end to the top."""
        places = [
            (row.key, field, row.text(field))
            for row in self._view.rows()
            if row.message.role not in (Role.TOOL, Role.FUNCTION)
            for field in text_fields(row)
        ]

        def done(found: list[Spelling]) -> None:
            if isValid(self):
                self._show_next(places, found)

        self._workspace.ask(
            check_spelling,
            [text for _key, _field, text in places],
            self.marks.around(),
            done=done,
            failed=self._on_nothing_found,
            title="Spelling",
            key=f"next misspelt {id(self)}",
        )

    def _show_next(self, places: list[tuple[int, str, str]], found: list[Spelling]) -> None:
        numbers = {row.key: (index, row) for index, row in enumerate(self._view.rows())}
        wrong = [
            (numbers[key][0], field, start, end)
            for (key, field, text), spelling in zip(places, found, strict=True)
            if key in numbers and numbers[key][1].text(field) == text
            for start, end in spelling.wrong
        ]
        if not wrong:
            self._commands.notice("No misspelt word in this example.")
            return
        caret, index = self._view.caret(), self._view.focused_index()
        at = (index, caret[1]) if caret is not None and index >= 0 else (-1, 0)
        index, field, start, end = next((place for place in wrong if (place[0], place[2]) >= at), wrong[0])
        self._view.reveal(index, start, end, field)
        card = self._view.card_at(index)
        editor = card.body.editor_of(field) if card is not None else None
        if editor is not None:
            texts = [text for _key, _field, text in places]
            spelling = found[texts.index(editor.true_text)]
            place = editor.viewport().mapToGlobal(editor.cursorRect().bottomLeft())
            self._suggest(editor, (start, end), spelling.language, place)

    @Slot(int, str, int, QPoint)
    def open_menu(self, index: int, field: str, position: int, place: QPoint) -> None:
        """The menu of a text; at a misspelt word with suggestions, which are looked for first."""
        card = self._view.card_at(index)
        editor = card.body.editor_of(field) if card is not None else None
        if editor is None:
            return
        known = self.marks.spelling_of(editor.true_text) if self.marks.is_on else None
        spans = known.wrong if known is not None else ()
        span = next((each for each in spans if each[0] <= position <= each[1]), None)
        if known is None or span is None or editor.isReadOnly():
            TextMenu(self, editor).popup(place)
            return
        self._suggest(editor, span, known.language, place)

    def _suggest(self, editor: MessageEditor, span: tuple[int, int], language: str, place: QPoint) -> None:
        word = editor.true_text[span[0] : span[1]]

        def found(words: list[str]) -> None:
            if isValid(self) and isValid(editor) and editor.true_text[span[0] : span[1]] == word:
                TextMenu(self, editor, span, words).popup(place)

        self._workspace.ask(
            suggest_words,
            word,
            language,
            done=found,
            failed=self._on_nothing_found,
            key=f"suggestions {id(self)}",
        )

    def _on_nothing_found(self, error: StudioError) -> None:
        """A newer question took this one's place."""


class TextMenu(QMenu):
    """Suggestions for the word at `span`, then what can be done with any text."""

    def __init__(
        self,
        owner: SpellingCommands,
        editor: MessageEditor,
        span: tuple[int, int] | None = None,
        words: list[str] | None = None,
    ) -> None:
        super().__init__(editor)
        self._owner = owner
        self._editor = editor
        self._span = span
        self.setAccessibleName("Text")
        self.aboutToHide.connect(self.deleteLater)
        if span is not None:
            for word in words or ():
                self._add("use", word, word)
            if not words:
                self.addAction("No suggestions").setEnabled(False)
            self.addSeparator()
            word = editor.true_text[span[0] : span[1]]
            self._add("add", f"Add “{word}” to the dictionary", word)
            self.addSeparator()
        writable, chosen = not editor.isReadOnly(), editor.textCursor().hasSelection()
        for name, text, key, possible in (
            ("cut", "Cut", "Ctrl+X", writable and chosen),
            ("copy", "Copy", "Ctrl+C", chosen),
            ("paste", "Paste", "Ctrl+V", writable and editor.canPaste()),
            ("select_all", "Select all", "Ctrl+A", True),
        ):
            self._add(name, f"{text}\t{key}").setEnabled(possible)
        self.triggered.connect(self._on_triggered)

    def _add(self, name: str, text: str, word: str = "") -> QAction:
        action = self.addAction(text.replace("&", "&&"))
        action.setData((name, word))
        return action

    @Slot(QAction)
    def _on_triggered(self, action: QAction) -> None:
        if not isinstance(action.data(), tuple):
            return
        name, word = action.data()
        if name == "use" and self._span is not None:
            self._editor.setFocus()
            self._editor.select(*self._span)
            self._editor.insert_true_text(word)
        elif name == "add":
            self._owner.add(word)
        else:
            deeds = {"cut": self._editor.cut, "copy": self._editor.copy, "paste": self._editor.paste}
            deeds.get(name, self._editor.selectAll)()
