"""The table of characters in C is the one that its script makes."""

import unicodedata
from pathlib import Path

import pytest

import finetune_studio.kernels
from finetune_studio.domain.errors import StudioError
from finetune_studio.tokens import make_characters

SHIPPED = Path(finetune_studio.kernels.__file__).with_name("characters.h")


def test_the_shipped_table_is_made_by_the_script(tmp_path: Path) -> None:
    if unicodedata.unidata_version != make_characters.UNICODE:
        pytest.skip("this Python knows another version of Unicode")
    if not SHIPPED.is_file():
        pytest.skip("the sources in C are not installed")
    assert make_characters.main([str(tmp_path / "made.h")]) == 0
    assert (tmp_path / "made.h").read_text("ascii") == SHIPPED.read_text("ascii")


def test_another_unicode_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(make_characters, "UNICODE", "1.1.5")
    with pytest.raises(StudioError, match=r"1\.1\.5"):
        make_characters.characters_header()
    assert make_characters.main([str(tmp_path / "made.h")]) == 2
    assert "Use Python 3.11" in capsys.readouterr().err
    assert not (tmp_path / "made.h").exists()
