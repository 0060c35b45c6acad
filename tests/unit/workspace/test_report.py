"""Reports: what they hold, that nothing of the data becomes markup, and that nothing private is in them."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune_studio.cli.main import main
from finetune_studio.domain.id_set import IdSet
from finetune_studio.settings.paths import app_paths
from finetune_studio.workspace.operations import options, tags, versions
from finetune_studio.workspace.queries.examples import list_ids
from finetune_studio.workspace.queries.statistics import Bar, Chart
from finetune_studio.workspace.report import Report, make_report
from finetune_studio.workspace.report_html import html_report
from finetune_studio.workspace.report_markdown import markdown_report, plain
from finetune_studio.workspace.report_svg import chart_svg
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import chat_line

KEY = "sk-" + "proj-" + "A1b2C3d4E5f6G7h8I9j0" * 3
MAIL = "anna.berg@nordmail.de"
HOSTILE = '<script>alert("1")</script> & | `x` [y](http://evil.example) @someone #12'
AT = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


def _lines() -> list[bytes]:
    lines = [
        chat_line(
            ("system", "You are Marv."),
            ("user", f"What is {n} and {n}?"),
            ("assistant", f"It  is {2 * n}, sir."),
        )
        for n in range(12)
    ]
    lines.append(chat_line(("user", f"{HOSTILE} first"), ("assistant", "Yes  it is.")))
    lines.append(chat_line(("user", f"My key is {KEY}  so"), ("assistant", f"Write  to {MAIL} then.")))
    lines += [chat_line(("system", f"Use the key {KEY} always."), ("user", "Hi"), ("assistant", "Yo"))] * 6
    return lines


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setenv("FINETUNE_STUDIO_HOME", str(tmp_path / "home"))
    source = tmp_path / "data.jsonl"
    source.write_bytes(b"".join(_lines()))
    opened = Workspace.open_any(source, paths=app_paths(), runner=ImmediateRunner())
    ids = list_ids(opened)
    opened.perform(tags.add_tag, IdSet.of(ids[:5]), "<b>bold</b>")
    opened.perform(tags.add_tag, IdSet.of(ids[5:7]), MAIL)
    opened.perform(versions.name_version, "First | import")
    opened.perform(options.set_rule_option, "P309", "terms", ["Nordhavn"])
    opened.lint.start()
    found = opened.lint.findings("Q105")[0]
    opened.perform(options.suppress, found, f"Asked {MAIL}")
    return opened


@pytest.fixture
def report(workspace: Workspace) -> Report:
    made = make_report(workspace, AT)
    workspace.close()
    return made


class _Page(HTMLParser):
    """Collects the tags, and complains about those that are not closed."""

    VOID = frozenset({"meta", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_it_says_what_there_is(report: Report) -> None:
    assert report.at == AT
    assert dict(report.counts)["Examples"] == "20"
    codes = {section.code: section for section in report.rules}
    assert codes["Q105"].count == 14
    assert len(codes["Q105"].places) == 5
    assert codes["P301"].places[0].example == 14
    assert {section.key for section in report.charts} >= {"length", "roles", "tags", "prompts", "splits"}
    assert [row.name for row in report.versions] == ["First | import"]
    text = html_report(report)
    for words in ("2026-01-02 03:04 UTC", report.readiness.title, "Effective number", "First | import"):
        assert words in text
    assert "2026-01-02 03:04 UTC" in markdown_report(report)


def test_the_page_is_whole_and_loads_nothing(report: Report) -> None:
    page = _Page()
    text = html_report(report)
    page.feed(text)
    assert page.open == []
    names = {tag for tag, _ in page.seen}
    assert not names & {"script", "link", "img", "iframe", "object"}
    links = [
        value for _, attributes in page.seen for key, value in attributes.items() if key in ("href", "src")
    ]
    assert all(link is not None and link.startswith("#") for link in links)
    assert not re.search(r"url\(|@import", text)
    assert "default-src 'none'" in text
    assert "&lt;script&gt;" in text
    assert "&lt;b&gt;bold&lt;/b&gt;" in text


def test_nothing_private_is_in_it(report: Report) -> None:
    for text in (html_report(report), markdown_report(report)):
        assert KEY[:12] not in text
        assert MAIL not in text
        assert "anna" not in text
        assert "Nordhavn" not in text
        assert "•••" in text
        assert "My key is" not in text, "an example with a secret is named by its number only"
        assert "(not shown: private data)" in text


def test_markdown_has_no_markup_of_the_data(report: Report) -> None:
    text = markdown_report(report)
    assert "<script" not in text
    assert "&lt;script" in text
    assert "@someone" not in text
    assert "](http" not in text
    assert "First \\| import" in text
    tables = [line for line in text.splitlines() if line.startswith("|")]
    assert all(line.endswith("|") for line in tables)


@given(st.text(max_size=60))
def test_plain_text_stays_on_one_line_and_inactive(text: str) -> None:
    shown = plain(text)
    assert "\n" not in shown
    assert "<" not in shown
    assert "@" not in shown
    assert "://" not in shown
    assert not re.search(r"(?<!\\)(?:\\\\)*[`*_|\[\]~]", shown)


@given(st.lists(st.tuples(st.text(max_size=30), st.integers(0, 10**9)), max_size=12), st.booleans())
def test_charts_are_well_formed(bars: list[tuple[str, int]], is_row: bool) -> None:
    chart = Chart("A & B", tuple(Bar(text, count, "x", parts=(("good", count),)) for text, count in bars), 1)
    svg = chart_svg("tags" if is_row else "length", chart)
    clean = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", svg)
    ET.fromstring(clean)


def test_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FINETUNE_STUDIO_HOME", str(tmp_path / "home"))
    source, out = tmp_path / "data.jsonl", tmp_path / "out.md"
    source.write_bytes(b"".join(_lines()))
    (tmp_path / "finetune-studio.toml").write_text('ignore = ["Q105"]\n', encoding="utf-8")
    assert main(["report", str(source), "--out", str(out)]) == 0
    text = out.read_text(encoding="utf-8")
    assert text.startswith("# data\n")
    assert "### Q105" not in text
    assert '"Q105"' in text
    assert main(["report", str(source), "--out", str(out)]) == 2
    assert "--overwrite" in capsys.readouterr().err
    assert main(["report", str(source), "--out", str(out), "--overwrite", "--format", "html"]) == 0
    assert out.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert [path.name for path in sorted(tmp_path.glob("*.ftset"))] == [], "no dataset is left beside it"
    assert main(["report", str(tmp_path / "none.jsonl")]) == 2


def test_a_dataset_is_only_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FINETUNE_STUDIO_HOME", str(tmp_path / "home"))
    source = tmp_path / "data.jsonl"
    source.write_bytes(b"".join(_lines()[:3]))
    Workspace.open_any(source, paths=app_paths(), runner=ImmediateRunner()).close()
    dataset, out = tmp_path / "data.ftset", tmp_path / "out.html"
    before = dataset.read_bytes()
    assert main(["report", str(dataset), "--out", str(out), "--target", "openai"]) == 0
    assert dataset.read_bytes() == before
    assert "OpenAI" in out.read_text(encoding="utf-8")
