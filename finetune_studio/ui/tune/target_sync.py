"""Keeps three things the same: the target in the form, that of the checks, and the one the dataset keeps."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from finetune_studio.domain.changes import ChangeKind, Changes
from finetune_studio.ui.tune.tune_form import TuneForm
from finetune_studio.workspace.operations.options import TARGET, set_target

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

KEPT_AFTER = 400
"""Milliseconds after the last choice until it is kept: typing a model's name is many choices."""


class TargetSync(QObject):
    """What a person chooses is kept in the dataset; what comes from elsewhere (undo) moves the form."""

    def __init__(self, workspace: "Workspace", form: TuneForm, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._form = form
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(KEPT_AFTER)
        self._timer.timeout.connect(self._on_timer_timeout)
        target = workspace.target
        if target is not None and target.profile.can_submit:
            form.choose_target(target)
            form.is_touched = False
        self._default = form.target
        form.target_changed.connect(self._timer.start)

    @property
    def has_kept(self) -> bool:
        """Whether the dataset keeps a target of its own."""
        return bool(self._workspace.options().get(TARGET))

    def use_as_default(self) -> None:
        """The target in the form now is not the person's choice: it is not kept, only gone back to."""
        self._default = self._form.target
        self._timer.stop()
        self._form.is_touched = False
        self.apply()

    def apply(self) -> None:
        """While the page is in front, the checks judge for the form's target."""
        target = self._form.target
        if self._form.isVisible() and target is not None and target != self._workspace.target:
            self._workspace.lint.set_target(target)

    def take(self, changes: Changes) -> None:
        """Follow a change of the dataset's settings."""
        if ChangeKind.OPTIONS not in changes.kinds:
            return
        if changes.initiator is not self and not self._timer.isActive():
            target = self._workspace.target if self.has_kept else self._default
            if target is not None and target.profile.can_submit:
                self._form.choose_target(target)
                self._timer.stop()
        self.apply()

    def close(self) -> None:
        self._timer.stop()

    @Slot()
    def _on_timer_timeout(self) -> None:
        target = self._form.target
        if target is None:
            return
        if not self._workspace.read_only:
            self._workspace.perform(set_target, target.text, target.method, initiator=self)
        self.apply()
