"""Fireworks' JSON to our values, a job's body, and the ids that we choose."""

import re
from urllib.parse import urlsplit

from finetune_studio.domain.job import FineTuneJob, JobEvent, JobState
from finetune_studio.providers.base import JobRequest, RemoteFile, RemoteModel
from finetune_studio.providers.wire_facts import WireFacts
from finetune_studio.providers.wire_json import Json, garbled, int_or_none, text_or, time_of

SFT_JOBS, DPO_JOBS = "supervisedFineTuningJobs", "dpoJobs"
_SHARED = "accounts/fireworks/models/"
_NAMES = {
    "n_epochs": "epochs",
    "learning_rate": "learningRate",
    "lora_rank": "loraRank",
    "max_context_length": "maxContextLength",
}
_ID_LENGTH = 60


def account_of(base_url: str) -> str:
    """The account in an address such as https://api.fireworks.ai/v1/accounts/NAME/; "" without one."""
    found = re.search(r"/accounts/([^/]+)/?$", urlsplit(base_url).path)
    return found[1] if found else ""


def dataset_id(name: str) -> str:
    """The id for a file's name: small letters, digits and hyphens, no longer than the service takes."""
    stem = name.rsplit(".", 1)[0] if name.endswith(".jsonl") else name
    return re.sub(r"[^a-z0-9-]+", "-", stem.lower())[:_ID_LENGTH].strip("-")


def collection_of(method: str) -> tuple[str, str]:
    """Where jobs of a method are, and the parameter for an id of ours."""
    return (DPO_JOBS, "dpoJobId") if method == "dpo" else (SFT_JOBS, "supervisedFineTuningJobId")


def job_body(request: JobRequest, account: str, *, goes_on: bool = False) -> dict[str, object]:
    """`account` is its path with a slash, accounts/NAME/; `goes_on`: the model is a tuned one."""
    chosen = {
        _NAMES[name]: value
        for name, value in request.hyperparameters.values
        if name in _NAMES and value is not None and value != "auto"
    }
    base = request.model if "/" in request.model else _SHARED + request.model
    training: dict[str, object] = {"warmStartFrom" if goes_on else "baseModel": base, **chosen}
    if request.suffix:
        slug = re.sub(r"[^a-z0-9-]+", "-", request.suffix.lower()).strip("-")[:40] or "tuned"
        training["outputModel"] = f"{account}models/{slug}-{request.ref[-8:]}"
    body: dict[str, object] = {
        "dataset": f"{account}datasets/{request.training_file.split('/')[-1]}",
        "displayName": request.suffix or request.ref,
    }
    if request.method == "dpo":
        beta = dict(request.hyperparameters.values).get("beta")
        loss = {"lossConfig": {"method": "DPO", "klBeta": beta}} if beta not in (None, "auto") else {}
        return {**body, "trainingConfig": training, **loss}
    if request.validation_file:
        body["evaluationDataset"] = f"{account}datasets/{request.validation_file.split('/')[-1]}"
    return {**body, **training}


def file_of(value: Json, title: str) -> RemoteFile:
    name = text_or(value.get("name"))
    if not name:
        raise garbled(title, "a dataset without a name")
    status = value.get("status")
    state = text_or(value.get("state"))
    return RemoteFile(
        id=name.split("/")[-1],
        name=text_or(value.get("displayName")) or name.split("/")[-1],
        status={"READY": "ready", "UPLOADING": "uploading"}.get(state, state.lower() or None),
        status_details=text_or(status.get("message")) if isinstance(status, dict) else "",
        created_at=time_of(value.get("createTime")),
    )


def model_of(value: Json, title: str) -> RemoteModel:
    name = text_or(value.get("name"))
    if not name:
        raise garbled(title, "a model without a name")
    tunable = value.get("tunable")
    raw = value.get("deprecationDate")
    ends = text_or(raw)
    if isinstance(raw, dict) and all(isinstance(raw.get(part), int) for part in ("year", "month", "day")):
        ends = f"{raw['year']:04d}-{raw['month']:02d}-{raw['day']:02d}"
    return RemoteModel(
        id=name,
        owned_by=name.split("/")[1] if name.count("/") > 1 else "",
        created_at=time_of(value.get("createTime")),
        shutdown_date=ends,
        trainable=tunable if isinstance(tunable, bool) else None,
    )


def job_of(value: Json, facts: WireFacts) -> FineTuneJob:
    name, status = text_or(value.get("name")), text_or(value.get("state"))
    if not name or not status:
        raise garbled(facts.title, "a job without a name or a state")
    state = facts.state_of(status)
    parts = name.split("/")
    raw = value.get("trainingConfig")
    training: Json = raw if isinstance(raw, dict) else value
    said = value.get("status")
    back = {theirs: ours for ours, theirs in _NAMES.items()}
    failed = state is JobState.FAILED
    return FineTuneJob(
        id="/".join(parts[-2:]),
        model=text_or(training.get("warmStartFrom")) or text_or(training.get("baseModel")),
        status=status,
        state=state,
        created_at=time_of(value.get("createTime")),
        finished_at=time_of(value.get("completedTime")),
        fine_tuned_model=(text_or(training.get("outputModel")) or None)
        if state is JobState.SUCCEEDED
        else None,
        training_file=text_or(value.get("dataset")).split("/")[-1],
        validation_file=text_or(value.get("evaluationDataset")).split("/")[-1] or None,
        error_code=text_or(said.get("code")) if failed and isinstance(said, dict) else "",
        error_message=_said(said) if failed else "",
        hyperparameters=tuple((back[key], str(training[key])) for key in back if training.get(key)),
        method="dpo" if DPO_JOBS in name else "supervised",
        suffix=text_or(value.get("displayName")),
        metadata=(("fts_ref", parts[-1]),) if parts[-1].startswith("fts-") else (),
        result_files=("metrics",) if state.is_final else (),
        progress=None if (percent := _percent(value)) is None else min(100, max(0, percent)) / 100,
    )


def _said(status: object) -> str:
    message = text_or(status.get("message")) if isinstance(status, dict) else ""
    return message or "The service names no reason."


def _percent(value: Json) -> int | None:
    raw = value.get("jobProgress")
    return int_or_none(raw.get("percent")) if isinstance(raw, dict) else None


def progress_event_of(value: Json) -> JobEvent:
    state = text_or(value.get("state"), "JOB_STATE_UNSPECIFIED")
    percent = _percent(value) if state == "JOB_STATE_RUNNING" else None
    words = state.removeprefix("JOB_STATE_").replace("_", " ").capitalize()
    tenth = "" if percent is None else f" {percent // 10}"
    level = "error" if state.endswith("FAILED") else "info"
    message = words if percent is None else f"{words}, {percent} %"
    return JobEvent(f"{state}{tenth}", time_of(value.get("updateTime")), level, message)
