"""Whole datasets and files, in this process and in workers."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from weakref import WeakSet

import pytest

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.domain.errors import CancelledError, InputError
from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.split import Split
from finetune_studio.lint import (
    LintConfig,
    LintEngine,
    check_dataset,
    check_file,
    facts_of_batch,
    merge,
    near_duplicates,
)
from finetune_studio.lint.engine import SMALL
from tests.helpers.builders import chat_line
from tests.helpers.numpy_only import numpy_only
from tests.helpers.processes import is_running, worker_processes
from tests.helpers.shared_data import unpacked

GOOD = chat_line(("user", "hi"), ("assistant", "hello"))
BAD = chat_line(("user", "hi"))


def good(number: int) -> bytes:
    return chat_line(("user", f"question {number}"), ("assistant", f"answer {number}"))


def codes(diagnostics: "tuple[Diagnostic, ...] | list[Diagnostic]") -> list[str]:
    return [d.code for d in diagnostics]


class TestFiles:
    def test_lines_are_those_of_the_file(self, tmp_path: Path) -> None:
        path = tmp_path / "data.jsonl"
        path.write_bytes(b"\xef\xbb\xbf" + good(1) + b"\n  \n" + BAD + b"{broken\r\n" + good(2).rstrip())
        report = check_file(path, LintConfig(select=("F",)))
        assert (report.examples, [*report.lines]) == (4, [1, 4, 5, 6])
        assert [(d.code, d.location.example, report.line_of(d)) for d in report.diagnostics] == [
            ("F010", 1, 4),
            ("F001", 2, 5),
        ]
        assert report.messages == 5
        assert report.counts == {Severity.ERROR: 2, Severity.WARNING: 0, Severity.INFO: 0}

    def test_duplicates_name_their_lines(self, tmp_path: Path) -> None:
        path = tmp_path / "data.jsonl"
        path.write_bytes(b"\n" + GOOD + good(1) + GOOD)
        report = check_file(path, LintConfig(select=("D201",)))
        [finding] = report.diagnostics
        assert report.line_of(finding) == 2
        assert [report.line_of_example(r.example) for r in finding.related] == [4]

    def test_dataset_findings_have_no_line(self, tmp_path: Path) -> None:
        path = tmp_path / "data.jsonl"
        path.write_bytes(good(1))
        report = check_file(path, LintConfig(select=("S701",)))
        assert [report.line_of(d) for d in report.diagnostics] == [None]

    def test_other_encodings_and_layouts_are_read(self, tmp_path: Path) -> None:
        wide = tmp_path / "wide.jsonl"
        wide.write_bytes((good(1) + BAD).decode().encode("utf-16"))
        report = check_file(wide, LintConfig(select=("F",)))
        assert [(d.code, report.line_of(d)) for d in report.diagnostics] == [("F010", 2)]
        listed = tmp_path / "list.json"
        listed.write_text("[" + ",\n".join([good(1).decode(), BAD.decode()]) + "]")
        assert codes(check_file(listed, LintConfig(select=("F",))).diagnostics) == ["F010"]

    def test_a_line_that_is_too_long_is_named_and_the_rest_is_checked(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("finetune_studio.lint.file_chunks.MAX_LINE", 1000)
        monkeypatch.setattr("finetune_studio.lint.engine.SMALL_CHUNK_BYTES", 100)
        path = tmp_path / "data.jsonl"
        path.write_bytes(good(1) + b"x" * 2000 + b"\n" + BAD + b"y" * 3000)
        report = check_file(path, LintConfig(select=("F",)))
        assert [(d.code, report.line_of(d)) for d in report.diagnostics] == [
            ("F001", 2),
            ("F010", 3),
            ("F001", 4),
        ]
        assert report.examples == 4

    @pytest.mark.parametrize("name", ["missing.jsonl", "."])
    def test_what_cannot_be_read_is_an_error_in_words(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(InputError):
            check_file(tmp_path / name)

    def test_an_empty_file(self, tmp_path: Path) -> None:
        path = tmp_path / "empty.jsonl"
        path.write_bytes(b"")
        with pytest.raises(InputError, match="empty"):
            check_file(path)

    def test_tokens_are_openais_formula(self, tmp_path: Path) -> None:
        path = tmp_path / "data.jsonl"
        path.write_bytes(GOOD)
        report = check_file(path)
        assert (report.tokens, report.loss_tokens) == (3 + 2 * (3 + 1 + 1), 1)
        assert report.facts.tokens_by_role == {"user": 5, "assistant": 5}


class TestBodies:
    def test_findings_carry_the_callers_keys(self) -> None:
        result = LintEngine(LintConfig(select=("F",))).check_bodies([(70, GOOD), (12, BAD), (5, b"[]")])
        assert [(d.code, d.location.example) for d in result.diagnostics] == [("F010", 12), ("F002", 5)]
        assert result.facts.columns.key.tolist() == [70, 12, 5]

    def test_what_the_dataset_knows_goes_to_its_rules(self) -> None:
        result = LintEngine(LintConfig(select=("S704", "S705", "S708"))).check_bodies(
            [(1, GOOD), (2, GOOD)],
            splits=[Split.TRAIN, Split.VALIDATION],
            statuses=[ReviewState.APPROVED, ReviewState.DRAFT],
            tags=[["new"], []],
        )
        assert codes(result.diagnostics) == ["S704", "S705", "S708"]

    def test_no_examples_at_all(self) -> None:
        result = LintEngine().check_bodies([])
        assert codes(result.diagnostics) == ["S701"]

    def test_progress_and_cancel(self) -> None:
        said: list[int] = []

        def progress(done: int, total: int, text: str) -> None:
            said.append(done)
            raise CancelledError

        with pytest.raises(CancelledError):
            LintEngine().check_bodies(((n, good(n)) for n in range(100)), total=100, progress=progress)
        assert said


class Heavy:
    """A job that holds much."""

    size = 1

    def run(self, config: LintConfig) -> int:
        return 7


@pytest.mark.slow
class TestWorkers:
    def test_a_job_is_let_go_when_it_is_answered(self) -> None:
        alive: WeakSet[Heavy] = WeakSet()
        most = 0

        def jobs() -> Iterator[Heavy]:
            nonlocal most
            for _ in range(40):
                job = Heavy()
                alive.add(job)
                most = max(most, len(alive))
                yield job

        with LintEngine(LintConfig(select=("F",)), workers=2) as engine:
            assert engine.run_jobs(jobs(), in_workers=True) == [7] * 40
        assert most < 10

    def test_workers_find_what_one_process_finds(self, tmp_path: Path) -> None:
        lines = [BAD if n % 1000 == 7 else good(n % 30_000) for n in range(40_000)]
        path = tmp_path / "data.jsonl"
        path.write_bytes(b"".join(lines))
        alone = check_file(path)
        with LintEngine(workers=2) as engine:
            together = engine.check_file(path)
            bodies = engine.check_bodies(enumerate(lines))
        assert list(together.diagnostics) == list(alone.diagnostics)
        assert list(bodies.diagnostics) == list(alone.diagnostics)
        assert together.tokens == alone.tokens == bodies.facts.tokens_total
        assert (
            bodies.facts.columns.conversation_hash.tolist() == alone.facts.columns.conversation_hash.tolist()
        )

    def test_cancel_takes_hold_at_once_and_the_engine_goes_on(self, tmp_path: Path) -> None:
        path = tmp_path / "data.jsonl"
        path.write_bytes(b"".join(good(n) for n in range(SMALL * 30)))
        calls: list[float] = []

        def progress(done: int, total: int, text: str) -> None:
            calls.append(time.monotonic())
            raise CancelledError

        with LintEngine(LintConfig(select=("F",)), workers=2) as engine:
            with pytest.raises(CancelledError):
                engine.check_file(path, progress=progress)
            assert time.monotonic() - calls[0] < 0.3
            assert engine.check_file(path).examples == SMALL * 30

    @pytest.mark.parametrize("compared_here", [True, False])
    def test_workers_compare_examples_as_this_process_does(
        self, monkeypatch: pytest.MonkeyPatch, compared_here: bool
    ) -> None:
        monkeypatch.setattr(near_duplicates, "_PAIRS_TO_SEND", 2)
        config = LintConfig(select=("D",))
        topics = [" ".join(f"word{topic}of{n}" for n in range(30)) for topic in range(40)]
        lines = [chat_line(("user", f"{topics[n % 40]} {n}"), ("assistant", "Try.")) for n in range(400)]
        here = check_dataset(merge([facts_of_batch(lines, config)]), config)
        facts = merge([facts_of_batch(lines, config)])
        ticks: list[int] = []
        with nullcontext() if compared_here else numpy_only(), LintEngine(config, workers=2) as engine:
            found = engine.check_facts(facts, progress=lambda *told: ticks.append(told[0]), in_workers=True)
            assert found == here
            assert "D202" in codes(found)
            assert ticks

            def cancel(done: int, total: int, text: str) -> None:
                raise CancelledError

            fresh = merge([facts_of_batch(lines, config)])
            with pytest.raises(CancelledError):
                engine.check_facts(fresh, progress=cancel, in_workers=True)
            assert engine.check_facts(fresh) == here
            fresh = merge([facts_of_batch(lines, config)])
            with ThreadPoolExecutor(1) as aside:
                assert engine.check_facts(fresh, in_workers=True, aside=aside) == here
                fresh = merge([facts_of_batch(lines, config)])
                with pytest.raises(CancelledError):
                    engine.check_facts(fresh, progress=cancel, in_workers=True, aside=aside)

    @pytest.mark.skipif(sys.platform == "win32", reason="looks at processes the POSIX way")
    @pytest.mark.parametrize("which", ["first", "last", "all"])
    def test_a_killed_worker_costs_time_only(self, tmp_path: Path, which: str) -> None:
        path = tmp_path / "data.jsonl"
        path.write_bytes(b"".join(good(n) for n in range(40_000)))
        with LintEngine(LintConfig(select=("F",)), workers=2) as engine:
            engine.start()
            workers = sorted(_until_there(2))
            for pid in {"first": workers[:1], "last": workers[1:], "all": workers}[which]:
                os.kill(pid, signal.SIGKILL)
            assert engine.check_file(path).examples == 40_000
            assert engine.check_file(path).examples == 40_000
        assert worker_processes() == set()

    @pytest.mark.skipif(sys.platform == "win32", reason="looks at processes the POSIX way")
    @pytest.mark.parametrize("is_at_work", [False, True])
    def test_closing_leaves_no_worker(self, tmp_path: Path, is_at_work: bool) -> None:
        path = tmp_path / "data.jsonl"
        path.write_bytes(b"".join(good(n) for n in range(SMALL * 30)))

        def cancel(done: int, total: int, text: str) -> None:
            raise CancelledError

        with LintEngine(LintConfig(select=("F",)), workers=2) as engine:
            engine.start()
            workers = _until_there(2)
            if is_at_work:
                with pytest.raises(CancelledError):
                    engine.check_file(path, progress=cancel)
        assert not _still_running(workers, seconds=1)

    @pytest.mark.skipif(sys.platform == "win32", reason="looks at processes the POSIX way")
    def test_workers_end_when_their_parent_is_killed(self, tmp_path: Path) -> None:
        script = tmp_path / "parent.py"
        script.write_text(
            "import sys, time\n"
            "from finetune_studio.lint import LintEngine\n"
            "if __name__ == '__main__':\n"
            "    engine = LintEngine(workers=2)\n"
            "    engine.start()\n"
            "    time.sleep(60)\n"
        )
        root = Path(__file__).resolve().parents[3]
        parent = subprocess.Popen([sys.executable, str(script)], env={**os.environ, "PYTHONPATH": str(root)})
        workers = _until_there(2, of=parent.pid)
        parent.kill()
        parent.wait()
        assert len(workers) == 2
        assert not _still_running(workers, seconds=20)


def _still_running(pids: set[int], seconds: float) -> set[int]:
    """Those that have not ended after so long; one that has let go of its files takes a moment more."""
    deadline = time.monotonic() + seconds
    while (left := set(filter(is_running, pids))) and time.monotonic() < deadline:
        os.sched_yield()
    return left


def _until_there(count: int, of: int | None = None) -> set[int]:
    """The worker processes, once there are so many."""
    deadline = time.monotonic() + 60
    while len(found := worker_processes(of)) < count and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def test_real_conversations_are_mostly_fine() -> None:
    lines = unpacked("conversations_20k.jsonl.xz").splitlines(keepends=True)[:3000]
    result = LintEngine().check_bodies(enumerate(lines))
    assert result.counts[Severity.ERROR] == 0
    real = {"Q102", "D202"}  # one source's system prompts carry unfilled fields; some are near copies
    warned = [d for d in result.diagnostics if d.severity is Severity.WARNING and d.code not in real]
    assert len(warned) < 40


def test_one_edited_example_is_checked_in_milliseconds() -> None:
    from finetune_studio.lint import check_example

    body = json.dumps({"messages": json.loads(good(1))["messages"] * 10}).encode()
    check_example(body, LintConfig())
    started = time.process_time()
    for _ in range(50):
        check_example(body, LintConfig())
    assert (time.process_time() - started) / 50 < 0.05
