"""Services of OpenAI's wire format, each with the habits that its documents tell of.

They stand beside FakeProviderServer, which is as OpenAI describes itself.
"""

import json
import re
from typing import Any

from tests.helpers.fake_provider_server import FakeProviderServer
from tests.helpers.fake_service import Answer, multipart

_BOM = b"\xef\xbb\xbf"


def _refused(message: str, code: str = "invalidPayload", status: int = 400) -> Answer:
    return status, {"error": {"code": code, "message": message}}  # no type, no param


class FakeAzure(FakeProviderServer):
    """Foundry v1: a path of its own, a file that is pending first, and models that answer once deployed.

    `deployed` are names that chat takes; `wants_bom` refuses files without a byte order mark.
    """

    prefix = "/openai/v1"

    def __init__(self, **more: Any) -> None:
        super().__init__(file_script=("pending", "running", "processed"), **more)
        self.wants_bom = True
        self.deployed: set[str] = set()

    def act(
        self, method: str, path: str, query: dict[str, str], body: bytes, headers: dict[str, str]
    ) -> Answer:
        sent = json.loads(body) if method == "POST" and body[:1] == b"{" else {}
        is_upload = path == "/files" and method == "POST" and self.wants_bom
        if is_upload and not multipart(body)["file"][1].startswith(_BOM):
            return _refused("The file must be UTF-8 with a byte order mark (BOM).")
        if path == "/fine_tuning/jobs" and method == "POST":
            if sent.get("trainingType") not in ("Standard", "GlobalStandard", "developerTier"):
                return _refused("The trainingType is missing or not known.")
            if "." in sent.get("suffix", ""):
                return _refused("The suffix must not hold a period.")
            file = self.state.files.get(sent["training_file"], {})
            if file.get("status") != "processed":
                return _refused("The training file is not processed yet.", "fileNotReady")
        if path == "/chat/completions" and sent["model"] not in self.deployed:
            return _refused("The API deployment for this resource does not exist.", "DeploymentNotFound", 404)
        if path == "/moderations":
            return _refused("Resource not found", "404", 404)
        return super().act(method, path, query, body, headers)

    def _create(self, body: bytes) -> tuple[int, Any]:
        status, job = super()._create(body)
        if status == 200:
            self.state.jobs[job["id"]]["status"] = job["status"] = "pending"
        return status, job


_NEBIUS_KNOWS = {
    "batch_size": int,
    "learning_rate": float,
    "n_epochs": int,
    "warmup_ratio": float,
    "weight_decay": float,
    "packing": bool,
    "max_grad_norm": float,
    "context_length": int,
    "lora": bool,
    "lora_r": int,
    "lora_alpha": int,
    "lora_dropout": float,
}


class FakeNebius(FakeProviderServer):
    """Token Factory: files without a status, hyperparameters at the top by name and kind, steps in the job.

    Measures come with the checkpoints alone; there are no result files; a refusal is a list of places.
    """

    def __init__(self, **more: Any) -> None:
        super().__init__(metadata=False, **more)

    def act(
        self, method: str, path: str, query: dict[str, str], body: bytes, headers: dict[str, str]
    ) -> Answer:
        if path == "/fine_tuning/jobs" and method == "POST":
            wrong = [
                {"loc": ["body", "hyperparameters", name], "msg": told, "type": "value_error"}
                for name, value in json.loads(body).get("hyperparameters", {}).items()
                if (told := self._problem(name, value))
            ]
            if wrong:
                return 422, {"detail": wrong}
        if re.fullmatch(r"/fine_tuning/jobs/[^/]+/(pause|resume)", path) or path == "/moderations":
            return 404, {"detail": "Not Found"}
        return super().act(method, path, query, body, headers)

    @staticmethod
    def _problem(name: str, value: Any) -> str:
        kind = _NEBIUS_KNOWS.get(name)
        if kind is None:
            return "Extra inputs are not permitted"
        takes = (int, float) if kind is float else kind
        is_right = isinstance(value, takes) and (kind is bool or not isinstance(value, bool))
        return "" if is_right else f"Input should be a valid {kind.__name__}"

    def _shown_file(self, file_id: str) -> dict[str, Any]:
        return {**super()._shown_file(file_id), "status": None}

    def _advance(self, job: dict[str, Any]) -> None:
        super()._advance(job)
        number = job["asked"]
        job.update(metadata=None, result_files=[], total_steps=10, trained_steps=min(10, number * 2))
        self.state.events[job["id"]] = [
            {**event, "type": "message", "data": None, "message": "Job is submitted"}
            for event in self.state.events[job["id"]][:1]
        ]
        if job["status"] in ("running", "succeeded"):
            self.state.checkpoints.setdefault(job["id"], []).append(
                {
                    "id": f"ftckpt-{number}",
                    "fine_tuning_job_id": job["id"],
                    "step_number": number * 2,
                    "metrics": {"step": number * 2, "train_loss": 3.4 / number, "valid_loss": 3.3 / number},
                    "result_files": [f"file-adapter-{number}"],
                }
            )


class FakeCrusoe(FakeProviderServer):
    """LoRA alone: nothing is paused, and the files that a job lists are adapters, not tables."""

    adapter_bytes = 40 << 20

    def act(
        self, method: str, path: str, query: dict[str, str], body: bytes, headers: dict[str, str]
    ) -> Answer:
        if re.fullmatch(r"/fine_tuning/jobs/[^/]+/(pause|resume)", path) or path == "/moderations":
            return _refused("Not Found", "not_found", 404)
        return super().act(method, path, query, body, headers)

    def _advance(self, job: dict[str, Any]) -> None:
        super()._advance(job)
        if job["status"] == "succeeded":
            name = f"file-adapter-{job['id']}"
            job["result_files"] = [name]
            self.state.files[name] = {
                "id": name,
                "object": "file",
                "bytes": self.adapter_bytes,
                "filename": "adapter.tar.gz",
                "purpose": "fine-tune-results",
                "created_at": 1_780_000_000,
                "status": "processed",
                "asked": 0,
            }
            self.state.contents[name] = b"\x1f\x8b" + b"\0" * 64


LIKES: dict[str, type[FakeProviderServer]] = {
    "azure": FakeAzure,
    "nebius": FakeNebius,
    "crusoe": FakeCrusoe,
}
"""By the profile that knows their habits."""
