"""What the Fine-tune page says of a submission and its job, as plain texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from finetune_studio.domain.job import JobState
from finetune_studio.targets.profile import Profile
from finetune_studio.workspace.job_watch import JobUpdate
from finetune_studio.workspace.submission_errors import trouble_of
from finetune_studio.workspace.submission_records import Submission, SubmissionState

_BEFORE_JOB = {
    SubmissionState.PREPARED: ("Preparing", "info"),
    SubmissionState.UPLOADING: ("Uploading", "info"),
    SubmissionState.PROCESSING: ("File is checked", "info"),
    SubmissionState.CREATING: ("Starting", "info"),
    SubmissionState.UNKNOWN: ("Outcome not known", "warning"),
    SubmissionState.REFUSED: ("Refused", "error"),
    SubmissionState.CANCELLED: ("Cancelled", "neutral"),
    SubmissionState.INTERRUPTED: ("Interrupted", "warning"),
}
_JOB = {
    JobState.PREPARING: ("Preparing", "info"),
    JobState.QUEUED: ("Queued", "info"),
    JobState.RUNNING: ("Running", "info"),
    JobState.PAUSED: ("Paused", "warning"),
    JobState.SUCCEEDED: ("Succeeded", "success"),
    JobState.FAILED: ("Failed", "error"),
    JobState.CANCELLED: ("Cancelled", "neutral"),
}


_TITLES = {"n_epochs": "Epochs", "learning_rate_multiplier": "Learning rate ×"}


@dataclass(frozen=True, slots=True)
class Sent:
    """Progress of what is being sent just now: of bytes or examples; `total` None where it is not known."""

    done: int = 0
    total: int | None = None
    text: str = ""

    @property
    def fraction(self) -> float | None:
        return self.done / self.total if self.total else None


def badge_of(row: Submission, update: JobUpdate | None, sent: Sent | None) -> tuple[str, str]:
    """The word for a row's state, with percent or reason, and its tone."""
    job = row.job
    if job is None:
        text, tone = _BEFORE_JOB.get(row.state, (row.state.value.capitalize(), "neutral"))
        if sent is None:
            return text, tone
        if sent.text.startswith("Upload") and sent.fraction is not None:
            return f"Uploading {sent.fraction * 100:.0f} %", "info"
        return "Preparing", "info"
    if job.state is JobState.UNKNOWN:
        return job.status.replace("_", " ").capitalize() or "Not known", "neutral"
    text, tone = _JOB[job.state]
    if job.state is JobState.RUNNING and update is not None and update.progress is not None:
        text = f"{text} {update.progress * 100:.0f} %"
    if job.state is JobState.FAILED:
        trouble = trouble_of(row)
        if trouble is not None and trouble.lines:
            word = "line" if len(trouble.lines) == 1 else "lines"
            text = f"{text}: {word} {', '.join(f'{line:,}' for line in trouble.lines[:3])}"
    return text, tone


def record_text(row: Submission) -> str:
    """What is said of a job that only the dataset knows."""
    at = row.updated_at.astimezone() if row.updated_at is not None else None
    when = f" It is as of {at.day} {at:%B %Y}, {at:%H:%M}." if at is not None else ""
    is_open = row.job is not None and not row.job.state.is_final
    advice = " To follow it here, adopt the job." if is_open else ""
    return (
        "The record that the dataset keeps; the job was sent with another computer or another data folder."
        f"{when}{advice}"
    )


def name_of(row: Submission) -> str:
    """The suffix, else the file's name, else the model."""
    if row.plan.suffix:
        return row.plan.suffix
    source = row.plan.source.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return source.rpartition(".")[0] or source or row.plan.model


def model_of(row: Submission, profile: Profile | None) -> str:
    """The base model and, where it is not plain, whose it is."""
    facts = profile.find_model(row.plan.model) if profile else None
    names = (row.plan.model, *(facts.aliases if facts else ()))
    name = min(names, key=len).rpartition("/")[2]
    return f"{row.plan.title}: {name}" if profile is None or profile.id != "openai" else name


def chosen_words(row: Submission, profile: Profile | None) -> list[tuple[str, str]]:
    """Titles and values of the hyperparameters, as chosen and over that as the service tells them."""
    method = profile.method(row.plan.method) if profile is not None else None
    values = {name: f"{value}" for name, value in row.plan.hyperparameters.values}
    values.update(dict(row.job.hyperparameters) if row.job is not None else {})
    found = []
    for name, value in values.items():
        facts = method.hyperparameter(name) if method is not None else None
        title = _TITLES.get(name) or (
            facts.title if facts is not None else name.replace("_", " ").capitalize()
        )
        if facts is not None and facts.kind == "flag":
            value = "on" if value.lower() in ("1", "true") else "off"
        found.append((_TITLES.get(name, title), value))
    return found


