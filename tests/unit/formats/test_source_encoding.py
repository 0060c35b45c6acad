from pathlib import Path

import pytest

from finetune_studio.domain.errors import InputError
from finetune_studio.formats.source_encoding import SourceEncoding, detect_encoding, detect_encoding_of


@pytest.mark.parametrize(
    ("sample", "name", "certain"),
    [
        (b"", "utf-8", True),
        (b"{}", "utf-8", True),
        ('{"a": "é"}'.encode(), "utf-8", True),
        ('{"a": "é"}'.encode()[:8], "utf-8", True),
        (b'\xef\xbb\xbf{"a": 1}', "utf-8", True),
        ('{"a": "é"}'.encode("cp1252"), "cp1252", False),
        ('{"a": "é"}\n'.encode("cp1252") + '{"a": "é"}'.encode(), "utf-8", True),
        (b'{"a": "\x81\xff"}', "utf-8", True),
        ('{"a": 1}'.encode("utf-16"), "utf-16-le", True),
        ('{"a": 1}'.encode("utf-16-be"), "utf-16-be", False),
        ('{"a": 1}'.encode("utf-32-le"), "utf-32-le", False),
        (b'{"a": "x\x00"}', "utf-8", True),
    ],
)
def test_detection(sample: bytes, name: str, certain: bool) -> None:
    found = detect_encoding_of(sample)
    assert (found.name, found.certain) == (name, certain)


def test_detection_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"\xef\xbb\xbf{}")
    assert detect_encoding(path) == SourceEncoding("utf-8", b"\xef\xbb\xbf")
    with pytest.raises(InputError):
        detect_encoding(tmp_path)


def test_notices() -> None:
    assert SourceEncoding().notice == ""
    assert "guessed" in SourceEncoding("cp1252", certain=False).notice
    assert "UTF-16;" in SourceEncoding("utf-16-le").notice
