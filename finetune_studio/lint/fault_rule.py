"""Rules that look at one text at a time: what is wrong with it, and what would mend it."""

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, ClassVar

from finetune_studio.domain.diagnostic import Applicability, Diagnostic, Fix
from finetune_studio.domain.edits import Edit, EditOp
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import ROLES
from finetune_studio.lint.rule import ExampleRule
from finetune_studio.lint.scan import Batch
from finetune_studio.lint.view import ExampleView, MessageView

_ASSISTANT = ROLES.index("assistant")


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
    """`faults` sees the texts that `suspicious` lets through; that one must be cheap, it sees all texts."""

    reads: ClassVar[Reads] = Reads.TEXTS
    foreign_only: ClassVar[bool] = False
    """Whether there is nothing to find in ASCII text."""
    triggers: ClassVar[tuple[bytes, ...]] = ()
    """When given, only lines with one of these literals are looked at (see TextRule)."""

    def suspicious(self, text: str) -> bool:
        """Whether there can be a fault in the text."""
        return True

    @abstractmethod
    def faults(self, text: str, context: RuleContext) -> Iterator[Fault]:
        """Yield what is wrong with the text."""

    def candidates(self, batch: Batch) -> Iterable[int]:
        if self.triggers:
            return batch.hits(self.triggers)
        texts, suspicious = batch.scan.texts, self.suspicious
        found = [index for index in self.text_indexes(batch) if suspicious(texts[index])]
        return batch.unusual + batch.owners_of_texts(found)

    def text_indexes(self, batch: Batch) -> Iterable[int]:
        """Indexes in `scan.texts` of the texts to ask `suspicious` about."""
        if self.foreign_only:
            return batch.foreign_texts
        return batch.answer_texts if self.reads is Reads.ANSWERS else range(len(batch.scan.texts))

    def check_plain(self, batch: Batch, row: int) -> Iterator[Diagnostic]:
        """What `check` says of the `row`-th plain line; quicker, as most have no fault."""
        texts, layout = batch.scan.texts, batch.layout
        start = int(layout.starts[row])
        only_answers = self.reads is Reads.ANSWERS
        for index in range(start, start + int(layout.counts[row])):
            text = texts[index]
            if (only_answers and layout.codes[index] != _ASSISTANT) or (self.foreign_only and text.isascii()):
                continue
            if self.suspicious(text):
                for fault in self.faults(text, batch.context):
                    view = batch.view(batch.scan.plain[row])
                    yield self.told(batch.context, view, view.messages[index - start], "/content", fault)

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        suspicious, foreign_only = self.suspicious, self.foreign_only
        for message, where, text in self.texts_of(view):
            if (not foreign_only or not text.isascii()) and suspicious(text):
                for fault in self.faults(text, context):
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
            "Message {number} " + fault.what + ".",
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

    def suspicious_pair(self, question: str, answer: str) -> bool:
        """Whether there can be a fault; cheap."""
        return True

    @abstractmethod
    def faults_of_pair(self, question: str, answer: str, context: RuleContext) -> Iterator[Fault]:
        """Yield what is wrong with the answer."""

    def faults(self, text: str, context: RuleContext) -> Iterator[Fault]:
        return iter(())

    def candidates(self, batch: Batch) -> Iterable[int]:
        return batch.unusual + batch.owners_of_texts(self.suspicious_replies(batch))

    def suspicious_replies(self, batch: Batch) -> list[int]:
        """Indexes in `scan.texts` of the answers of suspicious pairs."""
        texts, suspicious = batch.scan.texts, self.suspicious_pair
        return [index for index in batch.replies if suspicious(texts[index - 1], texts[index])]

    def check_plain(self, batch: Batch, row: int) -> Iterator[Diagnostic]:
        return self.check(batch.view(batch.scan.plain[row]), batch.context)

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        before: tuple[MessageView, str, str] | None = None
        for found in view.texts:
            message, where, answer = found
            if message.is_trained and before is not None and before[0].index == message.index - 1:
                question = before[2]
                if before[0].role == "user" and self.suspicious_pair(question, answer):
                    for fault in self.faults_of_pair(question, answer, context):
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
