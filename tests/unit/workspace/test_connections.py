"""From a choice to a provider, with the key that belongs there."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from finetune_studio.domain.errors import MissingKeyError, StudioError, UsageError
from finetune_studio.providers.key_store import KeyStore
from finetune_studio.providers.secrets import Secret
from finetune_studio.settings.paths import AppPaths
from finetune_studio.targets.registry import load_profiles
from finetune_studio.workspace.connections import LOCAL_ADDRESS, Connections
from tests.helpers.fake_provider_server import FakeProviderServer

Make = Callable[..., Connections]


def no_keyring() -> object:
    raise RuntimeError("there is none here")


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    made: list[Connections] = []

    def build(**environment: str) -> Connections:
        paths = AppPaths(tmp_path / "c", tmp_path / "d", tmp_path / "k")
        keys = KeyStore(no_keyring, environment=environment)  # type: ignore[arg-type]
        made.append(Connections(paths, load_profiles(), keys))
        return made[-1]

    yield build
    for connections in made:
        connections.close()


def test_a_key_entered_for_an_address_is_used_there(make: Make) -> None:
    connections = make()
    custom = connections.profile("custom")
    with FakeProviderServer() as server:
        with pytest.raises(MissingKeyError, match="No API key is known"):
            connections.provider(custom, server.base_url)
        connections.keys.keep(custom, server.base_url, Secret(server.key))
        provider = connections.provider(custom, server.base_url)
        assert provider.list_models()
        assert connections.provider(custom, server.base_url) is provider
        with pytest.raises(MissingKeyError):
            connections.provider(custom, "http://127.0.0.1:9/v1")
        connections.close()


def test_a_new_key_makes_a_new_provider(make: Make) -> None:
    connections = make()
    custom, url = connections.profile("custom"), "https://gateway.example/v1"
    connections.keys.keep(custom, url, Secret("sk-first-key-00000001"))
    first = connections.provider(custom, url)
    connections.keys.keep(custom, url, Secret("sk-second-key-0000002"))
    assert connections.provider(custom, url) is not first


def test_openai_key_of_the_environment_stays_with_openai(make: Make) -> None:
    connections = make(OPENAI_API_KEY="sk-of-openai-000000001")
    assert connections.provider(connections.profile("openai")).base_url == "https://api.openai.com/v1/"
    with pytest.raises(MissingKeyError):
        connections.provider(connections.profile("custom"), "https://gateway.example/v1")


def test_what_cannot_be_asked(make: Make) -> None:
    connections = make(FINETUNE_STUDIO_API_KEY="sk-some-key-000000001")
    with pytest.raises(UsageError, match="no provider"):
        connections.profile("nowhere")
    with pytest.raises(UsageError, match="for its checks only"):
        connections.provider(connections.profile("generic"), "https://api.example.com/v1")
    together = connections.provider(connections.profile("together"), "https://gateway.example/v1")
    assert (together.id, together.base_url) == ("together", "https://gateway.example/v1/")
    with pytest.raises(StudioError, match="not running"):
        connections.provider(connections.profile("local"), start=False)
    assert connections.journal_address(connections.profile("local")) == LOCAL_ADDRESS
