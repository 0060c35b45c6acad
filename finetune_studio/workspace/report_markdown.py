"""A report as Markdown, for a pull request: nothing of the data can become a link, a mention or markup."""

import re
from collections.abc import Iterable, Sequence

from finetune_studio.workspace.report import ChartSection, Report, RuleSection

_BLOCKS = 24
"""Characters of the longest bar."""
_SPECIAL = re.compile(r"[\\`*_\[\]|~]|^[+>-]")
_ENTITIES = (
    ("&", "&amp;"),
    ("#", "&num;"),
    ("<", "&lt;"),
    ("@", "&commat;"),
    ("://", "&colon;//"),
)
_MARKS = {"error": "❌", "warning": "⚠️", "info": "ℹ️", "success": "✅"}


def markdown_report(report: Report) -> str:
    """The whole file."""
    lines = [
        f"# {plain(report.name)}",
        "",
        f"{plain(report.target)} · {report.at:%Y-%m-%d %H:%M} UTC · Finetune Studio {report.app_version}",
        "",
        f"## {report.readiness.title}",
        "",
        *(f"- {_MARKS.get(line.severity, '')} {plain(line.text)}" for line in report.readiness.lines),
        "",
        "## Counts",
        "",
        *_table(("", "Count"), ((plain(name), value) for name, value in report.counts)),
        "",
        "## Findings",
        "",
        *_findings(report.rules),
    ]
    if report.aside:
        rows = (
            (one.code, plain(one.name), f"{one.count:,}", "; ".join(map(_reason, one.reasons)))
            for one in report.aside
        )
        lines += ["", "## Set aside", "", *_table(("Rule", "Name", "Count", "Reasons"), rows)]
    lines += ["", "## Balance"]
    for section in report.charts:
        lines += ["", *_chart(section)]
    lines += ["", "## Splits", ""]
    lines += _table(
        ("Split", "Examples", "Tokens", "Trained tokens"),
        (
            (
                row.split.value.capitalize() if row.split else "In no split (trains)",
                f"{row.examples:,}",
                f"{row.tokens:,}",
                f"{row.loss_tokens:,}",
            )
            for row in report.splits
        ),
    )
    lines += ["", "## Settings of the checks", "", *_code(report.settings)]
    if report.versions:
        rows_of = ((plain(v.name), f"{v.at:%Y-%m-%d %H:%M}", f"{v.n_examples:,}") for v in report.versions)
        lines += ["", "## Versions", "", *_table(("Version", "Date", "Examples"), rows_of)]
    return "\n".join(lines) + "\n"


def plain(text: str) -> str:
    """Text that shows as it is: on one line, with no markup, link, mention or HTML in it."""
    text = " ".join(text.split())
    text = _SPECIAL.sub(lambda match: "\\" + match[0], text)
    for character, entity in _ENTITIES:
        text = text.replace(character, entity)
    text = re.sub(r"\bwww\.", "www&period;", text, flags=re.IGNORECASE)
    return re.sub(r"^(\d+)\.", r"\1\\.", text)


def _findings(rules: Sequence[RuleSection]) -> list[str]:
    if not rules:
        return ["Nothing found."]
    rows = ((rule.code, plain(rule.name), rule.severity.value, f"{rule.count:,}") for rule in rules)
    lines = _table(("Rule", "Name", "Severity", "Findings"), rows)
    for rule in rules:
        lines += ["", f"### {rule.code} {plain(rule.name)}", ""]
        for place in rule.places:
            where = "The dataset" if place.example is None else f"Example {place.example:,}"
            about = f" ({plain(place.about)})" if place.about else ""
            lines.append(f"- **{where}**{about}: {plain(place.message)}")
        if more := rule.count - len(rule.places):
            lines.append(f"- {more:,} more")
    return lines


def _reason(reason: tuple[str, int]) -> str:
    return f"{plain(reason[0]) or 'No reason given'} ({reason[1]:,})"


def _chart(section: ChartSection) -> list[str]:
    whole = sum(bar.count for bar in section.chart.bars) or 1
    largest = section.chart.largest or 1
    rows = (
        (
            plain(bar.label),
            "█" * round(bar.count / largest * _BLOCKS) or ("▏" if bar.count else ""),
            f"{bar.count:,}" + "".join(f", {name} {count:,}" for name, count in bar.parts),
            f"{bar.count / whole * 100:.1f} %",
        )
        for bar in section.chart.bars
    )
    facts = " · ".join(f"{plain(name)}: {plain(value)}" for name, value in section.facts)
    return [
        f"### {plain(section.title)}",
        "",
        plain(section.text),
        "",
        facts,
        "",
        *_table(("", "", "Count", "Share"), rows),
    ]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [f"| {' | '.join(head)} |", f"|{'|'.join(' --- ' for _ in head)}|"]
    return lines + [f"| {' | '.join(row)} |" for row in rows]


def _code(text: str) -> list[str]:
    """A block whose fence the text cannot close."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}toml", text.rstrip("\n"), fence]
