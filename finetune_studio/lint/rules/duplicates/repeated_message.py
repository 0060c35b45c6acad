"""D206: the same long message twice in one example."""

from collections.abc import Iterable, Iterator

import numpy as np

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.distinct import distinct
from finetune_studio.lint.facts import Array
from finetune_studio.lint.hashing import normalised
from finetune_studio.lint.rule import ExampleRule, RuleOption
from finetune_studio.lint.scan import Batch
from finetune_studio.lint.view import ExampleView

_WORDS = RuleOption(
    "words", 12, "Length", "Messages of fewer words, such as “Yes, please.”, may be repeated.", 1, 10_000
)
_STEP = np.uint64(0x9E3779B97F4A7C15)
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
        texts = batch.normal_block
        long = np.flatnonzero(texts.ends - texts.starts >= least)
        owners = batch.layout.owners
        of_owner = owners[long].astype(np.uint64) * _STEP + texts.hashes[long]
        repeated = long[_is_repeated(of_owner)]
        plain = batch.scan.plain
        return batch.unusual + [plain[row] for row in distinct(owners[repeated]).tolist()]

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


def _is_repeated(values: Array) -> Array:
    """Which of the values are there twice or more."""
    order = np.argsort(values)
    again = np.flatnonzero(values[order[1:]] == values[order[:-1]])
    found = np.zeros(len(values), dtype=np.bool_)
    found[order[again]] = found[order[again + 1]] = True
    return found
