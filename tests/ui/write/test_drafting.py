"""Drafts on page Write, against a service on loopback: nothing is sent before a model is chosen."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from finetune_studio.providers.key_store import KeyStore
from finetune_studio.settings.paths import app_paths
from finetune_studio.ui.theme.manager import ThemeManager
from finetune_studio.ui.write.draft_card import DraftCard
from finetune_studio.ui.write.draft_model_dialog import DraftModelDialog
from finetune_studio.ui.write.more_dialog import MoreDialog
from finetune_studio.workspace.connections import Connections
from finetune_studio.workspace.model_choices import ModelChoice, ModelKind
from finetune_studio.workspace.queries.examples import get_example
from tests.helpers.accessibility import audit
from tests.helpers.builders import chat_line
from tests.helpers.dialogs import during_dialog
from tests.helpers.fake_provider_server import FakeProviderServer
from tests.helpers.local_server import running_server
from tests.helpers.memory_keyring import MemoryKeyring
from tests.helpers.qt import is_gone, show
from tests.ui.write.page_parts import Stage

LINES = [
    chat_line(("system", "Be Marv."), ("user", "Capital of France?"), ("assistant", "")),
    chat_line(("user", "Question 2"), ("assistant", "A long answer, with many words in it.")),
    chat_line(("user", "Question 3")),
]
DRAFT = "Paris, as if everyone doesn't know."
SHIFTED = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def service() -> Iterator[FakeProviderServer]:
    with FakeProviderServer() as server:
        yield server


@pytest.fixture
def stage(tmp_path: Path, theme: ThemeManager, qtbot: QtBot, service: FakeProviderServer) -> Iterator[Stage]:
    path = tmp_path / "data.jsonl"
    path.write_bytes(b"".join(LINES))
    made = Stage(path, theme, qtbot)
    sending = made.workspace.sending
    keyring = MemoryKeyring()
    keys = KeyStore(lambda: keyring, environment={})
    sending.__dict__["connections"] = Connections(app_paths(), sending.profiles, keys)
    yield made
    made.stop()


def choice_of(service: FakeProviderServer, model: str = "gpt-4.1-mini") -> ModelChoice:
    return ModelChoice(ModelKind.BASE, "openai", service.base_url, model, model, model, "OpenAI")


@pytest.fixture
def ready(stage: Stage, service: FakeProviderServer) -> Stage:
    """A model is chosen, and its key is known."""
    from finetune_studio.providers.secrets import Secret

    profile = stage.workspace.sending.profiles["openai"]
    stage.workspace.sending.connections.keys.keep(profile, service.base_url, Secret(service.key))
    stage.page.drafts.set_model(choice_of(service))
    return stage


def card(stage: Stage) -> DraftCard:
    return stage.page.pane.draft


def contents(stage: Stage, example_id: int) -> list[Any]:
    body = get_example(stage.workspace, example_id).body
    return [message["content"] for message in json.loads(body)["messages"]]


def until_drafted(stage: Stage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: card(stage).isVisible() and not card(stage).is_busy, timeout=10_000)
    stage.settle()


def test_nothing_is_sent_before_a_model_is_chosen(stage: Stage, service: FakeProviderServer) -> None:
    def look(dialog: DraftModelDialog) -> None:
        ids = [dialog.where.itemData(n) for n in range(dialog.where.count())]
        assert dialog.told.text() == "Nothing leaves this computer: its own server answers."
        dialog.where.setCurrentIndex(ids.index("openai"))
        assert "are sent to https://api.openai.com/v1, and nothing else" in dialog.told.text()
        dialog.address.setText(service.base_url)
        assert service.base_url in dialog.told.text()
        dialog.model.setEditText("")
        assert not dialog.use.isEnabled()
        dialog.reject()

    seen = during_dialog(DraftModelDialog, look)
    stage.commands.invoke("draft.reply")
    stage.settle()
    assert len(seen) == 1
    assert service.state.bodies == []
    assert card(stage).isHidden()
    assert stage.page.drafts.model is None
    assert is_gone([*seen])


def test_the_choice_is_remembered_for_this_dataset(
    stage: Stage, service: FakeProviderServer, qtbot: QtBot
) -> None:
    def choose(dialog: DraftModelDialog) -> None:
        ids = [dialog.where.itemData(n) for n in range(dialog.where.count())]
        dialog.where.setCurrentIndex(ids.index("openai"))
        dialog.address.setText(service.base_url)
        dialog.model.setEditText("my-own-model")
        qtbot.waitUntil(lambda: "No key is known" in dialog.key_row.state.text(), timeout=5000)
        assert audit(dialog).problems == []
        dialog.use.click()

    during_dialog(DraftModelDialog, choose)
    stage.commands.invoke("draft.model")
    chosen = stage.page.drafts.model
    assert chosen is not None
    assert (chosen.profile_id, chosen.base_url, chosen.model) == ("openai", service.base_url, "my-own-model")
    assert service.state.bodies == []


def test_a_reply_streams_in_and_tab_takes_it(ready: Stage, service: FakeProviderServer, qtbot: QtBot) -> None:
    stage = ready
    stage.page.pane.conversation.focus_message(1)
    stage.press(Qt.Key.Key_D, SHIFTED)
    until_drafted(stage, qtbot)
    assert card(stage).hint() == ""
    (sent,) = service.state.bodies
    assert sent["model"] == "gpt-4.1-mini"
    assert [(each["role"], each["content"]) for each in sent["messages"]] == [
        ("system", "Be Marv."),
        ("user", "Capital of France?"),
    ]
    assert card(stage).text == DRAFT
    assert contents(stage, 1)[2] == ""
    assert card(stage).hasFocus()
    stage.page.panel.view.setFocus()
    assert audit(stage.window).problems == []
    assert contents(stage, 1)[2] == ""
    card(stage).setFocus()
    stage.press(Qt.Key.Key_Tab)
    stage.settle()
    assert card(stage).isHidden()
    assert contents(stage, 1)[2] == DRAFT
    stage.commands.invoke("edit.undo")
    stage.settle()
    assert contents(stage, 1)[2] == ""


def test_the_button_drafts_a_new_answer_and_e_edits_it(ready: Stage, qtbot: QtBot) -> None:
    stage = ready
    stage.page.open_example(3)
    stage.settle()
    row = stage.page.pane.conversation._add_rows["messages"]
    qtbot.mouseClick(row.draft, Qt.MouseButton.LeftButton)
    until_drafted(stage, qtbot)
    stage.press(Qt.Key.Key_E)
    stage.settle()
    assert contents(stage, 3) == ["Question 3", DRAFT]
    assert stage.page.pane.conversation.focused_index() == 1
    stage.type("!")
    stage.page.flush()
    stage.settle()
    assert contents(stage, 3)[1] == f"{DRAFT}!"


def test_escape_stops_then_drops(ready: Stage, service: FakeProviderServer, qtbot: QtBot) -> None:
    stage = ready
    service.hold_chat = True
    stage.commands.invoke("draft.reply")
    qtbot.waitUntil(lambda: bool(card(stage).text), timeout=5000)
    assert card(stage).is_busy
    stage.press(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not card(stage).is_busy, timeout=5000)
    assert card(stage).hint() == "Stopped."
    assert not card(stage).take.isHidden()
    stage.press(Qt.Key.Key_Escape)
    stage.settle()
    assert card(stage).isHidden()
    assert contents(stage, 1)[2] == ""
    assert stage.focus() is stage.page.panel.view


def test_a_draft_does_not_follow_to_another_example(ready: Stage, qtbot: QtBot) -> None:
    stage = ready
    stage.commands.invoke("draft.reply")
    until_drafted(stage, qtbot)
    stage.page.open_example(2)
    stage.settle()
    assert card(stage).isHidden()
    stage.page.open_example(1)
    stage.settle()
    assert contents(stage, 1)[2] == ""


def test_a_message_is_shortened_from_its_menu(
    ready: Stage, service: FakeProviderServer, qtbot: QtBot
) -> None:
    stage = ready
    stage.page.open_example(2)
    stage.settle()
    view = stage.page.pane.conversation
    answer = view.card_at(1)
    assert answer is not None
    answer.header.more.click()
    menu = next(each for each in view.findChildren(QMenu) if each.isVisible())
    action = next(each for each in menu.actions() if each.text() == "Draft it shorter")
    menu.close()
    action.trigger()
    until_drafted(stage, qtbot)
    asked, text = service.state.bodies[-1]["messages"]
    assert "shorter" in asked["content"]
    assert text["content"] == "A long answer, with many words in it."
    card(stage).take.click()
    stage.settle()
    assert contents(stage, 2) == ["Question 2", DRAFT]


@pytest.mark.parametrize(
    ("fault", "words"), [("401", "key"), ("404", ""), ("html", ""), ("truncated", ""), ("reset_before", "")]
)
def test_what_goes_wrong_is_told_in_the_card(
    ready: Stage, service: FakeProviderServer, qtbot: QtBot, fault: str, words: str
) -> None:
    for _ in range(6):  # It is tried more than once where that may help.
        service.inject("POST", "/chat/completions", fault)
    ready.commands.invoke("draft.reply")
    until_drafted(ready, qtbot)
    assert len(card(ready).hint()) > 10
    assert words in card(ready).hint()
    assert "Traceback" not in card(ready).hint()
    assert card(ready).take.isHidden() is not bool(card(ready).text.strip())
    card(ready).drop.click()
    assert card(ready).isHidden()


def test_where_no_reply_is_due_nothing_is_asked(ready: Stage, service: FakeProviderServer) -> None:
    ready.page.open_example(2)
    ready.settle()
    ready.commands.invoke("draft.reply")
    ready.settle()
    error: Any = ready.errors.pop()
    assert error.text == "The last message is an answer already."
    assert service.state.bodies == []


def test_more_examples_come_in_as_drafts_in_one_step(
    ready: Stage, service: FakeProviderServer, qtbot: QtBot
) -> None:
    stage = ready
    lines = [chat_line(("user", f"q{n}"), ("assistant", "a")).decode() for n in range(3)]
    service.answer_pieces = lines
    stage.commands.invoke("draft.reply")  # A draft that is open is no hindrance.
    until_drafted(stage, qtbot)

    def read(dialog: MoreDialog) -> None:
        qtbot.waitUntil(lambda: not dialog.is_busy, timeout=10_000)
        assert dialog.list.count() == 3
        assert dialog.add.text() == "Add 3 examples"
        assert "SYSTEM: Be Marv.\nUSER: q0\nASSISTANT: a" in dialog.preview.text()
        assert audit(dialog).problems == []
        dialog.list.item(1).setCheckState(Qt.CheckState.Unchecked)
        assert dialog.add.text() == "Add 2 examples"
        dialog.add.click()

    seen = during_dialog(MoreDialog, read)
    stage.commands.invoke("draft.more")
    qtbot.waitUntil(lambda: len(stage.page.model.ids) == 5, timeout=10_000)
    stage.settle()
    assert is_gone([*seen])
    ids = list(stage.page.model.ids)
    assert [contents(stage, each)[1] for each in ids[1:3]] == ["q0", "q2"]
    assert stage.notices[-1] == "2 examples added as drafts."
    stage.commands.invoke("edit.undo")
    stage.settle()
    assert len(stage.page.model.ids) == 3


def test_an_answer_without_conversations_is_told(ready: Stage, qtbot: QtBot) -> None:
    def read(dialog: MoreDialog) -> None:
        qtbot.waitUntil(lambda: not dialog.is_busy, timeout=10_000)
        assert dialog.state.text() == "There is no new conversation in what the model answered."
        assert not dialog.add.isEnabled()

    during_dialog(MoreDialog, read)
    ready.commands.invoke("draft.more")
    ready.settle()


def test_a_model_of_this_computer_answers_without_leaving_it(
    stage: Stage, service: FakeProviderServer, qtbot: QtBot
) -> None:
    local = ModelChoice(ModelKind.BASE, "local", "", "rehearsal", "rehearsal", "rehearsal", "This computer")
    stage.page.drafts.set_model(local)
    with running_server(app_paths().data):
        stage.commands.invoke("draft.reply")
        until_drafted(stage, qtbot)
    assert card(stage).hint() == ""
    assert card(stage).text.strip()
    assert service.state.bodies == []


def test_pieces_that_come_fast_are_shown_together_and_all(qtbot: QtBot) -> None:
    alone = DraftCard()
    qtbot.addWidget(alone)
    alone.begin("assistant", "draft", "m")
    for number in range(500):
        alone.add_piece(f"{number} ")
    assert alone._shown.text() == ""
    qtbot.waitUntil(lambda: alone._shown.text().endswith("499 "), timeout=1000)
    alone.add_piece("500")
    alone.fail("Stopped.", "")
    assert alone._shown.text().endswith("499 500")


def test_a_card_is_as_tall_as_its_text_and_scrolls_beyond_a_limit(qtbot: QtBot) -> None:
    alone = DraftCard()
    show(qtbot, alone, 640, 200)
    alone.begin("assistant", "draft", "m")
    bar = alone.column.verticalScrollBar()
    alone.fail("This service does not take the key that it was given. " * 3)
    qtbot.waitUntil(lambda: bar.maximum() == 0, timeout=1000)
    before = alone.column.height()
    alone.finish("A much longer text. " * 200)
    qtbot.waitUntil(lambda: bar.maximum() > 0, timeout=1000)
    assert before < alone.column.height() <= 300
