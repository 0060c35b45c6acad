"""What the adapters over plain HTTP share: addresses, chat, and steering that a service may not have."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from finetune_studio.domain.errors import ProviderError
from finetune_studio.domain.job import FineTuneJob, Metrics
from finetune_studio.providers.base import Cancelled, ChatMessage, Progress, RemoteFile, UploadMemory, never
from finetune_studio.providers.http_wire import HttpWire
from finetune_studio.providers.openai_client import checked_base_url
from finetune_studio.providers.openai_wire import OpenAIWireProvider
from finetune_studio.providers.results import merge_metrics, parse_results
from finetune_studio.providers.secrets import Secret
from finetune_studio.providers.upload_stream import UploadStream
from finetune_studio.providers.uploading import upload_cancellable
from finetune_studio.providers.wire import Timeouts
from finetune_studio.providers.wire_facts import WireFacts

Dated = TypeVar("Dated", FineTuneJob, RemoteFile)


def newest_first(found: Iterable[Dated]) -> list[Dated]:
    """In the order of their creation, those without a date last."""
    return sorted(
        found, key=lambda each: each.created_at.timestamp() if each.created_at else 0.0, reverse=True
    )


class RestProvider(ABC):
    """A base for adapters; each chats through the OpenAI-compatible address of its service."""

    def __init__(
        self, facts: WireFacts, base_url: str, api_key: Secret, timeouts: Timeouts | None = None
    ) -> None:
        self.facts = facts
        self.id = facts.id
        self.title = facts.title
        self.base_url = checked_base_url(base_url)
        self._wire = HttpWire(self.title, self.base_url, api_key, timeouts or Timeouts())
        self._talker: OpenAIWireProvider | None = None
        self._talker_lock = threading.Lock()

    def close(self) -> None:
        self._wire.close()
        with self._talker_lock:
            talker, self._talker = self._talker, None
        if talker is not None:
            talker.close()

    def chat_address(self) -> str:
        """Where chat completions are, below which the SDK adds /chat/completions."""
        return self.base_url

    def chat(
        self, messages: Sequence[ChatMessage], model: str, cancelled: Cancelled = never
    ) -> Iterator[str]:
        with self._talker_lock:
            if self._talker is None:
                facts = WireFacts(self.id, self.title)
                self._talker = OpenAIWireProvider(
                    facts, self.chat_address(), self._wire.key, self._wire.timeouts
                )
        return self._talker.chat(messages, model, cancelled)

    def find_job_by_ref(self, ref: str) -> FineTuneJob | None:
        """None where there is nowhere to put a reference: find_jobs_like is the way then."""
        return None

    def pause_job(self, job_id: str) -> FineTuneJob:
        raise self._lacking(f"pause {job_id}")

    def resume_job(self, job_id: str) -> FineTuneJob:
        raise self._lacking(f"resume {job_id}")

    @abstractmethod
    def result_files(self, job: FineTuneJob) -> tuple[bytes, ...]:
        """The contents of the job's files of measures, each parsed by its header."""

    def results(self, job: FineTuneJob) -> tuple[Metrics, ...]:
        return merge_metrics(point for content in self.result_files(job) for point in parse_results(content))

    def upload_file(
        self,
        path: Path,
        name: str,
        progress: Progress | None = None,
        cancelled: Cancelled = never,
        memory: UploadMemory | None = None,
    ) -> RemoteFile:
        return upload_cancellable(path, lambda stream: self._send_file(stream, name), progress, cancelled)

    @abstractmethod
    def _send_file(self, stream: UploadStream, name: str) -> RemoteFile:
        """The calls that a file takes at the service, from the thread that uploads."""

    def _delete(self, path: str) -> None:
        """What is gone already is fine."""
        try:
            self._wire.send("DELETE", path, changes=True)
        except ProviderError as error:
            if error.status != 404:
                raise

    def _lacking(self, what: str) -> ProviderError:
        return ProviderError(
            f"{self.title} cannot {what}.", "Cancel the job instead.", status=405, code="not_offered"
        )
