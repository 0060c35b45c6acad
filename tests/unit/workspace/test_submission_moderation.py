"""The moderation pass: every example is asked about, flagged ones are named, and it can be left."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from finetune_studio.domain.errors import CancelledError, GateError, UsageError
from finetune_studio.providers.base import Provider
from finetune_studio.workspace.submission import freeze
from finetune_studio.workspace.submission_context import EventContext
from finetune_studio.workspace.submission_moderation import moderate, require_unflagged
from finetune_studio.workspace.submission_records import SentExample, Submission
from tests.helpers.builders import chat_line
from tests.helpers.fake_mistral import FakeMistral
from tests.helpers.fake_provider_server import FakeProviderServer
from tests.helpers.services import SERVICES
from tests.unit.workspace.submission_parts import QUICK, Sender, a_plan


@pytest.fixture
def server() -> Iterator[FakeProviderServer]:
    with FakeProviderServer() as running:
        yield running


@pytest.fixture
def sender(server: FakeProviderServer, tmp_path: Path) -> Sender:
    return Sender(server, tmp_path)


def sent(texts: list[str]) -> list[SentExample]:
    return [
        SentExample(chat_line(("user", "hello"), ("assistant", text)), 100 + n, bytes(32))
        for n, text in enumerate(texts)
    ]


def frozen(sender: Sender, texts: list[str], held_out: list[str] | None = None) -> Submission:
    checked = sent(held_out) if held_out else None
    return freeze(sender.journal, a_plan(sender.server), sent(texts), checked)


def test_flagged_examples_are_named(sender: Sender, server: FakeProviderServer) -> None:
    texts = [f"answer {n}" for n in range(80)]
    texts[4] = texts[70] = "HARM"
    row = frozen(sender, texts, ["fine", "HARM too"])
    seen: list[tuple[int, int | None]] = []
    context = EventContext(lambda done, total, _text: seen.append((done, total)))
    found = moderate(sender.journal, sender.provider, row, "m", context, QUICK)
    assert [(item.part, item.line, item.example_id, item.categories) for item in found] == [
        ("training", 5, 104, ("violence",)),
        ("training", 71, 170, ("violence",)),
        ("validation", 2, 101, ("violence",)),
    ]
    assert server.calls("POST", "/moderations") == 4
    assert seen[-1] == (82, 82)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    with pytest.raises(GateError, match=r"flags 3 examples \(training line 5: violence; "):
        require_unflagged(found, "Fake")
    require_unflagged((), "Fake")


def test_a_long_example_is_asked_about_whole_and_named_once(sender: Sender) -> None:
    row = frozen(sender, ["HARM " + "word " * 30_000 + "HARM"])
    found = moderate(sender.journal, sender.provider, row, "m", EventContext(), QUICK)
    assert [(item.line, item.categories) for item in found] == [(1, ("violence",))]


@pytest.mark.parametrize("kind", ["429", "500_before", "timeout_before", "garbage", "wrong_shape"])
def test_passing_trouble_is_outlived(sender: Sender, server: FakeProviderServer, kind: str) -> None:
    server.inject("POST", "/moderations", kind)
    row = frozen(sender, ["HARM"])
    assert len(moderate(sender.journal, sender.provider, row, "m", EventContext(), QUICK)) == 1


def test_it_can_be_left_at_once(sender: Sender, server: FakeProviderServer) -> None:
    context = EventContext()
    ask = sender.provider.moderate
    started: list[float] = []

    def slow(texts: tuple[str, ...], model: str) -> object:
        started.append(time.monotonic())
        context.cancel()
        server.closing.wait(5)
        return ask(texts, model)

    sender.provider.moderate = slow  # type: ignore[method-assign, assignment]
    with pytest.raises(CancelledError):
        moderate(sender.journal, sender.provider, frozen(sender, ["x"]), "m", context, QUICK)
    assert time.monotonic() - started[0] < 1


def test_a_service_without_moderation_says_so(sender: Sender) -> None:
    with FakeMistral() as fake:
        provider: Provider = SERVICES["mistral"].provider(fake)
        with pytest.raises(UsageError, match="Mistral has no moderation"):
            moderate(sender.journal, provider, frozen(sender, ["x"]), "m", EventContext(), QUICK)
    with pytest.raises(UsageError):
        moderate(sender.journal, sender.provider, frozen(sender, ["x"]), "", EventContext(), QUICK)
