"""F012: a key twice in one object."""

from collections.abc import Iterable, Iterator

from finetune_studio.domain.diagnostic import Applicability, Diagnostic, Fix, Severity
from finetune_studio.domain.edits import Edit, EditOp
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.rule import ExampleRule
from finetune_studio.lint.scan import Batch
from finetune_studio.lint.strict import repeated_keys
from finetune_studio.lint.view import ExampleView
from finetune_studio.lint.words import shown


class DoubleKey(ExampleRule):
    code = "F012"
    name = "Key twice in one object"
    severity = Severity.ERROR
    fix = Applicability.SAFE

    def candidates(self, batch: Batch) -> Iterable[int]:
        return batch.double_key_suspects

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        if view.node is None:
            return
        for spot in repeated_keys(view.node):
            yield self.finding(
                context,
                view,
                "The key “{key}” stands here again (column {column:,}); readers keep only the last.",
                field=spot.path,
                fix=Fix(
                    "Remove all but the last",
                    Applicability.SAFE,
                    (Edit(EditOp.REMOVE, spot.path, start=0),),
                ),
                key=shown(spot.text),
                column=spot.column,
            )
