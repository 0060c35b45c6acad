import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from finetune_studio.domain.example import ExampleKind
from finetune_studio.domain.id_set import IdSet
from finetune_studio.storage.database import Database, create
from finetune_studio.storage.derived import DerivedStore, derived_path, identity_of
from finetune_studio.storage.full_text import match_query
from finetune_studio.storage.history_store import HistoryStore
from finetune_studio.storage.rows import NewExample

TEXTS = (
    "Where is my parcel",
    "The Über parcel arrived",
    "100%_sure",
    "日本語の文章",
    'a "quoted" line\nbreak',
    "before\0behind",
)


def text_of(data: bytes) -> str:
    value = json.loads(data)
    return str(value["messages"][0]["content"])


def line(text: str) -> bytes:
    return json.dumps({"messages": [{"role": "user", "content": text}]}, ensure_ascii="Ü" in text).encode()


class Fixture:
    def __init__(self, folder: Path) -> None:
        self.database: Database = create(folder / "a.ftset")
        self.history = HistoryStore(self.database.writer)
        with self.history.step("new") as step:
            step.insert_examples(NewExample(line(text), ExampleKind.CONVERSATION) for text in TEXTS)
        self.path = derived_path(folder / "cache", self.database)
        self.derived = DerivedStore(self.path, identity_of(self.database), "1")
        self.reader = self.database.new_reader()
        self.derived.attach(self.reader)

    def found(self, text: str) -> list[int]:
        rows = self.reader.execute(
            "SELECT e.id FROM example e WHERE e.deleted_step IS NULL AND e.body_id IN"
            " (SELECT t.rowid FROM derived.full_text t WHERE t.full_text MATCH ?) ORDER BY e.id",
            (match_query(text),),
        )
        return [row[0] for row in rows]

    def index_all(self) -> None:
        while self.derived.index_text(self.reader, text_of, limit=2):
            pass


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Fixture]:
    fixture = Fixture(tmp_path)
    yield fixture
    fixture.database.close()
    fixture.derived.close()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("parcel", [1, 2]),
        ("my par", [1]),
        ("PARCEL", [1, 2]),
        ('"quoted"', [5]),
        ("behind", [6]),
        ("absent", []),
    ],
)
def test_the_full_text_finds_words_in_a_row(made: Fixture, text: str, expected: list[int]) -> None:
    made.index_all()
    assert made.derived.text_upto == len(TEXTS)
    assert made.found(text) == expected


@pytest.mark.parametrize("text", ["語の", "%", "_", "__", ""])
def test_some_texts_are_not_for_the_full_text(text: str) -> None:
    assert match_query(text) is None


def test_full_text_follows_edits_undo_and_deletion(made: Fixture) -> None:
    made.index_all()
    assert made.found("uber") == [2]
    with made.history.step("edit") as step:
        step.set_bodies([(1, line("A new letter"))])
        step.delete_examples(IdSet.of([2]))
    made.index_all()
    assert made.found("parcel") == []
    assert made.found("letter") == [1]
    made.history.undo()
    assert made.found("parcel") == [1, 2]
    assert made.found("letter") == []


def reopened(made: Fixture, identity: str | None = None, code_version: str = "1") -> DerivedStore:
    return DerivedStore(made.path, identity or identity_of(made.database), code_version)


def test_the_store_is_kept_when_it_fits(made: Fixture) -> None:
    made.index_all()
    made.derived.close()
    made.derived = reopened(made)
    assert made.derived.text_upto == len(TEXTS)
    made.derived.clear()
    assert made.derived.text_upto == 0


@pytest.mark.parametrize("why", ["identity", "version", "damage", "not sqlite", "other tables"])
def test_the_store_is_thrown_away_when_it_does_not_fit(made: Fixture, why: str) -> None:
    made.index_all()
    if why == "other tables":
        with made.derived.writing() as connection:
            connection.execute("DROP TABLE full_text")
    made.reader.close()
    made.derived.close()
    if why == "damage":
        data = bytearray(made.path.read_bytes())
        data[4096:] = b"\xff" * (len(data) - 4096)
        made.path.write_bytes(data)
    elif why == "not sqlite":
        made.path.write_bytes(b"x" * 10_000)
    made.derived = reopened(made, "other" if why == "identity" else None, "2" if why == "version" else "1")
    assert made.derived.text_upto == 0
    made.reader = made.database.new_reader()
    made.derived.attach(made.reader)
    made.index_all()
    assert made.found("parcel") == [1, 2]
