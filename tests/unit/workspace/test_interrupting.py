"""A question that nobody waits for any more ends, whatever SQLite is looking for."""

import threading
from pathlib import Path

from finetune_studio.domain.errors import CancelledError
from finetune_studio.settings.paths import AppPaths
from finetune_studio.workspace.task import TaskState
from finetune_studio.workspace.tasks import ThreadTaskRunner
from finetune_studio.workspace.workspace import Workspace
from tests.unit.workspace.conftest import Face

_ENDLESS = "WITH RECURSIVE n(v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM n) SELECT max(v) FROM n"


def test_cancelling_ends_a_search_and_the_connection_goes_on(
    tmp_path: Path, paths: AppPaths, face: Face
) -> None:
    runner = ThreadTaskRunner(face.calls.put, pool_threads=1)
    workspace = Workspace.create(tmp_path / "set.ftset", paths=paths, runner=runner)
    begun = threading.Event()

    def search(asked: Workspace) -> int:
        reader = asked.reader()
        begun.set()
        return int(reader.execute(_ENDLESS).fetchone()[0])

    def one(asked: Workspace) -> int:
        return int(asked.reader().execute("SELECT 1").fetchone()[0])

    failures: list[Exception] = []
    answers: list[int] = []
    handle = workspace.ask(search, failed=failures.append)
    assert begun.wait(30)
    while not handle.wait(0.05):  # the statement may not have begun yet when it is cancelled first
        handle.cancel()
    assert handle.state is TaskState.CANCELLED
    workspace.ask(one, done=answers.append)
    handle.cancel()  # it has ended: nobody else is interrupted
    face.until(lambda: bool(answers) and bool(failures))
    assert answers == [1]
    assert isinstance(failures[0], CancelledError)
    workspace.close()
    runner.close(5)
