"""Fireworks AI on loopback, as its API reference has it: datasets and jobs below an account, ids of ours."""

import json
import re
from datetime import UTC, datetime
from typing import Any

from tests.helpers.fake_service import STREAM, Answer, FakeService, multipart

_FINAL = ("JOB_STATE_COMPLETED", "JOB_STATE_FAILED", "JOB_STATE_CANCELLED")


class FakeFireworks(FakeService):
    """`script` is the states that a job passes, one for each time it is asked for."""

    def __init__(
        self,
        *,
        key: str = "fw_fake_fireworks_key_0001",
        script: tuple[str, ...] = ("JOB_STATE_COMPLETED",),
        accounts: tuple[str, ...] = ("me",),
        page_size: int = 100,
    ) -> None:
        super().__init__(key=key)
        self.script = script
        self.accounts = accounts
        self.page_size = page_size
        self.datasets: dict[str, dict[str, Any]] = {}
        self.contents: dict[str, bytes] = {}
        self.jobs: dict[str, dict[str, Any]] = {}
        self.bodies: list[Any] = []

    @property
    def whole_files(self) -> int:
        return sum(1 for dataset in self.datasets.values() if dataset["state"] == "READY")

    def is_open(self, path: str) -> bool:
        return path.startswith(("/storage/", "/metrics/"))

    @property
    def chat_prefix(self) -> str:
        return "/inference/v1"

    def act(
        self, method: str, path: str, query: dict[str, str], body: bytes, headers: dict[str, str]
    ) -> Answer:
        if path == "/accounts":
            return 200, {"accounts": [{"name": f"accounts/{name}"} for name in self.accounts]}
        if path == "/accounts/fireworks/models":
            models = [
                {"name": "accounts/fireworks/models/qwen3-8b", "tunable": True},
                {
                    "name": "accounts/fireworks/models/old",
                    "tunable": False,
                    "deprecationDate": {"year": 2026, "month": 12, "day": 24},
                },
            ]
            return 200, {"models": models, "totalSize": 2}
        if match := re.fullmatch(r"/accounts/me/models/(.+)", path):
            kind = "HF_PEFT_ADDON" if match[1].startswith("tuned") else "HF_BASE_MODEL"
            return 200, {"name": f"accounts/me/models/{match[1]}", "kind": kind}
        if self.is_open(path):
            assert "authorization" not in headers, "the key went to the storage"
            return self._storage(method, path, body, headers)
        if match := re.fullmatch(r"/accounts/me/datasets(?:/([^/:]+))?(?::(\w+))?", path):
            return self._dataset(method, match[1] or "", match[2] or "", query, body)
        pattern = r"/accounts/me/(supervisedFineTuningJobs|dpoJobs)(?:/([^/:]+))?(?::(\w+))?"
        if match := re.fullmatch(pattern, path):
            return self._job(method, match[1], match[2] or "", match[3] or "", query, body)
        if path == "/inference/v1/chat/completions":
            self.bodies.append(json.loads(body))
            return 200, STREAM
        return _error(404, "NOT_FOUND", f"unknown {path}")

    def _storage(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        if method == "GET":
            lines = [{"step": 1, "train_loss": 2.0}, {"step": 2, "train_loss": 1.0, "eval_loss": 1.5}]
            return 200, "\n".join(map(json.dumps, lines)).encode()
        assert headers["x-goog-content-length-range"] == f"{len(body)},{len(body)}"
        self.contents[path.rsplit("/", 1)[1]] = body
        return 200, b""

    def _dataset(self, method: str, name: str, verb: str, query: dict[str, str], body: bytes) -> Answer:
        if not name:
            if method == "GET":
                return self._page(self.datasets, "datasets", query)
            sent = json.loads(body)
            wanted = sent["datasetId"]
            assert re.fullmatch(r"[a-z0-9-]{1,63}", wanted), wanted
            if wanted in self.datasets:
                return _error(409, "ALREADY_EXISTS", f"dataset {wanted} already exists")
            self.datasets[wanted] = {
                "name": f"accounts/me/datasets/{wanted}",
                "displayName": sent["dataset"]["displayName"],
                "state": "UPLOADING",
                "createTime": datetime.now(UTC).isoformat(),
            }
            return 200, self.datasets[wanted]
        dataset = self.datasets.get(name)
        if dataset is None:
            return _error(404, "NOT_FOUND", f"dataset {name} was not found")
        if method == "DELETE":
            del self.datasets[name]
            return 200, {}
        if verb == "upload":
            self.contents[name] = multipart(body)["file"][1]
            dataset["state"] = "READY"
            return 200, {"id": name, "object": "file", "bytes": len(self.contents[name])}
        if verb == "getUploadEndpoint":
            [file_name] = json.loads(body)["filenameToSize"]
            url = f"{self.root}{self.prefix}/storage/{name}"
            return 200, {"filenameToSignedUrls": {file_name: url}}
        if verb == "validateUpload":
            dataset["state"] = "READY"
            return 200, {}
        return 200, dataset

    def _page(self, items: dict[str, Any], key: str, query: dict[str, str]) -> Answer:
        start = int(query.get("pageToken") or 0)
        ordered = list(items.values())
        shown = ordered[start : start + self.page_size]
        more = start + self.page_size < len(ordered)
        return 200, {key: shown, "nextPageToken": str(start + self.page_size) if more else ""}

    def _job(
        self, method: str, kind: str, name: str, verb: str, query: dict[str, str], body: bytes
    ) -> Answer:
        if not name:
            if method == "GET":
                mine = {key: job for key, job in self.jobs.items() if f"/{kind}/" in job["name"]}
                return self._page(mine, kind, query)
            return self._create(kind, query, json.loads(body))
        job = self.jobs.get(name)
        if job is None or f"/{kind}/" not in job["name"]:
            return _error(404, "NOT_FOUND", f"job {name} was not found")
        if verb == "cancel":
            job["state"] = "JOB_STATE_CANCELLED"
            return 200, {}
        if verb == "resume":
            job["state"] = "JOB_STATE_RUNNING"
        elif verb == "getMetricsFileEndpoint":
            return 200, {"signedUrl": f"{self.root}{self.prefix}/metrics/{name}?signature=abc"}
        elif job["state"] not in _FINAL:
            self._advance(job)
        return 200, job

    def _create(self, kind: str, query: dict[str, str], sent: Any) -> Answer:
        self.bodies.append(sent)
        job_id = query["dpoJobId" if kind == "dpoJobs" else "supervisedFineTuningJobId"]
        assert re.fullmatch(r"[a-z0-9-]{1,63}", job_id), job_id
        if job_id in self.jobs:
            return _error(409, "ALREADY_EXISTS", f"job {job_id} already exists")
        if self.datasets.get(sent["dataset"].split("/")[-1], {}).get("state") != "READY":
            return _error(400, "INVALID_ARGUMENT", "the dataset is not ready")
        self.jobs[job_id] = {
            **sent,
            "name": f"accounts/me/{kind}/{job_id}",
            "state": "JOB_STATE_CREATING",
            "createTime": datetime.now(UTC).isoformat(),
            "status": {"code": "OK", "message": ""},
            "asked": 0,
        }
        return 200, self.jobs[job_id]

    def _advance(self, job: dict[str, Any]) -> None:
        job["state"] = self.script[min(job["asked"], len(self.script) - 1)]
        job["asked"] += 1
        job["updateTime"] = datetime.now(UTC).isoformat()
        if job["state"] == "JOB_STATE_RUNNING":
            job["jobProgress"] = {"percent": min(100, 25 * job["asked"])}
        if job["state"] == "JOB_STATE_FAILED":
            job["status"] = {"code": "INVALID_ARGUMENT", "message": "Example 3 is odd"}
        if job["state"] == "JOB_STATE_COMPLETED":
            name = job["name"].rsplit("/", 1)[1]
            job.setdefault("outputModel", f"accounts/me/models/{name}")
            job["metricsFileSignedUrl"] = f"{self.root}{self.prefix}/metrics/{name}?signature=abc"


def _error(status: int, code: str, message: str) -> Answer:
    return status, {"error": {"code": status, "message": message, "status": code}}
