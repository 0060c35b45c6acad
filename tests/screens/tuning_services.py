"""Page Fine-tune with Together, Fireworks and Mistral: the form of each, and a job at its end."""

from collections.abc import Callable
from typing import Any

from finetune_studio.domain.job import JobState
from finetune_studio.providers.key_store import KeyStore
from finetune_studio.providers.secrets import Secret
from finetune_studio.settings.paths import app_paths
from finetune_studio.ui.tune.tune_page import TunePage
from finetune_studio.workspace.connections import Connections
from finetune_studio.workspace.services import change_service, forget_service
from tests.helpers.fake_openai_likes import LIKES
from tests.helpers.memory_keyring import MemoryKeyring
from tests.helpers.services import SERVICES
from tests.screens.stage import Stage


def tune_services(stage: Stage) -> None:
    """One picture of the form and one of the finished job for each service with habits of its own."""
    stage.open_sample()
    page = stage.page("tune")
    assert isinstance(page, TunePage)
    sending = stage.workspace.sending
    ring = MemoryKeyring()
    for service in SERVICES.values():
        _queued, running, done, _failed = service.states
        with service.fake(script=(running, running, done)) as fake:
            keys = KeyStore(lambda: ring, environment={})
            sending.__dict__["connections"] = Connections(app_paths(), sending.profiles, keys)
            profile = change_service(sending, service.id, {"service": {"base_url": fake.base_url}})
            sending.connections.keys.keep(profile, fake.base_url, Secret(fake.key))
            page.form.where.set_profiles(sending.profiles, service.id)
            page.form.where.choose(service.id, profile.default_model, "supervised")
            stage.settle(700)
            stage.shoot(f"tune-{service.id}")
            _submit(stage, page)
            stage.shoot(f"tune-{service.id}-done")
            forget_service(sending, service.id)
    for name, like in LIKES.items():
        with like(script=("running", "running", "succeeded")) as fake:
            keys = KeyStore(lambda: ring, environment={})
            sending.__dict__["connections"] = Connections(app_paths(), sending.profiles, keys)
            profile = change_service(sending, name, {"service": {"base_url": fake.base_url}})
            sending.connections.keys.keep(profile, fake.base_url, Secret(fake.key))
            page.form.where.set_profiles(sending.profiles, name)
            model = profile.default_model or "meta-llama/Llama-3.1-8B-Instruct"
            page.form.where.choose(name, model, "supervised")
            stage.settle(700)
            stage.shoot(f"tune-{name}")
            _submit(stage, page)
            stage.shoot(f"tune-{name}-done")
            forget_service(sending, name)


def _submit(stage: Stage, page: TunePage) -> None:
    stage.wait(page.form.start.isEnabled, what="Start")
    before = page.book.rows[0].ref if page.book.rows else ""
    page.form.start.click()

    def is_done() -> bool:
        rows: list[Any] = list(page.book.rows)
        newest = rows[0] if rows else None
        return (
            newest is not None
            and newest.ref != before
            and newest.job is not None
            and newest.job.state is JobState.SUCCEEDED
        )

    stage.wait(is_done, 90, "the job to succeed")
    page.jobs.choose(page.book.rows[0].ref)
    stage.settle(600)


SCENES: dict[str, Callable[[Stage], None]] = {"tune_services": tune_services}
