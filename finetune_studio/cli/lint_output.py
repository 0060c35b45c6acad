"""How findings are printed: text, JSON, SARIF 2.1.0, GitHub annotations, counts by rule."""

import os
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finetune_studio import __version__
from finetune_studio.cli.output import count, for_programs, print_json, say
from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.words import visible

if TYPE_CHECKING:
    from finetune_studio.lint import FileReport

FORMATS = ("text", "json", "sarif", "github")

_SARIF_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_GITHUB_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def print_reports(reports: "Sequence[FileReport]", form: str, *, statistics: bool = False) -> None:
    """Print what was found in the form that was asked for; what is to be known of a file goes to stderr."""
    for report in reports:
        for notice in report.notices:
            say(f"{report.path}: {notice}", stream=sys.stderr)
    if form == "json":
        print_json(as_json(reports, statistics=statistics))
    elif form == "sarif":
        print_json(as_sarif(reports))
    elif form == "github":
        out = for_programs(sys.stdout)
        for report in reports:
            for diagnostic in report.diagnostics:
                print(github_line(diagnostic, report), file=out)
    elif statistics:
        _print_statistics(reports)
    else:
        _print_text(reports)


def as_json(reports: "Sequence[FileReport]", *, statistics: bool = False) -> dict[str, Any]:
    """The document of `--format json`; with `statistics` also how many findings each rule has in a file."""
    totals: Counter[str] = Counter()
    files = []
    for report in reports:
        totals.update({severity.value: number for severity, number in report.counts.items()})
        files.append(
            {
                "path": str(report.path),
                "examples": report.examples,
                "messages": report.messages,
                "tokens": report.tokens,
                "notices": list(report.notices),
                **({"statistics": dict(report.codes.most_common())} if statistics else {}),
                "diagnostics": [diagnostic_as_json(diagnostic, report) for diagnostic in report.diagnostics],
            }
        )
    return {"files": files, "summary": {f"{s.value}s": totals[s.value] for s in Severity}}


def diagnostic_as_json(diagnostic: Diagnostic, report: "FileReport") -> dict[str, Any]:
    """One finding: `line` from 1, `example` and `message_index` from 0, `start` and `end` in code points."""
    from finetune_studio.lint.fingerprints import fingerprint

    where, fix = diagnostic.location, diagnostic.fix
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "line": report.line_of(diagnostic),
        "example": where.example,
        "message_index": where.message_index,
        "field": where.field,
        "start": where.start,
        "end": where.end,
        "fix": {"title": fix.title, "applicability": fix.applicability.value} if fix else None,
        "related": [
            {
                "line": report.line_of_example(other.example),
                "example": other.example,
                "similarity": other.similarity,
            }
            for other in diagnostic.related
        ],
        "fingerprint": fingerprint(diagnostic, report.facts),
    }


def as_sarif(reports: "Sequence[FileReport]") -> dict[str, Any]:
    """The document of `--format sarif`: OASIS SARIF 2.1.0, one run, a region for each line."""
    codes = sorted({code for report in reports for code in report.codes})
    index = {code: number for number, code in enumerate(codes)}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "finetune-studio",
                        "version": __version__,
                        "rules": [_sarif_rule(code) for code in codes],
                    }
                },
                "results": [
                    _sarif_result(diagnostic, report, index)
                    for report in reports
                    for diagnostic in report.diagnostics
                ],
            }
        ],
    }


def _sarif_rule(code: str) -> dict[str, Any]:
    from finetune_studio.lint import rule_by_code

    try:
        rule = rule_by_code(code)
    except KeyError:
        return {"id": code}
    return {
        "id": code,
        "name": rule.__name__,
        "shortDescription": {"text": rule.name},
        "defaultConfiguration": {"level": _SARIF_LEVELS[rule.severity]},
    }


def _sarif_result(diagnostic: Diagnostic, report: "FileReport", index: dict[str, int]) -> dict[str, Any]:
    from finetune_studio.lint.fingerprints import fingerprint

    line = report.line_of(diagnostic)
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(report.path)}}
    if line is not None:
        physical["region"] = {"startLine": line}
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": index[diagnostic.code],
        "level": _SARIF_LEVELS[diagnostic.severity],
        "message": {"text": diagnostic.message},
        "locations": [{"physicalLocation": physical}],
        "partialFingerprints": {"example/v1": fingerprint(diagnostic, report.facts)},
    }
    if diagnostic.related:
        result["relatedLocations"] = [
            {
                "id": number,
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(report.path)},
                    "region": {"startLine": report.line_of_example(other.example)},
                },
            }
            for number, other in enumerate(diagnostic.related)
        ]
    return result


def _uri(path: Path) -> str:
    from urllib.parse import quote

    return path.absolute().as_uri() if path.is_absolute() else quote(os.fsencode(path.as_posix()))


def github_line(diagnostic: Diagnostic, report: "FileReport") -> str:
    """One annotation of GitHub Actions: `::error file=...,line=...,title=...::message`."""
    line = report.line_of(diagnostic)
    place = f",line={line}" if line is not None else ""
    path = visible(_property(str(report.path)))
    message = visible(diagnostic.message).replace("%", "%25")
    return f"::{_GITHUB_LEVELS[diagnostic.severity]} file={path}{place},title={diagnostic.code}::{message}"


def _property(text: str) -> str:
    for character, escape in (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"), (":", "%3A"), (",", "%2C")):
        text = text.replace(character, escape)
    return text


def _print_text(reports: "Sequence[FileReport]") -> None:
    for report in reports:
        for diagnostic in report.diagnostics:
            line = report.line_of(diagnostic)
            place = f"{report.path}:{line}" if line is not None else str(report.path)
            index = diagnostic.location.message_index
            message = "" if index is None else f" message {index + 1}:"
            say(f"{place}:{message} {diagnostic.severity.value} {diagnostic.code} {diagnostic.message}")
        say(_summary(report))


def _print_statistics(reports: "Sequence[FileReport]") -> None:
    from finetune_studio.lint import rule_by_code

    for report in reports:
        for code, number in report.codes.most_common():
            try:
                name = rule_by_code(code).name
            except KeyError:
                name = ""
            print(f"{number:>8,}  {code}  {name}")
        say(_summary(report))


def _summary(report: "FileReport") -> str:
    totals = report.counts
    found = ", ".join(count(totals[s], s.value) for s in Severity if totals[s])
    return (
        f"{report.path}: {count(report.examples, 'example')}, {count(report.messages, 'message')}, "
        f"{count(report.tokens, 'token')}: {found or 'no findings'}"
    )
