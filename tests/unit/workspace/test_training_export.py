"""The splits of a dataset as files for a trainer elsewhere."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from finetune_studio.domain.errors import InputError
from finetune_studio.domain.example import ExampleKind, ReviewState
from finetune_studio.domain.id_set import IdSet
from finetune_studio.domain.job import Hyperparameters
from finetune_studio.domain.split import Split
from finetune_studio.formats.training_layouts import WEIGHT_LOST, Layout
from finetune_studio.settings.paths import AppPaths
from finetune_studio.workspace.operations.review import set_status
from finetune_studio.workspace.operations.splits import set_split
from finetune_studio.workspace.queries.examples import list_ids
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.training_export import LayoutOrder, count_untrained, export_layout, paths_for
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import chat_line


def _untrained_line() -> bytes:
    messages = [
        {"role": "user", "content": "First?"},
        {"role": "assistant", "content": "Not this.", "weight": 0},
        {"role": "user", "content": "Second?"},
        {"role": "assistant", "content": "This."},
    ]
    return json.dumps({"messages": messages}).encode() + b"\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    source = tmp_path / "marv.jsonl"
    lines = [chat_line(("user", f"What is {n}?"), ("assistant", f"It is {n}.")) for n in range(6)]
    source.write_bytes(b"".join(lines) + _untrained_line())
    paths = AppPaths(tmp_path / "config", tmp_path / "data", tmp_path / "cache")
    opened = Workspace.open_any(source, paths=paths, runner=ImmediateRunner())
    ids = list(list_ids(opened))
    opened.perform(set_split, IdSet.of(ids[:1]), Split.VALIDATION, True)
    opened.perform(set_split, IdSet.of(ids[1:2]), Split.TEST, True)
    opened.perform(set_status, IdSet.of(ids[2:3]), ReviewState.REJECTED)
    yield opened
    opened.close()


def _lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_files_settings_and_a_manifest_that_tells_them_apart(workspace: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    order = LayoutOrder(Layout.TRL, hyperparameters=Hyperparameters((("n_epochs", 2),)), seed=9)
    report = export_layout(workspace, order, folder)
    assert sorted(path.name for path in folder.iterdir()) == [
        "manifest.json",
        "marv-trl-train.jsonl",
        "marv-trl-validation.jsonl",
        "train_trl.py",
    ]
    train = folder / "marv-trl-train.jsonl"
    assert len(_lines(train)) == 4
    assert report.lost == ((WEIGHT_LOST, 1),)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["dataset"]["uid"] == workspace.uid
    first = manifest["files"][0]
    assert first["sha256"] == hashlib.sha256(train.read_bytes()).hexdigest()
    assert (first["split"], first["lines"]) == ("train", 4)
    assert manifest["settings"]["hyperparameters"] == {"n_epochs": 2}
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    export_layout(workspace, order, folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_mlx_wants_names_of_its_own_and_the_test_split(workspace: Workspace, tmp_path: Path) -> None:
    names = [path.name for path in paths_for(workspace, LayoutOrder(Layout.MLX), tmp_path).values()]
    assert names == ["train.jsonl", "valid.jsonl", "test.jsonl"]


def test_split_examples_train_only_what_has_weight(workspace: Workspace, tmp_path: Path) -> None:
    assert count_untrained(workspace) == 1
    report = export_layout(workspace, LayoutOrder(Layout.TRL, split=True), tmp_path)
    assert report.lost == ()
    records = _lines(report.reports[0].path)
    assert all(record.keys() == {"prompt", "completion"} for record in records)
    assert records[-1]["completion"] == [{"role": "assistant", "content": "This."}]
    assert "assistant_only_loss" not in (tmp_path / "train_trl.py").read_text()


def test_the_other_kind_stays_out_and_nothing_is_an_error(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="preference pairs"):
        export_layout(workspace, LayoutOrder(Layout.TRL, ExampleKind.PREFERENCE), tmp_path)
    assert not list(tmp_path.glob("*trl*"))
    with pytest.raises(InputError, match="not a folder"):
        export_layout(workspace, LayoutOrder(Layout.TRL), tmp_path / "none")