def since_text(at: datetime | None, now: datetime | None = None) -> str:
    """When it started, shortly: "started 14:02", "yesterday", "3 days ago", "2 November"."""
    if at is None:
        return ""
    here = at.astimezone()
    today = (now or datetime.now(UTC)).astimezone()
    days = (today.date() - here.date()).days
    if days <= 0:
        return f"started {here:%H:%M}"
    if days == 1:
        return f"yesterday {here:%H:%M}"
    if days < 7:
        return f"{days} days ago"
    return f"{here.day} {here:%B %Y}" if here.year != today.year else f"{here.day} {here:%B}"


def duration_text(seconds: float) -> str:
    """A length of time, roughly: 12 s, 6 min, 2 h 5 min."""
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"


def outcome_of(row: Submission, update: JobUpdate | None, now: datetime | None = None) -> str:
    """The last column: time left while it runs, tokens once billed, or that nothing was."""
    job = row.job
    if job is None:
        return "nothing started" if row.state.is_settled else ""
    if job.state is JobState.RUNNING and update is not None and update.eta is not None:
        left = (update.eta - (now or datetime.now(UTC))).total_seconds()
        return f"≈ {duration_text(left)} left" if left > 0 else "nearly done"
    if job.trained_tokens:
        return f"{job.trained_tokens:,} tokens"
    if job.state in (JobState.FAILED, JobState.CANCELLED):
        return "nothing billed" if job.trained_tokens == 0 else ""
    return ""


def step_text(row: Submission, update: JobUpdate | None, sent: Sent | None) -> str:
    """What is beside the title: "step 200 of 324 · epoch 2 of 3"."""
    if row.job is None:
        return sent.text if sent is not None else ""
    took = took_text(row)
    if update is None or update.step is None:
        return took
    if not update.total_steps:
        return " · ".join(part for part in (f"step {update.step:,}", took) if part)
    parts = [f"step {update.step:,} of {update.total_steps:,}"]
    epochs = epochs_of(row)
    if epochs:
        now = min(epochs, 1 + max(0, update.step - 1) * epochs // update.total_steps)
        parts.append(f"epoch {now:,} of {epochs:,}")
    return " · ".join([*parts, took] if took else parts)


def took_text(row: Submission) -> str:
    """How long a job took that has ended: "took 8 min"; empty where the service tells no times."""
    job = row.job
    if job is None or not job.state.is_final or job.created_at is None or job.finished_at is None:
        return ""
    seconds = (job.finished_at - job.created_at).total_seconds()
    return f"took {duration_text(seconds)}" if seconds > 0 else ""


def epochs_of(row: Submission) -> int | None:
    """The epochs that the service tells, else those that were chosen; None where neither is a number."""
    told = dict(row.job.hyperparameters).get("n_epochs", "") if row.job else ""
    chosen = row.plan.hyperparameters.as_dict().get("n_epochs", "")
    for value in (told, chosen):
        text = str(value)
        if text.isdigit() and int(text) > 0:
            return int(text)
    return None


def size_text(size: int) -> str:
    """Bytes for people: 940 bytes, 12.4 KB, 3.1 MB."""
    if size < 1000:
        return f"{size:,} bytes"
    for unit, factor in (("KB", 1e3), ("MB", 1e6)):
        if size < factor * 1000:
            return f"{size / factor:.1f} {unit}"
    return f"{size / 1e9:.1f} GB"


def count_text(number: int, word: str) -> str:
    """1 example, 1,200 examples."""
    return f"{number:,} {word}" + ("" if number == 1 else "s")


def accessible_text(row: Submission, profile: Profile | None, update: JobUpdate | None) -> str:
    """A row of the jobs as one sentence."""
    parts = [name_of(row), model_of(row, profile), badge_of(row, update, None)[0]]
    parts += [since_text(row.created_at), outcome_of(row, update)]
    return ", ".join(part for part in parts if part)


def tuned_models(rows: Sequence[Submission]) -> dict[str, list[tuple[str, str]]]:
    """By profile: the models that jobs gave, the newest first, with the text that a list shows."""
    found: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        model = row.job.fine_tuned_model if row.job is not None else None
        known = found.setdefault(row.plan.profile_id, [])
        if model and model not in {name for name, _ in known}:
            known.append((model, f"{name_of(row)}, tuned ({model})"))
    return found
