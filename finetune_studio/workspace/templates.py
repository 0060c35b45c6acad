"""Templates of single examples: those that come with the app, and the person's own, kept in the dataset."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from finetune_studio.resource_files import resource
from finetune_studio.workspace.template_fields import fields_of

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

TEMPLATES = "templates"
"""The option that holds the person's own: a list of {"name", "example"}."""


@dataclass(frozen=True, slots=True)
class Template:
    """`value` is an example as JSON says it, with {{fields}} in its texts."""

    name: str
    value: Any
    is_own: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        return fields_of(self.value)


def shipped_templates() -> list[Template]:
    """The templates of resources/templates/forms.jsonl, in its order."""
    lines = resource("templates", "forms.jsonl").read_text("utf-8").splitlines()
    return [Template(item["name"], item["example"]) for item in map(json.loads, lines)]


def own_templates(workspace: "Workspace") -> list[Template]:
    """The person's own, by name; what is not one (another version's, a damaged one) is left out."""
    kept = workspace.options().get(TEMPLATES)
    found = [
        Template(item["name"], item["example"], is_own=True)
        for item in (kept if isinstance(kept, list) else ())
        if isinstance(item, dict)
        and isinstance(item.get("name"), str)
        and isinstance(item.get("example"), dict)
    ]
    return sorted(found, key=lambda each: each.name.casefold())


def as_option(templates: list[Template]) -> list[dict[str, Any]] | None:
    """What the dataset keeps of them; None for none."""
    return [{"name": each.name, "example": each.value} for each in templates] or None
