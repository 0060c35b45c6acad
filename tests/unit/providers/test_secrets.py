"""A key is seen by nobody but the address that it belongs to."""

import copy
import io
import logging
import pickle
import threading
from pathlib import Path

import pytest

from finetune_studio.domain.errors import StudioError
from finetune_studio.providers.base import ChatMessage
from finetune_studio.providers.key_store import KeyPlace, KeyStore, address, environment_name
from finetune_studio.providers.secrets import KeyFilter, Secret, mask
from finetune_studio.targets.registry import load_profiles
from finetune_studio.workspace.job_watch import Pace, watch
from finetune_studio.workspace.submission_context import EventContext
from finetune_studio.workspace.submission_reconcile import reconcile
from tests.helpers.fake_provider_server import FAULTS, FakeProviderServer
from tests.helpers.memory_keyring import MemoryKeyring
from tests.unit.workspace.submission_parts import Sender

CANARY = "sk-canary-3f9a77c2d1e04b55"
PROFILES = load_profiles()


class BrokenKeyring(MemoryKeyring):
    def get_password(self, service: str, username: str) -> str | None:
        raise RuntimeError("No recommended backend was available.")


class ForgetfulKeyring(MemoryKeyring):
    """As keyring's null backend: takes everything, keeps nothing."""

    def set_password(self, service: str, username: str, password: str) -> None: ...


def test_a_secret_shows_itself_to_nobody() -> None:
    secret = Secret(CANARY)
    shown = [
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret!r}",
        repr([secret]),
        repr({"k": secret}),
    ]
    assert CANARY not in "".join(shown)
    assert "canary" not in "".join(shown)
    assert secret.reveal() == CANARY
    assert secret.hint == "…4b55"
    assert Secret("short").hint == "…"
    for write in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError):
            write(secret)


def test_mask() -> None:
    text = mask(f"Authorization: Bearer abcdefgh12345 and {CANARY} and sk-proj-abcdefghij", Secret(CANARY))
    assert text == "Authorization: Bearer [key] and [key] and [key]"
    assert mask("a task-force, risk-averse") == "a task-force, risk-averse"
    ours = f"job fts-20261129-0123456789abcdef and file fts-{'0a' * 32}.jsonl"
    assert mask(ours) == ours
    assert mask("fts-AbCdEfGhIjKlMnOp") == "[key]"


def test_log_filter_masks_messages_arguments_and_tracebacks() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(KeyFilter(Secret("plain-looking-key-123")))
    logger = logging.getLogger("test_secrets")
    logger.addHandler(handler)
    logger.warning("asked with %s", "plain-looking-key-123")
    try:
        raise ValueError(f"refused {CANARY}")
    except ValueError:
        logger.exception("it failed")
    assert "plain-looking" not in stream.getvalue()
    assert "canary" not in stream.getvalue()
    assert "ValueError: refused [key]" in stream.getvalue()


def test_a_key_in_the_keyring_is_bound_to_its_address() -> None:
    ring = MemoryKeyring()
    store = KeyStore(lambda: ring, environment={})
    custom = PROFILES["custom"]
    assert store.keep(custom, "https://a.example/v1/", Secret(CANARY)) is KeyPlace.KEYRING
    other = KeyStore(lambda: ring, environment={})
    found = other.find(custom, "https://A.example:443/v1")
    assert found is not None
    assert (found.secret.reveal(), found.place) == (CANARY, KeyPlace.KEYRING)
    assert other.find(custom, "https://b.example/v1") is None
    assert other.find(PROFILES["azure"], "https://a.example/v1") is None
    other.forget(custom, "https://a.example/v1")
    assert store.find(custom, "https://a.example/v1") is None


