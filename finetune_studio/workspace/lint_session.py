"""What is wrong with the open dataset: findings that follow its changes.

A whole check runs in the pool (in worker processes when the dataset is large). After an edit the
examples it touched are checked at once, then the dataset rules once more from the cached facts.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from finetune_studio.domain.changes import ChangeKind, Changes
from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.domain.errors import CancelledError, StudioError
from finetune_studio.domain.id_set import IdSet
from finetune_studio.lint.config import LintConfig
from finetune_studio.targets.target import Target
from finetune_studio.workspace.lint_runs import LintRuns, SetAside
from finetune_studio.workspace.lint_state import RowFacts, RuleCount, Totals
from finetune_studio.workspace.queries.query_terms import Measure
from finetune_studio.workspace.task import TaskContext, TaskHandle, UnexpectedError

if TYPE_CHECKING:
    from finetune_studio.lint.facts import BatchFacts, DatasetFacts
    from finetune_studio.lint.fixer import FixOutcome
    from finetune_studio.lint.jobs import Job
    from finetune_studio.lint.spelling_jobs import Judged
    from finetune_studio.tokens.counting import ExampleTokens
    from finetune_studio.workspace.workspace import Workspace

DATASET_RULES_AFTER = 0.4
"""Seconds of quiet after an edit before the dataset rules run again."""
SAVE_AFTER = 5.0
"""Seconds of quiet after a check until it is kept in the cache."""

_FINDINGS = frozenset({ChangeKind.FINDINGS})
_TEXT_KINDS = frozenset({ChangeKind.BODIES, ChangeKind.MEMBERSHIP})
_DATASET_KINDS = _TEXT_KINDS | {ChangeKind.STATUS, ChangeKind.SPLIT, ChangeKind.TAGS}


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


class LintSession:
    """Belongs to a workspace. Reading its answers is cheap and may be done in any thread."""

    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace
        self._runs = LintRuns(workspace)
        self._state = self._runs.state
        self._run: TaskHandle | None = None
        self._closed = False
        workspace.notifier.subscribe(self._on_workspace_changed)

    # Answers

    @property
    def config(self) -> LintConfig:
        """What the checks are asked: target, rules, severities, options."""
        return self._runs.config

    @property
    def target(self) -> Target | None:
        """What the checks judge for; None for any provider."""
        return self._runs.config.target

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
        counts: Counter[Severity] = Counter()
        for (_, severity), count in self._state.counts().items():
            counts[severity] += count
        return LintSummary(
            errors=counts[Severity.ERROR],
            warnings=counts[Severity.WARNING],
            infos=counts[Severity.INFO],
            checked=self._state.totals().checked,
            total=max(self._runs.total, self._state.totals().checked),
            seconds=self._runs.seconds,
            is_running=self.is_running,
        )

    def findings_of(self, example_id: int) -> list[Diagnostic]:
        """Findings that name an example: its own, and groups that it is in."""
        return self._state.findings_of(example_id)

    def check_now(self, example_id: int, body: bytes) -> list[Diagnostic]:
        """What the example rules say of these bytes; pure, for an example while it is being edited."""
        return self._runs.check_one(example_id, body)[0]

    def check_and_count(
        self, example_id: int, body: bytes
    ) -> "tuple[list[Diagnostic], ExampleTokens | None]":
        """The same, with its tokens for the target (None where the body is not JSON); for the pool."""
        return self._runs.check_one(example_id, body)

    def count_tokens(self, encoding: str, text: str) -> int:
        """Tokens of a text. For the pool."""
        from finetune_studio.lint.jobs import CountedText

        count: int = self._runs.ask(CountedText(encoding, text))
        return count

    def can_spread(self, n_examples: int) -> bool:
        """Whether work on so many examples pays in the worker processes, and they are not checking."""
        return not self.is_running and self._runs.can_spread(n_examples)

    def spread(self, jobs: "Sequence[Job]", context: TaskContext) -> list[Any]:
        """The answers to pieces of work that the worker processes share, in order. For the pool."""
        return self._runs.spread(jobs, context)

    def judge_spelling(
        self, texts: Sequence[str], language: str, around: str, usual: str, known: frozenset[str]
    ) -> "list[Judged]":
        """Misspelt words of some texts, as lint.spelling_jobs.Spelled. For the pool."""
        from finetune_studio.lint.spelling_jobs import Spelled

        found: list[Judged] = self._runs.ask(Spelled(texts, language, around, usual, known))
        return found

    def languages_of(self, texts: Sequence[str]) -> list[str]:
        """The languages of some texts, "" where one does not tell. For the pool."""
        from finetune_studio.lint.spelling_jobs import Languages

        found: list[str] = self._runs.ask(Languages(texts))
        return found

    def suggest_words(self, word: str, language: str) -> list[str]:
        """What may be meant by a word. For the pool."""
        from finetune_studio.lint.spelling_jobs import Suggested

        found: list[str] = self._runs.ask(Suggested(word, language))
        return found

    def fix_bodies(
        self, bodies: Sequence[bytes], codes: frozenset[str] | None, unsafe: bool
    ) -> "list[FixOutcome]":
        """Each body mended to a fixpoint. Not for the face's thread."""
        from finetune_studio.lint.jobs import Fixed

        outcomes: list[FixOutcome] = self._runs.ask(Fixed(bodies, codes, unsafe))
        return outcomes

    def facts_of_bodies(self, bodies: Sequence[tuple[int, bytes]]) -> "BatchFacts":
        """What the checks measure and find in some bytes, by the ids given with them. For the pool."""
        from finetune_studio.lint.jobs import Bodies

        batch: BatchFacts = self._runs.ask(Bodies([key for key, _ in bodies], [body for _, body in bodies]))
        return batch

    def rule_counts(self) -> list[RuleCount]:
        """Rules that found something, the gravest and most frequent first."""
        from finetune_studio.lint.registry import all_rules

        names = {rule.code: rule.name for rule in all_rules()}
        rows = [
            RuleCount(code, names.get(code, code), severity, count)
            for (code, severity), count in self._state.counts().items()
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

    def try_options(self, code: str, options: Mapping[str, Any]) -> list[Diagnostic]:
        """What a rule over the dataset would find with other values of its options (key -> value), without
        those set aside.

        Changes nothing and reads no example; what was compared once is kept. For the pool, one question at a
        time: `workspace.ask(lambda w: w.lint.try_options("D202", {"threshold": 0.75}), done=show)`. Takes
        under 0.1 s at 50,000 examples, a scope of near-duplicates that no rule has asked for yet about a
        second the first time. Empty before the first check, while the rule is off, and of rules over single
        examples. To keep a choice: operations.options.set_rule_option(workspace, "D202", "threshold", 0.75);
        that runs the rules over the dataset again, and no others.
        """
        return self._runs.try_options(code, options)

    def lags(self, code: str) -> bool:
        """Whether the findings of a rule over the dataset are still those of other options than are set."""
        return self._runs.lags(code)

    def set_aside(self) -> list[SetAside]:
        """Findings that were set aside, with the reason."""
        return self._runs.dataset_aside + self._runs.example_aside

    def facts_of(self, ids: Sequence[int]) -> dict[int, RowFacts]:
        """What a list shows, by example."""
        return self._state.row_facts(ids)

    def ids_with(self, is_wanted: Callable[[Diagnostic], bool]) -> list[int]:
        """Examples with a finding that is wanted."""
        return self._state.ids_with(is_wanted)

    def ids_with_role(self, role: str) -> list[int] | None:
        """Examples with a message of a role; None while not every example was checked."""
        if self._state.facts is None or len(self._workspace.ranks()) != len(self._state.facts):
            return None
        return self._state.ids_with_role(role)

    def ids_measured(self, measure: Measure, low: int | None, high: int | None) -> list[int]:
        """Examples whose number lies between `low` and `high`."""
        return self._state.ids_measured(measure, low, high)

    def values_of(self, ids: Sequence[int], column: str) -> dict[int, int]:
        """One column of the facts for some examples; those not checked are left out."""
        return self._state.values_of(ids, column)

    def column_of(self, ids: Sequence[int], column: str, missing: int) -> Any:
        """The same as an array in the order of `ids`."""
        return self._state.column_of(ids, column, missing)

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
        if target != self._runs.config.target:
            self._use_config(replace(self._runs.config, target=target))

    def keep(self) -> bool:
        """Write the findings into the cache now, for the next opening; False when there is nothing new."""
        return self._runs.save()

    def close(self) -> None:
        """Stop what runs and end the worker processes."""
        self._closed = True
        self.stop()
        self._runs.close()

    def _check_all(self, context: TaskContext) -> None:
        ids = self._runs.check_all(context)
        self._publish(ids)
        self._workspace.text_index.start()
        self._keep_soon()

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
        if changes.kinds & _TEXT_KINDS:
            if self.is_running:
                self._runs.note_changed(changes.example_ids)
            self._workspace.ask(
                lambda _workspace: self._check_some(changes.example_ids), title="Check changes"
            )
        if changes.kinds & _DATASET_KINDS:
            self._runs.note_reviewed()
            self._judge_dataset_soon()

    def _take_options(self) -> None:
        config = self._runs.take_settings()
        if config != self.config:
            self._use_config(config)
            return
        self._runs.group()
        self._publish(IdSet.of(self._state.raw))
        self._judge_dataset_soon()

    def _use_config(self, config: LintConfig) -> None:
        self._runs.config = config
        if not self.is_running and self._runs.knows():
            self._workspace.ask(
                lambda _workspace, context: self._rejudge(context),
                title="Check dataset",
                key=f"dataset {self._workspace.uid}",
            )
            return
        if self._state.facts is not None or self.is_running:
            self.start()
        else:
            self._publish(IdSet())

    def _rejudge(self, context: TaskContext) -> None:
        if not self._runs.rejudge():
            self._workspace.tasks.post(self._start_again)
            return
        facts = self._state.facts
        self._publish(IdSet() if facts is None else IdSet.of(facts.columns.key.tolist()))
        self._judge_dataset(context)
        self._keep_soon()

    def _start_again(self) -> None:
        if not self._closed:
            self.start()

    def _check_some(self, ids: IdSet) -> None:
        self._runs.check_some(ids)
        self._publish(ids)
        self._keep_soon()

    def _judge_dataset_soon(self) -> None:
        def due() -> None:
            if not self._closed and not self.is_running and self._state.facts is not None:
                self._workspace.ask(
                    lambda _workspace, context: self._judge_dataset(context),
                    title="Check dataset",
                    key=f"dataset {self._workspace.uid}",
                )

        self._workspace.tasks.later(DATASET_RULES_AFTER, due, f"dataset {self._workspace.uid}")

    def _judge_dataset(self, context: TaskContext) -> None:
        changed = self._runs.judge_dataset(context)
        if changed is not None:
            self._publish(IdSet.of(changed))

    def _keep_soon(self) -> None:
        def due() -> None:
            if not self._closed and not self.is_running:
                self._workspace.ask(lambda _workspace: self.keep(), title="Keep the findings")

        self._workspace.tasks.later(SAVE_AFTER, due, f"keep {self._workspace.uid}", housekeeping=True)

    def _publish(self, ids: IdSet) -> None:
        if not self._closed:
            self._workspace.tasks.post(lambda: self._workspace.notifier.publish(Changes(_FINDINGS, ids)))
