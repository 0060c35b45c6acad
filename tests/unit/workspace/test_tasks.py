"""The runners: answers in order in the face's thread, cancel, generations, errors that never vanish."""

import gc
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from finetune_studio.domain.errors import CancelledError, InputError, StudioError
from finetune_studio.workspace.tasks import (
    ImmediateRunner,
    TaskContext,
    TaskState,
    ThreadTaskRunner,
    UnexpectedError,
)
from tests.unit.workspace.conftest import Face


@pytest.fixture
def runner(face: Face) -> Iterator[ThreadTaskRunner]:
    runner = ThreadTaskRunner(face.calls.put)
    yield runner
    runner.close(5)


def test_answer_comes_in_the_face_thread(runner: ThreadTaskRunner, face: Face) -> None:
    seen: list[tuple[Any, int]] = []
    work_thread: list[int] = []

    def work(_context: TaskContext) -> str:
        work_thread.append(threading.get_ident())
        return "answer"

    runner.run(work, title="Ask", done=lambda value: seen.append((value, threading.get_ident())))
    face.until(lambda: bool(seen))
    assert seen == [("answer", threading.get_ident())]
    assert work_thread != [threading.get_ident()]


class _Listener:
    """Stands for a widget: tells in which thread it ended."""

    def __init__(self, ended: list[int]) -> None:
        self._ended = ended

    def work(self, context: TaskContext) -> None:
        context.publish("half")

    def fail(self, _context: TaskContext) -> None:
        raise InputError("No.", "Try again.")

    def hear(self, _value: object) -> None:
        pass

    def __del__(self) -> None:
        self._ended.append(threading.get_ident())


@pytest.mark.parametrize("uses_store", [False, True])
@pytest.mark.parametrize("fails", [False, True])
def test_what_hears_the_answer_ends_in_the_face_thread(
    runner: ThreadTaskRunner, face: Face, fails: bool, uses_store: bool
) -> None:
    ended: list[int] = []
    gc.disable()  # as in the app; an error holds the frames that it came through
    for _ in range(200):
        listener = _Listener(ended)
        runner.run(
            listener.fail if fails else listener.work,
            title="Ask",
            done=listener.hear,
            failed=listener.hear,
            partial=listener.hear,
            uses_store=uses_store,
        )
        del listener
    face.until(lambda: not runner.tasks() and face.calls.empty())
    gc.collect()
    gc.enable()
    assert ended == [threading.get_ident()] * 200


@pytest.mark.parametrize("uses_store", [False, True])
@pytest.mark.parametrize("fails", [False, True])
def test_a_thread_that_outlives_its_runner_is_the_last_to_hold_nothing(fails: bool, uses_store: bool) -> None:
    ended: list[int] = []
    begun, release = threading.Semaphore(0), threading.Event()

    class Outliving(_Listener):
        def work(self, context: TaskContext) -> None:
            begun.release()
            assert release.wait(20)
            if fails:
                self.fail(context)

    delivered = _Listener(ended)
    runner = ThreadTaskRunner(delivered.hear)
    listener = Outliving(ended)
    for _ in range(1 if uses_store else 3):
        runner.run(
            listener.work, title="Slow", done=listener.hear, failed=listener.hear, uses_store=uses_store
        )
    assert begun.acquire(timeout=20)
    threads = [runner._store_thread, *runner._pool_threads]
    assert not runner.close(0.01) or not uses_store
    del runner, listener, delivered
    release.set()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()
    assert set(ended) <= {threading.get_ident()}


def test_store_work_runs_one_at_a_time_in_order(runner: ThreadTaskRunner) -> None:
    order: list[int] = []
    threads: set[int] = set()
    for number in range(50):

        def work(_context: TaskContext, number: int = number) -> None:
            order.append(number)
            threads.add(threading.get_ident())

        runner.run(work, title="Step", uses_store=True)
    assert runner.drain(5)
    assert order == list(range(50))
    assert len(threads) == 1


def test_cancel_takes_hold_at_the_next_report(runner: ThreadTaskRunner, face: Face) -> None:
    started = threading.Event()
    errors: list[StudioError] = []

    def work(context: TaskContext) -> None:
        started.set()
        while True:
            context.progress(1, 10, "Working")
            context.pause(0.01)

    handle = runner.run(work, title="Endless", failed=errors.append)
    assert started.wait(5)
    handle.cancel()
    face.until(lambda: bool(errors))
    assert isinstance(errors[0], CancelledError)
    assert handle.state is TaskState.CANCELLED
    assert runner.tasks() == []


def test_a_newer_task_with_the_same_key_silences_the_older(runner: ThreadTaskRunner, face: Face) -> None:
    release = threading.Event()
    seen: list[str] = []

    def old(_context: TaskContext) -> str:
        release.wait(5)
        return "old"

    first = runner.run(old, title="Query", key="list", done=seen.append)
    runner.run(lambda _context: "new", title="Query", key="list", done=seen.append)
    release.set()
    assert first.wait(5)
    face.until(lambda: bool(seen))
    face.run_waiting()
    assert seen == ["new"]


