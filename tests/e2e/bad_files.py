"""Files that are not what they should be, and the words that a person must find in the error."""

import os
import random
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from finetune_studio.storage.database import create
from finetune_studio.storage.history_store import HistoryStore
from finetune_studio.storage.rows import NewExample
from tests.helpers.builders import chat_line

GOOD = chat_line(("user", "How is the café?"), ("assistant", "Open, against all odds."))


@dataclass(frozen=True, slots=True)
class Bad:
    """`words` are in the error of whatever reads it as examples; `as_dataset` of what opens a dataset."""

    name: str
    words: str
    as_dataset: str = "not a dataset file"
    is_text: bool = False
    """Lint reads it and reports findings (1) instead of refusing it (2)."""


BAD_FILES = (
    Bad("notjson.jsonl", "no example", is_text=True),
    Bad("a.csv", "no example", is_text=True),
    Bad("scalars.jsonl", "no example", is_text=True),
    Bad("list_of_numbers.json", "no example", is_text=True),
    Bad("deep.jsonl", "no example", is_text=True),
    Bad("binary.jsonl", "not text"),
    Bad("random.jsonl", "not text"),
    Bad("zeros.jsonl", "not text"),
    Bad("cut_utf16.jsonl", "not UTF-16 text throughout"),
    Bad("empty.jsonl", "is empty", "is empty"),
    Bad("only_bom.jsonl", "is empty"),
    Bad("folder.jsonl", "is a folder", "is a folder"),
    Bad("missing.jsonl", "does not exist", "There is no file"),
    Bad("pipe.jsonl", "is not a file", "is not a file"),
    Bad("a.pdf", "PDF"),
    Bad("a.zip", "ZIP"),
    Bad("a.docx", "ZIP"),
    Bad("cut.jsonl.gz", "cannot be unpacked"),
    Bad("cut.jsonl.xz", "cannot be unpacked"),
)

BAD_DATASETS = (
    Bad("text.ftset", "", "not a dataset file"),
    Bad("empty.ftset", "", "is empty"),
    Bad("folder.ftset", "", "is a folder"),
    Bad("missing.ftset", "", "There is no file"),
    Bad("pipe.ftset", "", "is not a file"),
    Bad("half.ftset", "", "bytes are missing at its end"),
    Bad("fifty_bytes.ftset", "", "is damaged"),
    Bad("no_header.ftset", "", "not a dataset file"),
    Bad("flipped.ftset", "", "is damaged"),
    Bad("zero_page.ftset", "", "is damaged"),
    Bad("newer.ftset", "", "newer version of Finetune Studio"),
    Bad("other_program.ftset", "", "another program"),
)


def make_bad_files(folder: Path) -> None:
    """Every file of BAD_FILES and BAD_DATASETS, and good.jsonl and good.ftset beside them."""
    (folder / "good.jsonl").write_bytes(GOOD * 3)
    contents = {
        "notjson.jsonl": b"Dear all,\nthis is no JSON.\n",
        "a.csv": b"question,answer\nhi,hello\n",
        "scalars.jsonl": b'1\n"two"\nnull\n',
        "list_of_numbers.json": b"[1, 2, 3]\n",
        "deep.jsonl": b"[" * 100_000 + b"\n",
        "binary.jsonl": bytes(range(256)) * 40,
        "random.jsonl": random.Random(1).randbytes(20_000),
        "zeros.jsonl": bytes(5000),
        "cut_utf16.jsonl": GOOD.decode().encode("utf-16")[:-1],
        "empty.jsonl": b"",
        "only_bom.jsonl": b"\xef\xbb\xbf",
        "a.pdf": b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n",
        "a.zip": b"PK\x03\x04" + bytes(100),
        "a.docx": b"PK\x03\x04" + bytes(100),
        "cut.jsonl.gz": b"\x1f\x8b\x08" + bytes(50),
        "cut.jsonl.xz": b"\xfd7zXZ\x00" + bytes(50),
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    for ending in ("jsonl", "ftset"):
        (folder / f"folder.{ending}").mkdir()
        os.mkfifo(folder / f"pipe.{ending}")
    _make_bad_datasets(folder)


def make_dataset(path: Path, count: int = 3) -> Path:
    """A sound dataset with so many examples."""
    with create(path) as database, HistoryStore(database.writer).step("import.file") as step:
        step.insert_examples(NewExample(GOOD) for _ in range(count))
    return path


def _make_bad_datasets(folder: Path) -> None:
    good = make_dataset(folder / "good.ftset", 200).read_bytes()
    flipped = bytearray(good)
    for place in range(4000, len(flipped), 97):
        flipped[place] ^= 0x55
    zero_page = bytearray(good)
    zero_page[8192 : 3 * 8192] = bytes(2 * 8192)
    contents = {
        "text.ftset": b"This is not a database. " * 100,
        "empty.ftset": b"",
        "half.ftset": good[: len(good) // 2],
        "fifty_bytes.ftset": good[:50],
        "no_header.ftset": bytes(100) + good[100:],
        "flipped.ftset": bytes(flipped),
        "zero_page.ftset": bytes(zero_page),
        "newer.ftset": good[:60] + (99).to_bytes(4, "big") + good[64:],
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    connection = sqlite3.connect(folder / "other_program.ftset")
    connection.execute("CREATE TABLE notes(text)")
    connection.commit()
    connection.close()
