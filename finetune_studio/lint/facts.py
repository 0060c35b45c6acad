"""What the checks know of each example, as columns: small enough for a million examples."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from finetune_studio.domain.diagnostic import Diagnostic
from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.split import Split
from finetune_studio.lint.findings import Findings
from finetune_studio.lint.tool_table import ToolTable, joined_tools

if TYPE_CHECKING:
    from finetune_studio.lint.near_duplicates import Sketches
    from finetune_studio.lint.sketches import SketchBatch

ROLES = ("system", "developer", "user", "assistant", "tool", "function")
"""The order of the columns of `role_tokens`."""
SPLITS = (Split.TRAIN, Split.VALIDATION, Split.TEST)
"""`DatasetFacts.split` holds the index into this, -1 for none."""
STATUSES = tuple(ReviewState)
KINDS = ("conversation", "preference", "other")

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Arrays of one length; the i-th of each belongs to the i-th example.

    Hashes are 64-bit, over text with white space normalised; 0 where there is no such text.
    `prompt_tokens` is what is not trained content (total minus loss, never below 0).
    """

    key: Array
    kind: Array
    readable: Array
    plain: Array
    """Whether the line is plain (see line_scan.py): only roles, texts and their lengths can be wrong."""
    tokens: Array
    longest: Array
    """Tokens of the longest sequence: what a limit per example is held against."""
    loss_tokens: Array
    n_messages: Array
    n_turns: Array
    answer_tokens: Array
    """Of the content of the last answer: the last trained assistant message, of a pair the preferred one."""
    has_system: Array
    about: Array
    role_tokens: Array
    conversation_hash: Array
    answer_hash: Array
    system_hash: Array
    opening_hash: Array
    question_opening_hash: Array
    """Of the first words of the first user message."""
    first_word_hash: Array
    last_word_hash: Array
    """Of an answer of several words."""
    size: Array
    """Bytes of the line, its end included."""
    preferred_tokens: Array
    other_tokens: Array
    """Of the two sides of a preference pair."""
    refuses: Array
    """Whether the last answer declines to help."""
    language: Array
    """Of the last answer, as answer_languages.code_of has it; 0 where it is not told."""
    answer_form: Array
    """See answer_forms.Form."""
    answer_fault: Array
    """Code point at which an answer that is broken JSON or code breaks."""
    answer_index: Array
    """Of the message whose form it is, in reading order."""
    terms: Array
    """Bits of the groups of people that are spoken of, and with which words; see terms.py."""

    def __len__(self) -> int:
        return len(self.key)

    @property
    def prompt_tokens(self) -> Array:
        prompt: Array = np.maximum(self.tokens - self.loss_tokens, 0)
        return prompt

    @property
    def has_answer(self) -> Array:
        """Whether something is learned: a text or a call."""
        found: Array = (self.loss_tokens > 0) | (self.answer_hash != 0)
        return found

    @property
    def is_only_answer(self) -> Array:
        """Whether the last answer is all that is learned: none before it, no call, no refusal.

        Of a pair it is, as its preferred side is one answer.
        """
        only = (self.loss_tokens == self.answer_tokens) | (self.kind == KINDS.index("preference"))
        found: Array = only & (self.answer_hash != 0)
        return found

    def take(self, where: Array) -> "Columns":
        """The rows that a boolean mask or an index array names."""
        return Columns(**{f.name: getattr(self, f.name)[where] for f in fields(self)})


DTYPES: Mapping[str, str] = {
    "key": "i8",
    "kind": "i1",
    "readable": "?",
    "plain": "?",
    "tokens": "i4",
    "longest": "i4",
    "loss_tokens": "i4",
    "n_messages": "i4",
    "n_turns": "i4",
    "answer_tokens": "i4",
    "has_system": "?",
    "about": "?",
    "role_tokens": "i4",
    "conversation_hash": "u8",
    "answer_hash": "u8",
    "system_hash": "u8",
    "opening_hash": "u8",
    "question_opening_hash": "u8",
    "first_word_hash": "u8",
    "last_word_hash": "u8",
    "size": "i4",
    "preferred_tokens": "i4",
    "other_tokens": "i4",
    "refuses": "?",
    "answer_form": "i1",
    "answer_fault": "i4",
    "answer_index": "i4",
    "language": "u2",
    "terms": "u8",
}


def empty_columns() -> Columns:
    return Columns(
        **{n: np.zeros((0, len(ROLES)) if n == "role_tokens" else 0, dtype=t) for n, t in DTYPES.items()}
    )