def test_progress_is_throttled_and_ends_exact(runner: ThreadTaskRunner, face: Face) -> None:
    reports: list[tuple[int, int | None]] = []
    handle = runner.run(lambda context: [context.progress(n, 5000) for n in range(5001)], title="Count")

    def note() -> None:
        reports.append((handle.progress.done, handle.progress.total))

    runner.tasks_changed = note
    assert handle.wait(5)
    face.run_waiting()
    assert handle.progress.done == 5000
    assert handle.progress.fraction == 1.0
    assert len(reports) < 50


def test_expected_errors_reach_failed_or_the_runner(runner: ThreadTaskRunner, face: Face) -> None:
    handled: list[StudioError] = []
    unhandled: list[StudioError] = []
    runner.on_error = unhandled.append

    def work(_context: TaskContext) -> None:
        raise InputError("No.")

    runner.run(work, title="A", failed=handled.append)
    runner.run(work, title="B")
    face.until(lambda: bool(handled) and bool(unhandled))
    assert [error.text for error in handled + unhandled] == ["No.", "No."]


def test_bugs_reach_both_the_caller_and_the_crash_report(runner: ThreadTaskRunner, face: Face) -> None:
    bugs: list[BaseException] = []
    errors: list[StudioError] = []
    runner.on_bug = bugs.append
    runner.run(lambda _context: 1 // 0, title="Divide", failed=errors.append)
    face.until(lambda: bool(bugs))
    assert isinstance(bugs[0], ZeroDivisionError)
    assert isinstance(errors[0], UnexpectedError)
    assert errors[0].cause is bugs[0]


def test_partial_answers(runner: ThreadTaskRunner, face: Face) -> None:
    seen: list[int] = []

    def work(context: TaskContext) -> None:
        for number in range(3):
            context.publish(number)

    runner.run(work, title="Pieces", partial=seen.append)
    face.until(lambda: len(seen) == 3)
    assert seen == [0, 1, 2]


def test_long_work_does_not_keep_short_work_waiting(runner: ThreadTaskRunner, face: Face) -> None:
    release = threading.Event()
    for _ in range(8):
        runner.run(lambda _context: release.wait(5), title="Watch")
    seen: list[str] = []
    runner.run(lambda _context: "short", title="Query", done=seen.append)
    face.until(lambda: bool(seen))
    release.set()


def test_later_calls_replace_each_other(runner: ThreadTaskRunner) -> None:
    called: list[str] = []
    done = threading.Event()
    runner.later(5.0, lambda: called.append("never"), "a")
    runner.later(0.0, lambda: called.append("first"), "a")
    runner.later(0.02, done.set, "b")
    assert done.wait(5)
    assert called == ["first"]


def test_the_store_thread_can_be_called_from_anywhere(runner: ThreadTaskRunner) -> None:
    names = runner.call_in_store(
        lambda: (
            threading.current_thread().name,
            runner.call_in_store(lambda: threading.current_thread().name),
        )
    )
    assert names == ("store", "store")
    with pytest.raises(ZeroDivisionError):
        runner.call_in_store(lambda: 1 // 0)


def test_close_finishes_queued_store_work_and_refuses_more(face: Face) -> None:
    runner = ThreadTaskRunner(face.calls.put)
    done: list[int] = []
    for number in range(20):
        runner.run(lambda _context, number=number: done.append(number), title="Edit", uses_store=True)
    assert runner.close(5)
    assert len(done) == 20
    with pytest.raises(StudioError):
        runner.run(lambda _context: None, title="Late")


def test_nothing_is_told_once_a_runner_is_closed(face: Face) -> None:
    runner = ThreadTaskRunner(face.calls.put)
    begun, release = threading.Event(), threading.Event()

    def work(_context: TaskContext) -> None:
        begun.set()
        assert release.wait(20)

    handle = runner.run(work, title="Slow", done=lambda _result: None)
    assert begun.wait(20)
    runner.close(1)
    posted = face.calls.qsize()
    release.set()
    assert handle.wait(20)
    for thread in runner._pool_threads:
        thread.join(20)
    assert face.calls.qsize() == posted


def test_immediate_runner_is_synchronous_and_raises_what_nobody_handles() -> None:
    runner = ImmediateRunner()
    seen: list[Any] = []
    changes: list[int] = []
    runner.tasks_changed = lambda: changes.append(len(runner.tasks()))
    handle = runner.run(
        lambda context: context.publish(1) or "x", title="T", done=seen.append, partial=seen.append
    )
    assert seen == [1, "x"]
    assert handle.is_finished
    assert changes == [1, 0]

    def fail(_context: TaskContext) -> None:
        raise InputError("No.")

    with pytest.raises(InputError):
        runner.run(fail, title="T")
    with pytest.raises(ZeroDivisionError):
        runner.run(lambda _context: 1 // 0, title="T")
