"""What the first look at a file tells, and that a short look tells what a long one does."""

from pathlib import Path

import pytest

from finetune_studio.formats import source_probe
from finetune_studio.formats.source_line import SourceLayout
from finetune_studio.formats.source_probe import probe

LINE = b'{"messages": []}\n'
LONG = LINE * (2 * source_probe._FIRST_LOOK // len(LINE))
ACCENT = '{"a": "é"}\n'


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (LONG + ACCENT.encode("cp1252"), "cp1252"),
        (LONG + ACCENT.encode(), "utf-8"),
        (LONG, "utf-8"),
        (ACCENT.encode() + LONG + ACCENT.encode("cp1252"), "utf-8"),
        (b"\xef\xbb\xbf" + ACCENT.encode() + LONG, "utf-8"),
        ((ACCENT + LONG.decode()).encode("utf-16-le"), "utf-16-le"),
    ],
)
def test_the_encoding_is_told_by_as_much_as_it_takes(tmp_path: Path, data: bytes, name: str) -> None:
    path = tmp_path / "data.jsonl"
    path.write_bytes(data)
    found = probe(path)
    assert found.encoding.name == name
    assert found.layout is SourceLayout.LINES
    assert found.sample.startswith(b"{")


@pytest.mark.parametrize(
    ("text", "layout"),
    [
        ('{"a": "é"}', SourceLayout.LINES),
        ('{"a": "é"}\n{"a": 1}', SourceLayout.LINES),
        ("{", SourceLayout.VALUES),
        ('{\n"a": "é"}', SourceLayout.VALUES),
        ('[{"a": "é"}]', SourceLayout.LIST),
        ('[{"a": "é"}]\n \n', SourceLayout.LIST),
        ('[\n{"a": "é"}]', SourceLayout.LIST),
        ("[1]\n[2]", SourceLayout.LINES),
    ],
)
@pytest.mark.parametrize("spaces", ["", " \n"])
def test_the_layout(tmp_path: Path, text: str, layout: SourceLayout, spaces: str) -> None:
    path = tmp_path / "data"
    path.write_text(spaces + text, encoding="utf-8")
    assert probe(path).layout is layout
    path.write_text(spaces + text + " " * (2 * source_probe._FIRST_LOOK), encoding="utf-8")
    assert probe(path).layout is layout
