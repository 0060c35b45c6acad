"""What submit, ask and jobs share: connections, interruption, options."""

import argparse
import logging
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from finetune_studio.cli.output import ProgressLine
from finetune_studio.domain.errors import UsageError
from finetune_studio.providers.secrets import KeyFilter
from finetune_studio.workspace.submission_context import EventContext
from finetune_studio.workspace.submission_journal import SubmissionJournal
from finetune_studio.workspace.submission_records import Submission

if TYPE_CHECKING:
    from finetune_studio.providers.base import Provider

LATEST = "latest"


class App:
    """Paths, journal and connections of one command."""

    def __init__(self) -> None:
        from finetune_studio.providers.key_store import KeyStore
        from finetune_studio.settings.paths import app_paths
        from finetune_studio.targets.registry import load_profiles
        from finetune_studio.workspace.connections import Connections
        from finetune_studio.workspace.sending import PROFILES_FOLDER

        self.paths = app_paths()
        self.journal = SubmissionJournal(self.paths.data)
        self.profiles_folder = self.paths.config / PROFILES_FOLDER
        profiles = load_profiles(self.profiles_folder)
        self.connections: Connections = Connections(self.paths, profiles, KeyStore())

    def provider_of(self, row: Submission) -> "Provider":
        """The provider that a submission went to; raises what says why it cannot be asked."""
        profile = self.connections.profile(row.plan.profile_id)
        return self.connections.provider(profile, "" if profile.is_local else row.plan.base_url)

    def find(self, name: str) -> Submission:
        """By job id, reference, beginning of one, or "latest"; raises UsageError."""
        rows = self.journal.all(limit=1000)
        if name == LATEST and rows:
            return rows[0]
        exact = self.journal.by_job(name)
        if exact is not None:
            return exact
        found = [row for row in rows if row.ref.startswith(name) or (row.job and row.job.id.startswith(name))]
        if len(found) == 1:
            return found[0]
        if found:
            raise UsageError(f"“{name}” begins {len(found):,} jobs.", "Write more of the id.")
        raise UsageError(f"There is no job “{name}” here.", "`finetune-studio jobs` lists those that are.")


@contextmanager
def opened() -> Iterator[App]:
    for handler in logging.getLogger().handlers:
        handler.addFilter(KeyFilter())
    app = App()
    try:
        yield app
    finally:
        app.connections.close()


@contextmanager
def interruptible(progress: ProgressLine | None = None) -> Iterator[EventContext]:
    """A context that Ctrl+C cancels; a second Ctrl+C ends the program where it stands."""

    def report(done: int, total: int | None, text: str) -> None:
        if progress is not None:
            progress.show(done, total or 0, text)

    context = EventContext(report)
    if threading.current_thread() is not threading.main_thread():
        yield context
        return

    def on_interrupt(*_: Any) -> None:
        if context.is_cancelled:
            raise KeyboardInterrupt
        context.cancel()

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield context
    finally:
        signal.signal(signal.SIGINT, before)
        if progress is not None:
            progress.clear()


def note(text: str) -> None:
    """A line for the person, beside the result."""
    print(text, file=sys.stderr)


def add_provider_options(parser: argparse.ArgumentParser, *, required: bool) -> None:
    parser.add_argument(
        "--to",
        metavar="PROFILE",
        required=required,
        default=None,
        help="provider: local (this computer), openai, together ...; `providers` lists them",
    )
    parser.add_argument("--base-url", default="", metavar="URL", help="address, for custom and azure")
