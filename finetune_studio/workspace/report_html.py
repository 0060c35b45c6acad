"""A report as one HTML file that needs nothing else; every text in it is escaped."""

from collections.abc import Iterable
from html import escape

from finetune_studio.workspace.queries.statistics import SplitSummary
from finetune_studio.workspace.report import ChartSection, Place, Report, RuleSection
from finetune_studio.workspace.report_svg import chart_svg

_STYLE = """
:root { color-scheme: light dark; --bg: #F6F7F9; --card: #FFFFFF; --line: #E3E6EB; --text: #1B2430;
  --quiet: #5B6675; --accent: #4F5BD5; --error: #C53030; --warning: #8A5A0B; --info: #2B6CB0;
  --success: #14805E; }
@media (prefers-color-scheme: dark) { :root { --bg: #14171C; --card: #20252D; --line: #2C323C;
  --text: #E6EAF0; --quiet: #A3ADBB; --accent: #8C96FF; --error: #F48A8A; --warning: #E8B45A;
  --info: #7DB6F2; --success: #5CCBA2; } }
body { margin: 0; background: var(--bg); color: var(--text); font: 15px/1.5 Inter, system-ui, sans-serif; }
main { max-width: 820px; margin: 0 auto; padding: 32px 24px 64px; }
h1 { font-size: 26px; margin: 0 0 4px; } h2 { font-size: 18px; margin: 40px 0 12px; }
h3 { font-size: 15px; margin: 0 0 4px; }
section, .card { background: var(--card); border: 1px solid var(--line); border-radius: 10px;
  padding: 16px 20px; margin: 12px 0; }
p { margin: 4px 0; } .quiet { color: var(--quiet); } .number { fill: var(--quiet); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 5px 12px 5px 0; border-bottom: 1px solid var(--line);
  vertical-align: top; overflow-wrap: anywhere; }
td.n, th.n { text-align: right; white-space: nowrap; }
tr:last-child td { border-bottom: 0; }
.error { color: var(--error); } .warning { color: var(--warning); } .info { color: var(--info); }
.success { color: var(--success); }
ul { margin: 6px 0 0; padding-left: 20px; } li { overflow-wrap: anywhere; }
svg { width: 100%; height: auto; margin: 12px 0; font: 12px Inter, system-ui, sans-serif; }
svg text { fill: var(--text); } svg text.number { fill: var(--quiet); } svg .bar { fill: var(--accent); }
svg .rest { fill: var(--quiet); opacity: 0.5; }
svg .good { fill: var(--success); } svg .bad { fill: var(--error); } svg .axis { stroke: var(--line); }
pre { overflow: auto; font: 12px/1.5 "JetBrains Mono", monospace; margin: 0; white-space: pre-wrap; }
details summary { cursor: pointer; color: var(--quiet); }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_MARKS = {"error": "✕", "warning": "!", "info": "i", "success": "✓"}


def html_report(report: Report) -> str:
    """The whole file."""
    parts = [
        f"<h1>{escape(report.name)}</h1>",
        f'<p class="quiet">{escape(report.target)} · {report.at:%Y-%m-%d %H:%M} UTC · '
        f"Finetune Studio {escape(report.app_version)}</p>",
        _readiness(report),
        f'<h2>Counts</h2><div class="card">{_pairs(report.counts)}</div>',
        "<h2>Findings</h2>",
        _overview(report.rules),
        *map(_rule, report.rules),
        _aside(report),
        "<h2>Balance</h2>",
        *map(_chart, report.charts),
        f'<h2>Splits</h2><div class="card">{_splits(report.splits)}</div>',
        f'<h2>Settings of the checks</h2><div class="card"><pre>{escape(report.settings)}</pre></div>',
        _versions(report),
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(report.name)}: report</title>\n<style>{_STYLE}</style>\n</head>\n<body><main>\n"
        + "\n".join(part for part in parts if part)
        + "\n</main></body>\n</html>\n"
    )


def _readiness(report: Report) -> str:
    lines = "".join(
        f'<tr><td class="{line.severity}" title="{line.severity}">{_MARKS.get(line.severity, "")}</td>'
        f"<td>{escape(line.text)}</td></tr>"
        for line in report.readiness.lines
    )
    return f'<h2>{escape(report.readiness.title)}</h2><div class="card"><table>{lines}</table></div>'


def _overview(rules: Iterable[RuleSection]) -> str:
    rows = "".join(
        f'<tr><td><a href="#{rule.code}">{rule.code}</a></td><td>{escape(rule.name)}</td>'
        f'<td class="{rule.severity.value}">{rule.severity.value}</td><td class="n">{rule.count:,}</td></tr>'
        for rule in rules
    )
    if not rows:
        return '<div class="card"><p>Nothing found.</p></div>'
    head = '<tr><th>Rule</th><th></th><th>Severity</th><th class="n">Findings</th></tr>'
    return f'<div class="card"><table>{head}{rows}</table></div>'


def _rule(rule: RuleSection) -> str:
    more = rule.count - len(rule.places)
    rest = f"<li>{more:,} more</li>" if more else ""
    return (
        f'<section id="{rule.code}"><h3><span class="{rule.severity.value}">{rule.code}</span> '
        f"{escape(rule.name)}</h3><ul>{''.join(map(_place, rule.places))}{rest}</ul></section>"
    )


def _place(place: Place) -> str:
    where = "The dataset" if place.example is None else f"Example {place.example:,}"
    about = f' <span class="quiet">{escape(place.about)}</span>' if place.about else ""
    return f"<li><b>{where}</b>{about}<br>{escape(place.message)}</li>"


def _aside(report: Report) -> str:
    if not report.aside:
        return ""
    rows = "".join(
        f'<tr><td>{escape(one.code)}</td><td>{escape(one.name)}</td><td class="n">{one.count:,}</td><td>'
        + "<br>".join(escape(f"{reason or 'No reason given'} ({count:,})") for reason, count in one.reasons)
        + "</td></tr>"
        for one in report.aside
    )
    head = '<tr><th>Rule</th><th></th><th class="n">Set aside</th><th>Reasons</th></tr>'
    return f'<h2>Set aside</h2><div class="card"><table>{head}{rows}</table></div>'


def _chart(section: ChartSection) -> str:
    rows = "".join(
        f'<tr><td>{escape(bar.label)}</td><td class="n">{bar.count:,}</td>'
        + "".join(f'<td class="n">{escape(name)} {count:,}</td>' for name, count in bar.parts)
        + "</tr>"
        for bar in section.chart.bars
    )
    return (
        f'<section><h3>{escape(section.title)}</h3><p class="quiet">{escape(section.text)}</p>'
        f"{chart_svg(section.key, section.chart)}{_pairs(section.facts)}"
        f"<details><summary>The numbers as a table</summary><table>{rows}</table></details></section>"
    )


def _splits(splits: Iterable[SplitSummary]) -> str:
    rows = "".join(
        f"<tr><td>{split.split.value.capitalize() if split.split else 'In no split (trains)'}</td>"
        f'<td class="n">{split.examples:,}</td><td class="n">{split.tokens:,}</td>'
        f'<td class="n">{split.loss_tokens:,}</td></tr>'
        for split in splits
    )
    head = (
        '<tr><th>Split</th><th class="n">Examples</th><th class="n">Tokens</th>'
        '<th class="n">Trained tokens</th></tr>'
    )
    return f"<table>{head}{rows}</table>"


def _versions(report: Report) -> str:
    if not report.versions:
        return ""
    rows = "".join(
        f"<tr><td>{escape(row.name)}</td><td>{row.at:%Y-%m-%d %H:%M}</td>"
        f'<td class="n">{row.n_examples:,}</td></tr>'
        for row in report.versions
    )
    head = '<tr><th>Version</th><th>Date</th><th class="n">Examples</th></tr>'
    return f'<h2>Versions</h2><div class="card"><table>{head}{rows}</table></div>'


def _pairs(pairs: Iterable[tuple[str, str]]) -> str:
    rows = "".join(
        f'<tr><td>{escape(name)}</td><td class="n">{escape(value)}</td></tr>' for name, value in pairs
    )
    return f"<table>{rows}</table>"
