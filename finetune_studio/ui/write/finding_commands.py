"""The commands of the checks while page Write is in front: from finding to finding, fix, set aside."""

from array import array

from PySide6.QtCore import QObject, Signal

from finetune_studio.domain.diagnostic import Diagnostic, Location
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.models.example_list_model import ExampleListModel
from finetune_studio.ui.write.inspector_controller import InspectorController
from finetune_studio.ui.write.list_controller import ListController
from finetune_studio.workspace.workspace import Workspace

_COMMANDS = ("check.next_finding", "check.previous_finding", "check.fix", "check.set_aside")


def next_with_findings(workspace: Workspace, ids: "array[int]", row: int, step: int) -> int | None:
    """The next example of a list, from `row` on, that has findings; for the pool."""
    having = workspace.lint.counts_by_example()
    places = range(row, len(ids)) if step > 0 else range(row, -1, -1)
    return next((ids[place] for place in places if ids[place] in having), None)


class FindingCommands(QObject):
    """`show_requested(example id, Location)`. Page Check has the same commands; who is in front wins."""

    show_requested = Signal(int, object)

    def __init__(
        self,
        workspace: Workspace,
        commands: CommandRegistry,
        model: ExampleListModel,
        controller: ListController,
        details: InspectorController,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._commands = commands
        self._model = model
        self._list = controller
        self._details = details
        self._place = -1
        self._example_id: int | None = None
        self._step = 1

    def take_over(self) -> None:
        """Do the commands from now on."""
        self._commands.unregister(self)
        for command_id, handler in zip(
            _COMMANDS, (self._on_next, self._on_previous, self._on_fix, self._on_set_aside), strict=True
        ):
            self._commands.register(command_id, handler)
            self._commands.set_enabled(command_id, True)

    def give_up(self) -> None:
        """Leave the commands to another page."""
        self._commands.unregister(self)

    def _on_next(self) -> None:
        self._go(1)

    def _on_previous(self) -> None:
        self._go(-1)

    def _on_fix(self) -> None:
        found = self._details.first_fixable()
        if found is None:
            self._commands.notice("Nothing in this example can be fixed by itself.")
        else:
            self._details.fix(found)

    def _on_set_aside(self) -> None:
        self._details.start_set_aside()

    def _go(self, step: int) -> None:
        """The next finding of the open example, else of the next example that has any."""
        current = self._list.current_id
        found = self._located()
        if current != self._example_id:
            self._example_id, self._place = current, -1 if step > 0 else len(found)
        self._place += step
        if current is not None and 0 <= self._place < len(found):
            self.show_requested.emit(current, found[self._place].location)
            return
        row = self._list.neighbour_row(step)
        self._step = step
        if row < 0:
            self._commands.notice("There are no more findings in this list.")
            return
        self._workspace.ask(
            next_with_findings,
            self._model.ids,
            row,
            step,
            done=self._on_found,
            key=f"next finding {id(self)}",
        )

    def _located(self) -> list[Diagnostic]:
        placed = [each for each in self._details.found if each.location.message_index is not None]
        return sorted(placed, key=lambda each: (each.location.message_index or 0, each.location.start or 0))

    def _on_found(self, example_id: int | None) -> None:
        if example_id is None:
            self._commands.notice("There are no more findings in this list.")
            return
        found = sorted(
            (each.location for each in self._workspace.lint.findings_of(example_id) if _is_placed(each)),
            key=lambda each: (each.message_index or 0, each.start or 0),
        )
        at = 0 if self._step > 0 else len(found) - 1
        self._example_id, self._place = example_id, at
        self.show_requested.emit(example_id, found[at] if found else Location())


def _is_placed(diagnostic: Diagnostic) -> bool:
    return diagnostic.location.message_index is not None
