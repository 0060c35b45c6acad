"""One file of a submission to the service: found there by its name, or uploaded; then waited for."""

from functools import partial
from pathlib import Path

from finetune_studio.domain.errors import ProviderError
from finetune_studio.providers.base import Provider, RemoteFile, UploadMemory
from finetune_studio.workspace.submission_context import WorkContext
from finetune_studio.workspace.submission_journal import SubmissionJournal
from finetune_studio.workspace.submission_patience import (
    Patience,
    did_nothing,
    look,
    may_repeat_looking,
    pause_before_retry,
)
from finetune_studio.workspace.submission_records import FrozenFile, Submission, SubmissionState

_READY = ("processed", "ready", "available", "completed", "succeeded", "active")
_UPLOADED = 20.0
"""Seconds after which "uploaded" counts as ready: some services never say more."""
_BROKEN = ("error", "failed", "deleted", "expired", "rejected")


def send_file(
    journal: SubmissionJournal,
    provider: Provider,
    row: Submission,
    part: str,
    context: WorkContext,
    patience: Patience,
) -> str:
    """The service's id of the file, noted in the journal. `part` is "training" or "validation"."""
    frozen = row.training if part == "training" else row.validation
    assert frozen is not None
    text = f"Uploading the {part} file"
    context.progress(0, frozen.size, text)
    file = look(lambda: provider.find_file(frozen.name, frozen.size), context, patience)
    if file is None or file.status in _BROKEN:
        path = journal.files.check(frozen)
        memory = journal.files.upload_memory(frozen, row.plan.base_url)
        file = _Upload(provider, frozen, context, patience, text, memory).run(path)
    context.progress(frozen.size, frozen.size, text)
    journal.update(row.ref, state=SubmissionState.PROCESSING, **{f"{part}_file_id": file.id})
    _wait_until_ready(provider, file, context, patience)
    return file.id


class _Upload:
    """Uploads at most as often as the patience says, and looks after each doubtful answer."""

    def __init__(
        self,
        provider: Provider,
        frozen: FrozenFile,
        context: WorkContext,
        patience: Patience,
        text: str,
        memory: UploadMemory,
    ) -> None:
        self._provider = provider
        self._frozen = frozen
        self._context = context
        self._patience = patience
        self._text = text
        self._memory = memory

    def run(self, path: Path) -> RemoteFile:
        for planned in self._patience.uploading:
            try:
                return self._once(path)
            except ProviderError as error:
                if not (error.outcome_unknown or did_nothing(error)):
                    raise
                found = self._find_after(error)
                if found is not None:
                    return found
                pause_before_retry(error, planned, self._context, self._patience.longest)
        try:
            return self._once(path)
        except ProviderError as error:
            found = self._find_after(error) if error.outcome_unknown else None
            if found is None:
                raise
            return found

    def _once(self, path: Path) -> RemoteFile:
        def report(done: int, total: int) -> None:
            self._context.progress(done, total, self._text)

        return self._provider.upload_file(
            path, self._frozen.name, report, lambda: self._context.is_cancelled, self._memory
        )

    def _find_after(self, error: ProviderError) -> RemoteFile | None:
        """Look with growing pauses whether the file arrived after all."""
        if not error.outcome_unknown:
            return None
        for planned in self._patience.after_upload:
            self._context.pause(planned)
            try:
                found = self._provider.find_file(self._frozen.name, self._frozen.size)
            except ProviderError as trouble:
                if not may_repeat_looking(trouble):
                    raise
                continue
            if found is not None:
                return found
        return None


def _wait_until_ready(provider: Provider, file: RemoteFile, context: WorkContext, patience: Patience) -> None:
    """Services that check files say so in a status; one without a status, or an unknown one, is ready."""
    waited = 0.0
    for planned in patience.processing:
        if file.status in _BROKEN:
            said = f" It says: {file.status_details}" if file.status_details else ""
            raise ProviderError(
                f"{provider.title} does not take the file.{said}",
                "Mend the examples and submit again.",
                status=400,
                code="invalid_file",
            )
        if file.status is None or file.status in _READY or (file.status == "uploaded" and waited > _UPLOADED):
            return
        context.progress(0, None, f"{provider.title} checks the file")
        context.pause(planned)
        waited += planned
        file = look(partial(provider.get_file, file.id), context, patience)
