"""The services that speak OpenAI's wire format, each by its own profile against its own habits."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from finetune_studio.domain.errors import ProviderError
from finetune_studio.domain.job import FineTuneJob, Hyperparameters, JobState
from finetune_studio.providers.base import ChatMessage
from finetune_studio.providers.openai_wire import OpenAIWireProvider
from finetune_studio.providers.secrets import Secret
from finetune_studio.providers.wire import Timeouts
from finetune_studio.providers.wire_facts import wire_facts
from finetune_studio.targets.registry import load_profiles, resolve_target
from finetune_studio.workspace.job_watch import JobUpdate, Pace, watch
from finetune_studio.workspace.submission import freeze, submit
from finetune_studio.workspace.submission_context import EventContext
from finetune_studio.workspace.submission_journal import SubmissionJournal
from finetune_studio.workspace.submission_records import Submission, SubmissionPlan
from finetune_studio.workspace.submission_sources import FileExamples
from tests.helpers.builders import chat_line
from tests.helpers.fake_openai_likes import LIKES
from tests.unit.workspace.submission_parts import QUICK

PROFILES = load_profiles()


class Bench:
    """One service, its profile, and a person who sends a file there."""

    def __init__(self, name: str, folder: Path) -> None:
        self.profile = PROFILES[name]
        script = ("queued", "running", "running", "running", "succeeded")
        self.fake: Any = LIKES[name](script=script)
        facts = wire_facts(self.profile)
        self.provider = OpenAIWireProvider(
            facts, self.fake.base_url, Secret(self.fake.key), Timeouts(5, 5, 5)
        )
        self.fake.on_close.append(self.provider.close)
        self.journal = SubmissionJournal(folder / "data")
        self.folder = folder
        self.updates: list[JobUpdate] = []

    def freeze(self, **chosen: float | int | str) -> Submission:
        model = self.profile.default_model or "meta-llama/Llama-3.1-8B-Instruct"
        target = resolve_target(f"{self.profile.id}:{model}", "supervised", PROFILES)
        source = self.folder / "data.jsonl"
        source.write_bytes(
            b"".join(chat_line(("user", f"{n}?"), ("assistant", f"It is {n}.")) for n in range(12))
        )
        plan = SubmissionPlan(
            self.profile.id,
            self.profile.title,
            self.provider.base_url,
            model,
            hyperparameters=Hyperparameters(tuple(chosen.items())),
            suffix="marv",
        )
        return freeze(self.journal, plan, FileExamples(source, target))

    def send(self, **chosen: float | int | str) -> FineTuneJob:
        row = self.freeze(**chosen)
        submit(self.journal, self.provider, row, EventContext(), QUICK)
        context = EventContext()
        context.pause = lambda _seconds: None  # type: ignore[method-assign]
        return watch(
            self.journal, self.provider, row.ref, self.updates.append, context, Pace(0.001, 0.001, 1)
        )


@pytest.fixture
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    made = Bench(request.param, tmp_path)
    with made.fake:
        yield made


@pytest.mark.parametrize("bench", LIKES, indirect=True)
def test_the_whole_way_by_the_shipped_profile(bench: Bench) -> None:
    method = bench.profile.method("supervised")
    assert method is not None
    fixed = {
        item.name: int(item.default)
        for item in method.hyperparameters
        if item.default is not None and item.kind != "number"
    }
    job = bench.send(**{"n_epochs": 2, **fixed})
    assert job.state is JobState.SUCCEEDED
    assert len(bench.fake.jobs) == bench.fake.calls("POST", "/fine_tuning/jobs") == 1
    assert bench.fake.calls("POST", "/files") == 1
    assert not any(update.job.state is JobState.UNKNOWN for update in bench.updates)
    assert bench.updates[-1].metrics, "there is a curve"
    assert bench.fake.calls("POST", ".*/(pause|resume)") == 0


@pytest.mark.parametrize("bench", ["azure"], indirect=True)
def test_azure_wants_its_own_body_its_mark_and_a_deployment(bench: Bench) -> None:
    job = bench.send()
    body = bench.fake.state.bodies[0]
    assert body["trainingType"] == "GlobalStandard"
    sent = next(iter(bench.fake.state.contents.values()))
    assert sent.startswith(b"\xef\xbb\xbf{")
    assert sent.count(b"\xef\xbb\xbf") == 1
    with pytest.raises(ProviderError, match="does not have") as caught:
        list(bench.provider.chat([ChatMessage("user", "hi")], str(job.fine_tuned_model)))
    assert "deployment" in caught.value.advice
    bench.fake.deployed.add("marv-1")
    assert "".join(bench.provider.chat([ChatMessage("user", "hi")], "marv-1")).startswith("Paris")


@pytest.mark.parametrize("bench", ["azure"], indirect=True)
def test_an_address_of_azure_without_its_path_is_told(bench: Bench) -> None:
    provider = OpenAIWireProvider(
        wire_facts(bench.profile), f"{bench.fake.root}/openai", Secret(bench.fake.key), Timeouts(5, 5, 5)
    )
    bench.fake.on_close.append(provider.close)
    with pytest.raises(ProviderError) as caught:
        provider.list_jobs()
    assert caught.value.advice == "Check the address; most end in /v1."


@pytest.mark.parametrize("bench", ["nebius"], indirect=True)
def test_nebius_takes_switches_as_such_and_tells_steps_and_measures_its_own_way(bench: Bench) -> None:
    bench.send(n_epochs=2, learning_rate=0.00002, lora=1, packing=0)
    sent = bench.fake.state.bodies[0]["hyperparameters"]
    assert sent == {"n_epochs": 2, "learning_rate": 0.00002, "lora": True, "packing": False}
    assert "method" not in bench.fake.state.bodies[0]
    running = [update for update in bench.updates if update.job.state is JobState.RUNNING]
    assert [update.progress for update in running] == [0.4, 0.6, 0.8]
    assert len(running[-1].metrics) >= 1
    assert len(bench.updates[-1].metrics) == 4
    assert bench.journal.metrics(bench.journal.all()[0].ref) == bench.updates[-1].metrics


@pytest.mark.parametrize("bench", ["nebius"], indirect=True)
def test_what_nebius_does_not_know_is_told_by_its_place(bench: Bench) -> None:
    with pytest.raises(ProviderError) as caught:
        bench.send(learning_rate_multiplier=2)
    assert "learning_rate_multiplier: Extra inputs are not permitted" in caught.value.text
    assert not bench.fake.jobs
    method = bench.profile.method("supervised")
    assert method is not None
    assert method.hyperparameter("learning_rate_multiplier") is None


@pytest.mark.parametrize("bench", ["crusoe"], indirect=True)
def test_an_adapter_is_no_table_and_stays_where_it_is(bench: Bench) -> None:
    job = bench.send(n_epochs=1)
    assert job.result_files
    assert bench.fake.calls("GET", "/files/[^/]+/content") == 0
    assert bench.provider.result_files(job) == ()
    assert bench.journal.results(bench.journal.all()[0].ref) == ()


@pytest.mark.parametrize("name", LIKES)
def test_no_price_is_claimed_without_a_date_and_a_source(name: str) -> None:
    profile = PROFILES[name]
    for model in profile.models:
        assert model.price is None or (model.price.at and model.price.source)
    if all(model.price is None for model in profile.models):
        assert any(re.search("price", notice.text) for notice in profile.notices)
