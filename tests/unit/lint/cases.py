"""Reads tests/fixtures/rules/*.toml: the passing and failing cases of each rule."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from finetune_studio.domain.diagnostic import Diagnostic
from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.split import Split
from finetune_studio.lint.config import LintConfig
from finetune_studio.targets.registry import resolve_target
from finetune_studio.targets.target import Target

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "rules"


@dataclass(frozen=True)
class Case:
    """`lines` is the dataset; `table` the case as written."""

    code: str
    about: str
    is_failing: bool
    lines: tuple[bytes, ...]
    table: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.code} {'finds' if self.is_failing else 'passes'}: {self.about}"

    @property
    def target(self) -> Target | None:
        if "max_examples" in self.table:
            return _target_with_most(self.table["max_examples"])
        if "max_file_bytes" in self.table:
            return _target_with_largest(self.table["max_file_bytes"])
        if "target" not in self.table:
            return None
        return resolve_target(self.table["target"], method=self.table.get("method", "supervised"))

    @property
    def config(self) -> LintConfig:
        return LintConfig(target=self.target, select=(self.code,), options=self.table.get("options", {}))

    @property
    def extras(self) -> dict[str, Any]:
        """Arguments of DatasetFacts.with_extras."""
        table = self.table
        return {
            "splits": [Split(s) if s else None for s in table["splits"]] if "splits" in table else None,
            "statuses": [ReviewState(s) for s in table["statuses"]] if "statuses" in table else None,
            "tags": table.get("tags"),
            "sources": table.get("sources"),
        }


def cases_of(code: str) -> list[Case]:
    tables = tomllib.loads((FOLDER / f"{code}.toml").read_text(encoding="utf-8"))
    return list(_cases(code, tables))


def matches(expected: dict[str, Any], diagnostic: Diagnostic) -> bool:
    """Whether a finding is what a fixture expects, as far as that says."""
    location = diagnostic.location
    found = {
        "message": location.message_index,
        "example": location.example,
        "field": location.field,
        "start": location.start,
        "end": location.end,
        "severity": diagnostic.severity.value,
        "related": [related.example for related in diagnostic.related],
    }
    return all(found[key] == value for key, value in expected.items())


def _cases(code: str, tables: dict[str, Any]) -> Iterator[Case]:
    for kind in ("passing", "failing"):
        for number, table in enumerate(tables.get(kind, []), start=1):
            about = table.get("about", str(number))
            yield Case(code, about, kind == "failing", tuple(_lines(table)), table)


def _lines(table: dict[str, Any]) -> Iterator[bytes]:
    """`line` or `hex` is one line; `lines` are [line, times] with @ for a running number."""
    if "hex" in table:
        yield bytes.fromhex(table["hex"])
    for line, times in table.get("lines", [[table["line"], 1]] if "line" in table else []):
        for number in range(times):
            text = line.replace("@", str(number)) if "lines" in table else line
            if "long" in table:
                text = text.replace("{long}", table["long"] * table["times"])
            yield text.encode("utf-8")


def _target_with_most(most: int) -> Target:
    target = resolve_target("generic")
    methods = tuple(replace(method, max_examples=most) for method in target.profile.methods)
    return replace(target, profile=replace(target.profile, methods=methods))


def _target_with_largest(size: int) -> Target:
    target = resolve_target("generic")
    upload = replace(target.profile.upload, max_file_bytes=size)
    return replace(target, profile=replace(target.profile, upload=upload))
