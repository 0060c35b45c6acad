"""Backups before risky operations and after a while of change; copies on request."""

from pathlib import Path

import pytest

from finetune_studio.domain.id_set import IdSet
from finetune_studio.settings.paths import AppPaths
from finetune_studio.workspace import backups
from finetune_studio.workspace.operations import examples, fixes, imports
from finetune_studio.workspace.queries.examples import counts, list_ids, recent_steps
from finetune_studio.workspace.tasks import ImmediateRunner, ThreadTaskRunner
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import chat_line
from tests.unit.workspace.conftest import Face


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "data.jsonl"
    path.write_bytes(b"".join(chat_line(("user", f"q{n} "), ("assistant", "a")) for n in range(1200)))
    return path


def test_before_bulk_deletes_large_imports_and_unsafe_fixes(
    source: Path, paths: AppPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = Workspace.open_any(source, paths=paths, runner=ImmediateRunner())
    ids = list_ids(workspace)
    workspace.perform(examples.delete_examples, IdSet.of(ids[:5]))
    assert workspace.backups.list() == []
    workspace.perform(examples.delete_examples, IdSet.of(ids[5:1100]))
    monkeypatch.setattr(imports, "LARGE_IMPORT", 10)
    workspace.perform(imports.import_file, source)
    workspace.lint.start()
    workspace.perform(fixes.fix_all, unsafe=True)
    reasons = {backup.reason for backup in workspace.backups.list()}
    assert {"bulk_delete", "import", "fix_all"} == reasons
    oldest = min(workspace.backups.list(), key=lambda backup: backup.revision)
    workspace.close()
    kept = Workspace.open(oldest.path, paths=paths, runner=ImmediateRunner(), read_only=True)
    assert counts(kept).total == 1195
    kept.close()


def test_after_a_while_of_change(
    source: Path, paths: AppPaths, face: Face, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backups, "LOOK_AFTER", 0.0)
    runner = ThreadTaskRunner(face.calls.put)
    workspace = Workspace.open_any(source, paths=paths, runner=runner)
    workspace.perform(examples.new_example)
    face.until(lambda: bool(workspace.backups.list()))
    assert workspace.backups.list()[0].reason == "automatic"
    assert workspace.close(5)
    runner.close(5)


def test_copies(source: Path, paths: AppPaths, tmp_path: Path) -> None:
    workspace = Workspace.open_any(source, paths=paths, runner=ImmediateRunner())
    workspace.perform(examples.delete_examples, IdSet.of(list_ids(workspace)[:3]))
    workspace.ask(backups.save_copy, tmp_path / "copy.ftset")
    workspace.ask(backups.copy_for_sharing, tmp_path / "shared.ftset")
    workspace.close()
    for name, steps in (("copy.ftset", 2), ("shared.ftset", 0)):
        copy = Workspace.open(tmp_path / name, paths=paths, runner=ImmediateRunner())
        assert counts(copy).total == 1197
        assert len(recent_steps(copy)) == steps
        copy.close()
