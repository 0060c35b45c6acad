"""Together AI: files through an address that it hands out, jobs under /fine-tunes."""

from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from finetune_studio.domain.errors import ProviderError
from finetune_studio.domain.job import Checkpoint, FineTuneJob, JobEvent
from finetune_studio.providers.alike import is_like
from finetune_studio.providers.base import (
    Cancelled,
    JobRequest,
    Progress,
    RemoteFile,
    RemoteModel,
    UploadMemory,
    never,
)
from finetune_studio.providers.errors import in_doubt
from finetune_studio.providers.rest_provider import RestProvider, newest_first
from finetune_studio.providers.together_json import (
    JOB_PREFIX,
    checkpoint_of,
    event_of,
    file_of,
    job_body,
    job_of,
    metric_event_of,
    model_of,
)
from finetune_studio.providers.together_parts import NotInPartsError, TogetherParts
from finetune_studio.providers.upload_parts import PartedUpload
from finetune_studio.providers.upload_stream import UploadStream
from finetune_studio.providers.wire_json import garbled, items_of

_LOOK_ALIKES = 200


class TogetherProvider(RestProvider):
    """See `providers.base.Provider`. There is no metadata: a job is known again by file, model and suffix."""

    def list_models(self) -> tuple[RemoteModel, ...]:
        value = self._wire.value("models")
        items = value if isinstance(value, list) else items_of(value, self.title)
        return tuple(model_of(item, self.title) for item in items if isinstance(item, dict))

    # files

    def list_files(self) -> tuple[RemoteFile, ...]:
        page = self._wire.json("GET", "files")
        files = [file_of(item, self.title) for item in items_of(page, self.title)]
        return tuple(file for file in newest_first(files) if file.purpose in ("", self.facts.purpose))

    def find_file(self, name: str, size: int | None = None) -> RemoteFile | None:
        """The newest whole file; an entry whose bytes never arrived is none."""
        for file in self.list_files():
            if file.name == name and file.status != "uploading" and (size is None or file.size == size):
                return file
        return None

    def get_file(self, file_id: str) -> RemoteFile:
        return file_of(self._wire.json("GET", f"files/{quote(file_id, safe='')}"), self.title)

    def upload_file(
        self,
        path: Path,
        name: str,
        progress: Progress | None = None,
        cancelled: Cancelled = never,
        memory: UploadMemory | None = None,
    ) -> RemoteFile:
        """Large ones in parts, which go on after an interruption, as far as the service takes them so."""
        part = self.facts.part_bytes
        if part and path.stat().st_size > part:
            parts = TogetherParts(self._wire, self.facts.purpose, part)
            try:
                value = PartedUpload(parts).send(path, name, progress, cancelled, memory)
            except NotInPartsError:
                return super().upload_file(path, name, progress, cancelled, memory)
            file = in_doubt(lambda: file_of(value, self.title))
            return self._preprocess(file.id) if file.status == "uploading" else file
        return super().upload_file(path, name, progress, cancelled, memory)

    def _send_file(self, stream: UploadStream, name: str) -> RemoteFile:
        """Three calls: announce, send to the storage, let it be checked. The last is asked again in doubt."""
        fields = {"purpose": self.facts.purpose, "file_name": name, "file_type": "jsonl"}
        try:
            answer = self._wire.send(
                "POST",
                "files",
                files={key: (None, value) for key, value in fields.items()},
                changes=True,
                redirects=True,
            )
        except ProviderError as error:
            found = self.find_file(name, stream.size) if error.status == 409 else None
            if found is None:
                raise
            return found
        where = answer.headers.get("location", "")
        file_id = answer.headers.get("x-together-file-id", "")
        if not where or not file_id:
            raise in_doubt_garbled(self.title)
        self._wire.put_signed(where, stream)
        return self._preprocess(file_id)

    def _preprocess(self, file_id: str) -> RemoteFile:
        path = f"files/{quote(file_id, safe='')}/preprocess"
        try:
            value = self._wire.json("POST", path, changes=True)
        except ProviderError as error:
            if not error.outcome_unknown:
                raise
            file = self.get_file(file_id)
            if file.status != "uploading":
                return file
            value = self._wire.json("POST", path, changes=True)
        return in_doubt(lambda: file_of(value, self.title))

    def delete_file(self, file_id: str) -> None:
        self._delete(f"files/{quote(file_id, safe='')}")

    # jobs

    def create_job(self, request: JobRequest) -> FineTuneJob:
        value = self._wire.json("POST", "fine-tunes", body=job_body(request), changes=True)
        return in_doubt(lambda: job_of(value, self.facts))

    def find_jobs_like(self, request: JobRequest) -> tuple[FineTuneJob, ...]:
        start = request.model.partition(":")[0]
        found = []
        for job in self.list_jobs(_LOOK_ALIKES):
            goes_on = start.startswith(JOB_PREFIX) and job.model.partition(":")[0] == start
            if is_like(replace(job, model=request.model) if goes_on else job, request):
                found.append(job)
        return tuple(found)

    def get_job(self, job_id: str) -> FineTuneJob:
        return job_of(self._wire.json("GET", self._job(job_id)), self.facts)

    def list_jobs(self, limit: int = 100) -> tuple[FineTuneJob, ...]:
        page = self._wire.json("GET", "fine-tunes")
        jobs = [job_of(item, self.facts) for item in items_of(page, self.title)]
        return tuple(newest_first(jobs)[:limit])

    def list_events(self, job_id: str, known: frozenset[str] = frozenset()) -> tuple[JobEvent, ...]:
        """What happened, and one event for each measured step."""
        page = self._wire.json("GET", self._job(job_id, "/events"))
        events = [event_of(item) for item in items_of(page, self.title)]
        events += [metric_event_of(item) for item in self._metrics(job_id)]
        return tuple(event for event in events if event.id not in known)

    def _metrics(self, job_id: str) -> list[Any]:
        try:
            page = self._wire.json("GET", self._job(job_id, "/metrics"))
        except ProviderError as error:
            if error.status in (400, 404, 405):
                return []  # none yet, or none for this job
            raise
        metrics = page.get("metrics")
        return [item for item in metrics if isinstance(item, dict)] if isinstance(metrics, list) else []

    def list_checkpoints(self, job_id: str) -> tuple[Checkpoint, ...]:
        page = self._wire.json("GET", self._job(job_id, "/checkpoints"))
        found = [checkpoint_of(item, job_id) for item in items_of(page, self.title)]
        return tuple(sorted(found, key=lambda checkpoint: checkpoint.step))

    def cancel_job(self, job_id: str) -> FineTuneJob:
        self._wire.send("POST", self._job(job_id, "/cancel"), changes=True)
        return self.get_job(job_id)

    def result_files(self, job: FineTuneJob) -> tuple[bytes, ...]:
        return (self._wire.send("GET", self._job(job.id, "/metrics")).content,)

    def _job(self, job_id: str, rest: str = "") -> str:
        return f"fine-tunes/{quote(job_id, safe='')}{rest}"


def in_doubt_garbled(title: str) -> ProviderError:
    """The upload was announced, and the answer does not say where to send it."""
    error = garbled(title, "no address for the file")
    return ProviderError(error.text, error.advice, code=error.code, outcome_unknown=True)
