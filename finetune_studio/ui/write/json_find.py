"""Finding in the JSON of the open example, with the bar and the keys of the cards."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Slot
from shiboken6 import isValid

from finetune_studio.domain.errors import CancelledError, StudioError
from finetune_studio.ui.write.find_bar import FindBar
from finetune_studio.ui.write.json_view import JsonView
from finetune_studio.workspace.queries.find import TextHit, find_in_texts
from finetune_studio.workspace.workspace import Workspace

_AFTER = 150
"""Milliseconds of quiet after which an edited text is looked through again."""


class JsonFind(QObject):
    """The bar stands over the text while it is open."""

    def __init__(self, workspace: Workspace, view: JsonView) -> None:
        super().__init__(view)
        self._workspace = workspace
        self._view = view
        self._hits: list[tuple[int, int]] = []
        self._current = -1
        self.bar = FindBar()
        self.bar.hide()
        view.add_bar(self.bar)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_AFTER)
        self._timer.timeout.connect(self.search)
        self.bar.changed.connect(self.search)
        self.bar.step_requested.connect(self.step)
        self.bar.closed.connect(self.close)
        view.editor.textChanged.connect(self._on_editor_text_changed)

    @property
    def is_open(self) -> bool:
        return not self.bar.isHidden()

    def hits(self) -> list[tuple[int, int]]:
        """Code points of the text where each hit begins and ends."""
        return list(self._hits)

    def open(self) -> None:
        """Show the bar, with what is selected to look for."""
        chosen = self._view.editor.textCursor().selectedText()
        self.bar.start("" if "\u2029" in chosen else chosen)
        self._current = -1
        self.search()

    @Slot()
    def close(self) -> None:
        """Hide the bar; the caret goes to the hit that was shown."""
        self._timer.stop()
        self.bar.hide()
        editor = self._view.editor
        if 0 <= self._current < len(self._hits):
            editor.select_points(*self._hits[self._current])
        self._hits, self._current = [], -1
        editor.mark_found((), -1)
        editor.setFocus()

    @Slot()
    def search(self) -> None:
        """Look through the text as it is now; a newer search replaces an older one."""
        self._timer.stop()
        if not self.is_open or self._workspace.is_closed:
            return
        self._workspace.ask(
            find_in_texts,
            [self._view.editor.true_text],
            self.bar.options(),
            done=self._on_found,
            failed=self._on_failed,
            title="Finding",
            key=f"find in JSON {id(self)}",
        )

    def _on_found(self, hits: Sequence[TextHit]) -> None:
        if not isValid(self) or not self.is_open:
            return
        self._hits = [(hit.start, hit.end) for hit in hits]
        if self._current >= len(self._hits) or self._current < 0:
            self._current = 0 if self._hits else -1
        self._show()

    def _on_failed(self, error: StudioError) -> None:
        if isValid(self) and not isinstance(error, CancelledError):
            self._hits, self._current = [], -1
            self._show()
            self.bar.show_problem(error.text)

    @Slot(int)
    def step(self, by: int) -> None:
        """Show the next hit, or the one before; behind the last comes the first."""
        if not self.is_open:
            self.open()
        elif self._hits:
            self._current = (self._current + by) % len(self._hits)
            self._show()

    def _show(self) -> None:
        self._view.editor.mark_found(self._hits, self._current)
        self.bar.show_count(self._current + 1, len(self._hits))

    @Slot()
    def _on_editor_text_changed(self) -> None:
        if self.is_open:
            self._timer.start()
