"""House rules that no linter knows."""

import ast
import re
import tomllib
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


def test_the_readme_says_why_each_dependency_is_there() -> None:
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    names = {re.split(r"[<>=!~\[ ]", line, maxsplit=1)[0] for line in project["dependencies"]}
    paragraph = re.findall(r"\*\*([\w-]+)\*\*", (_ROOT / "README.md").read_text("utf-8"))
    assert names - set(paragraph) == set()


def test_a_change_is_noted_once() -> None:
    lines = (_ROOT / "CHANGELOG.md").read_text("utf-8").splitlines()
    notes = [line.casefold() for line in lines if line.startswith("- ")]
    assert len(notes) == len(set(notes))


def test_the_package_says_that_it_is_typed() -> None:
    assert (_ROOT / "finetune_studio" / "py.typed").is_file()
