"""A moderation pass over the frozen files before they are sent, where the service has one; opt-in."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from finetune_studio.domain.errors import GateError, InputError, UsageError
from finetune_studio.formats.records import loads
from finetune_studio.providers.base import Moderation, Provider
from finetune_studio.providers.cancellable import call_cancellable
from finetune_studio.workspace.submission_context import WorkContext
from finetune_studio.workspace.submission_journal import SubmissionJournal
from finetune_studio.workspace.submission_patience import Patience, look
from finetune_studio.workspace.submission_records import FrozenFile, Submission

_BATCH_TEXTS = 32
_BATCH_CHARACTERS = 60_000
_PIECE = 8_000
"""Characters of one text; a longer example is asked about in pieces."""


@dataclass(frozen=True, slots=True)
class FlaggedExample:
    """`line` is that of the sent file (1-based); `example_id` None where no dataset is open.

    `part` is training or validation; `categories` are the service's words.
    """

    part: str
    line: int
    example_id: int | None
    categories: tuple[str, ...]


@dataclass(slots=True)
class _Batch:
    lines: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    characters: int = 0


def moderate(
    journal: SubmissionJournal,
    provider: Provider,
    submission: Submission,
    model: str,
    context: WorkContext,
    patience: Patience | None = None,
) -> tuple[FlaggedExample, ...]:
    """The examples that the service's moderation flags; images are not looked at.

    `model` is the profile's `moderation_model`. Raises UsageError where the service has no moderation,
    ProviderError, and CancelledError within a second of a cancel.
    """
    judge: Any = getattr(provider, "moderate", None)
    if not model or judge is None:
        raise UsageError(f"{provider.title} has no moderation to ask.")
    frozen = [("training", submission.training), ("validation", submission.validation)]
    files = [(part, file) for part, file in frozen if file is not None]
    total = sum(file.examples for _, file in files)
    done = 0
    found: list[FlaggedExample] = []
    for part, file in files:
        for batch in _batches(journal.files.check(file)):
            context.progress(done, total, f"{provider.title} moderates the examples")
            answers = _ask(judge, tuple(batch.texts), model, context, patience or Patience())
            flagged: dict[int, set[str]] = {}
            for line, answer in zip(batch.lines, answers, strict=True):
                if answer.flagged:
                    flagged.setdefault(line, set()).update(answer.categories)
            found += [
                FlaggedExample(part, line, _example(journal, submission, part, line), tuple(sorted(names)))
                for line, names in flagged.items()
            ]
            done = _done_before(files, part) + batch.lines[-1]
    context.progress(total, total, f"{provider.title} moderates the examples")
    return _one_for_each(found)


def require_unflagged(flagged: tuple[FlaggedExample, ...], title: str) -> None:
    """Raises GateError that names the first examples and why."""
    if not flagged:
        return
    named = "; ".join(f"{item.part} line {item.line:,}: {', '.join(item.categories)}" for item in flagged[:5])
    more = f"; and {len(flagged) - 5:,} more" if len(flagged) > 5 else ""
    examples = "1 example" if len(flagged) == 1 else f"{len(flagged):,} examples"
    raise GateError(
        f"The moderation of {title} flags {examples} ({named}{more}).",
        "Mend or reject them, or send without the moderation pass; the service may refuse the file then.",
    )


def _ask(
    judge: Any, texts: tuple[str, ...], model: str, context: WorkContext, patience: Patience
) -> tuple[Moderation, ...]:
    def once() -> tuple[Moderation, ...]:
        answers: tuple[Moderation, ...] = call_cancellable(
            partial(judge, texts, model), lambda: context.is_cancelled
        )
        return answers

    return look(once, context, patience)


def _batches(path: Path) -> Iterator[_Batch]:
    batch = _Batch()
    with path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            for text in _pieces(line):
                full = len(batch.texts) >= _BATCH_TEXTS
                if batch.texts and (full or batch.characters + len(text) > _BATCH_CHARACTERS):
                    yield batch
                    batch = _Batch()
                batch.lines.append(number)
                batch.texts.append(text)
                batch.characters += len(text)
    if batch.texts:
        yield batch


def _pieces(line: bytes) -> list[str]:
    """All that is said in an example, roles together, in pieces that the service takes."""
    try:
        value = loads(line)
    except InputError:
        return []
    text = "\n\n".join(_texts(value)).encode("utf-8", "replace").decode()
    return [text[at : at + _PIECE] for at in range(0, len(text), _PIECE) if text[at : at + _PIECE].strip()]


def _texts(value: Any) -> Iterator[str]:
    """The texts of messages and of tool calls, wherever they stand in the example."""
    if isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key in ("content", "text", "refusal", "arguments") and isinstance(item, str):
                yield item
            elif key not in ("image_url", "tools"):
                yield from _texts(item)


def _example(journal: SubmissionJournal, submission: Submission, part: str, line: int) -> int | None:
    sent = journal.example_at(submission.ref, line, part)
    return sent.example_id if sent is not None else None


def _done_before(files: list[tuple[str, FrozenFile]], part: str) -> int:
    return 0 if part == "training" else files[0][1].examples


def _one_for_each(found: list[FlaggedExample]) -> tuple[FlaggedExample, ...]:
    """An example whose pieces fell into two batches is named once."""
    merged: dict[tuple[str, int], FlaggedExample] = {}
    for item in found:
        key = (item.part, item.line)
        before = merged.get(key)
        names = {*item.categories, *(before.categories if before else ())}
        merged[key] = FlaggedExample(item.part, item.line, item.example_id, tuple(sorted(names)))
    return tuple(merged.values())
