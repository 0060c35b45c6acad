"""A dataset as `submit` sends it: its splits, its settings of the checks, its findings set aside."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from finetune_studio.domain.split import Split
from finetune_studio.lint.suppression import apply_suppressions
from finetune_studio.settings.paths import AppPaths
from finetune_studio.targets.target import Target
from finetune_studio.workspace.lint_config import config_of, suppressions_of
from finetune_studio.workspace.submission_check import FrozenCheck, SentFinding
from finetune_studio.workspace.submission_sources import FileExamples, WorkspaceExamples
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace


@contextmanager
def dataset_examples(
    paths: AppPaths, path: Path, target: Target, held_out: FileExamples | None, reason: str, show: Any
) -> Iterator[tuple[Any, Any, FrozenCheck, str]]:
    """Training, validation, the check and the dataset's uid; raises the DatasetFileError family."""
    workspace = Workspace.open(path.absolute(), paths=paths, runner=ImmediateRunner())
    try:
        training = WorkspaceExamples(workspace, target)
        own = WorkspaceExamples(workspace, target, Split.VALIDATION)
        validation = held_out if held_out is not None else own if own.count else None
        config = replace(config_of(workspace.options()), target=target)
        check = FrozenCheck(config, training, validation, reason, show, _Aside(workspace))
        yield training, validation, check, workspace.uid
    finally:
        workspace.close()


class _Aside:
    """Leaves out what a person has set aside in the dataset."""

    def __init__(self, workspace: Workspace) -> None:
        store = workspace.examples()
        self._suppressions = suppressions_of(store.suppressions())
        uids = {item.uid for item in self._suppressions if item.uid is not None}
        found = {uid: store.id_of_uid(uid) for uid in uids}
        self._ids = {uid: example_id for uid, example_id in found.items() if example_id is not None}

    def __call__(self, findings: Sequence[SentFinding]) -> Sequence[SentFinding]:
        kept: list[SentFinding] = []
        for finding in findings:
            if finding.diagnostic is None:
                kept.append(finding)
                continue
            location = replace(finding.diagnostic.location, example=finding.place)
            here = replace(finding.diagnostic, location=location)
            if apply_suppressions([here], self._suppressions, self._ids).kept:
                kept.append(finding)
        return kept
