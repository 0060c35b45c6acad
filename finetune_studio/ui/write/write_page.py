"""Page Write: the examples, the open conversation, and what is known of it."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QEvent, QSettings, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSplitter, QWidget
from shiboken6 import isValid

from finetune_studio.domain.changes import ChangeKind, Changes
from finetune_studio.domain.diagnostic import Location
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.importing.import_report_dialog import show_import_report
from finetune_studio.ui.models.example_list_model import ExampleListModel
from finetune_studio.ui.theme.manager import ThemeManager
from finetune_studio.ui.workspace_signals import WorkspaceSignals
from finetune_studio.ui.write import inspector as inspector_module
from finetune_studio.ui.write import list_panel
from finetune_studio.ui.write.conflict_controller import ConflictController
from finetune_studio.ui.write.conversation_controller import ConversationController
from finetune_studio.ui.write.dataset_commands import DatasetCommands
from finetune_studio.ui.write.draft_commands import DraftCommands
from finetune_studio.ui.write.editor_tools import EditorTools
from finetune_studio.ui.write.example_commands import ExampleCommands
from finetune_studio.ui.write.example_pane import ExamplePane
from finetune_studio.ui.write.filter_bar import FilterCounts, count_for_filter
from finetune_studio.ui.write.finding_commands import FindingCommands
from finetune_studio.ui.write.image_commands import ImageCommands
from finetune_studio.ui.write.inspector import Inspector
from finetune_studio.ui.write.inspector_controller import InspectorController
from finetune_studio.ui.write.list_controller import ListController
from finetune_studio.ui.write.list_memory import ListMemory
from finetune_studio.ui.write.list_panel import ListPanel
from finetune_studio.ui.write.listing_commands import ListingCommands
from finetune_studio.ui.write.message_commands import MessageCommands
from finetune_studio.ui.write.new_example_menu import NewExampleMenu
from finetune_studio.ui.write.open_example import OpenExample
from finetune_studio.ui.write.prompt_commands import PromptCommands
from finetune_studio.ui.write.review_commands import ReviewCommands
from finetune_studio.ui.write.template_commands import TemplateCommands
from finetune_studio.ui.write.tools_controller import ToolsController
from finetune_studio.workspace.queries.completion import query_facts
from finetune_studio.workspace.queries.examples import ListRow, rows
from finetune_studio.workspace.workspace import Workspace

_COUNT_AFTER = 120
"""Milliseconds in which changes gather before the chips are counted again."""
_PATIENCE = 0.5
"""Seconds in which a text that was typed last is written, or refused, before the page closes."""
_COUNT_LATER = 400
"""The same for what the checks find while a person types."""


class WritePage(QWidget):
    """Builds the parts of the page and connects them; every deed is in a part."""

    help_requested = Signal(str)
    job_requested = Signal(str)

    def __init__(
        self,
        workspace: Workspace,
        commands: CommandRegistry,
        theme: ThemeManager,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._commands = commands
        self._closed = False
        self._follow_history = False
        self._unreadable: int | None = None
        self._settings = QSettings(str(workspace.paths.config / "window.ini"), QSettings.Format.IniFormat)
        self.model = ExampleListModel(self._fetch_rows, self)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        self.panel = ListPanel(self.model, self.splitter)
        self.pane = ExamplePane(commands, self.splitter)
        self.inspector = Inspector(self.splitter)
        self.new_menu = NewExampleMenu(commands, self)
        self._lay_out()
        self.list = ListController(workspace, self.model, self.panel.view, self)
        self.conversation = ConversationController(workspace, self.pane.conversation, self)
        self.conflicts = ConflictController(workspace, commands, self.pane.conflict, self.conversation, self)
        self.message_commands = MessageCommands(self.pane.conversation, commands)
        self.details = InspectorController(workspace, self.inspector, commands, self)
        self.shown = OpenExample(workspace, self.pane, self.list, self.conversation, self.details, self)
        self.examples = ExampleCommands(workspace, commands, self.model, self.panel.view, self.list, self)
        self.tools = EditorTools(workspace, commands, self.pane, self.conversation, self.examples, self)
        self.definitions = ToolsController(
            workspace, self.pane.tools, self.conversation, commands, self.examples.chosen_ids, self
        )
        self.images = ImageCommands(workspace, commands, self.pane.conversation, self.conversation, self)
        self.whole = DatasetCommands(workspace, commands, self.examples, self.list, self)
        self.prompts = PromptCommands(workspace, commands, self.examples, self.pane.conversation, self)
        self.templates = TemplateCommands(workspace, commands, self.list, self)
        self.drafts = DraftCommands(
            workspace, commands, self.pane.conversation, lambda: self.pane.draft, self
        )
        self.reviewing = ReviewCommands(commands, self.panel.view, self.list, self.examples, self)
        memory = ListMemory(self._settings, workspace.uid)
        self.listing = ListingCommands(workspace, commands, self.panel, self.list, memory, self)
        self.findings = FindingCommands(workspace, commands, self.model, self.list, self.details, self)
        self._signals = WorkspaceSignals(workspace.notifier, self)
        self._count_timer = self._timer(_COUNT_AFTER, self._count)
        self._connect()
        self._register()
        self.list.set_query("")
        self._count()

    # Building

    @property
    def search_field(self) -> QWidget:
        """What Ctrl+F focuses."""
        return self.panel.filter.field

    def _lay_out(self) -> None:
        for number, part in enumerate((self.panel, self.pane, self.inspector)):
            self.splitter.setStretchFactor(number, int(part is self.pane))
        self.splitter.setSizes([list_panel.WIDTH, 760, inspector_module.WIDTH])
        saved = self._settings.value("write_columns")
        if saved is not None:
            self.splitter.restoreState(saved)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.splitter)
        shown = self._settings.value("write_review_bar", True, bool)
        self.pane.set_review_bar(bool(shown))
        self._commands.set_checked("review.bar", bool(shown))

    def _timer(self, milliseconds: int, slot: object) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(slot)
        return timer

    def _connect(self) -> None:
        panel, view = self.panel, self.panel.view
        panel.filter.query_changed.connect(self.list.set_query)
        panel.filter.field.down_requested.connect(self._focus_list)
        panel.filter.field.facts_wanted.connect(self._on_field_facts_wanted)
        panel.filter.new_button.clicked.connect(self._on_new_button_clicked)
        self.pane.new_requested.connect(self._on_pane_new_requested)
        self.pane.import_requested.connect(self._on_pane_import_requested)
        panel.bulk_requested.connect(self._on_panel_bulk_requested)
        panel.repair_requested.connect(self._on_panel_repair_requested)
        view.selection_changed.connect(self._on_view_selection_changed)
        view.menu_requested.connect(self.examples.open_menu)
        view.edit_requested.connect(self._on_edit_requested)
        view.delete_requested.connect(self._on_view_delete_requested)
        view.peek_requested.connect(self._on_view_peek_requested)
        self.list.understood.connect(panel.filter.show_problem)
        self.list.listed.connect(self._on_list_listed)
        self.list.opened.connect(self._on_list_opened)
        self.new_menu.chosen.connect(self.examples.make)
        self.new_menu.like_requested.connect(self.examples.make_like_this)
        self.examples.flush_requested.connect(self.flush)
        self.definitions.flush_requested.connect(self.flush)
        self.definitions.leave_requested.connect(self.pane.conversation.focus_first)
        self.whole.flush_requested.connect(self.flush)
        self.prompts.flush_requested.connect(self.flush)
        self.tools.flush_requested.connect(self.flush)
        self.tools.list_requested.connect(self._focus_list)
        self.tools.record_made.connect(self.examples.make)
        self.tools.json.conflict_found.connect(self.conflicts.add)
        self.templates.flush_requested.connect(self.flush)
        self.templates.made.connect(self._on_templates_made)
        self.drafts.flush_requested.connect(self.flush)
        self.drafts.made.connect(self._on_templates_made)
        self.drafts.list_requested.connect(self._focus_list)
        self.whole.example_requested.connect(self.open_example)
        self.examples.written.connect(self.shown.write_in)
        self.reviewing.edit_requested.connect(self._on_edit_requested)
        self.reviewing.tag_requested.connect(self.details.start_tagging)
        self.reviewing.note_requested.connect(self.details.start_note)
        self.pane.conversation.leave_requested.connect(self._focus_list)
        self.conversation.failed.connect(self._commands.report_error)
        self.details.flush_requested.connect(self.flush)
        self.details.example_requested.connect(self.open_example)
        self.details.list_requested.connect(self._focus_list)
        self.details.help_requested.connect(self.help_requested)
        self.details.note_lost.connect(self.conflicts.add)
        self.details.job_requested.connect(self.job_requested)
        self.findings.show_requested.connect(self.open_example)
        self._signals.changed.connect(self._on_signals_changed)
        self._commands.invoked.connect(self._on_commands_invoked)

    def _register(self) -> None:
        self._commands.register("review.bar", self._on_toggle_review_bar)

    def _fetch_rows(self, ids: Sequence[int]) -> list[ListRow]:
        return [] if self._closed else rows(self._workspace, ids)

    # What the main window calls

    @Slot(int)
    @Slot(int, object)
    def open_example(self, example_id: int, location: Location | None = None) -> None:
        """Show an example, at a place in it if one is given; a filter that hides it stays as it is."""
        self.shown.go_to(location)
        if self.list.current_id == example_id:
            self.shown.show_soon()
        self.list.open(example_id)

    def set_filter(self, text: str) -> None:
        """Show the examples that another page means: the first of them, unless the open one is among them."""
        self.panel.filter.set_query(text)
        self.list.lead()

    @Slot()
    def flush(self) -> None:
        """Commit what is being typed."""
        self.conversation.flush()
        self.tools.flush()
        self.details.flush()

    def confirm_close(self) -> bool:
        """Asks where a text that was typed is not in the dataset; what is on its way is waited for."""
        self._workspace.tasks.drain(_PATIENCE)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.MetaCall)  # the answers
        return self.conflicts.may_close(self.tools.json.unapplied)

    def on_shown(self) -> None:
        """The review keys work at once."""
        focus = QApplication.focusWidget()
        if focus is None or not self.isAncestorOf(focus):
            self._focus_list()
        self.findings.take_over()

    def hideEvent(self, event: QHideEvent) -> None:
        """Page Check has these commands too."""
        self.findings.give_up()
        super().hideEvent(event)

    def close_page(self) -> None:
        """Commit, end the timers, hear no more."""
        self.tools.flush()
        self.conversation.close()
        self.details.close()
        self.whole.close()
        self.listing.close()
        self.drafts.drop()
        self.tools.close()
        self._closed = True
        self.shown.stop()
        self._count_timer.stop()
        self._signals.stop()
        self.list.close()
        self._settings.setValue("write_columns", self.splitter.saveState())
        for owner in (
            self.examples,
            self.definitions,
            self.images,
            self.whole,
            self.prompts,
            self.templates,
            self.drafts,
            self.reviewing,
            self.message_commands,
            self.findings,
        ):
            self._commands.unregister(owner)

    # The open example

    @Slot(object)
    def _on_list_opened(self, example_id: int | None) -> None:
        self._commands.set_flag("example", example_id is not None)
        self.drafts.leave(example_id)
        self.conversation.flush()
        self.shown.show_soon()

    @Slot()
    def _on_edit_requested(self) -> None:
        self.shown.edit()

    @Slot()
    def _focus_list(self) -> None:
        self.panel.view.setFocus()

    @Slot()
    def _on_field_facts_wanted(self) -> None:
        field = self.panel.filter.field
        self._workspace.ask(query_facts, done=field.set_facts, key=f"query facts {id(self)}")

    @Slot()
    def _on_list_listed(self) -> None:
        was_waiting = self.panel.is_waiting
        self.panel.show_list(self.model.count, self.list.query)
        is_first = not self.model.ids and not self.list.query
        self.pane.invite(is_first=is_first, writable=not self._workspace.read_only)
        self._commands.set_flag("example", self.list.current_id is not None)
        if was_waiting and self.isVisible():
            self._focus_list()

    @Slot()
    def _on_view_selection_changed(self) -> None:
        view = self.panel.view
        self.panel.show_chosen(
            view.selected_count(), is_all=view.is_all_selected, writable=not self._workspace.read_only
        )

    @Slot()
    def _on_view_delete_requested(self) -> None:
        self._commands.invoke("example.delete")

    @Slot(int)
    def _on_view_peek_requested(self, direction: int) -> None:
        bar = self.pane.conversation.verticalScrollBar()
        bar.setValue(bar.value() + direction * round(bar.pageStep() * 0.9))

    @Slot()
    def _on_new_button_clicked(self) -> None:
        button = self.panel.filter.new_button
        self.new_menu.like.setEnabled(self.list.current_id is not None)
        self.new_menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    @Slot(int)
    def _on_templates_made(self, example_id: int) -> None:
        self.list.open(example_id)
        self.shown.write_in(example_id)

    @Slot()
    def _on_pane_new_requested(self) -> None:
        self._commands.invoke("example.new")

    @Slot()
    def _on_pane_import_requested(self) -> None:
        self._commands.invoke("file.import")

    @Slot()
    def _on_panel_bulk_requested(self) -> None:
        button = self.panel.bulk_button
        self.examples.open_menu(button.mapToGlobal(button.rect().topLeft()))

    @Slot()
    def _on_panel_repair_requested(self) -> None:
        show_import_report(self._workspace, self._commands, self.window())

    @Slot()
    def _on_toggle_review_bar(self) -> None:
        shown = not self._settings.value("write_review_bar", True, bool)
        self._settings.setValue("write_review_bar", shown)
        self._commands.set_checked("review.bar", shown)
        self.pane.set_review_bar(shown)

    # Changes of the dataset

    @Slot(str)
    def _on_commands_invoked(self, command_id: str) -> None:
        if command_id in ("edit.undo", "edit.redo"):
            self._follow_history = True

    @Slot(object)
    def _on_signals_changed(self, changes: Changes) -> None:
        if self._closed or not isValid(self):
            return
        if self._follow_history and changes.initiator is None and ChangeKind.HISTORY in changes.kinds:
            self._follow_history = False
            self.list.follow(changes)
        self.list.take(changes)
        self.details.take(changes)
        self.listing.take(changes)
        if ChangeKind.MEMBERSHIP in changes.kinds:
            self._unreadable = None
        if not self._count_timer.isActive():
            self._count_timer.start(_COUNT_AFTER if ChangeKind.HISTORY in changes.kinds else _COUNT_LATER)
        current = self.list.current_id
        if current is None or self.shown.is_pending:
            return
        if current in changes.example_ids or ChangeKind.MEMBERSHIP in changes.kinds:
            self._on_current_changed(changes)

    def _on_current_changed(self, changes: Changes) -> None:
        """The open example changed; when it is gone, a neighbour takes its place."""
        if ChangeKind.MEMBERSHIP in changes.kinds and self.shown.read() is None:
            if not self.list.step(1) and not self.list.step(-1):
                self.list.open(None)
            return
        self.shown.refresh()

    @Slot()
    def _count(self) -> None:
        if not self._closed:
            self._workspace.ask(
                count_for_filter, self._unreadable, done=self._on_counted, key=f"write counts {id(self)}"
            )

    def _on_counted(self, counts: FilterCounts) -> None:
        if isValid(self) and not self._closed:
            self._unreadable = counts.unreadable
            self.panel.filter.show_counts(counts)
            self.panel.order.show_total(counts.total)
            self.panel.show_unreadable(counts.unreadable)
            self.pane.review_bar.show_counts(counts)
