"""submit, ask and jobs as a person calls them, over the fake service."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from finetune_studio.domain.errors import StorageFullError
from finetune_studio.settings.paths import app_paths
from finetune_studio.workspace.sent_examples import ids_sent
from finetune_studio.workspace.submission_kept import all_submissions
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import chat_line
from tests.helpers.fake_provider_server import FakeProviderServer
from tests.unit.cli.conftest import Run


@pytest.fixture
def server() -> Iterator[FakeProviderServer]:
    with FakeProviderServer(script=("succeeded",)) as running:
        yield running


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: FakeProviderServer) -> None:
    monkeypatch.setenv("FINETUNE_STUDIO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("FINETUNE_STUDIO_API_KEY", server.key)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    for name in ("OPENAI_API_KEY", "NEBIUS_API_KEY", "AZURE_OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def to(server: FakeProviderServer) -> tuple[str, ...]:
    return "--to", "custom", "--base-url", server.base_url, "--model", "tiny"


def document(out: str) -> Any:
    return json.loads(out)


def test_submit_and_wait(run: Run, to: tuple[str, ...], data: Path, server: FakeProviderServer) -> None:
    code, out, err = run(
        "submit", data, *to, "--epochs", 2, "--suffix", "marv", "--seed", 5, "--wait", "--format", "json"
    )
    assert code == 0
    forecast, closing = err.splitlines()
    assert forecast.startswith("forecast: about ")
    assert "tokens × 2 epochs = " in forecast
    assert closing == "note: tiny shuts down on 14 January 2099, Another service says."
    job = document(out)
    assert f"= {job['forecast']['tokens']:,} tokens; the price is not known here" in forecast
    assert (job["forecast"]["cost"], job["billed"]) == (None, None)
    assert (job["status"], job["fine_tuned_model"], job["trained_tokens"]) == (
        "succeeded",
        "ft:tiny:ftjob-1",
        1234,
    )
    assert (job["train_loss"], job["valid_loss"]) == (1.0, 1.5)
    assert job["hyperparameters"] == {"n_epochs": 2}
    assert job["training_file"]["examples"] == 60
    assert job["error"] is None
    assert server.state.bodies[0]["seed"] == 5


def test_submit_without_waiting(run: Run, to: tuple[str, ...], data: Path) -> None:
    code, out, _ = run("submit", data, *to)
    assert code == 0
    assert "validating_files" in out
    assert "60 examples" in out


def test_a_job_that_fails(run: Run, to: tuple[str, ...], data: Path, server: FakeProviderServer) -> None:
    server.script = ("failed",)
    server.job_error = {"code": "invalid", "message": "Example 5, message 2 is odd"}
    code, out, _ = run("submit", data, *to, "--wait", "--format", "json")
    assert code == 1
    assert document(out)["error"] == {
        "code": "invalid",
        "message": "Example 5, message 2 is odd",
        "advice": "",
        "lines": [5],
    }


def test_the_gate(run: Run, to: tuple[str, ...], data: Path, server: FakeProviderServer) -> None:
    data.write_bytes(data.read_bytes() + b"not json\n")
    code, out, err = run("submit", data, *to, "--format", "json")
    assert code == 3
    assert document(out)["status"] == "stopped_by_gate"
    assert [finding["line"] for finding in document(out)["findings"]] == [61]
    assert "line 61" in err
    assert "--override-gate" in err
    assert server.requests == []
    code, out, err = run("submit", data, *to, "--override-gate", "only one line", "--format", "json")
    assert code == 0
    assert document(out)["gate"] == {"errors": 1, "warnings": 0, "override_reason": "only one line"}
    assert "left out: line 61" in err


def test_validation_is_sent_and_checked(
    run: Run, to: tuple[str, ...], data: Path, tmp_path: Path, server: FakeProviderServer
) -> None:
    held_out = tmp_path / "valid.jsonl"
    held_out.write_bytes(chat_line(("user", "Other?"), ("assistant", "Yes.")))
    assert run("submit", data, *to, "--validation", held_out)[0] == 0
    assert server.state.bodies[0]["validation_file"] == "file-2"
    held_out.write_bytes(b"{}\n")
    code, _, err = run("submit", data, *to, "--validation", held_out)
    assert code in (2, 3)
    assert err


@pytest.mark.parametrize(
    "words",
    [
        ("--to", "nowhere"),
        ("--to", "custom", "--model", "tiny"),
        ("--to", "custom", "--model", "tiny", "--base-url", "http://example.com/v1"),
        ("--to", "openai"),
        ("--to", "together", "--model", "x"),
        ("--epochs", "many"),
        ("--epochs", "0"),
        ("--hyperparameter", "lora"),
        ("--hyperparameter", "nonsense=1"),
        ("--seed", "-1"),
        ("--suffix", "x" * 65),
        ("--method", "alchemy"),
    ],
    ids=str,
)
def test_usage(
    run: Run, to: tuple[str, ...], data: Path, words: tuple[str, ...], server: FakeProviderServer
) -> None:
    given = words if words[0] == "--to" else (*to, *words)
    code, out, err = run("submit", data, *given)
    assert (code, out) == (2, "")
    assert err.startswith("finetune-studio: ")
    assert server.requests == []
    assert run("jobs", "--format", "json")[1].strip() == '{\n  "jobs": []\n}'


@pytest.mark.parametrize("name", ["missing.jsonl", ".", "missing.ftset"])
def test_files_that_cannot_be_read(run: Run, to: tuple[str, ...], tmp_path: Path, name: str) -> None:
    code, out, err = run("submit", tmp_path / name, *to)
    assert (code, out) == (2, "")
    assert err


def test_a_server_error_and_then_again(
    run: Run, to: tuple[str, ...], data: Path, server: FakeProviderServer
) -> None:
    server.inject("POST", "/files", "401")
    code, out, err = run("submit", data, *to, "--format", "json")
    assert code == 1
    assert document(out)["submission"] == "interrupted"
    assert "does not accept the API key" in err
    code, out, _ = run("submit", data, *to, "--format", "json")
    assert code == 0
    assert len(document(run("jobs", "--format", "json")[1])["jobs"]) == 1


def test_jobs(run: Run, to: tuple[str, ...], data: Path, server: FakeProviderServer) -> None:
    assert "No job" in run("jobs")[1]
    server.script = ("running",)
    run("submit", data, *to)
    code, out, _ = run("jobs", "list", "--format", "json")
    assert code == 0
    assert [job["status"] for job in document(out)["jobs"]] == ["running"]
    assert "ftjob-1" in run("jobs")[1]
    assert document(run("jobs", "show", "latest", "--format", "json")[1])["id"] == "ftjob-1"
    code, out, _ = run("jobs", "cancel", "ftjob-1", "--format", "json")
    assert (code, document(out)["status"]) == (0, "cancelled")
    assert server.state.jobs["ftjob-1"]["status"] == "cancelled"
    assert run("jobs", "cancel", "ftjob-1")[0] == 0, "asking twice is harmless"
    assert run("jobs", "show", "ftjob-9")[0] == 2
    assert run("jobs", "cancel")[0] == 2


def test_the_record_of_a_job_has_its_forecast_its_points_and_its_end(
    run: Run, to: tuple[str, ...], data: Path, tmp_path: Path, server: FakeProviderServer
) -> None:
    profiles = tmp_path / "home" / "config" / "profiles"
    profiles.mkdir(parents=True)
    (profiles / "mine.toml").write_text(
        f'id = "mine"\nextends = "custom"\ntitle = "Mine"\ndefault_model = "tiny"\n[service]\n'
        f'base_url = "{server.base_url}"\n[[models]]\nid = "tiny"\n'
        'price = { per_million = 1000.0, currency = "EUR", at = 2026-11-01, source = "their list" }\n',
        encoding="utf-8",
    )
    server.script = ("running", "succeeded")
    code, _, err = run("submit", data, "--to", "mine", "--epochs", 1)
    assert code == 0
    assert "price as of 2026-11-01; the service bills by its own count" in err
    assert run("jobs", "watch", "latest")[0] == 0
    code, out, _ = run("jobs", "show", "latest", "--format", "json")
    job = document(out)
    assert job["forecast"]["cost"] == pytest.approx(job["forecast"]["tokens"] / 1000)
    assert job["billed"] == {"cost": pytest.approx(1.234), "currency": "EUR"}
    assert {point["train_accuracy"] for point in job["metrics"]} >= {0.5, 0.625}
    code, out, _ = run("jobs", "show", "latest")
    assert "1,234 tokens billed, ≈ €1.23 · forecast" in out
    code, _, err = run("jobs", "cancel", "latest")
    assert code == 2
    assert "has ended already: succeeded" in err


def test_jobs_asks_nobody_offline(
    run: Run, to: tuple[str, ...], data: Path, server: FakeProviderServer
) -> None:
    run("submit", data, *to)
    asked = len(server.requests)
    assert "ftjob-1" in run("jobs", "--offline")[1]
    assert len(server.requests) == asked


def test_ask(run: Run, to: tuple[str, ...], data: Path, server: FakeProviderServer) -> None:
    answer = "".join(server.answer_pieces)
    assert run("ask", "tiny", "Capital of France?", "--system", "Be Marv.", *to[:4])[:2] == (0, answer + "\n")
    assert [message["role"] for message in server.state.bodies[-1]["messages"]] == ["system", "user"]
    assert run("ask", "latest", "x")[0] == 2
    run("submit", data, *to, "--wait")
    code, out, _ = run("ask", "latest", "x", "--format", "json")
    assert (code, document(out)) == (0, {"model": "ft:tiny:ftjob-1", "provider": "custom", "answer": answer})
    assert run("ask", "ftjob-1", "x")[1] == answer + "\n"
    assert run("ask", "unheard-of", "x")[0] == 2
    server.inject("POST", "/chat/completions", "404")
    code, out, err = run("ask", "tiny", "x", *to[:4])
    assert (code, out) == (1, "")
    assert err
    assert run("ask", "tiny", "  ", *to[:4])[0] == 2


def test_a_dataset_keeps_a_record_of_what_was_submitted(
    run: Run, to: tuple[str, ...], data: Path, tmp_path: Path
) -> None:
    dataset = data.with_suffix(".ftset")
    Workspace.open_any(data, paths=app_paths(), runner=ImmediateRunner()).close()
    code, out, _ = run("submit", dataset, *to, "--suffix", "marv", "--wait", "--format", "json")
    assert code == 0
    shutil.rmtree(tmp_path / "home")
    there = Workspace.open(dataset, paths=app_paths(), runner=ImmediateRunner())
    try:
        (row,) = all_submissions(there, 10)
        assert row.is_record
        assert row.job is not None
        assert row.job.fine_tuned_model == document(out)["fine_tuned_model"]
        assert len(ids_sent(there, "marv")) == 60
    finally:
        there.close()


def test_a_dataset_that_cannot_take_the_record_is_told_and_the_job_stands(
    run: Run, to: tuple[str, ...], data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = data.with_suffix(".ftset")
    Workspace.open_any(data, paths=app_paths(), runner=ImmediateRunner()).close()

    calls: list[object] = []

    def second_time(_workspace: object, copies: object) -> None:
        calls.append(copies)
        if len(calls) > 1:
            raise StorageFullError("The disk is full.")

    monkeypatch.setattr("finetune_studio.cli.sending_dataset.keep_copies", second_time)
    code, out, err = run("submit", dataset, *to, "--wait", "--format", "json")
    assert (code, document(out)["status"]) == (0, "succeeded")
    assert "data.ftset has no record of the job yet: The disk is full." in err
