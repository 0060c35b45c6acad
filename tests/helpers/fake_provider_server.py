"""A fine-tuning service of OpenAI's wire format on loopback that fails on demand.

with FakeProviderServer() as server:
    server.inject("POST", "/fine_tuning/jobs", "timeout_after")
    provider = OpenAIWireProvider(facts, server.base_url, Secret(server.key))
"""

import csv
import io
import json
import re
import time
from dataclasses import dataclass, field
from typing import Any

from tests.helpers.fake_service import FAULTS, STREAM, Answer, FakeService, multipart

__all__ = ["FAULTS", "FakeProviderServer"]


@dataclass
class FakeState:
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    checkpoints: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    bodies: list[Any] = field(default_factory=list)


class FakeProviderServer(FakeService):
    """`script` is the statuses that a job passes, one for each time it is asked for."""

    def __init__(
        self,
        *,
        key: str = "sk-fake-service-key-0001",
        script: tuple[str, ...] = ("succeeded",),
        file_script: tuple[str, ...] = ("processed",),
        metadata: bool = True,
        metadata_filter: bool = True,
        metadata_rejected: bool = False,
        page_size: int | None = None,
        endless_pages: bool = False,
    ) -> None:
        super().__init__(key=key)
        self.script = script
        self.file_script = file_script
        self.metadata = metadata
        self.metadata_filter = metadata_filter
        self.metadata_rejected = metadata_rejected
        self.page_size = page_size
        self.endless_pages = endless_pages
        self.state = FakeState()
        self.part_uploads: dict[str, dict[str, Any]] = {}
        self.upload_lives = 3600
        self.stream_chat = True
        self.job_error: dict[str, Any] = {}

    @property
    def jobs(self) -> dict[str, dict[str, Any]]:
        return self.state.jobs

    @property
    def whole_files(self) -> int:
        return len(self.state.files)

    def add_event(self, job_id: str, message: str, **data: Any) -> None:
        events = self.state.events.setdefault(job_id, [])
        events.append(
            {
                "object": "fine_tuning.job.event",
                "id": f"ftevent-{len(events):05d}",
                "created_at": 1_780_000_000 + len(events),
                "level": "info",
                "message": message,
                "type": "metrics" if data else "message",
                "data": data or None,
            }
        )

    def act(
        self, method: str, path: str, query: dict[str, str], body: bytes, headers: dict[str, str]
    ) -> Answer:
        state = self.state
        if path == "/models":
            return 200, {
                "object": "list",
                "data": [
                    {"id": "tiny", "object": "model", "owned_by": "fake", "shutdown_date": "2099-01-14"}
                ],
            }
        if path == "/files":
            return (200, self._upload(body)) if method == "POST" else self._page(state.files, query)
        if match := re.fullmatch(r"/files/([^/]+)(/content)?", path):
            return self._file(method, match[1], bool(match[2]))
        if match := re.fullmatch(r"/uploads(?:/([^/]+)/(parts|complete))?", path):
            return self._upload_in_parts(match[1] or "", match[2] or "", body)
        if path == "/fine_tuning/jobs":
            return self._create(body) if method == "POST" else self._jobs(query)
        if match := re.fullmatch(r"/fine_tuning/jobs/([^/]+)(?:/(\w+))?", path):
            return self._job(match[1], match[2] or "", query)
        if path == "/moderations":
            texts = json.loads(body)["input"]
            results = [
                {"flagged": "HARM" in text, "categories": {"violence": "HARM" in text, "hate": False}}
                for text in texts
            ]
            return 200, {"id": "modr-1", "model": "m", "results": results}
        if path == "/chat/completions":
            state.bodies.append(json.loads(body))
            if self.stream_chat:
                return 200, STREAM
            text = "".join(self.answer_pieces)
            return 200, {"choices": [{"index": 0, "message": {"role": "assistant", "content": text}}]}
        return 404, {"error": {"message": f"unknown {path}", "code": "not_found"}}

    def _upload(self, body: bytes) -> dict[str, Any]:
        name = re.search(rb'filename="([^"]*)"', body)
        start = body.index(b"\r\n\r\n", body.index(b"filename=")) + 4
        boundary = body[: body.index(b"\r\n")]
        content = body[start : body.index(b"\r\n" + boundary, start)]
        return self._keep((name[1] if name else b"").decode(), content)

    def _keep(self, name: str, content: bytes) -> dict[str, Any]:
        state = self.state
        file_id = f"file-{len(state.files) + 1}"
        state.contents[file_id] = content
        state.files[file_id] = {
            "id": file_id,
            "object": "file",
            "bytes": len(content),
            "filename": name,
            "purpose": "fine-tune",
            "created_at": int(time.time()),
            "status": self.file_script[0],
            "asked": 0,
        }
        return self._shown_file(file_id)

    def _upload_in_parts(self, upload_id: str, verb: str, body: bytes) -> Answer:
        if not verb:
            sent = json.loads(body)
            upload_id = f"upload-{len(self.part_uploads) + 1}"
            self.part_uploads[upload_id] = {**sent, "parts": {}, "status": "pending"}
            end = int(time.time()) + self.upload_lives
            return 200, {"id": upload_id, "object": "upload", "status": "pending", "expires_at": end}
        upload = self.part_uploads.get(upload_id)
        if upload is None or upload["status"] != "pending":
            return 400, {"error": {"message": f"Upload {upload_id} is not pending", "code": "upload"}}
        if verb == "parts":
            part_id = f"part-{len(upload['parts']) + 1}"
            upload["parts"][part_id] = multipart(body)["data"][1]
            return 200, {"id": part_id, "object": "upload.part", "upload_id": upload_id}
        content = b"".join(upload["parts"][part_id] for part_id in json.loads(body)["part_ids"])
        if len(content) != upload["bytes"]:
            return 400, {"error": {"message": "The parts do not add up", "code": "upload"}}
        upload["status"] = "completed"
        return 200, {"id": upload_id, "status": "completed", "file": self._keep(upload["filename"], content)}

    def _shown_file(self, file_id: str) -> dict[str, Any]:
        file = self.state.files[file_id]
        script = self.file_script
        file["status"] = script[min(file["asked"], len(script) - 1)]
        file["asked"] += 1
        return {key: value for key, value in file.items() if key != "asked"}

    def _file(self, method: str, file_id: str, content: bool) -> tuple[int, Any]:
        state = self.state
        if content and file_id in state.contents:
            return 200, state.contents[file_id]
        if file_id not in state.files:
            return 404, {"error": {"message": f"No such File object: {file_id}", "code": "not_found"}}
        if method == "DELETE":
            del state.files[file_id]
            return 200, {"id": file_id, "object": "file", "deleted": True}
        return 200, self._shown_file(file_id)

    def _create(self, body: bytes) -> tuple[int, Any]:
        sent = json.loads(body)
        state = self.state
        state.bodies.append(sent)
        if self.metadata_rejected and "metadata" in sent:
            return 400, {"error": {"message": "Unknown parameter: 'metadata'.", "code": "unknown_parameter"}}
        if sent["training_file"] not in state.files:
            return 400, {"error": {"message": "invalid training_file", "code": "invalid_file"}}
        job_id = f"ftjob-{len(state.jobs) + 1}"
        state.jobs[job_id] = {
            "id": job_id,
            "object": "fine_tuning.job",
            "created_at": int(time.time()),
            "model": sent["model"],
            "training_file": sent["training_file"],
            "validation_file": sent.get("validation_file"),
            "status": "validating_files",
            "error": {},
            "result_files": [],
            "seed": sent.get("seed", 1),
            "fine_tuned_model": None,
            "trained_tokens": None,
            "method": sent.get("method"),
            "hyperparameters": sent.get("hyperparameters", {}),
            "metadata": sent.get("metadata") if self.metadata else None,
            "user_provided_suffix": sent.get("suffix"),
            "asked": 0,
        }
        self.add_event(job_id, f"Created fine-tuning job: {job_id}")
        return 200, self._shown(job_id)

    def _jobs(self, query: dict[str, str]) -> tuple[int, Any]:
        jobs = self.state.jobs
        wanted = {key[9:-1]: value for key, value in query.items() if key.startswith("metadata[")}
        if wanted and self.metadata_rejected:
            return 400, {"error": {"message": "Unknown query parameter", "code": "unknown_parameter"}}
        if wanted and self.metadata_filter:
            jobs = {
                job_id: job
                for job_id, job in jobs.items()
                if wanted.items() <= (job["metadata"] or {}).items()
            }
        return self._page({job_id: self._shown(job_id) for job_id in jobs}, query)

    def _shown(self, job_id: str) -> dict[str, Any]:
        return {key: value for key, value in self.state.jobs[job_id].items() if key != "asked"}

    def _job(self, job_id: str, action: str, query: dict[str, str]) -> tuple[int, Any]:
        state = self.state
        job = state.jobs.get(job_id)
        if job is None:
            return 404, {"error": {"message": f"Could not find job {job_id}", "code": "not_found"}}
        if action == "events":
            return self._page({event["id"]: event for event in state.events.get(job_id, [])}, query)
        if action == "checkpoints":
            return self._page({item["id"]: item for item in state.checkpoints.get(job_id, [])}, query)
        if action:
            job["status"] = {"cancel": "cancelled", "pause": "paused", "resume": "running"}[action]
        elif job["status"] not in ("succeeded", "failed", "cancelled"):
            self._advance(job)
        return 200, self._shown(job_id)

    def _advance(self, job: dict[str, Any]) -> None:
        script = self.script
        job["status"] = script[min(job["asked"], len(script) - 1)]
        job["asked"] += 1
        number = job["asked"]
        if job["status"] == "running":
            loss = 2.0 / number
            self.add_event(
                job["id"],
                f"Step {number}/10: training loss={loss}",
                step=number,
                train_loss=loss,
                total_steps=10,
            )
        if job["status"] == "failed":
            job["error"] = self.job_error or {
                "code": "invalid_training_file",
                "message": "Example 3 is odd",
            }
        if job["status"] == "succeeded":
            job["fine_tuned_model"] = f"ft:{job['model']}:{job['id']}"
            job["trained_tokens"] = 1234
            job["finished_at"] = int(time.time())
            job["result_files"] = ["file-results-" + job["id"]]
            out = io.StringIO()
            table = csv.writer(out)
            table.writerow(["step", "train_loss", "train_mean_token_accuracy", "valid_loss"])
            table.writerows([[1, 2.0, 0.5, ""], [2, 1.0, 0.625, 1.5]])
            self.state.contents["file-results-" + job["id"]] = out.getvalue().encode()

    def _page(self, items: dict[str, Any], query: dict[str, str]) -> tuple[int, Any]:
        ordered = list(reversed(items.values()))
        if query.get("after") and not self.endless_pages:
            ids = [item["id"] for item in ordered]
            ordered = ordered[ids.index(query["after"]) + 1 :] if query["after"] in ids else []
        limit = self.page_size or int(query.get("limit", 20))
        more = self.endless_pages or len(ordered) > limit
        return 200, {"object": "list", "data": ordered[:limit], "has_more": more}
