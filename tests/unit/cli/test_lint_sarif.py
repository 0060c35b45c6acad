"""`lint --format sarif` is SARIF 2.1.0 by its published schema, whatever is found."""

import json
import lzma
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from finetune_studio.cli.main import main
from tests.helpers.builders import chat_line
from tests.helpers.shared_data import unpacked

_SCHEMA = Path(__file__).parents[2] / "fixtures" / "sarif" / "sarif-2.1.0-rtm.5.json.xz"
_CLEAN = chat_line(("user", "What is the capital of France?"), ("assistant", "Paris."))


@pytest.fixture(scope="module")
def validator() -> Any:
    return jsonschema.Draft4Validator(json.loads(lzma.decompress(_SCHEMA.read_bytes())))


def _sarif(capsys: pytest.CaptureFixture[str], *paths: Path) -> dict[str, Any]:
    assert main(["lint", *map(str, paths), "--format", "sarif"]) in (0, 1)
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def test_findings_of_every_kind_are_valid(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], validator: Any
) -> None:
    path, odd = tmp_path / "data.jsonl", tmp_path / "näme, with 100 %.jsonl"
    broken = b'{"messages": [{"role": "wizard", "content": "sk-proj-  x"}]}\n[1]\n{no json}\n\xff\n'
    path.write_bytes(_CLEAN + _CLEAN + broken)
    odd.write_bytes(_CLEAN)
    document = _sarif(capsys, path, odd)
    codes = {result["ruleId"] for result in document["runs"][0]["results"]}
    assert codes >= {"F001", "F002", "F007", "D201", "S701"}
    validator.validate(document)


def test_no_findings_is_valid_too(tmp_path: Path, capsys: pytest.CaptureFixture[str], validator: Any) -> None:
    path = tmp_path / "data.jsonl"
    path.write_bytes(_CLEAN)
    (tmp_path / "finetune-studio.toml").write_text('select = ["F001"]\n')
    document = _sarif(capsys, path)
    assert document["runs"][0]["results"] == []
    validator.validate(document)


def test_real_conversations_are_valid(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], validator: Any
) -> None:
    path = tmp_path / "real.jsonl"
    path.write_bytes(b"".join(unpacked("conversations_20k.jsonl.xz").splitlines(keepends=True)[:1500]))
    document = _sarif(capsys, path)
    assert document["runs"][0]["results"]
    validator.validate(document)
