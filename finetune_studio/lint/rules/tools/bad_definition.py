"""T507: a tool's definition is not one, or its name is not taken."""

from collections.abc import Iterator

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.tool_calls import lists_of_tools
from finetune_studio.lint.tool_definitions import problems_of
from finetune_studio.lint.tool_rule import ToolRule
from finetune_studio.lint.view import ExampleView
from finetune_studio.lint.words import kind_of_value


class BadDefinition(ToolRule):
    code = "T507"
    name = "Invalid tool definition"
    severity = Severity.ERROR

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        for path, tools in lists_of_tools(view.value):
            if not isinstance(tools, list):
                text = "“{key}” must be a list of tools; here it is {found}."
                key = path.rpartition("/")[2]
                yield self.finding(context, view, text, field=path, key=key, found=kind_of_value(tools))
                continue
            seen: set[str] = set()
            for number, tool in enumerate(tools):
                is_tool = path.endswith("/tools")
                for step, problem in problems_of(tool, is_tool, seen):
                    yield self.finding(
                        context,
                        view,
                        "Tool {number} {problem}.",
                        field=f"{path}/{number}{step}",
                        number=number + 1,
                        problem=problem,
                    )
