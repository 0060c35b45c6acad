"""Mistral: OpenAI's paths with bodies, pages and statuses of its own."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from finetune_studio.domain.job import Checkpoint, FineTuneJob, JobEvent
from finetune_studio.providers.alike import first_named, is_like
from finetune_studio.providers.base import JobRequest, RemoteFile, RemoteModel
from finetune_studio.providers.errors import in_doubt
from finetune_studio.providers.mistral_json import (
    checkpoints_of,
    events_of,
    job_body,
    job_of,
    metrics_table,
    model_of,
)
from finetune_studio.providers.rest_provider import RestProvider
from finetune_studio.providers.upload_stream import UploadStream
from finetune_studio.providers.wire_json import Json, file_of, items_of

_PAGE = 100
_MAX_PAGES = 50
_LOOK_ALIKES = 200


class MistralProvider(RestProvider):
    """See `providers.base.Provider`. There is no metadata: a job is known again by file, model and suffix."""

    def list_models(self) -> tuple[RemoteModel, ...]:
        page = self._wire.json("GET", "models")
        return tuple(model_of(item, self.title) for item in items_of(page, self.title))

    # files

    def list_files(self) -> tuple[RemoteFile, ...]:
        return tuple(self._files())

    def _files(self) -> Iterator[RemoteFile]:
        query = {"purpose": self.facts.purpose}
        return (file_of(item, self.title) for item in self._pages("files", query))

    def find_file(self, name: str, size: int | None = None) -> RemoteFile | None:
        return first_named(self._files(), name, size)

    def get_file(self, file_id: str) -> RemoteFile:
        return file_of(self._wire.json("GET", f"files/{quote(file_id, safe='')}"), self.title)

    def _send_file(self, stream: UploadStream, name: str) -> RemoteFile:
        parts: dict[str, Any] = {"purpose": (None, self.facts.purpose), "file": (name, stream)}
        value = self._wire.json("POST", "files", files=parts, changes=True)
        return in_doubt(lambda: file_of(value, self.title))

    def delete_file(self, file_id: str) -> None:
        self._delete(f"files/{quote(file_id, safe='')}")

    # jobs

    def create_job(self, request: JobRequest) -> FineTuneJob:
        value = self._wire.json("POST", "fine_tuning/jobs", body=job_body(request), changes=True)
        return in_doubt(lambda: job_of(value, self.facts))

    def find_jobs_like(self, request: JobRequest) -> tuple[FineTuneJob, ...]:
        return tuple(job for job in self.list_jobs(_LOOK_ALIKES) if is_like(job, request))

    def get_job(self, job_id: str) -> FineTuneJob:
        return job_of(self._raw_job(job_id), self.facts)

    def list_jobs(self, limit: int = 100) -> tuple[FineTuneJob, ...]:
        jobs: list[FineTuneJob] = []
        for item in self._pages("fine_tuning/jobs", {}):
            if len(jobs) >= limit:
                break
            jobs.append(job_of(item, self.facts))
        return tuple(jobs)

    def list_events(self, job_id: str, known: frozenset[str] = frozenset()) -> tuple[JobEvent, ...]:
        """What happened, and one event for each checkpoint's measures: both are part of the job here."""
        return tuple(event for event in events_of(self._raw_job(job_id)) if event.id not in known)

    def list_checkpoints(self, job_id: str) -> tuple[Checkpoint, ...]:
        return checkpoints_of(self._raw_job(job_id))

    def cancel_job(self, job_id: str) -> FineTuneJob:
        value = self._wire.json("POST", self._path(job_id) + "/cancel", changes=True)
        return in_doubt(lambda: job_of(value, self.facts))

    def result_files(self, job: FineTuneJob) -> tuple[bytes, ...]:
        """There is no file: the measures of the checkpoints, as a table."""
        return (metrics_table(checkpoints_of(self._raw_job(job.id))),)

    def _raw_job(self, job_id: str) -> Json:
        return self._wire.json("GET", self._path(job_id))

    def _path(self, job_id: str) -> str:
        return f"fine_tuning/jobs/{quote(job_id, safe='')}"

    def _pages(self, path: str, query: dict[str, str]) -> Iterator[Json]:
        seen: set[str] = set()
        for number in range(_MAX_PAGES):
            page = self._wire.json("GET", path, query={**query, "page": number, "page_size": _PAGE})
            items = items_of(page, self.title)
            fresh = [item for item in items if str(item.get("id")) not in seen]
            yield from fresh
            seen.update(str(item.get("id")) for item in fresh)
            total = page.get("total")
            if not fresh or (len(seen) >= total if isinstance(total, int) else len(items) < _PAGE):
                return
