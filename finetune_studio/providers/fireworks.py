"""Fireworks AI: datasets and jobs below an account, with ids that we choose.

Since a job's id is ours, the service itself refuses a second one, and a job is found again by its id.
"""

import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from finetune_studio.domain.errors import ProviderError
from finetune_studio.domain.job import Checkpoint, FineTuneJob, JobEvent
from finetune_studio.providers.base import JobRequest, RemoteFile, RemoteModel
from finetune_studio.providers.errors import in_doubt
from finetune_studio.providers.fireworks_json import (
    DPO_JOBS,
    SFT_JOBS,
    account_of,
    collection_of,
    dataset_id,
    file_of,
    job_body,
    job_of,
    model_of,
    progress_event_of,
)
from finetune_studio.providers.rest_provider import RestProvider, newest_first
from finetune_studio.providers.secrets import Secret
from finetune_studio.providers.upload_stream import UploadStream
from finetune_studio.providers.wire import Timeouts
from finetune_studio.providers.wire_facts import WireFacts
from finetune_studio.providers.wire_json import Json, garbled, items_of, text_or

_PAGE = 100
_MAX_PAGES = 50
_ONE_REQUEST = 150_000_000
"""Bytes that :upload takes; larger files go to an address that the service hands out."""


class FireworksProvider(RestProvider):
    """See `providers.base.Provider`. The account is that of the address, else the one that the key shows.

    A job's id is its collection and its own id: supervisedFineTuningJobs/fts-...
    """

    def __init__(
        self, facts: WireFacts, base_url: str, api_key: Secret, timeouts: Timeouts | None = None
    ) -> None:
        super().__init__(facts, base_url, api_key, timeouts)
        self._given = account_of(self.base_url)
        self._found = ""
        self._account_lock = threading.Lock()

    def chat_address(self) -> str:
        root = self.base_url.split("accounts/")[0]
        return root.removesuffix("v1/") + "inference/v1/"

    def _account(self) -> str:
        """The path of the account, below the address."""
        if self._given:
            return ""
        with self._account_lock:
            if not self._found:
                page = self._wire.json("GET", "accounts")
                names = [text_or(item.get("name")) for item in items_of(page, self.title, "accounts")]
                if len(names) != 1:
                    listed = ", ".join(names) or "none"
                    raise ProviderError(
                        f"The key at {self.title} does not belong to one account ({listed}).",
                        f"Put the account into the address: {self.base_url}accounts/NAME.",
                        status=400,
                        code="account",
                    )
                self._found = names[0] + "/"
            return self._found

    @property
    def _full_account(self) -> str:
        return f"accounts/{self._given}/" if self._given else self._account()

    # models

    def list_models(self) -> tuple[RemoteModel, ...]:
        root = self.base_url.split("accounts/")[0]
        found = list(self._pages(f"{root}accounts/fireworks/models", "models"))
        return tuple(model_of(item, self.title) for item in found)

    # files

    def list_files(self) -> tuple[RemoteFile, ...]:
        files = [file_of(item, self.title) for item in self._pages(self._account() + "datasets", "datasets")]
        return tuple(newest_first(files))

    def find_file(self, name: str, size: int | None = None) -> RemoteFile | None:
        """The whole dataset of this name: its id tells; one that is still being filled is none."""
        try:
            file = self.get_file(dataset_id(name))
        except ProviderError as error:
            if error.status == 404:
                return None
            raise
        return file if file.status == "ready" else None

    def get_file(self, file_id: str) -> RemoteFile:
        return file_of(self._wire.json("GET", self._dataset(file_id)), self.title)

    def _send_file(self, stream: UploadStream, name: str) -> RemoteFile:
        """Makes the dataset (one that is there from an earlier try is taken), then sends its file."""
        wanted = dataset_id(name)
        self._make_dataset(wanted, name)
        if stream.size <= _ONE_REQUEST:
            self._wire.send(
                "POST", self._dataset(wanted) + ":upload", files={"file": (name, stream)}, changes=True
            )
        else:
            self._send_large(wanted, name, stream)
        return self.get_file(wanted)

    def _make_dataset(self, wanted: str, name: str) -> None:
        body = {"datasetId": wanted, "dataset": {"displayName": name[:60], "userUploaded": {}}}
        try:
            self._wire.json("POST", self._account() + "datasets", body=body, changes=True)
        except ProviderError as error:
            if not error.outcome_unknown:
                raise
            try:
                self.get_file(wanted)  # it is there: of an earlier try, or made in spite of the answer
            except ProviderError as trouble:
                raise (error if trouble.status == 404 else trouble) from None

    def _send_large(self, wanted: str, name: str, stream: UploadStream) -> None:
        sizes = {"filenameToSize": {name: str(stream.size)}}
        answer = self._wire.json("POST", self._dataset(wanted) + ":getUploadEndpoint", body=sizes)
        urls = answer.get("filenameToSignedUrls")
        url = text_or(urls.get(name)) if isinstance(urls, dict) else ""
        if not url:
            raise garbled(self.title, "no address for the file")
        signed = {
            "Content-Type": "application/octet-stream",
            "x-goog-content-length-range": f"{stream.size},{stream.size}",
        }
        self._wire.put_signed(url, stream, signed)
        self._wire.json("POST", self._dataset(wanted) + ":validateUpload", body={}, changes=True)

    def delete_file(self, file_id: str) -> None:
        self._delete(self._dataset(file_id))

    # jobs

    def create_job(self, request: JobRequest) -> FineTuneJob:
        collection, id_name = collection_of(request.method)
        body = job_body(request, self._full_account, goes_on=self._is_adapter(request.model))
        path = self._account() + collection
        value = self._wire.json("POST", path, query={id_name: request.ref}, body=body, changes=True)
        return in_doubt(lambda: job_of(value, self.facts))

    def _is_adapter(self, model: str) -> bool:
        """Whether a model of the account was tuned before, so that the job goes on from it."""
        if not model.startswith(self._full_account):
            return False
        value = self._wire.json("GET", f"{self._account()}models/{quote(model.split('/')[-1], safe='')}")
        return text_or(value.get("kind")).endswith("PEFT_ADDON")

    def find_job_by_ref(self, ref: str) -> FineTuneJob | None:
        for collection in (SFT_JOBS, DPO_JOBS):
            try:
                return self.get_job(f"{collection}/{ref}")
            except ProviderError as error:
                if error.status != 404:
                    raise
        return None

    def find_jobs_like(self, request: JobRequest) -> tuple[FineTuneJob, ...]:
        return ()  # every job of ours has our reference as its id

    def get_job(self, job_id: str) -> FineTuneJob:
        return job_of(self._wire.json("GET", self._job(job_id)), self.facts)

    def list_jobs(self, limit: int = 100) -> tuple[FineTuneJob, ...]:
        jobs = [
            job_of(item, self.facts)
            for collection in (SFT_JOBS, DPO_JOBS)
            for item in self._pages(self._account() + collection, collection)
        ]
        return tuple(newest_first(jobs)[:limit])

    def list_events(self, job_id: str, known: frozenset[str] = frozenset()) -> tuple[JobEvent, ...]:
        """The service keeps no events: one of ours for each state and each tenth of the way."""
        event = progress_event_of(self._wire.json("GET", self._job(job_id)))
        return () if event.id in known else (event,)

    def list_checkpoints(self, job_id: str) -> tuple[Checkpoint, ...]:
        return ()  # not told for managed jobs

    def cancel_job(self, job_id: str) -> FineTuneJob:
        self._wire.send("POST", self._job(job_id) + ":cancel", body={}, changes=True)
        return self.get_job(job_id)

    def resume_job(self, job_id: str) -> FineTuneJob:
        value = self._wire.json("POST", self._job(job_id) + ":resume", body={}, changes=True)
        return in_doubt(lambda: job_of(value, self.facts))

    def result_files(self, job: FineTuneJob) -> tuple[bytes, ...]:
        """The measures, from an address that is asked for anew: it is signed, and never kept."""
        if job.id.startswith(DPO_JOBS):
            answer = self._wire.json("GET", self._job(job.id) + ":getMetricsFileEndpoint")
            url = text_or(answer.get("signedUrl"))
        else:
            url = text_or(self._wire.json("GET", self._job(job.id)).get("metricsFileSignedUrl"))
        return (self._wire.get_signed(url),) if url else ()

    def _dataset(self, file_id: str) -> str:
        return f"{self._account()}datasets/{quote(file_id.split('/')[-1], safe='')}"

    def _job(self, job_id: str) -> str:
        collection, _, name = job_id.rpartition("/")
        return f"{self._account()}{collection.split('/')[-1] or SFT_JOBS}/{quote(name, safe='')}"

    def _pages(self, path: str, key: str) -> Iterator[Json]:
        query: dict[str, Any] = {"pageSize": _PAGE}
        seen: set[str] = set()
        for _ in range(_MAX_PAGES):
            page = self._wire.json("GET", path, query=query)
            if key in page or "nextPageToken" in page or "totalSize" in page:
                yield from items_of({key: [], **page}, self.title, key)
            elif page:
                raise garbled(self.title, "a list was expected")
            token = text_or(page.get("nextPageToken"))
            if not token or token in seen:
                return
            seen.add(token)
            query["pageToken"] = token
