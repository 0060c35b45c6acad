"""The checks at work: in the pool's threads and the worker processes, writing into a LintState."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from finetune_studio.domain.diagnostic import Diagnostic
from finetune_studio.domain.id_set import IdSet
from finetune_studio.lint.config import LintConfig
from finetune_studio.lint.suppression import Suppression
from finetune_studio.workspace.lint_config import config_of, suppressions_of
from finetune_studio.workspace.lint_state import LintState
from finetune_studio.workspace.task import TaskContext

if TYPE_CHECKING:
    from finetune_studio.lint.engine import LintEngine, Progress
    from finetune_studio.lint.facts import BatchFacts, DatasetFacts
    from finetune_studio.lint.jobs import Bodies, Job
    from finetune_studio.lint.trying import OptionTrials
    from finetune_studio.tokens.counting import ExampleTokens
    from finetune_studio.workspace.workspace import Workspace

WORKERS_FROM = 2_000
"""Examples from which worker processes pay."""

_MOST_AGAIN = 0.5
"""Share of the examples beyond which another target is a whole check."""
_JOBS_AT_ONCE = 16
_WARM_UP = b'{"messages": [{"role": "user", "content": "ready"}]}'
"""Checked once in this process after a whole check in workers: loads the vocabulary before the first edit."""

SetAside = tuple[Diagnostic, Suppression]


class LintRuns:
    """Work of a lint session; numpy and the rules are loaded when first needed."""

    def __init__(self, workspace: "Workspace") -> None:
        self.state = LintState()
        self.config = config_of(workspace.store.options(), workspace.sending.profiles)
        self.suppressions = suppressions_of(workspace.store.suppressions())
        self.seconds: float | None = None
        """How long the last whole check took; 0 when it was kept from an earlier session."""
        self.total = 0
        self.example_aside: list[SetAside] = []
        self.dataset_aside: list[SetAside] = []
        self._workspace = workspace
        self._engine: LintEngine | None = None
        self._has_workers = False
        self._helper: LintEngine | None = None
        """One process for what a person waits for; only where the runner spares this one."""
        self._judged_for = self.config
        """What the findings here were found under."""
        self._dataset_judged_for = self.config
        """What those about the whole dataset were found under."""
        self._known: tuple[int, DatasetFacts, OptionTrials] | None = None
        """The facts that were looked at last, and the same with what the dataset knows beyond the bodies."""
        self._reviews = 0
        """Counts what changes what the dataset knows beyond the bodies."""
        self._saved_facts: DatasetFacts | None = None
        self._dirty: set[int] = set()
        """Examples that changed while a whole check runs: it may have seen their old text."""
        self._lock = threading.RLock()
        self._some_lock = threading.Lock()
        """Checks of single examples take turns, or an older text's findings could come last."""

    def close(self) -> None:
        """End the worker processes."""
        for engine in (self._engine, self._helper):
            if engine is not None:
                engine.close()

    def note_changed(self, ids: IdSet) -> None:
        """Have a whole check that runs look at these examples again in the end."""
        with self._lock:
            self._dirty.update(ids)

    def note_reviewed(self) -> None:
        """Read states, splits and tags again before the rules over the dataset are asked again."""
        self._reviews += 1

    def take_settings(self) -> LintConfig:
        """Read what is set aside, and give the configuration that the dataset wants now."""
        store = self._workspace.examples()
        self.suppressions = suppressions_of(store.suppressions())
        return config_of(store.options(), self._workspace.sending.profiles)

    def check_all(self, context: TaskContext) -> IdSet:
        """Check every example, then the dataset; returns the examples that were checked."""
        from finetune_studio.lint.facts import merge
        from finetune_studio.workspace.lint_jobs import jobs_of

        started = time.monotonic()
        store = self._workspace.examples()
        with self._lock:
            self._dirty.clear()
        if self.state.facts is None and self._restore():
            return self._finish(context)
        self.total = store.count()
        in_workers = self.total >= WORKERS_FROM
        jobs = jobs_of(store, in_workers=in_workers)
        facts = merge(self._run_jobs(jobs, in_workers, lambda n: context.progress(n, self.total, "Checking")))
        with self._lock:
            self._take(facts, facts.diagnostics)
            self.seconds = time.monotonic() - started
            dirty = IdSet.of(self._dirty)
            self._dirty.clear()
        if dirty:
            self.check_some(dirty)
        return self._finish(context)

    def check_some(self, ids: IdSet) -> None:
        """Check some examples again, and drop those that are gone; all stay in the dataset's order."""
        import numpy as np

        from finetune_studio.lint.facts import merge
        from finetune_studio.workspace.lint_jobs import jobs_of_ids, joined

        with self._some_lock:
            jobs = jobs_of_ids(self._workspace.examples(), list(ids))
            batch = joined(self._run_jobs(jobs, len(ids) >= WORKERS_FROM, lambda _done: None))
            gone = set(ids) - set(batch.columns.key.tolist())
            kept, aside = self.without_suppressed(batch.diagnostics)
            ids_in_order = self._workspace.ranks().ids()
            with self._lock:
                others = [pair for pair in self.example_aside if pair[0].location.example not in ids]
                self.example_aside = [*others, *aside]
                facts = self.state.facts
                facts = merge([batch]) if facts is None else facts.updated(replace(batch, diagnostics=[]))
                facts = facts.without(gone) if gone else facts
                self.state.set_facts(facts.in_order(np.array(ids_in_order, dtype=np.int64)))
                self.state.replace_examples(ids, _by_example(batch.diagnostics), _by_example(kept))

    def judge_dataset(self, context: TaskContext) -> set[int] | None:
        """Run the dataset rules; returns the examples whose findings changed, None when nothing did."""
        trials, config = self._trials(), self.config
        if trials is None:
            return None
        found, aside = self.without_suppressed(self._judged(trials.facts, context))
        context.check()
        with self._lock:
            before = self.state.of_dataset
            self._dataset_judged_for = config
            self.dataset_aside = aside
            changed = self.state.set_dataset_findings(found)
            return changed if changed or before != self.state.of_dataset else None

    def knows(self) -> bool:
        """Whether the findings under the configuration follow from what is here, no example read again."""
        from finetune_studio.lint.rejudging import is_known

        facts = self.state.facts
        return facts is not None and is_known(self._judged_for, self.config, facts)

    def rejudge(self) -> bool:
        """Turn the findings into those under the configuration; False where examples must be read again."""
        from finetune_studio.lint.rejudging import rejudged, to_read_again

        with self._lock:
            config, raw, facts = self.config, self.state.raw, self.state.facts
            if facts is None or not self.knows():
                return False
            again = to_read_again(raw, self._judged_for, config, facts)
            judged = rejudged(raw, self._judged_for, config, again)
            if judged is None or len(again) > len(facts) * _MOST_AGAIN:
                return False
            self._judged_for, self._saved_facts = config, None
            if judged is not raw:
                self.state.raw = judged
                self.group()
        self._judge_again(again)
        return True

    def _judge_again(self, ids: frozenset[int]) -> None:
        """Find anew what example rules say of some examples whose text is what it was."""
        from finetune_studio.workspace.lint_jobs import jobs_of_ids

        if not ids:
            return
        with self._some_lock:
            jobs = jobs_of_ids(self._workspace.examples(), sorted(ids))
            batches = self._run_jobs(jobs, len(ids) >= WORKERS_FROM, lambda _done: None)
            found = [diagnostic for batch in batches for diagnostic in batch.diagnostics]
            kept, aside = self.without_suppressed(found)
            with self._lock:
                self.example_aside += aside
                self.state.replace_examples(ids, _by_example(found), _by_example(kept))

    def try_options(self, code: str, options: Mapping[str, Any]) -> list[Diagnostic]:
        """What a rule over the dataset would find with other options, those set aside left out."""
        trials = self._trials()
        return (
            [] if trials is None else self.without_suppressed(trials.findings(self.config, code, options))[0]
        )

    def lags(self, code: str) -> bool:
        """Whether what a rule over the dataset found is still that of other options than are set."""
        from finetune_studio.lint.trying import options_of

        return options_of(self._dataset_judged_for, code) != options_of(self.config, code)

    def _trials(self) -> "OptionTrials | None":
        """What can be tried with the facts; states, splits and tags are read again where they changed."""
        from finetune_studio.lint.trying import OptionTrials
        from finetune_studio.workspace.lint_jobs import extras_of

        facts, reviews, known = self.state.facts, self._reviews, self._known
        if facts is None:
            return None
        if known is None or known[0] != reviews or known[1] is not facts:
            extras = extras_of(self._workspace.reader(), facts.columns.key.tolist())
            known = self._known = (reviews, facts, OptionTrials(facts.with_extras(**extras)))
        return known[2]

    def group(self) -> None:
        """Part the findings anew into those that count and those set aside."""
        with self._lock:
            kept, aside = self.without_suppressed(self.state.of_dataset)
            if aside:
                self.dataset_aside = [*self.dataset_aside, *aside]
                self.state.set_dataset_findings(kept)
            if not self.suppressions:
                self.example_aside = []
                self.state.set_by_example(dict(self.state.raw))
                return
            found = [diagnostic for own in self.state.raw.values() for diagnostic in own]
            kept, self.example_aside = self.without_suppressed(found)
            self.state.set_by_example(_by_example(kept))

    def without_suppressed(self, found: Sequence[Diagnostic]) -> tuple[list[Diagnostic], list[SetAside]]:
        """Part findings into those that count and those set aside."""
        if not self.suppressions:
            return list(found), []
        from finetune_studio.lint.suppression import apply_suppressions

        store = self._workspace.examples()
        keys = {uid: store.id_of_uid(uid) for s in self.suppressions if (uid := s.uid) is not None}
        known = {uid: key for uid, key in keys.items() if key is not None}
        result = apply_suppressions(found, self.suppressions, known)
        return result.kept, result.set_aside

    def save(self) -> bool:
        """Keep the check for the next opening; False when there is nothing whole or new to keep."""
        from finetune_studio.workspace.lint_cache import cache_path, key_of, save_check

        workspace = self._workspace
        key = key_of(workspace, self.config)
        with self._lock:
            facts = self.state.facts
            examples = [found for own in self.state.raw.values() for found in own]
        if facts is None or facts is self._saved_facts or workspace.pending_writes:
            return False
        if len(facts) != workspace.examples().count() or not save_check(
            cache_path(workspace), key, facts, examples
        ):
            return False
        self._saved_facts = facts
        return True

    def _restore(self) -> bool:
        """Take what the last check of exactly this state found; whether there is such."""
        from finetune_studio.workspace.lint_cache import cache_path, key_of, load_check

        found = load_check(cache_path(self._workspace), key_of(self._workspace, self.config))
        if found is None:
            return False
        with self._lock:
            if self._dirty or self.state.facts is not None:
                return False
            self._take(found.facts, found.examples)
            self.seconds = 0.0
            self._saved_facts = self.state.facts
        return True

    def _take(self, facts: "DatasetFacts", diagnostics: Sequence[Diagnostic]) -> None:
        self.state.set_facts(facts)
        self._judged_for = self.config
        self.state.raw = _by_example(diagnostics)
        self.group()

    def _finish(self, context: TaskContext) -> IdSet:
        """The dataset rules, and what makes the first edit quick."""
        self.judge_dataset(context)
        self.check_one(0, _WARM_UP)
        facts = self.state.facts
        return IdSet() if facts is None else IdSet.of(facts.columns.key.tolist())

    def _run_jobs(
        self, jobs: "Iterator[Bodies]", in_workers: bool, tell: Callable[[int], None]
    ) -> "list[BatchFacts]":
        """Facts of all jobs; a few jobs at a time, so that their texts need not be held until the end."""
        engine = self._engine_for(in_workers)
        in_workers = in_workers or engine is self._helper
        batches: list[BatchFacts] = []
        done = 0
        while group := list(islice(jobs, _JOBS_AT_ONCE)):
            before = done

            def report(so_far: int, _total: int, _text: str, before: int = before) -> None:
                tell(before + so_far)

            batches.extend(engine.run_jobs(group, progress=report, in_workers=in_workers))
            done += sum(job.size for job in group)
            tell(done)
        return batches

    def check_one(self, example_id: int, body: bytes) -> "tuple[list[Diagnostic], ExampleTokens | None]":
        """What the example rules say of one example, and its tokens."""
        from finetune_studio.lint.jobs import Counted

        found, tokens = self.ask(Counted(example_id, body))
        return self.without_suppressed(found)[0], tokens

    def ask(self, job: "Job") -> Any:
        """The answer to a small piece of work, from the helper process where there is one."""
        engine = self._engine_for(in_workers=False)
        (answer,) = engine.run_jobs([job], in_workers=engine is self._helper)
        return answer

    def can_spread(self, n_examples: int) -> bool:
        """Whether there is enough to do for the worker processes, and nothing that they do already."""
        is_idle = self._engine is None or not self._engine.is_busy
        return self._workspace.tasks.spares_process and n_examples >= WORKERS_FROM and is_idle

    def spread(self, jobs: "Sequence[Job]", context: TaskContext) -> list[Any]:
        """Have the worker processes share some work; the answers in order."""
        return self._engine_for(in_workers=True).run_jobs(jobs, progress=_checking(context), in_workers=True)

    def _judged(self, facts: "DatasetFacts", context: TaskContext) -> "list[Diagnostic]":
        """What the dataset rules say; the workers compare many examples where they have time."""
        in_workers = self.can_spread(len(facts))
        engine = self._engine_for(in_workers)
        return engine.check_facts(facts, progress=_checking(context), in_workers=in_workers)

    def _engine_for(self, in_workers: bool) -> "LintEngine":
        from finetune_studio.lint.engine import LintEngine

        if not in_workers and self._workspace.tasks.spares_process:
            if self._helper is None:
                self._helper = LintEngine(self.config, workers=1)
            self._helper.config = self.config
            return self._helper
        if self._engine is None or (in_workers and not self._has_workers):
            self._engine = LintEngine(self.config, workers=2 if in_workers else 0)
            self._has_workers = in_workers
        self._engine.config = self.config
        return self._engine


def _checking(context: TaskContext) -> "Progress":
    """Looks at every turn whether to go on."""

    def go_on(_done: int, _total: int, _text: str) -> None:
        context.check()

    return go_on


def _by_example(found: Sequence[Diagnostic]) -> dict[int, tuple[Diagnostic, ...]]:
    groups: dict[int, list[Diagnostic]] = {}
    for diagnostic in found:
        if diagnostic.location.example is not None:
            groups.setdefault(diagnostic.location.example, []).append(diagnostic)
    return {example_id: tuple(own) for example_id, own in groups.items()}