def joined_columns(parts: Sequence[Columns]) -> Columns:
    parts = [part for part in parts if len(part)] or parts[:1]
    if not parts:
        return empty_columns()
    if len(parts) == 1:
        return parts[0]
    return Columns(**{f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Columns)})


@dataclass(frozen=True, slots=True, eq=False)
class BatchFacts:
    """Facts and findings of a batch of examples.

    `answers` and `openings` name frequent hashes: an answer of few words, the first words of an
    answer; `texts` those of system prompts, questions' first words, single words and tools. What is
    frequent in the whole is frequent in some batch, so nothing that matters is lost.
    """

    columns: Columns
    diagnostics: Sequence[Diagnostic] = field(default_factory=list)
    answers: dict[int, str] = field(default_factory=dict)
    openings: dict[int, str] = field(default_factory=dict)
    texts: dict[int, str] = field(default_factory=dict)
    tools: ToolTable = field(default_factory=ToolTable)
    sketches: "SketchBatch | None" = None
    """Only where a rule that compares examples is selected."""

    def __len__(self) -> int:
        return len(self.columns)


@dataclass(frozen=True, slots=True, eq=False)
class DatasetFacts:
    """Facts and findings of all examples. `split`, `status` and `tags` are None where nobody knows them."""

    columns: Columns
    diagnostics: Sequence[Diagnostic] = field(default_factory=list)
    answers: dict[int, str] = field(default_factory=dict)
    openings: dict[int, str] = field(default_factory=dict)
    split: Array | None = None
    status: Array | None = None
    tags: tuple[frozenset[str], ...] | None = None
    texts: dict[int, str] = field(default_factory=dict)
    tools: ToolTable = field(default_factory=ToolTable)
    source: Array | None = None
    """Numbers of the sources that examples came from, -1 for none."""
    sketches: "Sketches | None" = None

    def __len__(self) -> int:
        return len(self.columns)

    @property
    def tokens_total(self) -> int:
        return int(self.columns.tokens.sum(dtype=np.int64))

    @property
    def loss_tokens_total(self) -> int:
        return int(self.columns.loss_tokens.sum(dtype=np.int64))

    @property
    def messages_total(self) -> int:
        return int(self.columns.n_messages.sum(dtype=np.int64))

    @property
    def tokens_by_role(self) -> dict[str, int]:
        sums = self.columns.role_tokens.sum(axis=0, dtype=np.int64)
        return {role: int(n) for role, n in zip(ROLES, sums, strict=True) if n}

    def in_order(self, keys: Array) -> "DatasetFacts":
        """The rows in the order of `keys`, others after them; extras are dropped where anything moves."""
        order = None if np.array_equal(self.columns.key, keys) else _order_by(keys, self.columns.key)
        tools = _order_by(keys, self.tools.key)
        if order is None and np.all(np.diff(tools) > 0):
            return self
        return DatasetFacts(
            self.columns if order is None else self.columns.take(order),
            self.diagnostics,
            self.answers,
            self.openings,
            texts=self.texts,
            tools=self.tools.take(tools),
            sketches=self.sketches if self.sketches is None or order is None else self.sketches.take(order),
        )

    def with_extras(
        self,
        *,
        splits: Iterable[Split | None] | None = None,
        statuses: Iterable[ReviewState] | None = None,
        tags: Iterable[Iterable[str]] | None = None,
        sources: Iterable[str | None] | None = None,
    ) -> "DatasetFacts":
        """Add what the dataset knows beyond the bodies, in the order of the columns."""
        codes = {split: i for i, split in enumerate(SPLITS)}
        states = {state: i for i, state in enumerate(STATUSES)}
        return replace(
            self,
            split=None if splits is None else _coded((codes[s] if s else -1 for s in splits), len(self)),
            status=None if statuses is None else _coded((states[s] for s in statuses), len(self)),
            tags=None if tags is None else _tag_sets(tags),
            source=None if sources is None else _numbered(sources, len(self)),
        )

    def updated(self, batch: BatchFacts) -> "DatasetFacts":
        """Replace the rows of the batch's keys in place, and append new ones; extras are dropped."""
        columns = self.columns
        found = rows_of(columns.key, batch.columns.key)
        is_known = found >= 0
        rows = found[is_known]
        parts = [self._overwritten(rows, batch.columns.take(is_known))]
        parts.append(batch.columns.take(~is_known))
        changed = set(batch.columns.key.tolist())
        kept = [d for d in self.diagnostics if d.location.example not in changed]
        return DatasetFacts(
            joined_columns(parts),
            [*kept, *batch.diagnostics],
            {**self.answers, **batch.answers},
            {**self.openings, **batch.openings},
            texts={**self.texts, **batch.texts},
            tools=joined_tools([self.tools.without(batch.columns.key), batch.tools]),
            sketches=None
            if self.sketches is None or batch.sketches is None
            else self.sketches.updated(rows, is_known, batch.sketches),
        )

    def _overwritten(self, rows: Array, by: Columns) -> Columns:
        values: dict[str, Array] = {}
        for column in fields(Columns):
            values[column.name] = getattr(self.columns, column.name).copy()
            values[column.name][rows] = getattr(by, column.name)
        return Columns(**values)

    def without(self, keys: Iterable[int]) -> "DatasetFacts":
        """Drop the rows of these keys, with their findings; extras are dropped."""
        gone = set(keys)
        keys_gone = np.fromiter(gone, dtype=np.int64, count=len(gone))
        stays = ~np.isin(self.columns.key, keys_gone)
        kept = [d for d in self.diagnostics if d.location.example not in gone]
        return DatasetFacts(
            self.columns.take(stays),
            kept,
            self.answers,
            self.openings,
            texts=self.texts,
            tools=self.tools.without(keys_gone),
            sketches=None if self.sketches is None else self.sketches.without(stays),
        )


