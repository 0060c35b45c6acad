"""Files that may not be read, folders that may not be written: as for someone with no special rights."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.bad_files import GOOD, make_dataset
from tests.e2e.support import Ended, refused, run_apart

Run = Callable[..., Ended]

OPENING = """
import sys
from pathlib import Path
from finetune_studio.domain.errors import StudioError
from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.id_set import IdSet
from finetune_studio.settings.paths import app_paths
from finetune_studio.workspace.exporting import export_as_is
from finetune_studio.workspace.operations.review import set_status
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
for name in sys.argv[1:]:
    try:
        workspace = Workspace.open_any(Path(name), paths=app_paths(), runner=ImmediateRunner())
    except StudioError as error:
        print("refused:", error)
        continue
    failed = []
    workspace.perform(set_status, IdSet.of([1]), ReviewState.APPROVED, failed=failed.append)
    workspace.lint.start()
    print("opened:", workspace.path, workspace.examples().count(), *map(str, failed))
    workspace.close()
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """`rw` and `home` may be written, `ro` and what is in it may not."""
    base = tmp_path_factory.mktemp("permissions")
    for name in ("home", "ro/closed", "rw"):
        (base / name).mkdir(parents=True)
    for place in ("ro", "rw"):
        (base / place / "good.jsonl").write_bytes(GOOD * 3)
        make_dataset(base / place / "good.ftset")
    (base / "ro" / "alone.jsonl").write_bytes(GOOD * 3)
    for name in ("secret.jsonl", "secret.ftset"):
        shutil.copyfile(base / "rw" / name.replace("secret", "good"), base / "rw" / name)
        (base / "rw" / name).chmod(0)
    (base / "ro" / "closed").chmod(0)
    (base / "ro").chmod(0o555)
    yield base
    for path in (base / "ro", base / "ro" / "closed"):
        path.chmod(0o755)


@pytest.fixture(scope="module")
def run(folder: Path) -> Run:
    """A command that the permissions hold for; skips where they cannot be made to."""

    def run_it(*words: str | Path, home: str = "home", code: str = "") -> Ended:
        return run_apart(folder / home, *words, code=code, as_anyone=True)

    probe = "import os, sys; sys.exit(os.access(sys.argv[1], os.W_OK))"
    if run_it(folder / "ro", code=probe).code != 0:
        pytest.skip("permissions cannot be made to hold for the administrator here")
    return run_it


def test_what_may_not_be_read_is_refused(run: Run, folder: Path) -> None:
    secret, dataset, out = (folder / "rw" / name for name in ("secret.jsonl", "secret.ftset", "out.jsonl"))
    refused(run("lint", secret), "secret.jsonl may not be read", "permissions")
    refused(run("convert", secret, out), "secret.jsonl may not be read")
    refused(run("convert", dataset, out), "secret.ftset may not be read")
    refused(run("stats", folder / "ro" / "closed" / "x.jsonl"), "may not be read")
    assert not out.exists()


def test_what_may_not_be_written_is_refused(run: Run, folder: Path) -> None:
    good, read_only = folder / "rw" / "good.jsonl", folder / "ro"
    before = sorted(path.name for path in read_only.iterdir())
    refused(run("convert", good, read_only / "out.jsonl"), "out.jsonl cannot be written", "another folder")
    refused(run("convert", good, read_only / "out.ftset"), "out.ftset cannot be written", "another folder")
    refused(run("convert", good, read_only / "good.ftset", "--overwrite"), "good.ftset", "folder")
    refused(run("stats", good, "--table", read_only / "table.csv"), "table.csv cannot be written")
    refused(run("convert", good, folder / "absent" / "out.ftset"), "does not exist")
    assert sorted(path.name for path in read_only.iterdir()) == before


def test_a_home_that_cannot_be_written_stops_only_what_needs_it(run: Run, folder: Path) -> None:
    good = folder / "rw" / "good.jsonl"
    assert run("lint", good, "--select", "F", home="ro/home").code == 0
    assert run("jobs", home="ro/home").code == 0
    refused(run("serve", home="ro/home"), "local server cannot write", "permissions")


def test_datasets_open_for_reading_where_they_cannot_be_written(run: Run, folder: Path) -> None:
    names = [folder / "ro" / "good.ftset", folder / "ro" / "good.jsonl", folder / "rw" / "secret.ftset"]
    for home in ("home", "ro/home"):
        ended = run(*names, home=home, code=OPENING)
        assert ended.code == 0, ended.err
        first, second, third = ended.out.splitlines()
        for line in (first, second):
            assert f"opened: {names[0]} 3" in line
            assert "reading only" in line
        assert third.startswith("refused: secret.ftset may not be read")


def test_a_file_in_a_folder_that_cannot_be_written_gets_its_dataset_elsewhere(run: Run, folder: Path) -> None:
    ended = run(folder / "ro" / "alone.jsonl", code=OPENING)
    assert f"opened: {folder / 'home' / 'data' / 'datasets'}" in ended.out, ended.err
    ended = run(folder / "ro" / "alone.jsonl", home="ro/home", code=OPENING)
    assert ended.out.startswith("refused: "), ended.err
    assert "cannot be written" in ended.out
