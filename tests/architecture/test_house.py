"""House rules that no linter knows."""

import ast
import re
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]
_SOURCES = sorted((_ROOT / "finetune_studio").rglob("*.py"))
_TOP_LEVEL = {
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "finetune_studio",
    "resources",
    "tests",
}


def test_the_top_level_holds_what_was_agreed() -> None:
    here = {path.name for path in _ROOT.iterdir() if not path.name.startswith(".")}
    assert here - {"dist", "build"} <= _TOP_LEVEL


@pytest.mark.parametrize("path", _SOURCES, ids=lambda path: str(path.relative_to(_ROOT)))
def test_a_file_has_one_purpose_and_stays_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400
    assert (
        not re.search(r"\bTODO\b(?!\W*[,|(/\"'`])|FIXME|processEvents\(", text) or "placeholder" in path.name
    )
    long = [
        f"{node.name} ({node.end_lineno - node.lineno + 1} lines)"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > 60
    ]
    assert not long
