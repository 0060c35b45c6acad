import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from finetune_studio.domain.diagnostic import Applicability, Diagnostic, Fix, Location, Related, Severity
from finetune_studio.domain.edits import Edit, EditOp
from finetune_studio.domain.errors import UsageError
from finetune_studio.domain.example import ExampleKind, ReviewState
from finetune_studio.domain.id_set import IdSet
from finetune_studio.domain.split import Split
from finetune_studio.storage import filters, finding_store
from finetune_studio.storage.database import Database, create
from finetune_studio.storage.derived import DerivedStore, Fact, derived_path, identity_of
from finetune_studio.storage.example_store import ExampleStore
from finetune_studio.storage.filters import Filter
from finetune_studio.storage.finding_store import FindingStore
from finetune_studio.storage.history_store import HistoryStore
from finetune_studio.storage.rows import NewExample

TEXTS = (
    "Where is my parcel",
    "The Über parcel arrived",
    "100%_sure",
    "日本語の文章",
    'a "quoted" line\nbreak',
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

    def ids(self, condition: Filter) -> list[int]:
        store = ExampleStore(self.reader)
        return [i for chunk in store.ids(condition.sql, condition.params) for i in chunk]

    def index_all(self) -> None:
        while self.derived.index_text(self.reader, text_of, limit=2):
            pass


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Fixture]:
    fixture = Fixture(tmp_path)
    yield fixture
    fixture.database.close()
    fixture.derived.close()


@pytest.mark.parametrize("full_text", [False, True])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("parcel", [1, 2]),
        ("my par", [1]),
        ("PARCEL", [1, 2]),
        ("100%_s", [3]),
        ("語の", [4]),
        ('"quoted"', [5]),
        ("absent", []),
    ],
)
def test_search_finds_with_and_without_the_full_text(
    made: Fixture, full_text: bool, text: str, expected: list[int]
) -> None:
    assert not made.derived.text_is_ready(made.reader)
    if full_text:
        made.index_all()
        assert made.derived.text_is_ready(made.reader)
    assert made.ids(filters.by_text(text, full_text=full_text)) == expected


def test_full_text_follows_edits_undo_and_deletion(made: Fixture) -> None:
    made.index_all()
    assert filters.first_hits(made.reader, "uber") == [2]
    with made.history.step("edit") as step:
        step.set_bodies([(1, line("A new letter"))])
        step.delete_examples(IdSet.of([2]))
    assert not made.derived.text_is_ready(made.reader)
    made.index_all()
    assert made.ids(filters.by_text("parcel", full_text=True)) == []
    assert filters.first_hits(made.reader, "letter") == [1]
    made.history.undo()
    assert made.ids(filters.by_text("parcel", full_text=True)) == [1, 2]
    assert filters.first_hits(made.reader, "letter") == []


def test_filters_by_what_the_dataset_holds(made: Fixture) -> None:
    with made.history.step("mark") as step:
        step.set_status(IdSet.of([1, 2]), ReviewState.APPROVED)
        step.set_split(IdSet.of([2]), Split.TEST, pinned=True)
        step.add_tag(IdSet.of([3]), "Long")
        step.set_note(4, "look")
        step.set_bodies([(5, b"{}\n")])
    approved = filters.by_status(ReviewState.APPROVED)
    assert made.ids(approved) == [1, 2]
    assert made.ids(approved & filters.by_split(Split.TEST)) == [2]
    assert made.ids(filters.by_split(None) & ~filters.by_tag("long")) == [1, 4, 5]
    assert made.ids(filters.with_any_tag() | filters.with_note()) == [3, 4]
    assert made.ids(filters.edited()) == [5]
    assert made.ids(filters.pinned()) == [2]
    assert made.ids(filters.by_kind(ExampleKind.CONVERSATION)) == [1, 2, 3, 4, 5]
    assert made.ids(filters.by_ids(IdSet.of([2, 5, 99]))) == [2, 5]
    assert made.ids(filters.by_ids(IdSet.range(3, 20_000))) == [3, 4, 5]
    assert made.ids(filters.all_of([])) == [1, 2, 3, 4, 5]
    assert ExampleStore(made.reader).count(approved.sql, approved.params) == 2


def test_facts_filter_and_tell_what_is_missing(made: Fixture) -> None:
    made.derived.put_facts(
        [
            Fact(1, 10, 4, 2, "One \ud800", roles=("user", "assistant")),
            Fact(2, 500, 40, 4, "Two", roles=("tool", "user")),
        ]
    )
    assert finding_store.without_facts(made.reader) == [(3, 3), (4, 4), (5, 5)]
    assert made.ids(filters.by_fact("tokens", ">", 100)) == [2]
    assert made.ids(filters.by_fact("messages", "<=", 2)) == [1]
    assert made.ids(filters.by_role("user")) == [1, 2]
    assert made.ids(filters.by_role("t_ol")) == []
    with made.history.step("edit") as step:
        step.set_bodies([(1, b"{}\n")])
    assert made.ids(filters.by_fact("tokens", ">=", 0)) == [2]
    with pytest.raises(UsageError):
        filters.by_fact("tokens; DROP", ">", 1)


