"""The columns of a batch, from what the scan found."""

from dataclasses import dataclass

import numpy as np

from finetune_studio.domain.example import ExampleKind
from finetune_studio.lint.answer_facts import (
    OFTEN,
    Snippets,
    first_words,
    heads,
    last_words,
    openings,
    shown,
    which_decline,
)
from finetune_studio.lint.answer_forms import fill_forms
from finetune_studio.lint.answer_languages import LOOKED_AT, language_codes
from finetune_studio.lint.facts import DTYPES, ROLES, Array, Columns
from finetune_studio.lint.identities import Identities, identities_of
from finetune_studio.lint.scan import Batch
from finetune_studio.lint.shapes import Shape, shape_of
from finetune_studio.lint.terms import terms_of
from finetune_studio.lint.tool_facts import ToolRows
from finetune_studio.lint.tool_table import ToolTable
from finetune_studio.lint.view import ExampleView
from finetune_studio.tokens.chat_arithmetic import PER_CONVERSATION, PER_MESSAGE
from finetune_studio.tokens.counting import ExampleTokens, TokenCounter

_KINDS = {ExampleKind.CONVERSATION: 0, ExampleKind.PREFERENCE: 1, ExampleKind.OTHER: 2}
_ASSISTANT = ROLES.index("assistant")


@dataclass(frozen=True, slots=True)
class Measured:
    columns: Columns
    answers: dict[int, str]
    openings: dict[int, str]
    texts: dict[int, str]
    tools: ToolTable


def build_columns(
    batch: Batch, counter: TokenCounter, *, with_terms: bool = False, with_languages: bool = False
) -> Measured:
    """Count the tokens of the whole batch at once and hash each example; the rest for B410 and B407."""
    size = len(batch.lines)
    data = {
        name: np.zeros((size, len(ROLES)) if name == "role_tokens" else size, dtype=kind)
        for name, kind in DTYPES.items()
    }
    data["key"][:] = np.fromiter(batch.keys, dtype=np.int64, count=size)
    data["size"][:] = [len(line) + (not line.endswith(b"\n")) for line in batch.lines]
    tools = ToolRows()
    _measure_plain(batch, counter, data)
    _measure_unusual(batch, counter, data, tools)
    fill_forms(batch, data)
    if with_terms:
        for row in range(size):
            data["terms"][row] = terms_of(t for m in batch.view(row).messages for _, t in m.texts())
    return _with_hashes(data, identities_of(batch), tools, with_languages=with_languages)


def _measure_plain(batch: Batch, counter: TokenCounter, data: dict[str, Array]) -> None:
    shapes, layout = batch.plain_shapes, batch.layout
    rows = np.array(batch.scan.plain, dtype=np.int64)
    if not shapes:
        return
    owners, codes = layout.owners, layout.codes.astype(np.int64)
    counts = _token_counts(batch, counter)
    whole = counts + PER_MESSAGE + _role_lengths(batch, counter)
    total = np.bincount(owners, weights=whole, minlength=len(shapes)).astype(np.int64) + PER_CONVERSATION
    trained = codes == _ASSISTANT
    known = codes >= 0
    by_role = np.bincount(
        owners[known] * len(ROLES) + codes[known], weights=whole[known], minlength=len(shapes) * len(ROLES)
    )
    last = np.array([shape.last_assistant for shape in shapes], dtype=np.int64)
    data["readable"][rows] = data["plain"][rows] = True
    data["tokens"][rows] = data["longest"][rows] = total
    data["loss_tokens"][rows] = np.bincount(owners, weights=counts * trained, minlength=len(shapes))
    data["n_messages"][rows] = layout.counts
    data["n_turns"][rows] = [shape.n_turns for shape in shapes]
    data["answer_tokens"][rows] = np.where(last >= 0, counts[layout.starts + np.maximum(last, 0)], 0)
    data["has_system"][rows] = [shape.first_system >= 0 for shape in shapes]
    data["role_tokens"][rows] = by_role.reshape(len(shapes), len(ROLES))


def _token_counts(batch: Batch, counter: TokenCounter) -> Array:
    """Of each of `scan.texts`."""
    return np.frombuffer(counter.count_block(batch.block.joined, len(batch.block)), dtype=np.int64)


