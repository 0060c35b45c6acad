"""Undo and redo as a face shows them: labels that are always at hand, read by the store's thread."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from finetune_studio.domain.errors import StudioError

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class StepLabel:
    """What a step did: a code such as "message.edit", and what fills its text."""

    code: str
    arguments: dict[str, Any] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Labels:
    """What undo and redo would do now; None where there is nothing."""

    undo: StepLabel | None = None
    redo: StepLabel | None = None
    newest: int | None = None
    """The step that undo would take back."""


_TEXTS: dict[str, str] = {
    "message.edit": "Edit message",
    "message.field": "Edit message",
    "message.retype": "Change role",
    "message.weight": "Change what is trained",
    "message.add": "Add message",
    "message.delete": "Delete message",
    "message.duplicate": "Duplicate message",
    "message.move": "Move message",
    "message.split": "Split message",
    "message.merge": "Merge messages",
    "message.paste": "Paste {count} messages",
    "message.plain": "Make message plain text",
    "image.add": "Add image",
    "image.remove": "Remove image",
    "image.move": "Move image",
    "image.detail": "Change how closely an image is seen",
    "call.add": "Add tool call",
    "call.remove": "Remove tool call",
    "call.answer": "Change the call that is answered",
    "tool.add": "Add tool {name}",
    "tool.edit": "Edit tool {name}",
    "tool.remove": "Remove tool {name}",
    "tool.move": "Move tool {name}",
    "tool.parallel": "Change parallel tool calls",
    "tool.add_many": "Add tool {name} to {count} examples",
    "tool.update": "Change tool {name} in {count} examples",
    "library.save": "Save tool {name} to the library",
    "library.remove": "Remove tool {name} from the library",
    "library.gather": "Gather tools into the library",
    "example.edit": "Edit example",
    "example.json": "Edit JSON",
    "example.new": "New example",
    "example.duplicate": "Duplicate example",
    "example.delete": "Delete {count} examples",
    "example.move": "Move example",
    "example.template": "Make {count} examples from the template “{name}”",
    "example.draft": "Add {count} examples that were drafted",
    "template.save": "Save the template “{name}”",
    "template.delete": "Delete the template “{name}”",
    "review.status": "Mark {count} examples as {status}",
    "review.note": "Edit note",
    "tag.add": "Tag {count} examples with {tag}",
    "tag.remove": "Remove tag {tag} from {count} examples",
    "group.tags": "Merge the tags of {count} examples",
    "split.set": "Move {count} examples to {split}",
    "split.assign": "Assign splits",
    "option.set": "Change a setting of the dataset",
    "option.target": "Choose target",
    "settings.import": "Import settings from {name}",
    "filter.save": "Save the filter {name}",
    "filter.rename": "Rename a filter to {name}",
    "filter.delete": "Delete the filter {name}",
    "rule.on": "Switch on {rule}",
    "rule.off": "Switch off {rule}",
    "rule.option": "Change the settings of {rule}",
    "finding.suppress": "Set {rule} aside",
    "finding.unsuppress": "Take a finding up again",
    "fix.apply": "Fix {rule}",
    "fix.all": "Fix {count} examples",
    "replace.text": "Replace “{text}” in {count} examples",
    "prompt.set": "Set the system prompt of {count} examples",
    "prompt.dataset": "Change the system prompt of the dataset",
    "prompt.follow": "Let {count} examples follow the dataset prompt",
    "prompt.append": "Add to the system prompt of {count} examples",
    "weight.last": "Train only the last answer of {count} examples",
    "weight.all": "Train all answers of {count} examples",
    "pair.make": "Pair the answers of {count} examples",
    "pair.keep_preferred": "Keep the preferred answer of {count} examples",
    "pair.keep_other": "Keep the non-preferred answer of {count} examples",
    "pair.swap": "Swap the answers of {count} examples",
    "role.retype": "Change {role} to {to} in {count} examples",
    "version.restore": "Restore version {name}",
    "example.restore": "Restore an earlier text",
    "spelling.add": "Add “{word}” to the dictionary",
    "spelling.set": "Change the spelling of the dataset",
    "import.file": "Import {name}",
    "line.repair": "Repair line {line}",
    "line.remove": "Remove unreadable line {line}",
}
"""English texts by code; faces translate the text, then fill it."""

_WORDS = {"to_review": "to review", None: "no split"}


def label_text(label: StepLabel) -> str:
    """The English sentence of a step: "Mark 12 examples as approved"."""
    text = _TEXTS.get(label.code, label.code)
    arguments = {key: _word(value) for key, value in label.arguments.items()}
    if label.arguments.get("count") == 1:
        text = text.replace("{count} examples", "example")
    try:
        return text.format(**arguments)
    except (KeyError, IndexError):
        return text.partition("{")[0].strip() or label.code


def _word(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return _WORDS.get(value, value) if isinstance(value, str) or value is None else value


class History:
    """The labels now, and the list of steps. Undoing itself is `Workspace.undo`."""

    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace
        self.labels = Labels()

    @property
    def undo_label(self) -> StepLabel | None:
        return self.labels.undo

    @property
    def redo_label(self) -> StepLabel | None:
        return self.labels.redo

    @property
    def newest_step(self) -> int | None:
        """Which step undo would take back; None where there is nothing."""
        return self.labels.newest

    @property
    def can_undo(self) -> bool:
        return self.labels.undo is not None and not self._workspace.read_only

    @property
    def can_redo(self) -> bool:
        return self.labels.redo is not None and not self._workspace.read_only


class NothingToUndoError(StudioError):
    """Undo or redo was asked for where there is nothing."""

    def __init__(self, redo: bool = False) -> None:
        super().__init__("There is nothing to redo." if redo else "There is nothing to undo.")
