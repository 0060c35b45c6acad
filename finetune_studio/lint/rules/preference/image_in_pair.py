"""V607: an image in a pair, where the method takes text only."""

from collections.abc import Iterator

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.images import images_of
from finetune_studio.lint.pair_rule import PairRule, is_pair
from finetune_studio.lint.view import ExampleView


class ImageInPair(PairRule):
    code = "V607"
    name = "Image where only text is taken"
    severity = Severity.ERROR

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        limits = context.limits
        if not is_pair(view) or (limits.takes_images and not limits.pairs_are_text):
            return
        for message in view.messages:
            for field, _ in images_of(message):
                yield self.finding(
                    context,
                    view,
                    "Message {number} holds an image; preference pairs are text only with {target}.",
                    at=message,
                    field=field,
                    number=message.index + 1,
                    target=limits.title,
                )
