"""Keeping templates in the dataset, and making examples of them."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from finetune_studio.domain.changes import Changes
from finetune_studio.domain.errors import UsageError
from finetune_studio.formats.records import kind_of_value
from finetune_studio.storage.rows import NewExample
from finetune_studio.workspace.operations.splits import split_for_new_example
from finetune_studio.workspace.queries.prompts import PROMPT_ROLES, dataset_prompt, prompt_list
from finetune_studio.workspace.task import TaskContext, silent_context
from finetune_studio.workspace.template_fields import fill
from finetune_studio.workspace.templates import TEMPLATES, Template, as_option, own_templates

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace


def save_template(workspace: "Workspace", name: str, value: Any) -> Changes:
    """Keep a template in the dataset; one of the same name gives way."""
    name = " ".join(name.split())
    if not name:
        raise UsageError("A template needs a name.")
    others = [each for each in own_templates(workspace) if each.name != name]
    return _keep(workspace, "template.save", name, [*others, Template(name, value, is_own=True)])


def delete_template(workspace: "Workspace", name: str) -> Changes:
    """Take one of the person's own templates out of the dataset; examples made of it stay."""
    kept = own_templates(workspace)
    others = [each for each in kept if each.name != name]
    return _keep(workspace, "template.delete", name, others) if len(others) < len(kept) else Changes()


def new_from_template(
    workspace: "Workspace",
    template: Template,
    rows: Sequence[Mapping[str, str]],
    after_id: int | None = None,
    use_dataset_prompt: bool = False,
    context: TaskContext | None = None,
) -> Changes:
    """An example for each row of values, after another one or at the end, all in one step."""
    context = context or silent_context()
    prompt = dataset_prompt(workspace) if use_dataset_prompt else ""
    kind = kind_of_value(template.value)
    made: list[NewExample] = []
    for number, row in enumerate(rows):
        uid = workspace.new_uid()
        body = _body(with_system_prompt(fill(template.value, row), prompt))
        made.append(NewExample(body=body, kind=kind, split=split_for_new_example(workspace, uid), uid=uid))
        context.progress(number + 1, len(rows), "Making examples")
    if not made:
        return Changes()
    with workspace.step("example.template", {"count": len(made), "name": template.name}) as step:
        step.insert_examples(made, after_id=after_id)
    return step.changes


def with_system_prompt(value: Any, prompt: str) -> Any:
    """The example with this as its system message; as it is when the prompt is empty."""
    found = prompt_list(value)
    if not prompt or found is None:
        return value
    path, messages = found
    first = messages[0] if messages else None
    if isinstance(first, dict) and first.get("role") in PROMPT_ROLES:
        led = [{**first, "content": prompt}, *messages[1:]]
    else:
        led = [{"role": "system", "content": prompt}, *messages]
    if path == "/messages":
        return {**value, "messages": led}
    return {**value, "input": {**value["input"], "messages": led}}


def _body(value: Any) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False).encode("utf-8") + b"\n"
    except UnicodeEncodeError:  # A lone surrogate can only be written as an escape.
        return json.dumps(value).encode("ascii") + b"\n"


def _keep(workspace: "Workspace", code: str, name: str, templates: list[Template]) -> Changes:
    with workspace.step(code, {"name": name}) as step:
        step.set_option(TEMPLATES, as_option(sorted(templates, key=lambda each: each.name.casefold())))
    return step.changes
