"""The services that have adapters of their own, each with its fake and what differs between them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from finetune_studio.providers.base import Provider
from finetune_studio.providers.fireworks import FireworksProvider
from finetune_studio.providers.mistral import MistralProvider
from finetune_studio.providers.secrets import Secret
from finetune_studio.providers.together import TogetherProvider
from finetune_studio.providers.wire import Timeouts
from finetune_studio.providers.wire_facts import wire_facts
from finetune_studio.targets.registry import load_profiles
from tests.helpers.fake_fireworks import FakeFireworks
from tests.helpers.fake_mistral import FakeMistral
from tests.helpers.fake_service import FakeService
from tests.helpers.fake_together import FakeTogether

PROFILES = load_profiles()


@dataclass(frozen=True)
class Service:
    """`states` are the service's words for queued, running, succeeded and failed."""

    id: str
    fake: Callable[..., Any]
    adapter: Any
    states: tuple[str, str, str, str]

    def provider(self, fake: FakeService, timeouts: Timeouts | None = None) -> Provider:
        facts = wire_facts(PROFILES[self.id])
        made: Provider = self.adapter(facts, fake.base_url, Secret(fake.key), timeouts or Timeouts(2, 5, 5))
        fake.on_close.append(made.close)
        return made

    @property
    def model(self) -> str:
        return PROFILES[self.id].default_model


SERVICES = {
    "together": Service(
        "together", FakeTogether, TogetherProvider, ("queued", "running", "completed", "error")
    ),
    "fireworks": Service(
        "fireworks",
        FakeFireworks,
        FireworksProvider,
        ("JOB_STATE_PENDING", "JOB_STATE_RUNNING", "JOB_STATE_COMPLETED", "JOB_STATE_FAILED"),
    ),
    "mistral": Service(
        "mistral", FakeMistral, MistralProvider, ("QUEUED", "RUNNING", "SUCCESS", "FAILED_VALIDATION")
    ),
}
