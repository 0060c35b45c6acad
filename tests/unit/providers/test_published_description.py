"""The OpenAI-wire adapter against OpenAI's published API description, served by Prism.

Prism answers 422 to whatever the description does not allow, so every body of ours is judged by it.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import platformdirs
import pytest

from finetune_studio.domain.errors import ProviderError
from finetune_studio.domain.job import Hyperparameters, JobState
from finetune_studio.providers.base import ChatMessage, JobRequest
from finetune_studio.providers.openai_wire import OpenAIWireProvider
from finetune_studio.providers.secrets import Secret
from finetune_studio.providers.wire_facts import wire_facts
from finetune_studio.targets.registry import load_profiles
from tests.helpers.published_server import MissingPartError, published_server

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

PART = 1 << 16
REQUEST = JobRequest(
    "fts-20261129-0011223344556677",
    "gpt-4o-mini-2024-07-18",
    "file-1",
    "file-2",
    hyperparameters=Hyperparameters(
        (("n_epochs", 3), ("batch_size", "auto"), ("learning_rate_multiplier", 0.5))
    ),
    suffix="marv",
    seed=7,
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    cache = platformdirs.user_cache_path("finetune-studio-tests", appauthor=False)
    try:
        with published_server(tmp_path_factory.mktemp("published"), cache) as url:
            yield url
    except MissingPartError as error:
        pytest.skip(str(error))


@pytest.fixture
def provider(address: str) -> Iterator[OpenAIWireProvider]:
    facts = replace(wire_facts(load_profiles()["openai"]), part_bytes=PART)
    made = OpenAIWireProvider(facts, address, Secret("sk-published-0001"))
    yield made
    made.close()


def a_file(folder: Path, lines: int) -> Path:
    path = folder / "t.jsonl"
    path.write_bytes(b'{"messages": []}\n' * lines)
    return path


def test_the_server_judges(provider: OpenAIWireProvider) -> None:
    wrong = replace(REQUEST, hyperparameters=Hyperparameters((("n_epochs", 51),)))
    with pytest.raises(ProviderError) as caught:
        provider.create_job(wrong)
    assert caught.value.status == 422


def test_files_and_models(provider: OpenAIWireProvider, tmp_path: Path) -> None:
    assert provider.list_models()[0].id
    assert provider.list_files()[0].id
    assert provider.upload_file(a_file(tmp_path, 10), "fts-1.jsonl").id
    assert provider.get_file("file-1").id
    provider.delete_file("file-1")


def test_a_large_file_in_parts(provider: OpenAIWireProvider, tmp_path: Path) -> None:
    """Every call is taken; the finished upload's file is optional in the description, so it is not made."""
    with pytest.raises(ProviderError, match="a finished upload without a file") as caught:
        provider.upload_file(a_file(tmp_path, 8_000), "fts-1.jsonl")
    assert caught.value.outcome_unknown


def test_jobs(provider: OpenAIWireProvider) -> None:
    assert provider.create_job(REQUEST).state is JobState.QUEUED
    pairs = Hyperparameters((("beta", 0.1), ("n_epochs", "auto")))
    assert provider.create_job(replace(REQUEST, method="dpo", hyperparameters=pairs)).id
    assert provider.create_job(replace(REQUEST, hyperparameters=Hyperparameters(), seed=None, suffix="")).id
    assert provider.find_job_by_ref(REQUEST.ref) is None
    assert provider.list_jobs()[0].status == "validating_files"
    job = provider.get_job("ftjob-1")
    assert provider.list_events(job.id)
    assert provider.list_checkpoints(job.id)
    for steer in (provider.cancel_job, provider.pause_job, provider.resume_job):
        assert steer(job.id).id == job.id


def test_moderation_and_chat(provider: OpenAIWireProvider) -> None:
    assert provider.moderate(("text",), "omni-moderation-latest")[0].categories
    assert "".join(provider.chat([ChatMessage("user", "hi")], "gpt-4o-mini"))
