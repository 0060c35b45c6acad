"""Rules that look at one text at a time: what is wrong with it, and what would mend it."""

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from itertools import groupby
from typing import Any, ClassVar

import numpy as np

from finetune_studio.domain.diagnostic import Applicability, Diagnostic, Fix
from finetune_studio.domain.edits import Edit, EditOp
from finetune_studio.lint.batch_texts import BatchTexts
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import Array
from finetune_studio.lint.rule import ExampleRule, Look
from finetune_studio.lint.scan import Batch
from finetune_studio.lint.view import ExampleView, MessageView


class Reads(Enum):
    """Which texts a rule looks at."""

    TEXTS = "the content of all messages"
    ANSWERS = "the content of trained assistant messages"
    EVERYTHING = "content, refusals and arguments of calls, of all messages"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a text: code points, a template that `arguments` fill, and what would mend it.

    `splices` are (start, end, text to put there), ascending and apart.
    """

    start: int
    end: int
    what: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    splices: tuple[tuple[int, int, str], ...] = ()
    title: str = ""
    is_safe: bool = False


class FaultRule(ExampleRule):
    """`suspects` chooses among a batch's texts, `suspicious` among those, and `faults` says what is wrong.

    What `suspects` and `triggers` leave out has no fault; that spares the rule most texts.
    """

    reads: ClassVar[Reads] = Reads.TEXTS
    foreign_only: ClassVar[bool] = False
    """Whether there is nothing to find in ASCII text."""
    triggers: ClassVar[tuple[bytes, ...]] = ()
    """When given, one of these (two bytes or more of UTF-8, as LiteralSearch takes them) is in every text
    with a fault."""
    opening: ClassVar[str] = "Message {number} "
    """What findings begin with."""

    def suspects(self, texts: BatchTexts, context: RuleContext) -> Iterable[int]:
        """Indexes of the texts that can have a fault, ascending; quick, as it sees all."""
        if self.triggers:
            return texts.having(self.triggers)
        return texts.owners(texts.foreign) if self.foreign_only else range(len(texts))

    def suspicious(self, text: str) -> bool:
        """Whether there can be a fault in the text."""
        return True

    @abstractmethod
    def faults(self, text: str, context: RuleContext) -> Iterator[Fault]:
        """Yield what is wrong with the text."""

    def faults_at(self, where: str, text: str, context: RuleContext) -> Iterator[Fault]:
        """As `faults`, for what also depends on the field that the text stands in."""
        return self.faults(text, context)

    def looks(self, batch: Batch) -> Iterator[Look]:
        texts, context = batch.texts, batch.context
        of_repeated: dict[int, list[Fault]] = {}
        pairs = texts.with_repeats(self._suspicious_texts(texts, context))
        for position, group in groupby(pairs, key=lambda pair: texts.positions[pair[0]]):
            yield position, partial(self._look, batch, list(group), of_repeated)

    def _suspicious_texts(self, texts: BatchTexts, context: RuleContext) -> list[int]:
        indexes = np.asarray(self.suspects(texts, context), dtype=np.int64)
        indexes = indexes[texts.lengths[indexes] > 0]
        if self.reads is not Reads.EVERYTHING:
            indexes = indexes[(texts.is_answer if self.reads is Reads.ANSWERS else texts.is_content)[indexes]]
        suspicious, all_texts = self.suspicious, texts.texts
        return [index for index in indexes.tolist() if suspicious(all_texts[index])]

    def _look(
        self, batch: Batch, pairs: list[tuple[int, int]], of_repeated: dict[int, list[Fault]]
    ) -> Iterator[Diagnostic]:
        """Findings of texts of one line, each with the index of the first text like it."""
        texts, context = batch.texts, batch.context
        for index, first in pairs:
            faults = of_repeated.get(first)
            if faults is None:
                faults = list(self.faults_at(texts.where(index), texts.texts[index], context))
                of_repeated[first] = faults
            for fault in faults:
                yield self.told(context, *texts.place(index), fault)

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        suspicious, foreign_only = self.suspicious, self.foreign_only
        for message, where, text in self.texts_of(view):
            if (not foreign_only or not text.isascii()) and suspicious(text):
                for fault in self.faults_at(where, text, context):
                    yield self.told(context, view, message, where, fault)

    def texts_of(self, view: ExampleView) -> list[tuple[MessageView, str, str]]:
        """The texts of an example that the rule looks at."""
        if self.reads is Reads.ANSWERS:
            return view.answers
        return view.texts if self.reads is Reads.TEXTS else view.all_texts

    def told(
        self, context: RuleContext, view: ExampleView, message: MessageView, where: str, fault: Fault
    ) -> Diagnostic:
        """The finding of a fault in the text at `where` in the message."""
        return self.finding(
            context,
            view,
            self.opening + fault.what + ".",
            at=message,
            field=where,
            start=fault.start,
            end=fault.end,
            fix=_fix(message.pointer + where, fault),
            number=message.index + 1,
            **fault.arguments,
        )


class ReplyRule(FaultRule):
    """A rule that holds an answer against the user's message right before it."""

    reads = Reads.ANSWERS

    def suspect_pairs(self, texts: BatchTexts, questions: Array, answers: Array) -> Array:
        """Which of the pairs of texts (their indexes) can have a fault; quick, as it sees all."""
        return np.ones(len(answers), dtype=bool)

    def suspicious_pair(self, question: str, answer: str) -> bool:
        """Whether there can be a fault."""
        return True

    @abstractmethod
    def faults_of_pair(self, question: str, answer: str, context: RuleContext) -> Iterator[Fault]:
        """Yield what is wrong with the answer."""

    def is_excused(self, fault: Fault, before: Sequence[MessageView]) -> bool:
        """Whether what stands before the question excuses a fault; asked of the few that are found."""
        return False

    def faults(self, text: str, context: RuleContext) -> Iterator[Fault]:
        return iter(())

    def looks(self, batch: Batch) -> Iterator[Look]:
        texts = batch.texts
        questions, answers = texts.replies
        chosen = np.flatnonzero(self.suspect_pairs(texts, questions, answers))
        pairs = zip(questions[chosen].tolist(), answers[chosen].tolist(), strict=True)
        found = [pair for pair in pairs if self.suspicious_pair(texts.texts[pair[0]], texts.texts[pair[1]])]
        for position, group in groupby(found, key=lambda pair: texts.positions[pair[1]]):
            yield position, partial(self._look_at_pairs, batch, list(group))

    def _look_at_pairs(self, batch: Batch, pairs: list[tuple[int, int]]) -> Iterator[Diagnostic]:
        texts, context = batch.texts, batch.context
        for question, answer in pairs:
            for fault in self.faults_of_pair(texts.texts[question], texts.texts[answer], context):
                view, message, where = texts.place(answer)
                if not self.is_excused(fault, view.messages[: message.index - 1]):
                    yield self.told(context, view, message, where, fault)

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        before: tuple[MessageView, str, str] | None = None
        for found in view.texts:
            message, where, answer = found
            if message.is_trained and before is not None and before[0].index == message.index - 1:
                question = before[2]
                if before[0].role == "user" and self.suspicious_pair(question, answer):
                    for fault in self.faults_of_pair(question, answer, context):
                        if not self.is_excused(fault, view.messages[: message.index - 1]):
                            yield self.told(context, view, message, where, fault)
            before = found


def _fix(path: str, fault: Fault) -> Fix | None:
    """From the end, so that the places before stay true."""
    if not fault.splices:
        return None
    edits = tuple(
        Edit(EditOp.SPLICE, path, by, start=start, end=end) for start, end, by in reversed(fault.splices)
    )
    return Fix(fault.title, Applicability.SAFE if fault.is_safe else Applicability.UNSAFE, edits)