def rows_of(keys: Array, wanted: Array) -> Array:
    """The row of each wanted key, -1 for none."""
    if not len(keys):
        return np.full(len(wanted), -1)
    order = np.argsort(keys, kind="stable")
    at = order[np.minimum(np.searchsorted(keys, wanted, sorter=order), len(keys) - 1)]
    return np.where(keys[at] == wanted, at, -1)


def _order_by(keys: Array, values: Array) -> Array:
    """What puts values in the order of `keys`, those that are none of them at the end."""
    place = rows_of(keys, values)
    place[place < 0] = len(keys)
    return np.argsort(place, kind="stable")


def _tag_sets(tags: Iterable[Iterable[str]]) -> tuple[frozenset[str], ...]:
    """Equal sets are one object: a million examples have few different ones."""
    known: dict[frozenset[str], frozenset[str]] = {}
    sets = map(frozenset, tags)
    return tuple(known.setdefault(each, each) for each in sets)


def _coded(values: Iterable[int], count: int) -> Array:
    found = np.fromiter(values, dtype=np.int8)
    if len(found) != count:
        raise ValueError(f"{len(found)} values for {count} examples")
    return found


def _numbered(names: Iterable[str | None], count: int) -> Array:
    """Names as numbers in the order of their first appearance."""
    numbers: dict[str, int] = {}
    found = [-1 if not name else numbers.setdefault(name, len(numbers)) for name in names]
    if len(found) != count:
        raise ValueError(f"{len(found)} sources for {count} examples")
    return np.array(found, dtype=np.int32)


def merge(batches: Sequence[BatchFacts]) -> DatasetFacts:
    """Put the facts of batches together, in the order given: the order of the examples.

    Pure; what it gives holds on to the arrays of near-duplicates of each batch, and copies the columns.
    """
    answers: dict[int, str] = {}
    openings: dict[int, str] = {}
    texts: dict[int, str] = {}
    for batch in batches:
        answers.update(batch.answers)
        openings.update(batch.openings)
        texts.update(batch.texts)
    columns = joined_columns([b.columns for b in batches])
    tools = joined_tools([b.tools for b in batches])
    return DatasetFacts(
        columns,
        _joined_findings([batch.diagnostics for batch in batches]),
        answers,
        openings,
        texts=texts,
        tools=tools,
        sketches=_merged_sketches(batches),
    )


def _joined_findings(parts: Sequence[Sequence[Diagnostic]]) -> Sequence[Diagnostic]:
    if any(isinstance(part, Findings) for part in parts):
        return Findings(*parts)
    return [found for part in parts for found in part]


def _merged_sketches(batches: Sequence[BatchFacts]) -> "Sketches | None":
    """None where no batch has any; a batch without, of lines that were not read, counts as empty."""
    if all(batch.sketches is None for batch in batches):
        return None
    from finetune_studio.lint.near_duplicates import Sketches
    from finetune_studio.lint.sketches import empty_sketches

    return Sketches([empty_sketches(len(b)) if b.sketches is None else b.sketches for b in batches])
