"""Shows the open example in the middle and at the right, and keeps the two in step with the dataset."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Slot

from finetune_studio.domain.diagnostic import Diagnostic, Location
from finetune_studio.domain.errors import StudioError
from finetune_studio.domain.example import Example, messages_of
from finetune_studio.ui.write.conversation_controller import ConversationController
from finetune_studio.ui.write.example_facts import ExampleFacts
from finetune_studio.ui.write.example_pane import ExamplePane
from finetune_studio.ui.write.inspector_controller import InspectorController
from finetune_studio.ui.write.list_controller import ListController
from finetune_studio.workspace.queries.examples import get_example
from finetune_studio.workspace.workspace import Workspace


class OpenExample(QObject):
    """The list says which example is open; steps that come faster than they can be shown are jumped over."""

    def __init__(
        self,
        workspace: Workspace,
        pane: ExamplePane,
        listed: ListController,
        conversation: ConversationController,
        details: InspectorController,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._pane = pane
        self._list = listed
        self._conversation = conversation
        self._details = details
        self._is_opening = False
        self._caret_for: int | None = None
        self._location: Location | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.show_now)
        conversation.facts_changed.connect(self._on_conversation_facts_changed)
        pane.conversation.finding_pressed.connect(self._on_conversation_finding_pressed)
        details.show_requested.connect(self._on_details_show_requested)

    @property
    def is_pending(self) -> bool:
        """True while another example waits to be shown."""
        return self._timer.isActive()

    def show_soon(self) -> None:
        """Show the open example once the keys that wait are done."""
        self._timer.start(0)

    def go_to(self, location: Location | None) -> None:
        """The place to show in the example that is opened next."""
        self._location = location

    @Slot(int)
    def write_in(self, example_id: int) -> None:
        """Put the caret into an example once it is shown."""
        self._caret_for = example_id
        self.show_soon()

    def edit(self) -> None:
        """Put the caret into the open example."""
        if self._list.current_id is not None:
            if self.is_pending:
                self.show_now()
            self._pane.focus_text()

    def stop(self) -> None:
        self._timer.stop()

    @Slot()
    def show_now(self) -> None:
        """Show what is open."""
        self._timer.stop()
        current = self._list.current_id
        location, self._location = self._location, None
        shown = self._conversation.example
        if shown is None or shown.id != current:
            self._is_opening = True
            self._conversation.show_example(current, location)
            self._is_opening = False
            self._show(self._conversation.example)
        else:
            if location is not None:
                self._conversation.reveal(location)
            self.refresh()
        if self._caret_for is not None and self._caret_for == current:
            self._pane.focus_text()
        self._caret_for = None

    def refresh(self) -> None:
        """Header and inspector again: something about the example changed."""
        self._show(self.read())

    def read(self) -> Example | None:
        """The open example as it is in the dataset now; None when it is gone."""
        current = self._list.current_id
        if current is None:
            return None
        try:
            return get_example(self._workspace, current)
        except StudioError:
            return None

    def _show(self, example: Example | None) -> None:
        self._pane.set_empty(example is None)
        if example is not None:
            self._show_header(example)
        self._details.show_example(example, self._findings(example))

    def _findings(self, example: Example | None) -> Sequence[Diagnostic]:
        if example is None:
            return ()
        facts = self._conversation.facts
        if facts is not None and facts.example_id == example.id:
            return facts.findings
        return self._workspace.lint.findings_of(example.id)

    def _show_header(self, example: Example) -> None:
        facts = self._conversation.facts
        tokens: int | None
        trained: int | None
        if facts is not None and facts.example_id == example.id and facts.by_message:
            tokens, trained = facts.tokens, facts.trained
        else:
            lint = self._workspace.lint
            tokens = lint.values_of([example.id], "tokens").get(example.id)
            trained = lint.values_of([example.id], "loss_tokens").get(example.id)
        rank = self._workspace.ranks(wait=False).rank_of(example.id)
        self._pane.header.show_example(example, rank, len(messages_of(example.record)), tokens, trained)

    @Slot(object)
    def _on_conversation_facts_changed(self, facts: ExampleFacts) -> None:
        if self._is_opening or self.is_pending or facts.example_id != self._list.current_id:
            return
        example = self.read()
        if example is not None:
            self._show_header(example)
            self._details.show_findings(facts.findings)

    @Slot(object)
    def _on_details_show_requested(self, diagnostic: Diagnostic) -> None:
        self._conversation.reveal(diagnostic.location)

    @Slot(int)
    def _on_conversation_finding_pressed(self, message_index: int) -> None:
        found = self._conversation.facts.findings if self._conversation.facts else ()
        first = next((each for each in found if each.location.message_index == message_index), None)
        if first is not None:
            self._details.to_top()
            self._conversation.reveal(first.location)
