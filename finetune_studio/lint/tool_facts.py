"""Gathers which tools each example of a batch defines and calls."""

from typing import Any

import numpy as np
import orjson

from finetune_studio.lint.hashing import hash64
from finetune_studio.lint.tool_calls import calls_of, definitions_of
from finetune_studio.lint.tool_table import ToolTable
from finetune_studio.lint.view import ExampleView


class ToolRows:
    """The rows of a batch; `names` are the texts of the hashes."""

    def __init__(self) -> None:
        self._rows: list[tuple[int, int, int, int]] = []
        self.names: dict[int, str] = {}

    def add(self, view: ExampleView) -> None:
        """The tools of one example."""
        definitions = {tool.name: tool.value for tool in definitions_of(view.value)}
        calls = dict.fromkeys(definitions, 0)
        for message in view.messages:
            for call in calls_of(message):
                calls[call.name] = calls.get(call.name, 0) + 1
        for name, count in calls.items():
            if name:
                number = hash64(name)
                self.names[number] = name
                self._rows.append((view.key, number, _hash_of(definitions.get(name)), count))

    def table(self) -> ToolTable:
        keys, names, definitions, calls = zip(*self._rows, strict=True) if self._rows else ((), (), (), ())
        return ToolTable(
            key=np.array(keys, dtype=np.int64),
            name=np.array(names, dtype=np.uint64),
            definition=np.array(definitions, dtype=np.uint64),
            calls=np.array(calls, dtype=np.int32),
        )


def _hash_of(definition: dict[str, Any] | None) -> int:
    """Of the definition with its keys sorted; 0 for none."""
    if definition is None:
        return 0
    try:
        return hash64(orjson.dumps(definition, option=orjson.OPT_SORT_KEYS).decode())
    except (orjson.JSONEncodeError, RecursionError):
        return hash64(repr(definition))