def finding(code: str, example: int | None, severity: Severity = Severity.ERROR) -> Diagnostic:
    fix = Fix("Remove it", Applicability.SAFE, (Edit(EditOp.REPLACE, "/a", {"b": [1.5, None, "\ud800"]}),))
    return Diagnostic(
        code,
        severity,
        f"{code} says",
        Location(example, 0, "/content", 1, 3),
        fix,
        (Related(2, 0.5),),
        {"n": 1},
    )


def test_findings_come_back_as_they_went(made: Fixture) -> None:
    store = FindingStore(made.derived)
    store.replace([(1, 1), (2, 2)], [finding("F001", 1), finding("L101", 1, Severity.WARNING)])
    store.replace_of_dataset([finding("S704", 2, Severity.INFO), finding("S701", None)])
    (first, second) = finding_store.findings_of(made.reader, 1)
    assert first == finding("F001", 1)
    assert first.arguments == {"n": 1}
    assert second.severity is Severity.WARNING
    assert [d.code for d in finding_store.findings(made.reader)] == ["F001", "S701", "L101", "S704"]
    assert [d.code for d in finding_store.findings(made.reader, severity=Severity.INFO)] == ["S704"]
    assert [d.code for d in finding_store.findings(made.reader, "F001", limit=1)] == ["F001"]
    assert finding_store.finding_marks(made.reader, [1, 2, 3]) == {
        1: (2, Severity.ERROR),
        2: (1, Severity.INFO),
    }
    assert made.ids(filters.by_rule("F")) == [1]
    assert made.ids(filters.by_rule("s704") | filters.by_severity(Severity.WARNING)) == [1, 2]
    assert made.ids(~filters.with_findings()) == [3, 4, 5]


def test_checking_again_replaces_only_the_findings_of_the_example(made: Fixture) -> None:
    store = FindingStore(made.derived)
    store.replace([(1, 1), (2, 2)], [finding("F001", 1), finding("F001", 2)])
    store.replace_of_dataset([finding("S704", 1)])
    with made.history.step("edit") as step:
        step.set_bodies([(1, b"{}\n")])
    assert [pair[0] for pair in finding_store.unchecked(made.reader)] == [1, 3, 4, 5]
    store.replace([(1, 6)], [])
    assert [d.code for d in finding_store.findings_of(made.reader, 1)] == ["S704"]
    with made.history.step("delete") as step:
        step.delete_examples(IdSet.of([2]))
    totals = finding_store.rule_totals(made.reader)
    assert [(total.code, total.count, total.examples) for total in totals] == [("S704", 1, 1)]
    assert finding_store.severity_totals(made.reader)[Severity.ERROR] == 1
    store.clear()
    assert finding_store.rule_totals(made.reader) == []


def reopened(made: Fixture, identity: str | None = None, code_version: str = "1") -> DerivedStore:
    return DerivedStore(made.path, identity or identity_of(made.database), code_version)


def test_the_store_is_kept_when_it_fits(made: Fixture) -> None:
    made.derived.set_applied_step(7)
    made.derived.close()
    made.derived = reopened(made)
    assert made.derived.applied_step == 7
    assert not made.derived.matches(made.database)
    made.derived.clear()
    assert made.derived.applied_step == -1
    assert made.derived.matches(made.database)


@pytest.mark.parametrize("why", ["identity", "version", "damage", "not sqlite", "other tables"])
def test_the_store_is_thrown_away_when_it_does_not_fit(made: Fixture, why: str) -> None:
    made.derived.set_applied_step(7)
    made.index_all()
    if why == "other tables":
        with made.derived.writing() as connection:
            connection.execute("DROP TABLE fact")
    made.reader.close()
    made.derived.close()
    if why == "damage":
        data = bytearray(made.path.read_bytes())
        data[4096:] = b"\xff" * (len(data) - 4096)
        made.path.write_bytes(data)
    elif why == "not sqlite":
        made.path.write_bytes(b"x" * 10_000)
    made.derived = reopened(made, "other" if why == "identity" else None, "2" if why == "version" else "1")
    assert made.derived.applied_step == -1
    assert made.derived.text_upto == 0
    made.derived.put_facts([Fact(1, 1, 1, 1, "x")])
