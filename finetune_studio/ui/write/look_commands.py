"""Commands on how texts are shown; what was chosen is kept for the next time."""

from dataclasses import replace

from PySide6.QtCore import QObject, QSettings, Signal, Slot

from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.theme.stylesheet import ZOOMS
from finetune_studio.ui.write.conversation_view import ConversationView
from finetune_studio.ui.write.text_look import TextLook, next_zoom
from finetune_studio.workspace.workspace import Workspace

_ZOOM, _MARKS, _MARKDOWN = "write_zoom", "write_marks", "write_markdown"


class LookCommands(QObject):
    """Zoom, marks for white space, Markdown of all messages; preview and collapse of one.

    `zoom_changed(percent)` for other texts that are shown in that size.
    """

    zoom_changed = Signal(int)

    def __init__(
        self, workspace: Workspace, commands: CommandRegistry, view: ConversationView, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._view = view
        self._settings = QSettings(str(workspace.paths.config / "window.ini"), QSettings.Format.IniFormat)
        view.zoom_requested.connect(self._on_view_zoom_requested)
        for command_id, handler in (
            ("view.zoom_in", self._on_zoom_in),
            ("view.zoom_out", self._on_zoom_out),
            ("view.zoom_reset", self._on_zoom_reset),
            ("view.marks", self._on_marks),
            ("view.markdown", self._on_markdown),
            ("view.collapse_all", self._on_collapse_all),
            ("message.preview", self._on_preview),
            ("message.collapse", self._on_collapse),
        ):
            commands.register(command_id, handler)
        self._set(self._kept())

    def _kept(self) -> TextLook:
        zoom = self._settings.value(_ZOOM, 100, int)
        return TextLook(
            zoom if zoom in ZOOMS else 100,
            bool(self._settings.value(_MARKS, False, bool)),
            bool(self._settings.value(_MARKDOWN, False, bool)),
        )

    def _set(self, look: TextLook) -> None:
        self._view.set_look(look)
        self.zoom_changed.emit(look.zoom)
        self._commands.set_checked("view.marks", look.shows_marks)
        self._commands.set_checked("view.markdown", look.is_markdown)

    def _change(self, look: TextLook) -> None:
        self._set(look)
        for key, value in ((_ZOOM, look.zoom), (_MARKS, look.shows_marks), (_MARKDOWN, look.is_markdown)):
            self._settings.setValue(key, value)

    def _on_zoom_in(self) -> None:
        self._on_view_zoom_requested(1)

    def _on_zoom_out(self) -> None:
        self._on_view_zoom_requested(-1)

    @Slot(int)
    def _on_view_zoom_requested(self, by: int) -> None:
        look = self._view.look
        self._change(replace(look, zoom=next_zoom(look.zoom, by)))

    def _on_zoom_reset(self) -> None:
        self._change(replace(self._view.look, zoom=100))

    def _on_marks(self) -> None:
        look = self._view.look
        self._change(replace(look, shows_marks=not look.shows_marks))

    def _on_markdown(self) -> None:
        look = self._view.look
        for row in self._view.rows():
            row.preview = None
        self._change(replace(look, is_markdown=not look.is_markdown))

    def _on_collapse_all(self) -> None:
        self._view.collapse_all(not self._view.is_collapsed)

    def _on_preview(self) -> None:
        self._view.toggle_preview(max(self._view.last_index(), 0))

    def _on_collapse(self) -> None:
        self._view.toggle_collapsed(max(self._view.last_index(), 0))
