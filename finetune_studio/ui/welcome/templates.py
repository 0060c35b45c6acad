"""The templates that a new dataset can start from."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from finetune_studio.resource_files import resource


@dataclass(frozen=True, slots=True)
class DatasetTemplate:
    """`file` holds the starting examples."""

    id: str
    title: str
    description: str
    icon: str
    file: Path


def load_templates() -> tuple[DatasetTemplate, ...]:
    """All templates, in the order of resources/templates/index.toml."""
    index = tomllib.loads(resource("templates", "index.toml").read_text("utf-8"))
    return tuple(
        DatasetTemplate(
            item["id"],
            item["title"],
            item["description"],
            item["icon"],
            resource("templates", f"{item['id']}.jsonl"),
        )
        for item in index["template"]
    )
