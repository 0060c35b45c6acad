"""Mistral on loopback, as the schema of its SDK has it: numbered pages, upper-case statuses."""

import json
import re
import time
from typing import Any

from tests.helpers.fake_service import STREAM, Answer, FakeService, multipart


class FakeMistral(FakeService):
    """`script` is the statuses that a job passes, one for each time it is asked for."""

    def __init__(
        self,
        *,
        key: str = "fake-mistral-key-00000001",
        script: tuple[str, ...] = ("SUCCESS",),
        page_size: int | None = None,
    ) -> None:
        super().__init__(key=key)
        self.script = script
        self.page_size = page_size
        self.files: dict[str, dict[str, Any]] = {}
        self.contents: dict[str, bytes] = {}
        self.jobs: dict[str, dict[str, Any]] = {}
        self.bodies: list[Any] = []

    @property
    def whole_files(self) -> int:
        return len(self.files)

    def act(
        self, method: str, path: str, query: dict[str, str], body: bytes, headers: dict[str, str]
    ) -> Answer:
        if path == "/models":
            cards = [
                {"id": "open-mistral-nemo", "owned_by": "mistralai", "capabilities": {"fine_tuning": True}},
                {
                    "id": "open-mistral-7b",
                    "capabilities": {"fine_tuning": False},
                    "deprecation": "2025-03-30T12:00:00Z",
                },
            ]
            return 200, {"object": "list", "data": cards}
        if path == "/files":
            return (200, self._upload(body)) if method == "POST" else self._page(self.files, query)
        if match := re.fullmatch(r"/files/([^/]+)", path):
            return self._file(method, match[1])
        if path == "/fine_tuning/jobs":
            return self._create(body) if method == "POST" else self._page(self.jobs, query)
        if match := re.fullmatch(r"/fine_tuning/jobs/([^/]+)(/cancel)?", path):
            return self._job(match[1], bool(match[2]))
        if path == "/chat/completions":
            self.bodies.append(json.loads(body))
            return 200, STREAM
        return 404, {"object": "error", "message": f"no Route matched {path}"}

    def _page(self, items: dict[str, Any], query: dict[str, str]) -> Answer:
        ordered = list(reversed(items.values()))
        size = self.page_size or int(query["page_size"])
        start = int(query["page"]) * size
        shown = [{k: v for k, v in item.items() if k != "asked"} for item in ordered[start : start + size]]
        return 200, {"object": "list", "data": shown, "total": len(ordered)}

    def _upload(self, body: bytes) -> dict[str, Any]:
        fields = multipart(body)
        assert fields["purpose"][1] == b"fine-tune"
        name, content = fields["file"]
        file_id = f"uuid-file-{len(self.files) + 1}"
        self.contents[file_id] = content
        self.files[file_id] = {
            "id": file_id,
            "object": "file",
            "bytes": len(content),
            "created_at": int(time.time()),
            "filename": name,
            "purpose": "fine-tune",
            "sample_type": "instruct",
            "source": "upload",
        }
        return self.files[file_id]

    def _file(self, method: str, file_id: str) -> Answer:
        if file_id not in self.files:
            return 404, {"detail": f"File {file_id} was not found"}
        if method == "DELETE":
            del self.files[file_id]
            return 200, {"id": file_id, "object": "file", "deleted": True}
        return 200, self.files[file_id]

    def _create(self, body: bytes) -> Answer:
        sent = json.loads(body)
        self.bodies.append(sent)
        missing = [key for key in ("model", "hyperparameters", "training_files") if key not in sent]
        if missing:
            return 422, {"detail": [{"loc": ["body", missing[0]], "msg": "Field required"}]}
        if sent["training_files"][0]["file_id"] not in self.files:
            return 400, {"object": "error", "message": "The training file was not found", "code": "3001"}
        job_id = f"uuid-job-{len(self.jobs) + 1}"
        now = int(time.time())
        self.jobs[job_id] = {
            "id": job_id,
            "object": "job",
            "job_type": "completion",
            "auto_start": sent["auto_start"],
            "model": sent["model"],
            "status": "QUEUED",
            "created_at": now,
            "modified_at": now,
            "training_files": [item["file_id"] for item in sent["training_files"]],
            "validation_files": sent.get("validation_files", []),
            "suffix": sent.get("suffix"),
            "hyperparameters": sent["hyperparameters"],
            "fine_tuned_model": None,
            "trained_tokens": None,
            "events": [{"name": "status-updated", "data": {"status": "QUEUED"}, "created_at": now}],
            "checkpoints": [],
            "asked": 0,
        }
        return 200, self._shown(job_id)

    def _shown(self, job_id: str) -> dict[str, Any]:
        return {key: value for key, value in self.jobs[job_id].items() if key != "asked"}

    def _job(self, job_id: str, cancel: bool) -> Answer:
        job = self.jobs.get(job_id)
        if job is None:
            return 404, {"detail": f"Job {job_id} was not found"}
        if cancel:
            job["status"] = "CANCELLED"
        elif job["status"] not in ("SUCCESS", "FAILED", "FAILED_VALIDATION", "CANCELLED"):
            self._advance(job)
        return 200, self._shown(job_id)

    def _advance(self, job: dict[str, Any]) -> None:
        job["status"] = self.script[min(job["asked"], len(self.script) - 1)]
        job["asked"] += 1
        data: dict[str, Any] = {"status": job["status"]}
        if job["status"].startswith("FAILED"):
            data["error"] = "Example 3 is odd"
        job["events"].append(
            {"name": "status-updated", "data": data, "created_at": job["created_at"] + job["asked"]}
        )
        if job["status"] == "RUNNING":
            metrics = {"train_loss": 2.0 / job["asked"], "valid_loss": 1.5, "valid_mean_token_accuracy": 0.5}
            job["checkpoints"].insert(
                0, {"metrics": metrics, "step_number": 10 * job["asked"], "created_at": job["created_at"]}
            )
        if job["status"] == "SUCCESS":
            job["fine_tuned_model"] = f"ft:{job['model']}:{job['id']}"
            job["trained_tokens"] = 1234