def _role_lengths(batch: Batch, counter: TokenCounter) -> Array:
    """Tokens of the role name of each message, in order."""
    by_code = np.array([counter.count(role) for role in (*ROLES, "")], dtype=np.int64)
    found = by_code[batch.layout.codes]
    for index in np.flatnonzero(batch.layout.codes < 0).tolist():
        owner = batch.layout.owners[index]
        found[index] = counter.count(batch.plain_shapes[owner].roles[index - batch.layout.starts[owner]])
    return found


def _measure_unusual(
    batch: Batch,
    counter: TokenCounter,
    data: dict[str, Array],
    tools: ToolRows,
) -> None:
    rows = [row for row in batch.unusual if isinstance(batch.scan.values[row], dict)]
    data["kind"][batch.unusual] = _KINDS[ExampleKind.OTHER]
    found = counter.count_values(batch.scan.values[row] for row in rows)
    answers: list[str] = []
    owners: list[int] = []
    for row, tokens in zip(rows, found, strict=True):
        batch.tokens[row] = tokens
        view = batch.view(row)
        shape = shape_of([message.role for message in view.messages])
        if view.last_answer is not None:
            answers += (text for _, text in view.last_answer.texts())
            owners += [row] * (len(answers) - len(owners))
        _fill_row(data, row, _KINDS[view.kind], shape, tokens)
        if view.kind is ExampleKind.PREFERENCE:
            _fill_sides(data, row, view, tokens)
        tools.add(view)
    if answers:
        np.add.at(data["answer_tokens"], owners, counter.count_many(answers))


def _fill_row(data: dict[str, Array], row: int, kind: int, shape: Shape, tokens: ExampleTokens) -> None:
    data["kind"][row] = kind
    data["readable"][row] = True
    data["tokens"][row] = tokens.total
    data["longest"][row] = tokens.longest
    data["loss_tokens"][row] = tokens.loss
    data["about"][row] = tokens.about
    data["n_messages"][row] = len(shape.roles)
    data["n_turns"][row] = shape.n_turns
    data["has_system"][row] = shape.first_system >= 0
    data["role_tokens"][row] = [tokens.by_role.get(role, 0) for role in ROLES]


def _fill_sides(data: dict[str, Array], row: int, view: ExampleView, tokens: ExampleTokens) -> None:
    for column, side in (("preferred_tokens", "preferred"), ("other_tokens", "non_preferred")):
        pairs = zip(view.messages, tokens.by_message, strict=False)
        data[column][row] = sum(count for message, count in pairs if message.side == side)


def _with_hashes(
    data: dict[str, Array], identities: Identities, tools: ToolRows, *, with_languages: bool
) -> Measured:
    texts = identities.texts
    starts, ends = identities.places(identities.answer)
    opened, first_ends, last_starts = openings(texts, starts, ends)
    asked, _, _ = openings(texts, *identities.places(identities.question))
    firsts = first_words(texts, starts, first_ends)
    lasts = last_words(texts, last_starts, np.where(last_starts > starts, ends, last_starts))
    data["conversation_hash"] = identities.conversation
    data["answer_hash"] = identities.hashes(identities.answer)
    data["system_hash"] = identities.hashes(identities.system)
    answers = Snippets(texts, starts, ends, data["answer_hash"])
    systems = Snippets(texts, *identities.places(identities.system), data["system_hash"])
    data["opening_hash"] = opened.hashes
    data["question_opening_hash"] = asked.hashes
    data["first_word_hash"], data["last_word_hash"] = firsts.hashes, lasts.hashes
    data["refuses"] = which_decline(texts, starts, ends)
    if with_languages:
        data["language"][:] = language_codes(heads(texts, starts, ends, LOOKED_AT))
    told = {**firsts.frequent(OFTEN), **lasts.frequent(OFTEN)}
    told |= {**systems.commonest(), **asked.commonest()}
    return Measured(
        Columns(**data),
        answers.labels(),
        opened.commonest(),
        {**shown(told), **tools.names},
        tools.table(),
    )
