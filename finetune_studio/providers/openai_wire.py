"""A fine-tuning service that speaks OpenAI's wire format, through the openai SDK.

Every answer is read from its bytes (wire_json), since the SDK takes a web page for an object.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finetune_studio.domain.errors import ProviderError
from finetune_studio.domain.job import Checkpoint, FineTuneJob, JobEvent, Metrics
from finetune_studio.providers.alike import first_named, is_like
from finetune_studio.providers.base import (
    REF_KEY,
    Cancelled,
    ChatMessage,
    JobRequest,
    Moderation,
    Progress,
    RemoteFile,
    RemoteModel,
    UploadMemory,
    never,
)
from finetune_studio.providers.cancellable import iterate_cancellable
from finetune_studio.providers.chat_stream import ChatStream
from finetune_studio.providers.errors import in_doubt
from finetune_studio.providers.job_body import job_body
from finetune_studio.providers.openai_client import checked_base_url
from finetune_studio.providers.openai_parts import OpenAIParts
from finetune_studio.providers.results import merge_metrics, parse_results
from finetune_studio.providers.secrets import Secret
from finetune_studio.providers.upload_parts import PartedUpload
from finetune_studio.providers.upload_stream import UploadStream
from finetune_studio.providers.uploading import upload_cancellable
from finetune_studio.providers.wire import PAGE, Timeouts, Wire
from finetune_studio.providers.wire_facts import WireFacts
from finetune_studio.providers.wire_json import (
    Json,
    checkpoint_of,
    event_of,
    file_of,
    items_of,
    job_of,
    model_of,
    moderations_of,
)

if TYPE_CHECKING:
    from openai import OpenAI


_LARGEST_TABLE = 16 << 20
"""Bytes of a results file; one of a million steps is smaller."""


class OpenAIWireProvider:
    """See `providers.base.Provider`; safe to use from several threads at once."""

    def __init__(
        self, facts: WireFacts, base_url: str, api_key: Secret, timeouts: Timeouts | None = None
    ) -> None:
        self.facts = facts
        self.id = facts.id
        self.title = facts.title
        self.base_url = checked_base_url(base_url)
        self._wire = Wire(self.title, self.base_url, api_key, timeouts or Timeouts())

    def close(self) -> None:
        self._wire.close()

    # models

    def list_models(self) -> tuple[RemoteModel, ...]:
        page = self._wire.json(lambda client: client.models.with_raw_response.list())
        return tuple(model_of(item, self.title) for item in items_of(page, self.title))

    def moderate(self, texts: tuple[str, ...], model: str) -> tuple[Moderation, ...]:
        """What the service's moderation says of each text; changes nothing there."""
        value = self._wire.json(
            lambda client: client.moderations.with_raw_response.create(input=list(texts), model=model)
        )
        return moderations_of(value, len(texts), self.title)

    # files

    def list_files(self) -> tuple[RemoteFile, ...]:
        return tuple(self._files())

    def find_file(self, name: str, size: int | None = None) -> RemoteFile | None:
        return first_named(self._files(), name, size)

    def _files(self) -> Iterator[RemoteFile]:
        def fetch(client: "OpenAI", query: dict[str, Any]) -> Any:
            return client.files.with_raw_response.list(purpose=self.facts.purpose, order="desc", **query)

        return (file_of(item, self.title) for item in self._wire.pages(fetch))

    def get_file(self, file_id: str) -> RemoteFile:
        value = self._wire.json(lambda client: client.files.with_raw_response.retrieve(file_id))
        return file_of(value, self.title)

    def upload_file(
        self,
        path: Path,
        name: str,
        progress: Progress | None = None,
        cancelled: Cancelled = never,
        memory: UploadMemory | None = None,
    ) -> RemoteFile:
        def send(stream: UploadStream) -> Json:
            return self._wire.json(
                lambda client: client.files.with_raw_response.create(
                    file=(name, stream),  # type: ignore[arg-type]
                    purpose=self.facts.purpose,  # type: ignore[arg-type]
                    timeout=self._wire.timeout(self._wire.timeouts.upload),
                ),
                changes=True,
            )

        part = self.facts.part_bytes
        if part and path.stat().st_size > part:
            parts = OpenAIParts(self._wire, self.title, self.facts.purpose, part)
            value = PartedUpload(parts).send(path, name, progress, cancelled, memory)
        else:
            value = upload_cancellable(path, send, progress, cancelled)
        return in_doubt(lambda: file_of(value, self.title))

    def delete_file(self, file_id: str) -> None:
        try:
            self._wire.json(lambda client: client.files.with_raw_response.delete(file_id), changes=True)
        except ProviderError as error:
            if error.status != 404:
                raise

    # jobs

    def create_job(self, request: JobRequest) -> FineTuneJob:
        body = job_body(request, self.facts)
        try:
            value = self._post_job(request, body)
        except ProviderError as error:
            if error.status not in (400, 422) or "metadata" not in error.text or "metadata" not in body:
                raise
            del body["metadata"]  # refused for it, so nothing was started; a look-alike is found by its file
            value = self._post_job(request, body)
        return in_doubt(lambda: job_of(value, self.facts))

    def _post_job(self, request: JobRequest, body: dict[str, object]) -> Json:
        return self._wire.json(
            lambda client: client.fine_tuning.jobs.with_raw_response.create(
                model=request.model, training_file=request.training_file, extra_body=body
            ),
            changes=True,
        )

    def find_job_by_ref(self, ref: str) -> FineTuneJob | None:
        if not self.facts.metadata:
            return None
        if not self.facts.find_by_metadata:
            return self._first_with_ref(ref, {})
        try:
            return self._first_with_ref(ref, {"metadata": {REF_KEY: ref}})
        except ProviderError as error:
            if error.status not in (400, 422):
                raise
        return self._first_with_ref(ref, {})

    def _first_with_ref(self, ref: str, query: dict[str, Any]) -> FineTuneJob | None:
        for item in self._job_items(query):
            job = job_of(item, self.facts)
            if (REF_KEY, ref) in job.metadata:
                return job
        return None

    def find_jobs_like(self, request: JobRequest) -> tuple[FineTuneJob, ...]:
        return tuple(job for job in self.list_jobs(2 * PAGE) if is_like(job, request))

    def _job_items(self, query: dict[str, Any]) -> Iterator[Json]:
        def fetch(client: "OpenAI", page: dict[str, Any]) -> Any:
            return client.fine_tuning.jobs.with_raw_response.list(**query, **page)

        return self._wire.pages(fetch)

    def get_job(self, job_id: str) -> FineTuneJob:
        value = self._wire.json(lambda client: client.fine_tuning.jobs.with_raw_response.retrieve(job_id))
        return job_of(value, self.facts)

    def list_jobs(self, limit: int = 100) -> tuple[FineTuneJob, ...]:
        jobs: list[FineTuneJob] = []
        for item in self._job_items({}):
            if len(jobs) >= limit:
                break
            jobs.append(job_of(item, self.facts))
        return tuple(jobs)

    def list_events(self, job_id: str, known: frozenset[str] = frozenset()) -> tuple[JobEvent, ...]:
        if not self.facts.events:
            return ()

        def fetch(client: "OpenAI", page: dict[str, Any]) -> Any:
            return client.fine_tuning.jobs.with_raw_response.list_events(job_id, **page)

        events: list[JobEvent] = []
        for item in self._wire.pages(fetch):
            event = event_of(item, self.title)
            if event.id in known:
                break
            events.append(event)
        return tuple(reversed(events))

    def list_checkpoints(self, job_id: str) -> tuple[Checkpoint, ...]:
        if not self.facts.checkpoints:
            return ()

        def fetch(client: "OpenAI", page: dict[str, Any]) -> Any:
            return client.fine_tuning.jobs.checkpoints.with_raw_response.list(job_id, **page)

        found = [checkpoint_of(item, self.title) for item in self._wire.pages(fetch)]
        return tuple(sorted(found, key=lambda checkpoint: checkpoint.step))

    def cancel_job(self, job_id: str) -> FineTuneJob:
        return self._act(lambda client: client.fine_tuning.jobs.with_raw_response.cancel(job_id))

    def pause_job(self, job_id: str) -> FineTuneJob:
        return self._act(lambda client: client.fine_tuning.jobs.with_raw_response.pause(job_id))

    def resume_job(self, job_id: str) -> FineTuneJob:
        return self._act(lambda client: client.fine_tuning.jobs.with_raw_response.resume(job_id))

    def _act(self, call: Callable[["OpenAI"], Any]) -> FineTuneJob:
        return job_of(self._wire.json(call, changes=True), self.facts)

    def result_files(self, job: FineTuneJob) -> tuple[bytes, ...]:
        return tuple(self._content(file_id) for file_id in job.result_files if self._is_table(file_id))

    def _is_table(self, file_id: str) -> bool:
        """Some services list the trained weights there: too large to be measures, and left where they are."""
        try:
            size = self.get_file(file_id).size
        except ProviderError as error:
            if error.status is None or error.status >= 500 or error.status in (401, 429):
                raise
            return True  # not a file that is told of; it may be there all the same
        return size is None or size <= _LARGEST_TABLE

    def _content(self, file_id: str) -> bytes:
        raw = self._wire.call(lambda client: client.files.with_raw_response.content(file_id), changes=False)
        return bytes(raw.content)

    def results(self, job: FineTuneJob) -> tuple[Metrics, ...]:
        return merge_metrics(point for content in self.result_files(job) for point in parse_results(content))

    # chat

    def chat(
        self, messages: Sequence[ChatMessage], model: str, cancelled: Cancelled = never
    ) -> Iterator[str]:
        sent: Any = [{"role": message.role, "content": message.content} for message in messages]
        timeout = self._wire.timeout(self._wire.timeouts.chat)
        open_streams: list[ChatStream] = []
        left = threading.Event()

        def read() -> Iterator[str]:
            raw = self._wire.call(
                lambda client: client.chat.completions.with_raw_response.create(
                    model=model,
                    messages=sent,
                    stream=True,
                    timeout=timeout,
                ),
                changes=False,
            )
            stream = ChatStream(raw, self.title)
            open_streams.append(stream)
            if left.is_set():
                stream.stop()
                return
            try:
                yield from stream.pieces()
            except Exception as error:
                raise self._wire.mapped(error, changes=False) from error

        def stop() -> None:
            left.set()
            for stream in open_streams:
                stream.stop()

        return iterate_cancellable(read, cancelled, stop)
