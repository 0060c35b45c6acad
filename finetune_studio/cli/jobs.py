"""`finetune-studio jobs`: what was submitted from this computer, and how it went."""

import argparse
from typing import Any

from finetune_studio.cli.output import (
    EXIT_FAILED,
    EXIT_INTERRUPTED,
    EXIT_OK,
    add_format_option,
    print_error,
    print_json,
)
from finetune_studio.cli.sending import App, describe, interruptible, job_as_json, opened, status_text
from finetune_studio.domain.errors import CancelledError, ProviderError, UsageError
from finetune_studio.workspace.submission_records import Submission


def add_parser(subparsers: Any) -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "jobs",
        help="list, show and cancel fine-tuning jobs",
        description="Jobs that were submitted from this computer. Open ones are asked about first.",
        epilog="exit codes: 0 done, 1 the service failed, 2 usage, 130 interrupted",
    )
    parser.add_argument(
        "action", nargs="?", choices=("list", "show", "cancel"), default="list", help="(default: list)"
    )
    parser.add_argument("id", nargs="?", metavar="ID", help="job id, its beginning, or “latest”")
    parser.add_argument("--offline", action="store_true", help="ask no service; show what is known here")
    add_format_option(parser)


def run(args: argparse.Namespace) -> int:
    """List, show or cancel."""
    if args.action != "list" and not args.id:
        raise UsageError(f"jobs {args.action} needs the id of a job.", "`finetune-studio jobs` lists them.")
    with opened() as app, interruptible() as context:
        try:
            if not args.offline:
                _refresh(app, context)
            if args.action == "list":
                return _list(app, args)
            row = app.find(args.id)
            return _show(app, row, args) if args.action == "show" else _cancel(app, row, args)
        except ProviderError as error:
            print_error(error)
            return EXIT_FAILED
        except CancelledError:
            return EXIT_INTERRUPTED


def _refresh(app: App, context: Any) -> None:
    from finetune_studio.workspace.submission_reconcile import reconcile

    reconcile(app.journal, app.connections.provider_of, context)


def _list(app: App, args: argparse.Namespace) -> int:
    rows = app.journal.all()
    if args.format == "json":
        print_json({"jobs": [job_as_json(row, app.journal.metrics(row.ref)) for row in rows]})
        return EXIT_OK
    if not rows:
        print("No job was submitted from this computer yet.")
    for row in rows:
        job = row.job
        created = f"{row.created_at.astimezone():%Y-%m-%d %H:%M}" if row.created_at else ""
        model = (job.fine_tuned_model if job else None) or row.plan.model
        name = job.id if job else row.ref
        print(f"{name:<32}  {status_text(row):<16}  {created}  {row.plan.profile_id}  {model}")
    return EXIT_OK


def _show(app: App, row: Submission, args: argparse.Namespace) -> int:
    metrics, events = app.journal.metrics(row.ref), app.journal.events(row.ref)
    if args.format == "json":
        document = job_as_json(row, metrics)
        document["events"] = [
            {
                "at": event.at.isoformat() if event.at else None,
                "level": event.level,
                "message": event.message,
                "type": event.type,
            }
            for event in events
        ]
        document["metrics"] = [
            {
                "step": point.step,
                "train_loss": point.train_loss,
                "valid_loss": point.valid_loss,
                "full_valid_loss": point.full_valid_loss,
            }
            for point in metrics
        ]
        document["checkpoints"] = [
            {"id": item.id, "model": item.model, "step": item.step}
            for item in app.journal.checkpoints(row.ref)
        ]
        print_json(document)
        return EXIT_OK
    print("\n".join(describe(row, metrics)))
    for event in events[-10:]:
        at = f"{event.at.astimezone():%H:%M:%S}  " if event.at else ""
        print(f"  {at}{event.message}")
    return EXIT_OK


def _cancel(app: App, row: Submission, args: argparse.Namespace) -> int:
    from finetune_studio.workspace.submission import cancel_job

    provider = app.connections.provider_of(row, start=True)
    if provider is None:
        raise ProviderError(f"{row.plan.title} cannot be asked now.", "Check the key and the address.")
    cancel_job(app.journal, provider, row.ref)
    return _show(app, app.journal.get(row.ref), args)
