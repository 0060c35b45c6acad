"""T506: a call of a tool that the example does not define."""

from collections.abc import Iterator

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.tool_calls import calls_of, definitions_of
from finetune_studio.lint.tool_rule import ToolRule
from finetune_studio.lint.view import ExampleView
from finetune_studio.lint.words import counted, shown


class UndefinedTool(ToolRule):
    code = "T506"
    name = "Call of a tool that is not defined"
    severity = Severity.WARNING
    version = 2

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        defined = {tool.name for tool in definitions_of(view.value)}
        for message in view.messages:
            for call in calls_of(message):
                if call.name in defined or (not call.name and call.field != "/function_call"):
                    continue  # T501 tells of calls without a name
                if call.name:
                    text = "Message {number} calls “{tool}”, but the example defines {defined}."
                else:
                    text = "Call {call} of message {number} names no tool."
                yield self.finding(
                    context,
                    view,
                    text,
                    at=message,
                    field=f"{call.field}/name" if call.name else call.field,
                    number=message.index + 1,
                    call=call.number,
                    tool=shown(call.name),
                    defined=f"only {counted(len(defined), 'other tool')}" if defined else "no tools",
                )
