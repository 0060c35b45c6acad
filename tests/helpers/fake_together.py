"""Together AI on loopback, as its API reference and SDK have it: files through a storage, /fine-tunes."""

import json
import re
import time
from datetime import UTC, datetime
from typing import Any

from tests.helpers.fake_service import STREAM, Answer, FakeService, multipart


class FakeTogether(FakeService):
    """`script` is the statuses that a job passes, one for each time it is asked for."""

    def __init__(
        self, *, key: str = "tok-fake-together-key-0001", script: tuple[str, ...] = ("completed",)
    ) -> None:
        super().__init__(key=key)
        self.script = script
        self.files: dict[str, dict[str, Any]] = {}
        self.contents: dict[str, bytes] = {}
        self.jobs: dict[str, dict[str, Any]] = {}
        self.bodies: list[Any] = []
        self.invalid = ""
        self.takes_parts = True
        self.part_uploads: dict[str, dict[int, bytes]] = {}

    @property
    def whole_files(self) -> int:
        return sum(1 for file in self.files.values() if file["Processed"])

    def is_open(self, path: str) -> bool:
        return path.startswith("/storage/")

    def act(
        self, method: str, path: str, query: dict[str, str], body: bytes, headers: dict[str, str]
    ) -> Answer:
        if path == "/models":
            return 200, [{"id": "Qwen/Qwen3-8B", "type": "chat", "organization": "Qwen", "created": 1}]
        if path == "/files":
            if method == "GET":
                return 200, {"data": list(self.files.values())}
            return self._announce(body)
        if match := re.fullmatch(r"/files/multipart/(initiate|complete)", path):
            return self._in_parts(match[1], json.loads(body))
        if match := re.fullmatch(r"/storage/(upload-[^/]+)/(\d+)", path):
            assert "authorization" not in headers, "the key went to the storage"
            if match[1] not in self.part_uploads:
                return 403, b"<Error><Code>AccessDenied</Code></Error>"
            self.part_uploads[match[1]][int(match[2])] = body
            return 200, b"", {"ETag": f'"{match[2]}-{len(body)}"'}
        if match := re.fullmatch(r"/storage/(.+)", path):
            assert "authorization" not in headers, "the key went to the storage"
            self.contents[match[1]] = body
            self.files[match[1]]["bytes"] = len(body)
            return 200, b""
        if match := re.fullmatch(r"/files/([^/]+)(/preprocess)?", path):
            return self._file(method, match[1], bool(match[2]))
        if path == "/fine-tunes":
            return self._create(body) if method == "POST" else (200, {"data": list(self.jobs.values())})
        if match := re.fullmatch(r"/fine-tunes/([^/]+)(?:/(\w+))?", path):
            return self._job(match[1], match[2] or "")
        if path == "/chat/completions":
            self.bodies.append(json.loads(body))
            return 200, STREAM
        return 404, {"error": {"message": f"unknown {path}", "type": "invalid_request_error"}}

    def _announce(self, body: bytes) -> Answer:
        fields = {name: value.decode() for name, (_, value) in multipart(body).items()}
        assert fields["purpose"] == "fine-tune"
        assert fields["file_type"] == "jsonl"
        file_id = f"file-{len(self.files) + 1}"
        self.files[file_id] = {
            "id": file_id,
            "object": "file",
            "bytes": 0,
            "filename": fields["file_name"],
            "purpose": "fine-tune",
            "created_at": int(time.time()),
            "FileType": "jsonl",
            "Processed": False,
        }
        where = f"{self.root}{self.prefix}/storage/{file_id}"
        return 302, b"", {"Location": where, "X-Together-File-Id": file_id}

    def _in_parts(self, verb: str, sent: dict[str, Any]) -> Answer:
        if not self.takes_parts:
            return 400, {"error": {"message": "Multipart uploads are for larger files", "code": "too_small"}}
        if verb == "initiate":
            assert 1 <= sent["num_parts"] <= 250
            assert sent["purpose"] == "fine-tune"
            file_id = f"file-{len(self.files) + 1}"
            upload_id = f"upload-{file_id}"
            self.part_uploads[upload_id] = {}
            self.files[file_id] = {
                "id": file_id,
                "object": "file",
                "bytes": sent["file_size"],
                "filename": sent["filename"],
                "purpose": "fine-tune",
                "created_at": int(time.time()),
                "FileType": "jsonl",
                "Processed": False,
            }
            where = f"{self.root}{self.prefix}/storage/{upload_id}"
            parts = [{"PartNumber": n, "URL": f"{where}/{n}"} for n in range(1, sent["num_parts"] + 1)]
            return 200, {"upload_id": upload_id, "file_id": file_id, "parts": parts}
        there = self.part_uploads.get(sent["upload_id"])
        named = [(item["PartNumber"], item["ETag"]) for item in sent["parts"]]
        if there is None or named != [(n, f'"{n}-{len(there[n])}"') for n in sorted(there)]:
            return 400, {"error": {"message": "The parts are not those that were sent", "code": "parts"}}
        file = self.files[sent["file_id"]]
        self.contents[file["id"]] = b"".join(there[n] for n in sorted(there))
        del self.part_uploads[sent["upload_id"]]
        return 200, file

    def _file(self, method: str, file_id: str, preprocess: bool) -> Answer:
        file = self.files.get(file_id)
        if file is None:
            return 404, {"error": {"message": f"No such file: {file_id}"}}
        if method == "DELETE":
            del self.files[file_id]
            return 200, {"id": file_id, "object": "file", "deleted": True}
        if preprocess:
            if file_id not in self.contents:
                return 400, {"error": {"message": "The file was not uploaded.", "code": "missing"}}
            file["Processed"] = True
            file["processing_status"] = "INVALID_FORMAT" if self.invalid else "COMPLETED"
            file["validation_report"] = {"valid": not self.invalid, "error": self.invalid or None}
        return 200, file

    def _create(self, body: bytes) -> Answer:
        sent = json.loads(body)
        self.bodies.append(sent)
        if not self.files.get(sent["training_file"], {}).get("Processed"):
            return 400, {"error": {"message": "training_file was not found", "code": "invalid_file"}}
        job_id = f"ft-{len(self.jobs) + 1}"
        now = datetime.now(UTC).isoformat()
        self.jobs[job_id] = {
            **{key: sent.get(key) for key in ("model", "training_file", "validation_file", "suffix")},
            **{key: sent.get(key) for key in ("n_epochs", "batch_size", "learning_rate", "training_method")},
            "id": job_id,
            "status": "pending",
            "user_id": "u",
            "created_at": now,
            "updated_at": now,
            "from_checkpoint": sent.get("from_checkpoint"),
            "model_output_name": f"me/{sent.get('model', 'base').split('/')[-1]}-{job_id}",
            "random_seed": sent.get("random_seed"),
            "token_count": 0,
            "asked": 0,
            "events": [],
        }
        return 200, self.jobs[job_id]

    def _job(self, job_id: str, action: str) -> Answer:
        job = self.jobs.get(job_id)
        if job is None:
            return 404, {"error": {"message": f"Fine-tune {job_id} was not found"}}
        if action == "events":
            return 200, {"data": job["events"]}
        if action == "metrics":
            return 200, {
                "metrics": [
                    {"timestamp": 1796011210000000000, "train/global_step": 1, "train/loss": 2.0},
                    {"timestamp": 1796011220000000000, "train/global_step": 2, "train/loss": 1.0},
                    {"timestamp": 1796011230000000000, "eval/global_step": 2, "eval/loss": 1.5},
                ]
            }
        if action == "checkpoints":
            return 200, {
                "data": [
                    {"step": 2, "path": f"{job_id}:2", "checkpoint_type": "Final", "created_at": "x"},
                    {"step": 1, "path": f"{job_id}:1", "checkpoint_type": "Intermediate", "created_at": "x"},
                ]
            }
        if action == "cancel":
            job["status"] = "cancelled"
        elif job["status"] not in ("completed", "error", "cancelled"):
            self._advance(job)
        return 200, job

    def _advance(self, job: dict[str, Any]) -> None:
        job["status"] = self.script[min(job["asked"], len(self.script) - 1)]
        job["asked"] += 1
        kinds = {"running": "training_start", "error": "job_error", "completed": "job_complete"}
        kind = kinds.get(job["status"], "job_pending")
        job["events"].append(
            {
                "object": "fine-tune-event",
                "created_at": f"2026-11-29T10:00:{job['asked']:02d}Z",
                "level": "error" if kind == "job_error" else "info",
                "message": "Example 3 is odd" if kind == "job_error" else f"Job is {job['status']}",
                "type": kind,
                "step": job["asked"] if kind == "training_start" else 0,
                "total_steps": 2 if kind == "training_start" else 0,
                "hash": "",
            }
        )
        if job["status"] == "completed":
            job["token_count"] = 1234
