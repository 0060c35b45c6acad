import gzip
import hashlib
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from finetune_studio.domain.errors import InputError, StorageFullError, StudioError
from finetune_studio.tokens import vocabulary
from finetune_studio.tokens.make_vocabulary import main, make_vocabulary
from finetune_studio.tokens.vocabulary import VOCABULARIES, default_cache_dir, prepare_vocabulary

CL100K = VOCABULARIES["cl100k_base"]


@pytest.fixture(autouse=True)
def keep_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", "put back after the test")


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_vocabularies_are_those_that_tiktoken_expects(tmp_path: Path) -> None:
    import inspect

    from tiktoken_ext import openai_public

    folder = prepare_vocabulary(tmp_path)
    assert os.environ["TIKTOKEN_CACHE_DIR"] == str(folder)
    source = inspect.getsource(openai_public)
    for item in VOCABULARIES.values():
        address = f"https://openaipublic.blob.core.windows.net/encodings/{item.encoding}.tiktoken"
        assert address in source
        assert item.sha256 in source
        assert item.cache_name == hashlib.sha1(address.encode()).hexdigest()
        assert sha256(folder / item.cache_name) == item.sha256
    assert len(list(folder.iterdir())) == len(VOCABULARIES)


def test_a_damaged_file_is_made_again_and_a_whole_one_stays(tmp_path: Path) -> None:
    path = prepare_vocabulary(tmp_path, ["cl100k_base"]) / CL100K.cache_name
    before = path.stat().st_mtime_ns
    prepare_vocabulary(tmp_path, ["cl100k_base"])
    assert path.stat().st_mtime_ns == before
    path.write_bytes(path.read_bytes()[:-10])
    prepare_vocabulary(tmp_path, ["cl100k_base"])
    assert sha256(path) == CL100K.sha256


def test_several_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    problems: list[BaseException] = []

    def prepare() -> None:
        try:
            prepare_vocabulary(tmp_path, ["cl100k_base"])
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=prepare) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert [path.name for path in (tmp_path / "vocab").iterdir()] == [CL100K.cache_name]


def test_a_cache_that_cannot_be_written_is_replaced_by_a_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "cache"
    blocked.write_text("a file where the folder should be")
    monkeypatch.setattr(vocabulary.tempfile, "gettempdir", lambda: str(tmp_path / "temporary"))
    folder = prepare_vocabulary(blocked, ["cl100k_base"])
    assert folder.parent == tmp_path / "temporary"
    assert sha256(folder / CL100K.cache_name) == CL100K.sha256


def test_no_room_anywhere_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(vocabulary, "_write_whole", full)
    monkeypatch.setattr(vocabulary.tempfile, "gettempdir", lambda: str(tmp_path / "temporary"))
    with pytest.raises(StorageFullError, match="No space left on device"):
        prepare_vocabulary(tmp_path, ["cl100k_base"])


def test_a_damaged_shipped_file_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = tmp_path / "cl100k_base.tiktoken.xz"
    shipped.write_bytes(b"not xz")
    monkeypatch.setattr(vocabulary, "packed_path", lambda item: shipped)
    with pytest.raises(StudioError, match="missing or damaged"):
        prepare_vocabulary(tmp_path, ["cl100k_base"])
    shipped.unlink()
    with pytest.raises(StudioError, match="missing or damaged"):
        prepare_vocabulary(tmp_path, ["cl100k_base"])


def test_the_home_variable_moves_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FINETUNE_STUDIO_HOME", str(tmp_path))
    assert default_cache_dir() == tmp_path / "cache"


def test_counting_opens_no_connection_even_with_a_damaged_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = (
        "import pathlib, socket, sys\n"
        "def refuse(*a, **k): raise AssertionError('a connection was opened')\n"
        "socket.socket.connect = socket.getaddrinfo = refuse\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "(folder / 'vocab').mkdir()\n"
        f"(folder / 'vocab' / {CL100K.cache_name!r}).write_bytes(b'damaged')\n"
        "from finetune_studio.tokens.counting import TokenCounter\n"
        "assert 'tiktoken' not in sys.modules\n"
        "counter = TokenCounter('cl100k_base', folder)\n"
        "print(counter.count('hello world'), counter.count('hello \\U0001e5d0 world'))\n"
    )
    assert socket.socket is not None
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.stdout.split()[:1] == ["2"], done.stderr


def test_the_packing_script_checks_what_it_packs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(InputError, match="holds no o200k_base"):
        make_vocabulary(tmp_path, tmp_path / "out")
    (tmp_path / "o200k_base.tiktoken").write_bytes(b"IQ== 0\n")
    assert main([str(tmp_path), str(tmp_path / "out")]) == 2
    assert "has the sha256" in capsys.readouterr().err


def test_the_packing_script_reads_plain_and_gzip_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from finetune_studio.tokens import make_vocabulary as script

    data = b"IQ== 0\n"
    item: Any = vocabulary.Vocabulary("tiny", "x", hashlib.sha256(data).hexdigest(), "o200k")
    monkeypatch.setattr(script, "VOCABULARIES", {"tiny": item})
    (tmp_path / "tiny.tiktoken.gz").write_bytes(gzip.compress(data))
    assert main([str(tmp_path), str(tmp_path / "out")]) == 0
    (tmp_path / "tiny.tiktoken").write_bytes(data)
    assert [path.name for path in make_vocabulary(tmp_path, tmp_path / "out")] == ["tiny.tiktoken.xz"]
