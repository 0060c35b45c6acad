"""D206: the same long message twice in one example."""

from collections.abc import Iterable, Iterator

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.hashing import normalised
from finetune_studio.lint.rule import ExampleRule, RuleOption
from finetune_studio.lint.scan import Batch
from finetune_studio.lint.view import ExampleView

_WORDS = RuleOption(
    "words", 12, "Length", "Messages of fewer words, such as “Yes, please.”, may be repeated.", 1, 10_000
)
_SHORTEST = 2
"""Characters of a word with the space after it, at the least."""


class RepeatedMessage(ExampleRule):
    code = "D206"
    name = "Message repeated in an example"
    severity = Severity.INFO
    options = (_WORDS,)

    def candidates(self, batch: Batch) -> Iterable[int]:
        """The unusual lines, and the plain ones with a long text that is there twice."""
        least = int(self.option(batch.context, _WORDS.key)) * _SHORTEST - 1
        texts = batch.scan.texts
        found = list(batch.unusual)
        first = 0
        for position, shape in zip(batch.scan.plain, batch.plain_shapes, strict=True):
            end = first + len(shape.roles)
            if len(shape.roles) > 2:
                own = [normalised(text) for text in texts[first:end] if len(text) >= least]
                if len(set(own)) < len(own):
                    found.append(position)
            first = end
        return found

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        least = self.option(context, _WORDS.key)
        seen: dict[tuple[str, str, str], int] = {}
        for message in view.messages:
            text = normalised("\n".join(text for _, text in message.texts()))
            if message.role == "tool" or text.count(" ") + 1 < least:
                continue
            key = (message.side, message.role, text)
            earlier = seen.setdefault(key, message.index)
            if earlier != message.index:
                yield self.finding(
                    context,
                    view,
                    "This message is the same as message {number:,} of the example.",
                    at=message,
                    number=earlier + 1,
                )
