"""Finding in the open example: looks in the background, marks every hit, steps from one to the next."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication, QPlainTextEdit
from shiboken6 import isValid

from finetune_studio.domain.errors import CancelledError, StudioError
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.write.conversation_controller import ConversationController
from finetune_studio.ui.write.example_pane import ExamplePane
from finetune_studio.ui.write.find_bar import FindBar
from finetune_studio.ui.write.json_commands import JsonCommands
from finetune_studio.ui.write.message_body import text_fields
from finetune_studio.ui.write.message_rows import Row
from finetune_studio.ui.write.text_spans import Span
from finetune_studio.workspace.queries.find import TextHit, find_in_texts
from finetune_studio.workspace.workspace import Workspace

_AFTER = 150
"""Milliseconds of quiet after which an edited text is looked through again."""


@dataclass(frozen=True, slots=True)
class _Place:
    """One hit: the row by its key, so that it is found when messages moved."""

    key: int
    field: str
    start: int
    end: int


class FindCommands(QObject):
    """The bar is made when it is first wanted."""

    def __init__(
        self,
        workspace: Workspace,
        commands: CommandRegistry,
        pane: ExamplePane,
        conversation: ConversationController,
        json: JsonCommands,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._json = json
        self._workspace = workspace
        self._pane = pane
        self._view = pane.conversation
        self._bar: FindBar | None = None
        self._hits: list[_Place] = []
        self._spans: dict[tuple[int, str], list[Span]] = {}
        self._current = -1
        self._is_stopped = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_AFTER)
        self._timer.timeout.connect(self.search)
        self._view.text_edited.connect(self._on_changed)
        conversation.example_changed.connect(self._on_example_changed)
        commands.register("edit.find_here", self.open)
        commands.register("edit.find_next", self._on_next)
        commands.register("edit.find_previous", self._on_previous)

    @property
    def bar(self) -> FindBar | None:
        return self._bar

    @property
    def is_open(self) -> bool:
        return self._bar is not None and not self._bar.isHidden()

    def hits(self) -> list[tuple[int, str, int, int]]:
        """(message index, field, start, end) of each hit."""
        places = {row.key: index for index, row in enumerate(self._view.rows())}
        return [(places.get(hit.key, -1), hit.field, hit.start, hit.end) for hit in self._hits]

    def stop(self) -> None:
        """Look no more; the page goes."""
        self._is_stopped = True
        self._timer.stop()

    # Opening and closing

    def open(self) -> None:
        """Show the bar, with what is selected in a text to look for; over the JSON where that is shown."""
        if self._json.find is not None:
            if self.is_open:
                self.close()
            self._json.find.open()
            return
        if self._bar is None:
            self._bar = FindBar()
            self._bar.changed.connect(self.search)
            self._bar.step_requested.connect(self._on_bar_step_requested)
            self._bar.closed.connect(self.close)
            self._pane.add_bar(self._bar)
        editor = QApplication.focusWidget()
        chosen = editor.textCursor().selectedText() if isinstance(editor, QPlainTextEdit) else ""
        self._bar.start("" if "\u2029" in chosen else chosen)
        self._view.set_decorator("found", self._spans_of)
        self._current = -1
        self.search()

    @Slot()
    def close(self) -> None:
        """Hide the bar; the caret goes to the hit that was shown."""
        if self._bar is None:
            return
        had_focus = self._bar.isAncestorOf(QApplication.focusWidget() or self._pane)
        self._bar.hide()
        self._view.set_decorator("found", None)
        if had_focus and 0 <= self._current < len(self._hits):
            self._go(focus=True)
        elif had_focus:
            self._pane.focus_text()
        self._hits, self._spans, self._current = [], {}, -1

    # Looking

    @Slot()
    def search(self) -> None:
        """Look through the texts as they are now; a newer search replaces an older one."""
        self._timer.stop()
        if self._bar is None or not self.is_open or self._workspace.is_closed or self._is_stopped:
            return
        fields = [(row, field) for row in self._view.rows() for field in text_fields(row)]
        places = [(row.key, field) for row, field in fields]

        def found(hits: Sequence[TextHit]) -> None:
            if isValid(self) and self.is_open:
                self._take([_Place(*places[hit.number], hit.start, hit.end) for hit in hits])

        self._workspace.ask(
            find_in_texts,
            [row.text(field) for row, field in fields],
            self._bar.options(),
            done=found,
            failed=self._on_failed,
            title="Finding",
            key=f"find in example {id(self)}",
        )

    def _take(self, hits: list[_Place]) -> None:
        known = self._hits[self._current] if 0 <= self._current < len(self._hits) else None
        self._hits = hits
        if known is not None and known in hits:
            self._current = hits.index(known)
            self._show()
        else:
            self._current = self._first()
            self._show()
            self._go(focus=False)

    def _first(self) -> int:
        """The first hit from the message on that has, or last had, the focus."""
        if not self._hits:
            return -1
        index = self._view.last_index()
        later = (n for n, hit in enumerate(self.hits()) if hit[0] >= index)
        return next(later, 0)

    def _on_failed(self, error: StudioError) -> None:
        if isValid(self) and self._bar is not None and not isinstance(error, CancelledError):
            self._hits, self._current = [], -1
            self._show()
            self._bar.show_problem(error.text)

    def _show(self) -> None:
        self._spans = {}
        for number, hit in enumerate(self._hits):
            look = "current" if number == self._current else "found"
            self._spans.setdefault((hit.key, hit.field), []).append(Span(hit.start, hit.end, look))
        self._view.redecorate()
        if self._bar is not None:
            self._bar.show_count(self._current + 1, len(self._hits))

    def _spans_of(self, row: Row, field: str) -> Sequence[Span]:
        return self._spans.get((row.key, field), ())

    # Stepping

    def _on_next(self) -> None:
        self.step(1)

    def _on_previous(self) -> None:
        self.step(-1)

    @Slot(int)
    def _on_bar_step_requested(self, by: int) -> None:
        self.step(by)

    def step(self, by: int) -> None:
        """Show the next hit, or the one before; behind the last comes the first."""
        if self._json.find is not None:
            self._json.find.step(by)
            return
        if self._bar is None or not self.is_open:
            self.open()
            return
        if self._hits:
            focus = QApplication.focusWidget()
            self._current = (self._current + by) % len(self._hits)
            self._show()
            self._go(focus=focus is not None and self._view.viewport().isAncestorOf(focus))

    def _go(self, focus: bool) -> None:
        """Bring the current hit into sight, and with `focus` the caret to it."""
        if not 0 <= self._current < len(self._hits):
            return
        index, field, start, end = self.hits()[self._current]
        if focus:
            self._view.reveal(index, start, end, field)
        elif index >= 0:
            self._view.show_place(index, field, start)

    @Slot()
    def _on_changed(self) -> None:
        if self.is_open:
            self._timer.start()

    @Slot()
    def _on_example_changed(self) -> None:
        if self.is_open:
            self.search()
