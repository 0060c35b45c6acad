"""`finetune-studio submit FILE --to PROFILE`: check, freeze, send, and wait when asked."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finetune_studio.cli.job_document import describe, job_as_json
from finetune_studio.cli.output import (
    EXIT_FAILED,
    EXIT_GATE,
    EXIT_INTERRUPTED,
    ProgressLine,
    add_format_option,
    print_error,
    print_json,
)
from finetune_studio.cli.sending import (
    App,
    add_provider_options,
    interruptible,
    note,
    opened,
)
from finetune_studio.cli.submit_options import chosen_target
from finetune_studio.cli.watching import exit_code_of, wait_for_job
from finetune_studio.domain.errors import (
    CancelledError,
    GateError,
    MissingKeyError,
    ProviderError,
)
from finetune_studio.domain.job import Hyperparameters

if TYPE_CHECKING:
    from finetune_studio.providers.base import Provider
    from finetune_studio.targets.target import Target
    from finetune_studio.workspace.submission_check import FrozenCheck
    from finetune_studio.workspace.submission_context import EventContext
    from finetune_studio.workspace.submission_records import Submission

_EPILOG = """\
exit codes: 0 succeeded (or submitted, without --wait), 1 failed or cancelled, 2 usage, 3 stopped by
the gate, 130 interrupted. Keys come from the keyring or the environment: OPENAI_API_KEY for OpenAI's
own address alone, the provider's own variable at its own address, FINETUNE_STUDIO_API_KEY elsewhere.
The same submission, tried again, continues the first and never starts a second job.
"""


def add_parser(subparsers: Any) -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "submit",
        help="send a file or a dataset to a fine-tuning service",
        description="Check examples, freeze exactly what is sent, upload it and start one fine-tuning job.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", metavar="FILE|DATASET", type=Path, help="a JSONL file, or a .ftset dataset")
    add_provider_options(parser, required=True)
    parser.add_argument("--model", default="", metavar="M", help="base model (default: the provider's first)")
    parser.add_argument("--validation", type=Path, metavar="FILE", help="JSONL file to validate on")
    parser.add_argument("--method", default="supervised", help="supervised or dpo (default: supervised)")
    parser.add_argument("--epochs", metavar="N|auto")
    parser.add_argument("--batch-size", metavar="N|auto")
    parser.add_argument("--learning-rate-multiplier", metavar="X|auto")
    parser.add_argument("--beta", metavar="X|auto", help="for dpo")
    parser.add_argument(
        "--hyperparameter",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="any other that the provider takes",
    )
    parser.add_argument("--suffix", default="", help="part of the tuned model's name")
    parser.add_argument("--seed", type=int)
    parser.add_argument(
        "--override-gate", default="", metavar="REASON", help="send in spite of errors; recorded"
    )
    parser.add_argument(
        "--moderate", action="store_true", help="ask the service's moderation first; stop when it flags"
    )
    parser.add_argument("--wait", action="store_true", help="wait until the job has ended")
    add_format_option(parser)


def run(args: argparse.Namespace) -> int:
    """Send, and wait when asked."""
    progress = ProgressLine()
    with opened() as app, interruptible(progress) as context:
        try:
            return _run(app, args, context, progress)
        except CancelledError as error:
            progress.clear()
            note(f"finetune-studio: {error.text}")
            return EXIT_INTERRUPTED
        finally:
            progress.clear()


def _run(app: App, args: argparse.Namespace, context: "EventContext", progress: ProgressLine) -> int:
    from finetune_studio.workspace.submission import submit

    target, chosen = chosen_target(app, args)
    base_url = "" if target.profile.is_local else args.base_url
    try:
        if not target.profile.is_local:
            _look_first(app, target, base_url)
    except MissingKeyError:
        raise
    except ProviderError as error:
        print_error(error)
        return EXIT_FAILED
    submission = _freeze(app, args, target, chosen, context, progress)
    if submission is None:
        return EXIT_GATE
    try:
        provider = app.connections.provider(target.profile, base_url, cancelled=lambda: context.is_cancelled)

        def first() -> None:
            _ask_first(provider, target)
            if args.moderate:
                _moderate(app, provider, target, submission, context)

        submit(app.journal, provider, submission, context, first=first)
        if args.wait:
            wait_for_job(app, submission.ref, context, progress)
    except GateError as error:
        progress.clear()
        print_error(error)
        _print(app, submission.ref, args)
        return EXIT_GATE
    except ProviderError as error:
        progress.clear()
        print_error(error)
        _print(app, submission.ref, args)
        return EXIT_FAILED
    progress.clear()
    return _print(app, submission.ref, args)


def _look_first(app: App, target: "Target", base_url: str) -> None:
    """A missing key, and a service or a model that has closed, are told before anything is read."""
    from finetune_studio.workspace.outlook import outlook

    app.connections.provider(target.profile, base_url)
    found = outlook(target.profile, target.model.id, datetime.now(UTC).date())
    found.require_open(target.profile)
    for notice in found.closing:
        note(f"note: {notice.text}")


def _ask_first(provider: "Provider", target: "Target") -> None:
    """A wrong key, and an end that the service itself tells, are told before anything is uploaded."""
    from finetune_studio.workspace.outlook import ask_outlook, outlook

    today = datetime.now(UTC).date()
    found = ask_outlook(provider, target.profile, target.model.id, today)
    found.require_open(target.profile)
    told = outlook(target.profile, target.model.id, today).closing
    for notice in found.closing:
        if notice not in told:
            note(f"note: {notice.text}")


def _moderate(
    app: App,
    provider: "Provider",
    target: "Target",
    submission: "Submission",
    context: "EventContext",
) -> None:
    from finetune_studio.workspace.submission_moderation import moderate, require_unflagged

    model = target.profile.moderation_model
    flagged = moderate(app.journal, provider, submission, model, context)
    require_unflagged(flagged, target.profile.title)


def _freeze(
    app: App,
    args: argparse.Namespace,
    target: "Target",
    chosen: Hyperparameters,
    context: "EventContext",
    progress: ProgressLine,
) -> "Submission | None":
    """The frozen submission; None, with the findings told, when the gate is closed."""
    from finetune_studio.cli.submit_telling import tell_forecast, tell_gate, tell_left_out
    from finetune_studio.workspace.submission import freeze
    from finetune_studio.workspace.submission_records import SubmissionPlan

    def show(done: int, total: int, text: str) -> None:
        context.check()
        progress.show(done, total, text)

    profile = target.profile
    with _examples(app, args, target, chosen, show) as (training, validation, check, uid):
        plan = SubmissionPlan(
            profile_id=profile.id,
            title=profile.title,
            base_url=app.connections.journal_address(profile, args.base_url),
            model=target.model.id,
            method=target.method,
            hyperparameters=chosen,
            suffix=args.suffix,
            seed=args.seed,
            source=str(args.file.absolute()),
            dataset_uid=uid,
        )
        try:
            submission = freeze(app.journal, plan, training, validation, context, check)
        except GateError as error:
            progress.clear()
            tell_gate(check, training.place_name, error, as_json=args.format == "json")
            return None
        finally:
            progress.clear()
        tell_left_out(training, validation)
        tell_forecast(check, target)
        return submission


@contextmanager
def _examples(
    app: App, args: argparse.Namespace, target: "Target", chosen: Hyperparameters, show: Any
) -> Iterator[tuple[Any, Any, "FrozenCheck", str]]:
    """What is sent, of a file or of a dataset: training, validation, the check, the dataset's uid."""
    from finetune_studio.lint.config import LintConfig
    from finetune_studio.workspace.submission_check import FrozenCheck
    from finetune_studio.workspace.submission_sources import FileExamples

    held_out = FileExamples(args.validation, target) if args.validation is not None else None
    if args.file.suffix.lower() != ".ftset":
        training = FileExamples(args.file, target)
        config = LintConfig(target=target)
        reason = args.override_gate
        check = FrozenCheck(config, training, held_out, reason, show, hyperparameters=chosen)
        yield training, held_out, check, ""
        return
    from finetune_studio.cli.sending_dataset import dataset_examples

    reason = args.override_gate
    with dataset_examples(app.paths, args.file, target, held_out, reason, show, chosen) as found:
        yield found


def _print(app: App, ref: str, args: argparse.Namespace) -> int:
    """The result, and the exit code that follows from it; a dataset takes it into its own record."""
    if args.file.suffix.lower() == ".ftset":
        from finetune_studio.cli.sending_dataset import keep_record

        keep_record(app.paths, args.file)
    row = app.journal.get(ref)
    if args.format == "json":
        print_json(job_as_json(app, row))
    else:
        print("\n".join(describe(app, row)))
    return exit_code_of(row)
