"""providers and jobs as a person calls them, over the fake services."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.builders import chat_line
from tests.helpers.fake_fireworks import FakeFireworks
from tests.helpers.fake_mistral import FakeMistral
from tests.helpers.fake_provider_server import FakeProviderServer
from tests.helpers.fake_together import FakeTogether
from tests.unit.cli.conftest import Run


@pytest.fixture
def server() -> Iterator[FakeProviderServer]:
    with FakeProviderServer(script=("running", "succeeded")) as running:
        yield running


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: FakeProviderServer) -> None:
    monkeypatch.setenv("FINETUNE_STUDIO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("FINETUNE_STUDIO_API_KEY", server.key)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    for name in ("OPENAI_API_KEY", "TOGETHER_API_KEY", "FIREWORKS_API_KEY", "MISTRAL_API_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def to(server: FakeProviderServer) -> tuple[str, ...]:
    return "--to", "custom", "--base-url", server.base_url


def document(out: str) -> Any:
    return json.loads(out)


def test_providers_are_listed_with_where_their_keys_are(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MISTRAL_API_KEY", "canary-mistral-000001")
    code, out, err = run("providers", "--format", "json")
    assert (code, err) == (0, "")
    rows = {row["id"]: row for row in document(out)["providers"]}
    assert rows["mistral"]["key"] == "environment"
    assert rows["openai"]["key"] is None
    assert any("6 January 2027" in text for text in rows["openai"]["notices"])
    assert "canary" not in out
    code, out, _ = run("providers", "list")
    assert code == 0
    assert "together" in out
    assert "generic" not in out


def test_a_provider_is_shown_with_dates_and_sources(run: Run) -> None:
    _, out, _ = run("providers", "show", "openai", "--format", "json")
    shown = document(out)
    assert shown["models"][1]["price_date"] == "2026-07-01"
    assert {source["about"] for source in shown["sources"]} >= {"prices", "closing dates"}
    code, out, _ = run("providers", "show", "together")
    assert code == 0
    assert "supervised: learning_rate, over 0 to 1, or auto" in out
    assert run("providers", "show", "nowhere")[0] == 2
    assert run("providers", "show")[0] == 2


def test_a_provider_is_tested_by_one_call(run: Run, server: FakeProviderServer) -> None:
    code, out, _ = run("providers", "test", "custom", "--base-url", server.base_url, "--format", "json")
    assert code == 0
    assert document(out)["models"] == 1
    assert len(server.requests) == 1
    server.inject("GET", "/models", "401")
    code, out, err = run("providers", "test", "custom", "--base-url", server.base_url, "--format", "json")
    assert code == 1
    assert document(out)["ok"] is False
    assert "does not accept the API key" in err
    server.inject("GET", "/models", "html")
    code, _, err = run("providers", "test", "custom", "--base-url", server.base_url)
    assert code == 1
    assert "web page" in err
    code, _, err = run("providers", "test", "openai")
    assert code == 2
    assert "OPENAI_API_KEY" in err


def test_a_service_is_added_tested_and_removed(run: Run, server: FakeProviderServer) -> None:
    code, out, _ = run(
        "providers", "add", "Our gateway", "--base-url", server.base_url, "--key-env", "GATEWAY_KEY"
    )
    assert code == 0
    assert "our-gateway" in out
    code, _, err = run("providers", "test", "our-gateway")
    assert code == 2
    assert "GATEWAY_KEY" in err
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GATEWAY_KEY", server.key)
        assert run("providers", "test", "our-gateway")[0] == 0
        _, out, _ = run("providers", "models", "our-gateway", "--format", "json")
        assert document(out)["models"][0]["shutdown"] == "2099-01-14"
    assert run("providers", "remove", "our-gateway")[0] == 0
    assert run("providers", "test", "our-gateway")[0] == 2
    assert run("providers", "add", "X")[0] == 2
    assert run("providers", "add", "X", "--base-url", "http://llm.example.com")[0] == 2


def test_jobs_are_watched_and_their_files_deleted(
    run: Run, to: tuple[str, ...], data: Path, server: FakeProviderServer
) -> None:
    assert run("submit", data, *to, "--model", "tiny")[0] == 0
    code, out, _ = run("jobs", "watch", "latest", "--format", "json")
    assert code == 0
    assert document(out)["state"] == "succeeded"
    code, out, _ = run("jobs", "delete-files", "latest", "--format", "json")
    assert (code, document(out)["deleted"]) == (0, ["file-1"])
    assert server.state.files == {}


def test_what_the_moderation_flags_is_not_sent(
    run: Run, data: Path, tmp_path: Path, server: FakeProviderServer
) -> None:
    profiles = tmp_path / "home" / "config" / "profiles"
    profiles.mkdir(parents=True)
    (profiles / "mine.toml").write_text(
        f'id = "mine"\nextends = "custom"\ntitle = "Mine"\ndefault_model = "tiny"\n[service]\n'
        f'base_url = "{server.base_url}"\nmoderation_model = "m"\n',
        encoding="utf-8",
    )
    flagged = chat_line(("user", "Question?"), ("assistant", "HARM."))
    good = data.read_bytes()
    data.write_bytes(good + flagged)
    code, _, err = run("submit", data, "--to", "mine", "--moderate")
    assert code == 3
    assert "training line 61: violence" in err
    assert server.calls("POST", "/files") == 0
    data.write_bytes(good)
    assert run("submit", data, "--to", "mine", "--moderate")[0] == 0
    assert run("submit", data, "--to", "custom", "--base-url", server.base_url, "--moderate")[0] == 2


def test_watching_a_job_that_fails_gives_one(
    run: Run, to: tuple[str, ...], data: Path, server: FakeProviderServer
) -> None:
    server.script = ("failed",)
    run("submit", data, *to, "--model", "tiny")
    assert run("jobs", "watch", "latest")[0] == 1


def test_a_job_from_elsewhere_is_listed_and_adopted(
    run: Run, to: tuple[str, ...], data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("submit", data, *to, "--model", "tiny")[0] == 0
    monkeypatch.setenv("FINETUNE_STUDIO_HOME", str(tmp_path / "another home"))
    _, out, _ = run("jobs", *to, "--format", "json")
    assert [job["id"] for job in document(out)["jobs"]] == ["ftjob-1"]
    code, out, _ = run("jobs", "adopt", "ftjob-1", *to, "--format", "json")
    assert code == 0
    assert document(out)["training_file"]["examples"] is None
    code, out, _ = run("jobs", "watch", "ftjob-1")
    assert code == 0
    assert "started elsewhere" in out
    assert "has no other jobs" in run("jobs", *to)[1]
    assert run("jobs", "adopt", "ftjob-1")[0] == 2
    assert run("jobs", "adopt", "ftjob-9", *to)[0] == 1


@pytest.mark.parametrize(
    ("name", "fake", "done"),
    [
        ("together", FakeTogether, "completed"),
        ("fireworks", FakeFireworks, "JOB_STATE_COMPLETED"),
        ("mistral", FakeMistral, "SUCCESS"),
    ],
)
def test_the_whole_way_at_each_service(
    run: Run, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, fake: Any, done: str
) -> None:
    """From a file to a tuned model; the key is nowhere but on the wire."""
    running = "JOB_STATE_RUNNING" if name == "fireworks" else "RUNNING" if name == "mistral" else "running"
    with fake(script=(running, done)) as service:
        monkeypatch.setenv("FINETUNE_STUDIO_API_KEY", service.key)
        there = ("--to", name, "--base-url", service.base_url)
        code, out, err = run("submit", data, *there, "--suffix", "marv", "--wait", "--format", "json")
        assert code == 0, err
        job = document(out)
        assert (job["status"], job["provider"]) == (done, name)
        assert job["fine_tuned_model"]
        assert job["train_loss"] is not None
        written = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert len(written) > 3
        assert not [path for path in written if service.key.encode() in path.read_bytes()]
        assert service.key not in out + err
