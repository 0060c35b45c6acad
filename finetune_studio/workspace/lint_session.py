"""What is wrong with the open dataset: findings that follow its changes.

A whole check runs in the pool (in worker processes when the dataset is large). After an edit the
examples it touched are checked at once, then the dataset rules once more from the cached facts.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from finetune_studio.domain.changes import ChangeKind, Changes
from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.domain.errors import CancelledError, StudioError
from finetune_studio.domain.id_set import IdSet
from finetune_studio.lint.config import LintConfig
from finetune_studio.lint.suppression import Suppression
from finetune_studio.targets.target import Target
from finetune_studio.workspace.lint_config import config_of, suppressions_of
from finetune_studio.workspace.lint_state import LintState, RowFacts, RuleCount, Totals
from finetune_studio.workspace.queries.query_terms import Measure
from finetune_studio.workspace.task import TaskContext, TaskHandle, UnexpectedError

if TYPE_CHECKING:
    from finetune_studio.lint.engine import LintEngine
    from finetune_studio.lint.facts import BatchFacts, DatasetFacts
    from finetune_studio.lint.jobs import Bodies
    from finetune_studio.workspace.workspace import Workspace

WORKERS_FROM = 2_000
"""Examples from which worker processes pay."""
DATASET_RULES_AFTER = 0.4
"""Seconds of quiet after an edit before the dataset rules run again."""

_JOBS_AT_ONCE = 16
_FINDINGS = frozenset({ChangeKind.FINDINGS})


@dataclass(frozen=True, slots=True)
class LintSummary:
    """`seconds` is None until the whole dataset was checked once."""

    errors: int = 0
    warnings: int = 0
    infos: int = 0
    checked: int = 0
    total: int = 0
    seconds: float | None = None
    is_running: bool = False


SetAside = tuple[Diagnostic, Suppression]


class LintSession:
    """Belongs to a workspace. Reading its answers is cheap and may be done in any thread."""

    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace
        self._state = LintState()
        self._lock = threading.RLock()
        self._engine: LintEngine | None = None
        self._has_workers = False
        self._run: TaskHandle | None = None
        self._seconds: float | None = None
        self._total = 0
        self._dirty: set[int] = set()
        """Examples that changed while a whole check runs: it may have seen their old text."""
        self._example_aside: list[SetAside] = []
        self._dataset_aside: list[SetAside] = []
        self.config = config_of(workspace.store.options())
        self._suppressions = suppressions_of(workspace.store.suppressions())
        self._closed = False
        workspace.notifier.subscribe(self._on_workspace_changed)

    # Answers

    @property
    def target(self) -> Target | None:
        """What the checks judge for; None for any provider."""
        return self.config.target

    @property
    def facts(self) -> "DatasetFacts | None":
        """Columns of all examples checked so far; None before the first check."""
        return self._state.facts

    @property
    def is_running(self) -> bool:
        return self._run is not None and not self._run.is_finished

    @property
    def summary(self) -> LintSummary:
        """Numbers of findings by severity."""
        counts = Counter(found.severity for found in self._state.all_findings())
        return LintSummary(
            errors=counts[Severity.ERROR],
            warnings=counts[Severity.WARNING],
            infos=counts[Severity.INFO],
            checked=self._state.totals().checked,
            total=max(self._total, self._state.totals().checked),
            seconds=self._seconds,
            is_running=self.is_running,
        )

    def findings_of(self, example_id: int) -> list[Diagnostic]:
        """Findings that name an example: its own, and groups that it is in."""
        return self._state.findings_of(example_id)

    def check_now(self, example_id: int, body: bytes) -> list[Diagnostic]:
        """What the example rules say of these bytes; pure, for an example while it is being edited."""
        from finetune_studio.lint.batch import check_example

        found, _ = self._without_suppressed(check_example(body, self.config, example_id))
        return found

    def rule_counts(self) -> list[RuleCount]:
        """Rules that found something, the gravest and most frequent first."""
        from finetune_studio.lint.registry import all_rules

        names = {rule.code: rule.name for rule in all_rules()}
        counts: Counter[tuple[str, Severity]] = Counter(
            (found.code, found.severity) for found in self._state.all_findings()
        )
        rows = [
            RuleCount(code, names.get(code, code), severity, count)
            for (code, severity), count in counts.items()
        ]
        return sorted(rows, key=lambda row: (-row.severity.rank, -row.count, row.code))

    def findings(
        self,
        code: str | None = None,
        severity: Severity | None = None,
        limit: int = 200,
        offset: int = 0,
    ) -> list[Diagnostic]:
        """A page of the findings, of one rule or severity."""
        wanted = [
            found
            for found in self._state.all_findings()
            if (code is None or found.code == code) and (severity is None or found.severity is severity)
        ]
        return wanted[offset : offset + limit]

    def set_aside(self) -> list[SetAside]:
        """Findings that were set aside, with the reason."""
        return self._dataset_aside + self._example_aside

    def facts_of(self, ids: Sequence[int]) -> dict[int, RowFacts]:
        """What a list shows, by example."""
        return self._state.row_facts(ids)

    def ids_with(self, is_wanted: Callable[[Diagnostic], bool]) -> list[int]:
        """Examples with a finding that is wanted."""
        return self._state.ids_with(is_wanted)

    def ids_measured(self, measure: Measure, low: int | None, high: int | None) -> list[int]:
        """Examples whose number lies between `low` and `high`."""
        return self._state.ids_measured(measure, low, high)

    def values_of(self, ids: Sequence[int], column: str) -> dict[int, int]:
        """One column of the facts for some examples; those not checked are left out."""
        return self._state.values_of(ids, column)

    def counts_by_example(self) -> Counter[int]:
        """Number of findings of each example that has any."""
        return self._state.counts_by_example()

    def totals(self) -> Totals:
        return self._state.totals()

    # Whole checks

    def start(self) -> TaskHandle:
        """Check the whole dataset in the background; a check that runs already is replaced."""
        self._run = self._workspace.ask(
            lambda _workspace, context: self._check_all(context),
            title="Check",
            key=f"check {self._workspace.uid}",
            visible=True,
            failed=self._on_check_failed,
        )
        return self._run

    def stop(self) -> None:
        """Cancel a whole check; what was found before stays."""
        if self._run is not None:
            self._run.cancel()

    def set_target(self, target: Target | None) -> None:
        """Judge for another target from now on; operations.options.set_target also writes it down."""
        if target != self.config.target:
            self._use_config(replace(self.config, target=target))

    def close(self) -> None:
        """Stop what runs and end the worker processes."""
        self._closed = True
        self.stop()
        if self._engine is not None:
            if self._run is not None:
                self._run.wait(5)
            self._engine.close()

    def _check_all(self, context: TaskContext) -> None:
        from finetune_studio.lint.facts import merge
        from finetune_studio.workspace.lint_jobs import jobs_of

        started = time.monotonic()
        store = self._workspace.examples()
        with self._lock:
            self._dirty.clear()
        self._total = store.count()
        in_workers = self._total >= WORKERS_FROM
        jobs = jobs_of(store, in_workers=in_workers)
        facts = merge(
            self._run_jobs(jobs, in_workers, lambda n: context.progress(n, self._total, "Checking"))
        )
        with self._lock:
            self._state.set_facts(facts)
            self._group()
            self._seconds = time.monotonic() - started
            dirty = IdSet.of(self._dirty)
            self._dirty.clear()
        self._judge_dataset(context)
        self._publish(IdSet.of(facts.columns.key.tolist()))
        self._workspace.text_index.start()
        if dirty:
            self._check_examples(dirty)

    def _run_jobs(
        self, jobs: "Iterator[Bodies]", in_workers: bool, tell: Callable[[int], None]
    ) -> "list[BatchFacts]":
        """Facts of all jobs; a few jobs at a time, so that their texts need not be held until the end."""
        engine = self._engine_for(in_workers)
        batches: list[BatchFacts] = []
        done = 0
        while group := list(islice(jobs, _JOBS_AT_ONCE)):
            before = done

            def report(so_far: int, _total: int, _text: str, before: int = before) -> None:
                tell(before + so_far)

            found = engine.run_jobs(group, progress=report, in_workers=in_workers)
            batches.extend(batch for _, batch in found)
            done += sum(job.size for job in group)
            tell(done)
        return batches

    def _engine_for(self, in_workers: bool) -> "LintEngine":
        from finetune_studio.lint.engine import LintEngine

        if self._engine is None or (in_workers and not self._has_workers):
            self._engine = LintEngine(self.config, workers=2 if in_workers else 0)
            self._has_workers = in_workers
        self._engine.config = self.config
        return self._engine

    def _on_check_failed(self, error: StudioError) -> None:
        self._publish(IdSet())
        if not isinstance(error, CancelledError | UnexpectedError):
            self._workspace.tasks.on_error(error)

    # After changes

    def _on_workspace_changed(self, changes: Changes) -> None:
        if self._closed:
            return
        if ChangeKind.OPTIONS in changes.kinds:
            self._take_options()
        if changes.kinds & {ChangeKind.BODIES, ChangeKind.MEMBERSHIP}:
            if self.is_running:
                with self._lock:
                    self._dirty.update(changes.example_ids)
            self._workspace.ask(
                lambda _workspace: self._check_examples(changes.example_ids), title="Check changes"
            )
        if changes.kinds & {
            ChangeKind.BODIES,
            ChangeKind.MEMBERSHIP,
            ChangeKind.STATUS,
            ChangeKind.SPLIT,
            ChangeKind.TAGS,
        }:
            self._judge_dataset_soon()

    def _take_options(self) -> None:
        store = self._workspace.examples()
        self._suppressions = suppressions_of(store.suppressions())
        config = config_of(store.options())
        if config != self.config:
            self._use_config(config)
            return
        with self._lock:
            self._group()
        self._publish(IdSet.of(self._state.by_example))
        self._judge_dataset_soon()

    def _use_config(self, config: LintConfig) -> None:
        self.config = config
        if self._state.facts is not None or self.is_running:
            self.start()
        else:
            self._publish(IdSet())

    def _check_examples(self, ids: IdSet) -> None:
        """Check some examples again, and drop those that are gone."""
        from finetune_studio.lint.facts import merge
        from finetune_studio.workspace.lint_jobs import jobs_of_ids, joined

        is_large = len(ids) >= WORKERS_FROM
        jobs = jobs_of_ids(self._workspace.examples(), list(ids))
        batch = joined(self._run_jobs(jobs, is_large, lambda _done: None))
        gone = set(ids) - set(batch.columns.key.tolist())
        with self._lock:
            facts = self._state.facts
            facts = merge([batch]) if facts is None else facts.updated(batch)
            self._state.set_facts(facts.without(gone) if gone else facts)
            kept, _ = self._without_suppressed(batch.diagnostics)
            fresh = _by_example(kept)
            for example_id in ids:
                if example_id in fresh:
                    self._state.by_example[example_id] = fresh[example_id]
                else:
                    self._state.by_example.pop(example_id, None)
        self._publish(ids)

    def _judge_dataset_soon(self) -> None:
        def due() -> None:
            if not self._closed and not self.is_running and self._state.facts is not None:
                self._workspace.ask(
                    lambda _workspace, context: self._judge_dataset_and_tell(context),
                    title="Check dataset",
                    key=f"dataset {self._workspace.uid}",
                )

        self._workspace.tasks.later(DATASET_RULES_AFTER, due, f"dataset {self._workspace.uid}")

    def _judge_dataset_and_tell(self, context: TaskContext) -> None:
        changed = self._judge_dataset(context)
        if changed is not None:
            self._publish(IdSet.of(changed))

    def _judge_dataset(self, context: TaskContext) -> set[int] | None:
        """Run the dataset rules; returns the examples whose findings changed, None when nothing did."""
        from finetune_studio.lint.batch import check_dataset
        from finetune_studio.workspace.lint_jobs import extras_of

        facts = self._state.facts
        if facts is None:
            return None
        known = facts.with_extras(**extras_of(self._workspace.reader(), facts.columns.key.tolist()))
        found, aside = self._without_suppressed(check_dataset(known, self.config))
        context.check()
        with self._lock:
            before = self._state.of_dataset
            self._dataset_aside = aside
            changed = self._state.set_dataset_findings(found)
            return changed if changed or before != self._state.of_dataset else None

    # Helpers

    def _group(self) -> None:
        """Part all findings of examples anew into those that count and those set aside."""
        if self._state.facts is not None:
            kept, self._example_aside = self._without_suppressed(self._state.facts.diagnostics)
            self._state.by_example = _by_example(kept)

    def _without_suppressed(self, found: Sequence[Diagnostic]) -> tuple[list[Diagnostic], list[SetAside]]:
        if not self._suppressions:
            return list(found), []
        from finetune_studio.lint.suppression import apply_suppressions

        store = self._workspace.examples()
        keys = {uid: store.id_of_uid(uid) for s in self._suppressions if (uid := s.uid) is not None}
        known = {uid: key for uid, key in keys.items() if key is not None}
        result = apply_suppressions(found, self._suppressions, known)
        return result.kept, result.set_aside

    def _publish(self, ids: IdSet) -> None:
        if not self._closed:
            self._workspace.tasks.post(lambda: self._workspace.notifier.publish(Changes(_FINDINGS, ids)))


def _by_example(found: Sequence[Diagnostic]) -> dict[int, tuple[Diagnostic, ...]]:
    groups: dict[int, list[Diagnostic]] = {}
    for diagnostic in found:
        if diagnostic.location.example is not None:
            groups.setdefault(diagnostic.location.example, []).append(diagnostic)
    return {example_id: tuple(own) for example_id, own in groups.items()}
