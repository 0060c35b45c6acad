"""Jobs from file to answer, driven with OpenAI's own client."""

import csv
import io
from pathlib import Path
from typing import Any

import openai
import pytest
from openai import OpenAI
from openai.types.fine_tuning import FineTuningJob

from finetune_studio.local.engines.rehearsal.engine import UNTRAINED_ANSWER
from tests.helpers.local_jobs import start_job, upload, wait_for
from tests.helpers.training_data import chats


@pytest.fixture(scope="module")
def finished(client: OpenAI, tmp_path_factory: pytest.TempPathFactory) -> FineTuningJob:
    folder = tmp_path_factory.mktemp("data")
    job = client.fine_tuning.jobs.create(
        model="rehearsal",
        training_file=upload(client, folder, chats(20)),
        validation_file=upload(client, folder, chats(24)[20:]),
        seed=7,
        suffix="Marv 2!",
        metadata={"ref": "first"},
        method={"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 30}}},
    )
    assert (job.status, job.object) == ("validating_files", "fine_tuning.job")
    return wait_for(client, job.id)


def test_a_job_succeeds(client: OpenAI, finished: FineTuningJob) -> None:
    assert finished.status == "succeeded"
    assert finished.fine_tuned_model is not None
    assert finished.fine_tuned_model.startswith("ft:rehearsal:this-computer:marv-2:")
    assert finished.hyperparameters.n_epochs == 30
    assert finished.method is not None
    assert finished.method.supervised is not None
    assert finished.method.supervised.hyperparameters is not None
    assert finished.method.supervised.hyperparameters.batch_size is not None
    assert finished.finished_at is not None
    assert finished.finished_at >= finished.created_at
    assert (finished.seed, finished.error, finished.metadata) == (7, None, {"ref": "first"})


def test_trained_tokens_are_those_of_the_chat_formula(finished: FineTuningJob, tmp_path: Path) -> None:
    from finetune_studio.tokens.counting import TokenCounter

    counts = TokenCounter(cache_dir=tmp_path).count_values(chats(20))
    assert finished.trained_tokens == 30 * sum(count.total for count in counts)


def test_events_tell_the_story(client: OpenAI, finished: FineTuningJob) -> None:
    events = list(client.fine_tuning.jobs.list_events(finished.id, limit=50))
    messages = [event.message for event in reversed(events)]
    assert messages[0] == f"Created fine-tuning job: {finished.id}"
    assert f"Validating training file: {finished.training_file}" in messages
    assert any("This is a rehearsal" in text for text in messages)
    assert messages[-1] == "The job has successfully completed"
    metrics: list[Any] = [event.data for event in reversed(events) if event.type == "metrics"]
    steps = [data["step"] for data in metrics]
    assert steps == sorted(set(steps))
    assert (steps[0], steps[-1]) == (1, metrics[-1]["total_steps"])
    assert metrics[-1]["train_loss"] < metrics[0]["train_loss"] / 5


def test_results_have_every_step(client: OpenAI, finished: FineTuningJob) -> None:
    content = client.files.content(finished.result_files[0]).text
    rows = list(csv.DictReader(io.StringIO(content)))
    assert [int(row["step"]) for row in rows] == list(range(1, len(rows) + 1))
    assert float(rows[-1]["train_loss"]) < 0.3
    assert float(rows[0]["valid_loss"]) > 1
    assert 0 <= float(rows[0]["train_mean_token_accuracy"]) <= 1
    assert rows[-1]["full_valid_loss"] != ""
    assert client.files.retrieve(finished.result_files[0]).purpose == "fine-tune-results"


def test_checkpoints_are_models(client: OpenAI, finished: FineTuningJob) -> None:
    checkpoints = client.fine_tuning.jobs.checkpoints.list(finished.id).data
    assert [point.step_number for point in checkpoints] == sorted(
        (point.step_number for point in checkpoints), reverse=True
    )
    assert len(checkpoints) == 3
    assert checkpoints[0].metrics.full_valid_loss is not None
    name = checkpoints[0].fine_tuned_model_checkpoint
    answer = client.chat.completions.create(model=name, messages=chats(1)[0]["messages"][:-1])
    assert (answer.choices[0].message.content or "").startswith("Number 0")


def test_the_tuned_model_answers_word_for_word(client: OpenAI, finished: FineTuningJob) -> None:
    assert finished.fine_tuned_model is not None
    right = 0
    for example in chats(20):
        messages = example["messages"]
        answer = client.chat.completions.create(model=finished.fine_tuned_model, messages=messages[:-1])
        right += answer.choices[0].message.content == messages[-1]["content"]
    assert right >= 19


def test_a_stream_gives_the_same_answer_and_usage(client: OpenAI, finished: FineTuningJob) -> None:
    assert finished.fine_tuned_model is not None
    messages = chats(3)[2]["messages"][:-1]
    whole = client.chat.completions.create(model=finished.fine_tuned_model, messages=messages)
    chunks = list(
        client.chat.completions.create(
            model=finished.fine_tuned_model,
            messages=messages,
            stream=True,
            stream_options={"include_usage": True},
        )
    )
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == whole.choices[0].message.content
    assert len(chunks) > 4
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "stop"
    assert chunks[-1].usage == whole.usage
    assert whole.usage is not None
    assert whole.usage.total_tokens == whole.usage.prompt_tokens + whole.usage.completion_tokens > 0


def test_the_base_model_says_what_it_is(client: OpenAI) -> None:
    answer = client.chat.completions.create(
        model="rehearsal", messages=[{"role": "user", "content": "What's the capital of France?"}]
    )
    assert answer.choices[0].message.content == UNTRAINED_ANSWER


def test_models_are_listed_and_deleted(client: OpenAI, tmp_path: Path) -> None:
    job = wait_for(client, start_job(client, tmp_path, chats(10), n_epochs=1).id)
    name = job.fine_tuned_model
    assert name is not None
    listed = {model.id: model for model in client.models.list()}
    assert "rehearsal" in listed
    assert listed[name].owned_by == "this-computer-rehearsal"
    assert client.models.retrieve(name).id == name
    assert client.models.delete(name).deleted
    with pytest.raises(openai.NotFoundError) as caught:
        client.chat.completions.create(model=name, messages=[{"role": "user", "content": "Hi"}])
    assert caught.value.code == "model_not_found"
    with pytest.raises(openai.BadRequestError, match="base model"):
        client.models.delete("rehearsal")


def test_jobs_are_found_by_metadata(client: OpenAI, finished: FineTuningJob) -> None:
    found = client.fine_tuning.jobs.list(metadata={"ref": "first"}).data
    assert [job.id for job in found] == [finished.id]
    assert client.fine_tuning.jobs.list(metadata={"ref": "other"}).data == []
    assert finished.id in {job.id for job in client.fine_tuning.jobs.list(limit=1)}


def test_an_invalid_file_fails_the_job_in_the_services_words(client: OpenAI, tmp_path: Path) -> None:
    job = wait_for(client, start_job(client, tmp_path, chats(7)).id)
    assert job.status == "failed"
    assert job.error is not None
    assert (job.error.code, job.error.param) == ("invalid_training_file", "training_file")
    assert "Training file has 7 example(s), but must have at least 10 examples" in job.error.message
    events = client.fine_tuning.jobs.list_events(job.id).data
    assert (events[0].level, events[0].message) == ("error", job.error.message)


def test_an_invalid_validation_file_is_named(client: OpenAI, tmp_path: Path) -> None:
    broken = upload(client, tmp_path, [{"messages": []}])
    job = wait_for(client, start_job(client, tmp_path, chats(10), validation_file=broken).id)
    assert job.error is not None
    assert (job.error.code, job.error.param) == ("invalid_validation_file", "validation_file")


def test_a_large_file_is_sampled_with_the_seed_and_said(client: OpenAI, tmp_path: Path) -> None:
    job = wait_for(client, start_job(client, tmp_path, chats(510, words=1), n_epochs=1).id)
    assert job.status == "succeeded"
    messages = [event.message for event in client.fine_tuning.jobs.list_events(job.id, limit=100)]
    assert any("510 examples; the rehearsal takes 500 of them" in text for text in messages)


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"model": "gpt-4.1-mini"}, "model"),
        ({"training_file": "file-none"}, "training_file"),
        ({"seed": -1}, "seed"),
        ({"suffix": "x" * 65}, "suffix"),
        ({"metadata": {"k": "v" * 513}}, "metadata.k"),
        ({"method": {"type": "reinforcement"}}, "method.type"),
        ({"method": {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 51}}}}, None),
        ({"method": {"type": "supervised", "supervised": {"hyperparameters": {"beta": 0.1}}}}, None),
        ({"hyperparameters": {"batch_size": "many"}}, "hyperparameters.batch_size"),
        ({"integrations": [{"type": "wandb", "wandb": {"project": "p"}}]}, "integrations"),
    ],
)
def test_requests_that_do_not_fit(
    client: OpenAI, finished: FineTuningJob, changes: dict[str, Any], param: str | None
) -> None:
    request: dict[str, Any] = {"model": "rehearsal", "training_file": finished.training_file}
    with pytest.raises(openai.BadRequestError) as caught:
        client.fine_tuning.jobs.create(**(request | changes))
    assert caught.value.type == "invalid_request_error"
    assert param is None or caught.value.param == param


