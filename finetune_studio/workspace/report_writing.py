"""Writes a report into a file, or gives its text."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from finetune_studio.formats.writing import write_atomically
from finetune_studio.workspace.report import Report, make_report
from finetune_studio.workspace.task import TaskContext

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace


class ReportFormat(StrEnum):
    HTML = "html"
    MARKDOWN = "markdown"


def report_text(report: Report, form: ReportFormat) -> str:
    """The report as one text."""
    from finetune_studio.workspace.report_html import html_report
    from finetune_studio.workspace.report_markdown import markdown_report

    return html_report(report) if form is ReportFormat.HTML else markdown_report(report)


def format_of(path: Path) -> ReportFormat:
    """Markdown for .md and .markdown, else HTML."""
    return ReportFormat.MARKDOWN if path.suffix.lower() in (".md", ".markdown") else ReportFormat.HTML


def write_report(
    workspace: "Workspace",
    path: Path,
    form: ReportFormat | None = None,
    context: TaskContext | None = None,
) -> Path:
    """Gather the report and write it; without a format, by the file's ending. For the pool."""
    report = make_report(workspace, context=context)
    text = report_text(report, form or format_of(path))
    write_atomically(path, text.encode("utf-8", "replace"))
    return path
