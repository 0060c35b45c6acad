"""T502: the arguments of a call do not fit the tool's JSON Schema."""

from collections.abc import Iterator

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.json_schemas import compiled, misfits
from finetune_studio.lint.tool_arguments import read_arguments
from finetune_studio.lint.tool_calls import calls_of, definitions_of
from finetune_studio.lint.tool_rule import ToolRule
from finetune_studio.lint.view import ExampleView
from finetune_studio.lint.words import shown


class MisfitArguments(ToolRule):
    code = "T502"
    name = "Arguments do not fit the tool"
    severity = Severity.WARNING
    version = 2

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        schemas = {tool.name: tool.value.get("parameters") for tool in definitions_of(view.value)}
        if not schemas:
            return
        for message in view.messages:
            for call in calls_of(message):
                schema = schemas.get(call.name)
                arguments = read_arguments(call.arguments).value if isinstance(call.arguments, str) else None
                if schema is None or arguments is None:
                    continue
                found = misfits(compiled(schema), arguments)
                if not found:
                    continue
                yield self.finding(
                    context,
                    view,
                    "Message {number} calls “{tool}” with arguments that do not fit it: {problem}{more}.",
                    at=message,
                    field=f"{call.field}/arguments",
                    tool=shown(call.name),
                    number=message.index + 1,
                    problem=found[0].text,
                    more=f" (and {len(found) - 1:,} more)" if len(found) > 1 else "",
                    argument=found[0].path,
                )
