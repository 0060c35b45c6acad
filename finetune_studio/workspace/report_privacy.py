"""Keeps secrets and personal data out of a report: whatever the P rules find in a text is left out of it."""

import json
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from finetune_studio.lint.batch import check_example
from finetune_studio.lint.config import LintConfig
from finetune_studio.lint.registry import all_rules
from finetune_studio.workspace.queries.fact_terms import ids_of_fact
from finetune_studio.workspace.queries.query_terms import FactTerm
from finetune_studio.workspace.queries.search import parse_query
from finetune_studio.workspace.queries.statistics import Bar, Chart

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

LEFT_OUT = "•••"
_NOT_SHOWN = "(not shown: private data)"
_MOST = 2_000
"""Characters of a text that are looked at; the rest is left out."""
_CUT = frozenset({"prompts"})
"""Charts whose names are cut: half of a secret is not found any more, so their examples are asked."""


class Privacy:
    """For one report."""

    def __init__(self, workspace: "Workspace") -> None:
        config = workspace.lint.config
        self._facts = workspace.lint.facts
        self._config = LintConfig(select=("P",), options=config.options)
        self._private = set(workspace.lint.ids_with(lambda found: found.code.startswith("P")))
        self._private |= {
            found.location.example
            for found, _ in workspace.lint.set_aside()
            if found.code.startswith("P") and found.location.example is not None
        }
        self.masked = lru_cache(maxsize=4096)(self._masked)

    def names(self, example_id: int) -> bool:
        """Whether an example holds something private: its text is not shown at all."""
        return example_id in self._private

    def _masked(self, text: str) -> str:
        """The text without what is private in it."""
        text = text[:_MOST]
        body = json.dumps({"messages": [{"role": "user", "content": text}]}).encode()
        found = [one.location for one in check_example(body, self._config) if one.code.startswith("P")]
        values = {text[place.start : place.end] for place in found if place.start is not None}
        for value in sorted(filter(None, values), key=len, reverse=True):
            text = text.replace(value, LEFT_OUT)
        return text

    def chart(self, key: str, chart: Chart) -> Chart:
        """A chart whose names are safe to show."""
        return replace(chart, bars=tuple(replace(bar, label=self._label(key, bar)) for bar in chart.bars))

    def _label(self, key: str, bar: Bar) -> str:
        if key in _CUT and bar.query:
            leaf = parse_query(bar.query).groups[0][0].leaf
            ids = ids_of_fact(self._facts, leaf.fact, leaf.text) if isinstance(leaf, FactTerm) else []
            if not self._private.isdisjoint(ids):
                return _NOT_SHOWN
        return self._masked(bar.label)

    @staticmethod
    def public(config: LintConfig) -> LintConfig:
        """The configuration without lists that may name people, such as one's own terms."""
        lists = {f"{rule.code}.{option.key}" for rule in all_rules() for option in rule.list_options}
        private = {key for key in lists if key.startswith("P309")}
        return replace(config, options={k: v for k, v in config.options.items() if k not in private})
