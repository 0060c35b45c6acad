"""What a whole check found, kept in the app's cache so that a dataset opens with its findings.

Valid for one state of the dataset and one configuration of the checks; anything else is thrown away.
"""

import hashlib
import os
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from finetune_studio import __version__
from finetune_studio.domain.diagnostic import Applicability, Diagnostic, Fix, Location, Related, Severity
from finetune_studio.domain.edits import Edit, EditOp
from finetune_studio.lint.config import LintConfig
from finetune_studio.lint.facts import DTYPES, Columns, DatasetFacts
from finetune_studio.lint.near_duplicates import Sketches
from finetune_studio.lint.registry import all_rules
from finetune_studio.lint.sketches import ARRAYS, SketchBatch
from finetune_studio.lint.tool_table import ToolTable

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

CACHE_VERSION = 7


_PIECE = 200
"""Findings that are written at once."""


@dataclass(frozen=True, slots=True)
class CachedCheck:
    """`facts` without its diagnostics; `examples` are the findings of example rules."""

    facts: DatasetFacts
    examples: list[Diagnostic]


def cache_path(workspace: "Workspace") -> Path:
    """The file of a dataset's check."""
    return workspace.paths.cache / "derived" / f"{workspace.uid}.check"


def key_of(workspace: "Workspace", config: LintConfig) -> str:
    """What the check depends on: this state of the dataset, the configuration, the rules, the app."""
    row = workspace.reader().execute("SELECT value FROM meta WHERE key='stamp'").fetchone()
    rules = [(rule.code, rule.version) for rule in all_rules()]
    parts = repr((CACHE_VERSION, __version__, workspace.uid, row, rules, _stable(config)))
    return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()


def save_check(path: Path, key: str, facts: DatasetFacts, examples: Sequence[Diagnostic]) -> bool:
    """Write a check; False where it cannot be kept (the cache is not writable, a text cannot be written)."""
    columns = {field.name: getattr(facts.columns, field.name) for field in fields(Columns)}
    tools = {f"tools.{field.name}": getattr(facts.tools, field.name) for field in fields(ToolTable)}
    head = {"key": key, "answers": _pairs(facts.answers), "openings": _pairs(facts.openings)}
    head["texts"] = _pairs(facts.texts)
    arrays = _sketch_arrays(facts.sketches)
    prompts = [] if facts.sketches is None else [_pairs(b.systems) for b in facts.sketches.batches]
    temporary = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        document = _joined({**head, "systems": prompts}, examples)
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            np.savez(file, document=np.frombuffer(document, dtype=np.uint8), **columns, **tools, **arrays)
        os.replace(temporary, path)
    except (OSError, orjson.JSONEncodeError):
        temporary.unlink(missing_ok=True)
        return False
    return True


def _joined(head: Mapping[str, object], examples: Sequence[Diagnostic]) -> bytes:
    """The JSON document, made in pieces: one call over all would hold the interpreter's lock too long."""
    pieces = [
        orjson.dumps(list(examples[start : start + _PIECE]), default=str)[1:-1]
        for start in range(0, len(examples), _PIECE)
    ]
    return orjson.dumps(head, default=str)[:-1] + b',"examples":[' + b",".join(pieces) + b"]}"


def _sketch_arrays(sketches: Sketches | None) -> dict[str, Any]:
    """The arrays of each batch of sketches by name."""
    if sketches is None:
        return {}
    arrays = {
        f"sketches.{number}.{name}": getattr(batch, name)
        for number, batch in enumerate(sketches.batches)
        for name in ARRAYS
    }
    return {**arrays, "sketches.place": sketches.place}


def _sketches(file: Any, prompts: list[list[list[Any]]]) -> Sketches | None:
    if not prompts:
        return None
    batches = [
        SketchBatch(
            **{name: file[f"sketches.{number}.{name}"] for name in ARRAYS},
            systems=dict(own),
        )
        for number, own in enumerate(prompts)
    ]
    return Sketches(batches, file["sketches.place"])


def load_check(path: Path, key: str) -> CachedCheck | None:
    """The check kept for `key`; None where there is none or the file is damaged."""
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            document = orjson.loads(file["document"].tobytes())
            if document["key"] != key:
                return None
            columns = Columns(**{name: file[name].astype(kind, copy=False) for name, kind in DTYPES.items()})
            tools = ToolTable(**{field.name: file[f"tools.{field.name}"] for field in fields(ToolTable)})
            sketches = _sketches(file, document["systems"])
        if len({len(getattr(columns, name)) for name in DTYPES}) != 1:
            return None
        facts = DatasetFacts(
            columns,
            [],
            dict(map(tuple, document["answers"])),
            dict(map(tuple, document["openings"])),
            texts=dict(map(tuple, document["texts"])),
            tools=tools,
            sketches=sketches,
        )
        if sketches is not None and len(sketches) != len(columns):
            return None
        return CachedCheck(facts, [_diagnostic(found) for found in document["examples"]])
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
        return None


def _stable(config: LintConfig) -> tuple[Any, ...]:
    """A configuration in a form whose text is the same in every run."""
    target = config.target
    named = None if target is None else (target.text, target.method, sorted(target.allowed_roles))
    return (
        named,
        sorted(config.select),
        sorted(config.ignore),
        sorted(config.severity.items()),
        sorted((key, repr(value)) for key, value in config.options.items()),
        config.encoding,
        sorted(config.extend),
    )


def _pairs(values: dict[int, str]) -> list[tuple[int, str]]:
    return [(int(key), text) for key, text in values.items()]


def _diagnostic(found: dict[str, Any]) -> Diagnostic:
    fix = found["fix"]
    return Diagnostic(
        code=found["code"],
        severity=Severity(found["severity"]),
        message=found["message"],
        location=Location(**found["location"]),
        fix=None
        if fix is None
        else Fix(fix["title"], Applicability(fix["applicability"]), tuple(map(_edit, fix["edits"]))),
        related=tuple(Related(**other) for other in found["related"]),
        arguments=found["arguments"],
    )


def _edit(edit: dict[str, Any]) -> Edit:
    return Edit(**{**edit, "op": EditOp(edit["op"])})