@pytest.mark.parametrize("ring", [BrokenKeyring(), ForgetfulKeyring()])
def test_without_a_keyring_a_key_lasts_for_the_session(ring: MemoryKeyring) -> None:
    store = KeyStore(lambda: ring, environment={})
    assert store.keep(PROFILES["nebius"], PROFILES["nebius"].base_url, Secret(CANARY)) is KeyPlace.SESSION
    found = store.find(PROFILES["nebius"], PROFILES["nebius"].base_url)
    assert found is not None
    assert found.place is KeyPlace.SESSION
    assert (
        KeyStore(lambda: ring, environment={}).find(PROFILES["nebius"], PROFILES["nebius"].base_url) is None
    )


def test_a_keyring_that_never_answers_is_left_alone() -> None:
    never = threading.Event()
    asked: list[int] = []

    def locked() -> MemoryKeyring:
        asked.append(1)
        never.wait(10)
        return MemoryKeyring()

    store = KeyStore(locked, environment={"OPENAI_API_KEY": CANARY}, time_limit=0.05)
    for _ in range(3):
        found = store.find(PROFILES["openai"], "https://api.openai.com/v1")
        assert found is not None
        assert (found.place, found.detail) == (KeyPlace.ENVIRONMENT, "OPENAI_API_KEY")
    assert len(asked) == 1
    assert not store.has_keyring
    never.set()


@pytest.mark.parametrize(
    ("profile", "url", "variable"),
    [
        ("openai", "https://api.openai.com/v1", "OPENAI_API_KEY"),
        ("openai", "https://api.openai.com.evil.example/v1", "FINETUNE_STUDIO_API_KEY"),
        ("custom", "https://api.openai.com/v1", "FINETUNE_STUDIO_API_KEY"),
        ("custom", "https://gateway.example/v1", "FINETUNE_STUDIO_API_KEY"),
        ("nebius", "https://api.tokenfactory.nebius.com/v1/", "NEBIUS_API_KEY"),
        ("azure", "https://mine.openai.azure.com/openai/v1/", "AZURE_OPENAI_API_KEY"),
        ("azure", "https://mine.openai.azure.com.evil.example/openai/v1/", "FINETUNE_STUDIO_API_KEY"),
        ("azure", "https://a.b.openai.azure.com/openai/v1/", "FINETUNE_STUDIO_API_KEY"),
        ("local", "http://127.0.0.1:5000/v1", ""),
    ],
)
def test_which_variable_may_hold_the_key(profile: str, url: str, variable: str) -> None:
    found = environment_name(PROFILES[profile], url)
    assert found == variable or (
        found == "" and variable == "FINETUNE_STUDIO_API_KEY" and profile != "custom"
    )


def test_addresses_in_one_spelling() -> None:
    assert address("HTTPS://API.Example.com:443/v1/") == "https://api.example.com/v1"
    assert address("http://localhost:8000/v1") == "http://localhost:8000/v1"


def test_the_canary_is_in_no_file(tmp_path: Path) -> None:
    """A marked key goes through every flow and failure; then every file that was written is searched."""
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    handler.addFilter(KeyFilter(Secret(CANARY)))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    said: list[str] = []
    try:
        with FakeProviderServer(key=CANARY, script=("running", "failed")) as server:
            server.job_error = {"code": "x", "message": "Example 3 is odd"}
            sender = Sender(server, tmp_path)
            for kind in FAULTS:
                server.inject("POST", "/(files|fine_tuning/jobs)", kind)
                row = sender.freeze(suffix=kind.replace("_", "-"))
                try:
                    sender.submit(row)
                except StudioError as error:
                    said.append(repr(error) + str(error))
            for row in sender.journal.all():
                if row.job is not None:
                    watch(
                        sender.journal,
                        sender.provider,
                        row.ref,
                        lambda update: said.append(repr(update)),
                        EventContext(waits=False),
                        Pace(0, 0),
                    )
            reconcile(sender.journal, lambda _row: sender.provider, EventContext(waits=False))
            list(sender.provider.chat([ChatMessage("user", "hi")], "tiny"))
            said.append(repr(sender.provider) + repr(vars(sender.provider)))
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) > 5
    assert [path.name for path in written if CANARY.encode() in path.read_bytes()] == []
    assert "canary" not in "".join(said)
    assert "canary" not in log.getvalue()