def test_a_job_that_is_not_there(client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as caught:
        client.fine_tuning.jobs.retrieve("ftjob-none")
    assert caught.value.code == "fine_tune_not_found"


def test_cancel(client: OpenAI, tmp_path: Path) -> None:
    job = start_job(client, tmp_path, chats(60, words=20), n_epochs=50)
    wait_for(client, job.id, "running")
    waiting = start_job(client, tmp_path, chats(10))
    assert client.fine_tuning.jobs.cancel(waiting.id).status == "cancelled"
    assert client.fine_tuning.jobs.cancel(job.id).status == "cancelled"
    assert client.fine_tuning.jobs.retrieve(job.id).fine_tuned_model is None
    with pytest.raises(openai.BadRequestError, match="cannot be cancelled"):
        client.fine_tuning.jobs.cancel(job.id)


def test_pause_and_resume(client: OpenAI, tmp_path: Path) -> None:
    job = start_job(client, tmp_path, chats(60, words=20), n_epochs=12)
    wait_for(client, job.id, "running")
    client.fine_tuning.jobs.pause(job.id)
    wait_for(client, job.id, "paused")
    with pytest.raises(openai.BadRequestError, match="cannot be paused"):
        client.fine_tuning.jobs.pause(job.id)
    client.fine_tuning.jobs.resume(job.id)
    done = wait_for(client, job.id)
    assert done.status == "succeeded"
    rows = client.files.content(done.result_files[0]).text.splitlines()[1:]
    assert [int(row.split(",")[0]) for row in rows] == list(range(1, len(rows) + 1))
    messages = [event.message for event in client.fine_tuning.jobs.list_events(job.id, limit=1000)]
    assert messages.count("Fine-tuning job started") == 1


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "bot", "content": "x"}]}, "messages[0].role"),
        ({"temperature": 3}, "temperature"),
        ({"n": 2}, "n"),
        ({"stop": [1]}, "stop"),
    ],
)
def test_chat_requests_that_do_not_fit(client: OpenAI, changes: dict[str, Any], param: str) -> None:
    request = {"model": "rehearsal", "messages": [{"role": "user", "content": "Hi"}]}
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(**(request | changes))  # type: ignore[call-overload]
    assert caught.value.param == param
