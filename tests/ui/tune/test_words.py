"""What the page says of jobs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from finetune_studio.domain.job import FineTuneJob, Hyperparameters, JobEvent, JobState
from finetune_studio.targets.facts import HyperparameterRange
from finetune_studio.targets.registry import load_profiles
from finetune_studio.ui.tune.auto_fields import is_auto, range_text
from finetune_studio.ui.tune.event_list import event_lines
from finetune_studio.ui.tune.job_details import settings_text
from finetune_studio.ui.tune.words import (
    Sent,
    badge_of,
    duration_text,
    model_of,
    name_of,
    outcome_of,
    since_text,
    size_text,
    step_text,
)
from finetune_studio.workspace.job_watch import JobUpdate
from finetune_studio.workspace.submission_cost import billed_text
from finetune_studio.workspace.submission_records import (
    FrozenFile,
    Submission,
    SubmissionPlan,
    SubmissionState,
)

_PLAN = SubmissionPlan("openai", "OpenAI", "https://x/v1", "gpt-4.1-mini", suffix="marv", forecast_tokens=900)
_FILE = FrozenFile("ab" * 32, 100, 3)


def _submission(job: FineTuneJob | None = None, **more: object) -> Submission:
    state = more.pop("state", SubmissionState.SUBMITTED)
    assert isinstance(state, SubmissionState)
    return Submission("r", state, _PLAN, _FILE, job=job, **more)  # type: ignore[arg-type]


def _job(status: str, state: JobState, **more: object) -> FineTuneJob:
    return FineTuneJob("j", "m", status, state, hyperparameters=(("n_epochs", "3"),), **more)  # type: ignore[arg-type]


def test_the_badge_says_percent_line_and_unknown_words() -> None:
    running = _job("running", JobState.RUNNING)
    update = JobUpdate("r", running, step=200, total_steps=324, progress=200 / 324)
    assert badge_of(_submission(running), update, None) == ("Running 62 %", "info")
    failed = _job("failed", JobState.FAILED, error_message="Example 7 is odd")
    assert badge_of(_submission(failed), None, None) == ("Failed: line 7", "error")
    odd = _job("warming_up", JobState.UNKNOWN)
    assert badge_of(_submission(odd), None, None) == ("Warming up", "neutral")
    sending = _submission(state=SubmissionState.UPLOADING)
    assert badge_of(sending, None, Sent(1, 4, "Uploading the training file"))[0] == "Uploading 25 %"
    assert badge_of(sending, None, Sent(0, None, "Asking"))[0] == "Preparing"


def test_steps_and_epochs() -> None:
    running = _job("running", JobState.RUNNING)
    update = JobUpdate("r", running, step=200, total_steps=324)
    assert step_text(_submission(running), update, None) == "step 200 of 324 · epoch 2 of 3"
    last = JobUpdate("r", running, step=324, total_steps=324)
    assert step_text(_submission(running), last, None) == "step 324 of 324 · epoch 3 of 3"


def test_the_outcome_is_time_left_or_tokens() -> None:
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    running = _job("running", JobState.RUNNING)
    update = JobUpdate("r", running, eta=now + timedelta(minutes=6))
    assert outcome_of(_submission(running), update, now) == "≈ 6 min left"
    done = _job("succeeded", JobState.SUCCEEDED, trained_tokens=30_120)
    assert outcome_of(_submission(done), None) == "30,120 tokens"
    assert billed_text(_submission(done), None) == "30,120 tokens billed · forecast 900 tokens"
    refused = _submission(state=SubmissionState.REFUSED)
    assert outcome_of(refused, None) == "nothing started"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "1 s"), (59, "59 s"), (340, "6 min"), (7500, "2 h 5 min")]
)
def test_durations(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


@pytest.mark.parametrize(("size", "text"), [(940, "940 bytes"), (12_400, "12.4 KB"), (3_100_000, "3.1 MB")])
def test_sizes(size: int, text: str) -> None:
    assert size_text(size) == text


def test_when() -> None:
    now = datetime.now(UTC).replace(hour=12)
    assert since_text(now - timedelta(days=3), now) == "3 days ago"
    assert since_text(None) == ""


def test_a_job_is_named_after_its_suffix_or_file() -> None:
    assert name_of(_submission()) == "marv"
    plan = SubmissionPlan("local", "t", "local", "rehearsal", source="/home/ann/my.data.ftset")
    assert name_of(Submission("r", SubmissionState.DONE, plan, _FILE)) == "my.data"


def test_ranges_and_auto() -> None:
    assert range_text(HyperparameterRange("n", "N", "integer", 1, 50)) == "1 to 50"
    assert range_text(HyperparameterRange("l", "L", "number", 0, None, True)) == "over 0"
    assert range_text(HyperparameterRange("b", "B", "number", 0, 2, True)) == "over 0, up to 2"
    assert is_auto("")
    assert is_auto("au")
    assert is_auto("Auto (3)")
    assert not is_auto("3")


def test_events_are_newest_first_and_runs_of_metrics_are_one_line() -> None:
    at = datetime(2026, 11, 23, 14, 2, tzinfo=UTC)
    events = [
        JobEvent("1", at, "info", "Job started"),
        JobEvent("2", at, "info", "Step 1/9", "metrics"),
        JobEvent("3", at, "info", "Step 2/9", "metrics"),
        JobEvent("4", at, "error", "It failed\nbadly"),
    ]
    shown = [line.partition("  ")[2] for line in event_lines(events)]
    assert shown == ["Error: It failed badly", "Step 2/9", "Job started"]


def test_the_cost_so_far_and_how_long_it_took() -> None:
    running = _submission(_job("running", JobState.RUNNING))
    assert billed_text(running, None, 0.5) == "≈ 450 tokens so far · forecast 900 tokens"
    assert billed_text(running, None) == "Forecast 900 tokens"
    began = datetime(2026, 11, 29, 14, 2, tzinfo=UTC)
    done = _job("ok", JobState.SUCCEEDED, created_at=began, finished_at=began + timedelta(minutes=8))
    assert step_text(_submission(done), None, None) == "took 8 min"
    update = JobUpdate("r", done, step=4, total_steps=4)
    assert step_text(_submission(done), update, None) == "step 4 of 4 · epoch 3 of 3 · took 8 min"


def test_settings_are_told_by_their_titles_and_switches_as_on_and_off() -> None:
    profile = load_profiles()["nebius"]
    chosen = Hyperparameters((("n_epochs", 3), ("lora", 1), ("packing", 0), ("lora_r", 16)))
    plan = replace(_PLAN, profile_id="nebius", model=profile.default_model, hyperparameters=chosen)
    told = FineTuneJob("j", "m", "running", JobState.RUNNING, hyperparameters=(("lora", "True"),))
    row = replace(_submission(told), plan=replace(plan, title=profile.title))
    text = settings_text(row, profile)
    assert "epochs 3 · LoRA adapter on · packing off · LoRA rank 16" in text
    assert "learning rate × 2" in settings_text(
        replace(row, plan=replace(plan, hyperparameters=Hyperparameters((("learning_rate_multiplier", 2),)))),
        None,
    )
    assert model_of(row, profile) == "Nebius Token Factory: Llama-3.1-8B-Instruct"
