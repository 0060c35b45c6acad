"""`finetune-studio jobs`: what was submitted from this computer, and how it went; jobs of an account."""

import argparse
from typing import Any

from finetune_studio.cli.actions import add_actions, require_id
from finetune_studio.cli.job_document import describe, history_as_json, job_as_json, status_text
from finetune_studio.cli.output import (
    EXIT_FAILED,
    EXIT_INTERRUPTED,
    EXIT_OK,
    ProgressLine,
    add_format_option,
    count,
    print_error,
    print_json,
)
from finetune_studio.cli.sending import App, add_provider_options, interruptible, note, opened
from finetune_studio.cli.watching import exit_code_of, wait_for_job
from finetune_studio.domain.errors import CancelledError, MissingKeyError, ProviderError, UsageError
from finetune_studio.domain.job import JobState
from finetune_studio.workspace.submission_records import Submission

_ACTIONS = ("list", "show", "watch", "cancel", "adopt", "delete-files")
_EPILOG = """\
  list                 jobs of this computer; with --to, jobs of the account there that it does not know
  show ID              all that is known of a job
  watch ID             follow a job to its end
  cancel ID            ask the service to cancel a job
  adopt ID --to P      follow a job of the account that was started elsewhere, from now on
  delete-files ID      delete what was uploaded for a job that has ended

exit codes: 0 done (watch: succeeded), 1 the service failed (watch: or the job failed or was cancelled),
2 usage, 130 interrupted
"""


def add_parser(subparsers: Any) -> None:
    """Declare the command."""
    parser = add_actions(
        subparsers,
        "jobs",
        _ACTIONS,
        summary="list, show, watch, cancel and adopt fine-tuning jobs",
        about="Jobs that were submitted from this computer. Open ones are asked about first.",
        actions_help=_EPILOG,
        id_help="job id, its beginning, or “latest”",
    )
    parser.add_argument("--offline", action="store_true", help="ask no service; show what is known here")
    add_provider_options(parser, required=False)
    add_format_option(parser)


def run(args: argparse.Namespace) -> int:
    """Do what was asked; a service that fails is told on stderr and gives 1."""
    require_id(args, "the id of a job")
    if args.action == "adopt" and args.to is None:
        raise UsageError("jobs adopt needs to know where the job is.", "Say it with --to PROFILE.")
    progress = ProgressLine()
    with opened() as app, interruptible(progress) as context:
        try:
            return _run(app, args, context, progress)
        except MissingKeyError:
            raise
        except ProviderError as error:
            progress.clear()
            print_error(error)
            return EXIT_FAILED
        except CancelledError as error:
            progress.clear()
            note(f"finetune-studio: {error.text}")
            return EXIT_INTERRUPTED


def _run(app: App, args: argparse.Namespace, context: Any, progress: ProgressLine) -> int:
    if args.action == "adopt":
        return _adopt(app, args)
    if args.action == "list" and args.to is not None:
        return _list_account(app, args)
    if not args.offline:
        _refresh(app, context)
    if args.action == "list":
        return _list(app, args)
    row = app.find(args.id)
    if args.action == "show":
        return _show(app, row, args)
    if args.action == "watch":
        if row.job is not None and not row.job.state.is_final:
            wait_for_job(app, row.ref, context, progress)
        progress.clear()
        row = app.journal.get(row.ref)
        _show(app, row, args)
        return exit_code_of(row)
    return _cancel(app, row, args) if args.action == "cancel" else _delete_files(app, row, args)


def _refresh(app: App, context: Any) -> None:
    from finetune_studio.workspace.submission_reconcile import reconcile

    reconcile(app.journal, app.connections.provider_of, context)


def _list(app: App, args: argparse.Namespace) -> int:
    rows = app.journal.all()
    if args.format == "json":
        print_json({"jobs": [job_as_json(app, row) for row in rows]})
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


def _list_account(app: App, args: argparse.Namespace) -> int:
    from finetune_studio.workspace.submission_adopt import jobs_to_adopt

    profile = app.connections.profile(args.to)
    provider = app.connections.provider(profile, "" if profile.is_local else args.base_url)
    found = jobs_to_adopt(app.journal, provider, app.connections.journal_address(profile, args.base_url))
    if args.format == "json":
        shown = [
            {
                "id": job.id,
                "status": job.status,
                "state": job.state.value,
                "model": job.model,
                "fine_tuned_model": job.fine_tuned_model,
                "created_at": job.created_at.isoformat() if job.created_at else None,
            }
            for job in found
        ]
        print_json({"provider": profile.id, "jobs": shown})
        return EXIT_OK
    if not found:
        print(f"{profile.title} has no other jobs.")
    for job in found:
        created = f"{job.created_at.astimezone():%Y-%m-%d %H:%M}" if job.created_at else ""
        print(f"{job.id:<32}  {job.status:<16}  {created}  {job.fine_tuned_model or job.model}")
    return EXIT_OK


def _adopt(app: App, args: argparse.Namespace) -> int:
    from finetune_studio.workspace.submission_adopt import adopt_job

    profile = app.connections.profile(args.to)
    provider = app.connections.provider(profile, "" if profile.is_local else args.base_url)
    address = app.connections.journal_address(profile, args.base_url)
    return _show(app, adopt_job(app.journal, provider, profile, address, args.id), args)


def _show(app: App, row: Submission, args: argparse.Namespace) -> int:
    if args.format == "json":
        print_json({**job_as_json(app, row), **history_as_json(app, row)})
        return EXIT_OK
    print("\n".join(describe(app, row)))
    for event in app.journal.events(row.ref)[-10:]:
        at = f"{event.at.astimezone():%H:%M:%S}  " if event.at else ""
        print(f"  {at}{event.message}")
    return EXIT_OK


def _cancel(app: App, row: Submission, args: argparse.Namespace) -> int:
    from finetune_studio.workspace.submission import cancel_job

    state = row.job.state if row.job is not None else None
    if state is JobState.CANCELLED:
        return _show(app, row, args)
    if state is not None and state.is_final:
        raise UsageError(f"The job has ended already: {status_text(row)}.")
    cancel_job(app.journal, app.provider_of(row), row.ref)
    return _show(app, app.journal.get(row.ref), args)


def _delete_files(app: App, row: Submission, args: argparse.Namespace) -> int:
    from finetune_studio.workspace.submission_deletion import delete_sent_files

    deleted = delete_sent_files(app.journal, app.provider_of(row), row.ref)
    if args.format == "json":
        print_json({"ref": row.ref, "deleted": list(deleted)})
    else:
        print(f"{count(len(deleted), 'file')} deleted at {row.plan.title}.")
    return EXIT_OK
