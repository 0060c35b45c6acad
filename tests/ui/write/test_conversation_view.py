"""The view alone: what it shows, what it asks for, and that it changes nothing by itself."""

import json
from itertools import pairwise

from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget
from pytestqt.qtbot import QtBot

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.ui.theme.manager import ThemeManager
from finetune_studio.ui.write.add_row import HEIGHT, AddRow
from finetune_studio.ui.write.conversation_view import ConversationView
from finetune_studio.ui.write.message_editor import BIG_HEIGHT
from finetune_studio.ui.write.message_rows import MESSAGES
from finetune_studio.workspace.operations.typed_text import TypedText
from tests.helpers.qt import grab, has_color, is_gone, show
from tests.helpers.shared_data import shared_file
from tests.ui.write.conversation_parts import (
    ALT,
    CALL,
    CONTROL,
    SHIFT,
    a_finding,
    a_pair,
    an_example,
    editor_at,
    example_of,
    focus_widget,
    marv,
    message,
    press,
    roles,
    shown_view,
    texts,
    type_text,
)


def _thousand(qtbot: QtBot) -> ConversationView:
    turns = [message(("user", "assistant")[n % 2], f"Number {n}. " * (1 + n % 40)) for n in range(1000)]
    return shown_view(qtbot, an_example(*turns))


def test_the_first_example_stands_whole(qtbot: QtBot) -> None:
    stack = QStackedWidget()
    view = ConversationView()
    stack.addWidget(QWidget())
    stack.addWidget(view)
    show(qtbot, stack, 400, 600)
    view.set_example(an_example(message("user", "All of a long text. " * 20), message("assistant", "Yes.")))
    stack.setCurrentWidget(view)
    editor = editor_at(view, 0)
    qtbot.waitUntil(editor.isVisible)
    assert editor.document().documentLayout().blockBoundingRect(editor.document().begin()).height() > 100
    assert editor.height() > 100


def test_little_room_takes_the_words_of_a_button(qtbot: QtBot) -> None:
    row = AddRow(MESSAGES, ("user", "assistant", "tool"))
    show(qtbot, row, 700, HEIGHT)
    assert row.draft.text() == "Draft a reply"
    row.resize(396, HEIGHT)
    qtbot.waitUntil(lambda: not row.draft.text())
    for button in (*row.buttons.values(), row.draft):
        assert button.width() >= button.sizeHint().width()
    assert row.draft.accessibleName() == "Draft a reply"
    for role in ("tool", "assistant"):
        row.offer(role, offered=False)
    assert row.draft.text() == "Draft a reply"


def test_typing_gives_the_true_text_and_waits_as_a_draft(qtbot: QtBot) -> None:
    view = shown_view(qtbot, marv())
    heard: list[tuple[int, str, str]] = []
    view.text_edited.connect(lambda *values: heard.append(values))
    view.focus_message(1)
    type_text("!")
    assert heard == [(1, "/content", "How far is the Moon?!")]
    assert view.drafts() == [(1, "/content", "How far is the Moon?!")]
    press(Qt.Key.Key_Backspace)
    assert not view.has_drafts()


def test_an_echo_keeps_caret_selection_and_what_was_typed_since(qtbot: QtBot) -> None:
    view = shown_view(qtbot, marv())
    view.focus_message(1)
    type_text(" ab")
    moon = "How far is the Moon?"
    assert view.take_drafts() == [TypedText(1, "/content", f"{moon} ab", moon, "user")]
    type_text("cd")
    press(Qt.Key.Key_Left)
    echo = an_example(
        message("system", "Marv is sarcastic."),
        message("user", "How far is the Moon? ab"),
        message("assistant", "Around 384,400 km.  Give or take."),
    )
    view.update_example(echo)
    editor = editor_at(view, 1)
    assert editor.hasFocus()
    assert editor.true_text == "How far is the Moon? abcd"
    assert editor.position() == len("How far is the Moon? abc")
    assert view.drafts() == [(1, "/content", "How far is the Moon? abcd")]


def test_an_undo_changes_the_focused_text_and_leaves_the_caret(qtbot: QtBot) -> None:
    view = shown_view(qtbot, marv())
    view.reveal(2, 7, 7)
    undone = an_example(
        message("system", "Marv is sarcastic."),
        message("user", "How far is the Moon?"),
        message("assistant", "Around 384,400 km. Give or take."),
    )
    view.update_example(undone)
    editor = editor_at(view, 2)
    assert editor.hasFocus()
    assert editor.true_text == "Around 384,400 km. Give or take."
    assert editor.position() == 7


def test_a_move_from_elsewhere_takes_the_focus_along(qtbot: QtBot) -> None:
    view = shown_view(qtbot, marv())
    view.focus_message(2)
    turned = an_example(
        message("assistant", "Around 384,400 km.  Give or take."),
        message("system", "Marv is sarcastic."),
        message("user", "How far is the Moon?"),
    )
    view.update_example(turned)
    assert view.focused_index() == 0
    assert editor_at(view, 0).hasFocus()


def test_naughty_strings_are_shown_stepped_through_and_left_without_a_change(qtbot: QtBot) -> None:
    view = shown_view(qtbot)
    edits: list[object] = []
    view.text_edited.connect(lambda *values: edits.append(values))
    naughty = json.loads(shared_file("blns.json").read_text(encoding="utf-8"))
    naughty += ["\ufeffbom", "a\r\nb\rc\nd", "\ud83d lone", "x\u2028y\u2029z", "nul\0", "nb\u00a0sp"]
    for start in range(0, len(naughty), 40):
        chunk = naughty[start : start + 40]
        view.set_example(example_of(_surrogate_safe(chunk)))
        view.focus_message(0)
        press(Qt.Key.Key_PageDown, CONTROL, times=len(chunk))
        assert [shown.text for shown in view.messages()] == chunk
    assert edits == []


def _surrogate_safe(chunk: list[str]) -> bytes:
    return json.dumps({"messages": [message("user", text) for text in chunk]}).encode() + b"\n"


def test_naughty_strings_can_be_pasted_and_come_out_as_they_went_in(qtbot: QtBot) -> None:
    view = shown_view(qtbot, an_example(message("user", "")))
    view.focus_message(0)
    editor = editor_at(view, 0)
    for text in json.loads(shared_file("blns.json").read_text(encoding="utf-8")):
        data = QMimeData()
        data.setText(text)
        editor.selectAll()
        editor.insertFromMimeData(data)
        if text:
            assert editor.true_text == data.text().replace("\r\n", "\n").replace("\r", "\n")
            editor.selectAll()
            assert editor.createMimeDataFromSelection().text() == editor.true_text


def test_copying_gives_the_true_text(qtbot: QtBot) -> None:
    view = shown_view(qtbot, an_example(message("user", "nb\u00a0sp\r\nand \U0001f600 more")))
    editor = editor_at(view, 0)
    editor.select(2, 11)
    assert editor.createMimeDataFromSelection().text() == "\u00a0sp\r\nand "


def test_a_thousand_messages_have_few_cards_and_all_can_be_reached(qtbot: QtBot) -> None:
    view = _thousand(qtbot)
    assert len(view.cards()) < 20
    view.reveal(777, 0, 6)
    editor = editor_at(view, 777)
    assert editor.hasFocus()
    assert editor.textCursor().selectedText() == "Number"
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())
    assert view.card_at(999) is not None
    assert editor.hasFocus(), "the focused card keeps its row"
    type_text("x")
    assert view.drafts()[0][0] == 777
    view.verticalScrollBar().setValue(0)
    assert len(view._pool) < 24


def test_what_was_typed_survives_that_its_card_shows_another_row(qtbot: QtBot) -> None:
    view = _thousand(qtbot)
    view.focus_message(3)
    type_text("kept")
    view.focus_message(900)
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())
    assert view.card_at(3) is None
    view.focus_message(3)
    assert editor_at(view, 3).true_text.endswith("kept")


def test_the_top_card_stays_when_heights_turn_out_different(qtbot: QtBot) -> None:
    view = _thousand(qtbot)
    bar = view.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    top = min((card for card in view.cards() if card.y() + card.height() > 0), key=lambda card: card.y())
    row, y = top.row, top.y()
    for _ in range(5):
        bar.setValue(bar.value() - 10)
    card = next(card for card in view.cards() if card.row is row)
    assert card.y() == y + 50


def test_cards_do_not_overlap_and_leave_no_holes(qtbot: QtBot) -> None:
    view = _thousand(qtbot)
    for value in (0, 500, 20_000, 60_000):
        view.verticalScrollBar().setValue(value)
        cards = sorted(view.cards(), key=lambda card: card.y())
        for upper, lower in pairwise(cards):
            if upper.index + 1 == lower.index:
                assert lower.y() - (upper.y() + upper.height()) == 12


def test_alt_arrows_move_the_message_with_its_caret(qtbot: QtBot) -> None:
    view = shown_view(qtbot, marv())
    heard: list[tuple[int, int]] = []
    view.move_requested.connect(lambda *values: heard.append(values))
    view.focus_message(2)
    press(Qt.Key.Key_Up, ALT, times=2)
    press(Qt.Key.Key_Up, ALT)
    assert heard == [(2, 1), (1, 0)]
    assert roles(view) == ["assistant", "system", "user"]
    assert view.focused_index() == 0
    assert editor_at(view, 0).hasFocus()
    press(Qt.Key.Key_Down, ALT)
    assert heard[-1] == (0, 1)


def test_text_goes_before_the_move_that_follows(qtbot: QtBot) -> None:
    view = shown_view(qtbot, marv())
    order: list[object] = []
    view.commit_due.connect(lambda: order.extend(view.take_drafts()))
    view.move_requested.connect(lambda *values: order.append(values))
    view.focus_message(1)
    type_text("!")
    press(Qt.Key.Key_Down, ALT)
    moon = "How far is the Moon?"
    assert order == [TypedText(1, "/content", f"{moon}!", moon, "user"), (1, 2)]


def test_control_enter_adds_the_turn_that_follows(qtbot: QtBot) -> None:
    view = shown_view(qtbot, marv())
    heard: list[tuple[int, str]] = []
    view.message_add_requested.connect(lambda *values: heard.append(values))
    view.focus_message(2)
    press(Qt.Key.Key_Return, CONTROL)
    type_text("And Mars?")
    press(Qt.Key.Key_Return, CONTROL)
    assert heard == [(3, "user"), (4, "assistant")]
    assert texts(view)[3:] == ["And Mars?", ""]
    assert view.focused_index() == 4


def test_delete_by_key_focuses_the_next_message(qtbot: QtBot) -> None:
    view = shown_view(qtbot, marv())
    with qtbot.waitSignal(view.delete_requested) as waited:
        view.focus_message(1)
        press(Qt.Key.Key_Backspace, CONTROL | SHIFT)
    assert waited.args == [1]
    assert roles(view) == ["system", "assistant"]
    assert view.focused_index() == 1


def test_the_weight_badge_toggles_by_click_and_key(qtbot: QtBot) -> None:
    view = shown_view(qtbot, marv())
    heard: list[tuple[int, int]] = []
    view.weight_change_requested.connect(lambda *values: heard.append(values))
    card = view.card_at(2)
    assert card is not None
    assert card.header.weight.text() == "trained  weight 1"
    QTest.mouseClick(card.header.weight, Qt.MouseButton.LeftButton)
    assert card.header.weight.text() == "not trained  weight 0"
    card.header.weight.setFocus()
    press(Qt.Key.Key_Return)
    view.focus_message(2)
    press(Qt.Key.Key_W, CONTROL | SHIFT)
    assert heard == [(2, 0), (2, 1), (2, 0)]
    other = view.card_at(1)
    assert other is not None
    assert other.header.weight.isHidden()


def test_the_role_can_be_chosen_from_a_menu(qtbot: QtBot) -> None:
    view = shown_view(qtbot, marv())
    card = view.card_at(1)
    assert card is not None
    QTest.mouseClick(card.header.role, Qt.MouseButton.LeftButton)
    menu = QApplication.activePopupWidget()
    assert menu is not None
    wanted = next(action for action in menu.actions() if action.data() == "role:developer")
    with qtbot.waitSignal(view.role_change_requested) as waited:
        wanted.trigger()
    menu.close()
    assert waited.args == [1, "developer"]
    assert card.header.role.text() == "DEVELOPER"


def test_dragging_the_handle_moves_and_shows_where(qtbot: QtBot) -> None:
    view = shown_view(qtbot, marv())
    card = view.card_at(2)
    assert card is not None
    handle = card.header.handle
    start = handle.rect().center()
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=start)
    first = view.card_at(0)
    assert first is not None
    above = handle.mapFromGlobal(first.mapToGlobal(QPoint(40, 4)))
    QTest.mouseMove(handle, above)
    assert view._drag.mark.isVisible()
    with qtbot.waitSignal(view.move_requested) as waited:
        QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=above)
    assert waited.args == [2, 0]
    assert roles(view) == ["assistant", "system", "user"]
    assert not view._drag.mark.isVisible()


def test_arrows_leave_a_text_for_its_neighbour(qtbot: QtBot) -> None:
    view = shown_view(qtbot, marv())
    view.focus_message(0)
    press(Qt.Key.Key_Down)
    assert view.focused_index() == 1
    assert editor_at(view, 1).position() == 0
    press(Qt.Key.Key_Up)
    assert view.focused_index() == 0


def test_tab_walks_in_the_order_that_is_seen(qtbot: QtBot) -> None:
    view = shown_view(qtbot, marv())
    view.setFocus()
    press(Qt.Key.Key_Tab)
    names = []
    for _ in range(40):
        names.append(focus_widget().accessibleName())
        if names[-1] == "Add a tool call":
            break
        press(Qt.Key.Key_Tab)
    assert names[:5] == ["Role: system", "Move", "More", "Text of message 1, system", "Role: user"]
    assert names.index("trained, weight 1") < names.index("Text of message 3, assistant")
    assert names[-3:] == ["Add: user message", "Add: assistant message", "Add a tool call"]
    press(Qt.Key.Key_Backtab, SHIFT, times=3)
    assert focus_widget().accessibleName() == "Text of message 3, assistant"


def test_tab_reaches_messages_that_have_no_card_yet(qtbot: QtBot) -> None:
    view = _thousand(qtbot)
    view.focus_message(0)
    press(Qt.Key.Key_Tab, times=200)
    assert view.focused_index() > 40
    assert len(view.cards()) < 22


def test_escape_asks_to_leave(qtbot: QtBot) -> None:
    view = shown_view(qtbot, marv())
    view.focus_message(1)
    with qtbot.waitSignal(view.leave_requested):
        press(Qt.Key.Key_Escape)


def test_findings_are_underlined_at_their_characters(qtbot: QtBot, theme: ThemeManager) -> None:
    text = "\U0001f600 km.  Give"
    view = shown_view(qtbot, an_example(message("user", text)))
    view.show_facts([9], [a_finding(0, 5, 7)])
    editor = editor_at(view, 0)
    assert editor.marked_ranges() == [(6, 8)]
    selection = editor.extraSelections()[0]
    assert selection.format.underlineStyle() == QTextCharFormat.UnderlineStyle.WaveUnderline
    assert selection.format.underlineColor().name() == theme.theme.hex("warning").lower()
    assert editor.hint_at(7) == "Q105  Two spaces <b>here</b>"
    assert editor.hint_at(1) == ""
    card = view.card_at(0)
    assert card is not None
    assert card.header.tokens_text() == "9 tokens"
    assert card.header.finding.isHidden()
    view.focus_message(0)
    editor.moveCursor(QTextCursor.MoveOperation.Start)
    type_text("ab")
    assert editor.marked_ranges() == [(8, 10)], "marks move with the text until the next check"


def test_a_finding_about_the_message_is_a_badge(qtbot: QtBot) -> None:
    view = shown_view(qtbot, marv())
    view.show_facts(None, [a_finding(1), a_finding(1, severity=Severity.ERROR, code="R203")])
    card = view.card_at(1)
    assert card is not None
    assert card.header.finding.text() == "R203 +1"
    assert card.header.finding.tone == "error"
    assert "&lt;b&gt;" in card.header.finding.toolTip()
    with qtbot.waitSignal(view.finding_pressed) as waited:
        card.header.finding.click()
    assert waited.args == [1]


def test_invisible_and_bidirectional_characters_are_marked(qtbot: QtBot, theme: ThemeManager) -> None:
    view = shown_view(qtbot, an_example(message("user", "ze\u200bro \u202etxet\u00a0x")))
    editor = editor_at(view, 0)
    assert "U+200B zero width space" in editor.hint_at(2)
    assert "U+202E right-to-left override" in editor.hint_at(6)
    assert "U+00A0 no-break space" in editor.hint_at(12)
    assert has_color(grab(editor), theme.theme.hex("warning"))
    assert has_color(grab(editor), theme.theme.hex("error"))


def test_text_that_is_not_trained_is_drawn_in_the_secondary_colour(qtbot: QtBot) -> None:
    view = shown_view(qtbot, an_example(message("user", "Hi"), message("assistant", "No", weight=0)))
    assert editor_at(view, 1).extraSelections()
    assert not editor_at(view, 0).extraSelections()
    view.toggle_weight(1)
    assert not editor_at(view, 1).extraSelections()


def test_a_long_message_keeps_a_fixed_height_and_does_not_wrap_one_run(qtbot: QtBot) -> None:
    view = shown_view(qtbot, an_example(message("user", "x" * 300_000), message("user", "ab " * 20_000)))
    for index in (0, 1):
        assert editor_at(view, index).height() == BIG_HEIGHT
        assert editor_at(view, index).is_big
    assert editor_at(view, 0).lineWrapMode() is not None
    assert editor_at(view, 0).wordWrapMode().name == "NoWrap"
    view.focus_message(0)
    type_text("y")
    assert view.drafts()[0][2] == "x" * 300_000 + "y"


def test_a_card_grows_with_its_text(qtbot: QtBot) -> None:
    view = shown_view(qtbot, marv())
    view.focus_message(1)
    card = view.card_at(1)
    below = view.card_at(2)
    assert card is not None
    assert below is not None
    before = card.height()
    for _ in range(4):
        press(Qt.Key.Key_Return)
    assert card.height() > before + 50
    assert below.y() == card.y() + card.height() + 12
    assert editor_at(view, 1).verticalScrollBar().value() == 0


def test_tool_calls_are_readable_and_editable_as_json(qtbot: QtBot) -> None:
    view = shown_view(
        qtbot,
        an_example(
            message("user", "Weather?"),
            message("assistant", None, tool_calls=[CALL]),
            message("tool", '{"temperature": 7}', tool_call_id="call_1"),
        ),
    )
    card = view.card_at(1)
    assert card is not None
    call = card.call_view(0)
    assert call is not None
    assert call.summary.lines() == [("city", "Oslo")]
    assert card.header.badge_texts() == ["calls a tool"]
    assert not card.body.editors, "a call without text shows no empty editor"
    answer = view.card_at(2)
    assert answer is not None
    assert answer.header.answers.text() == "answers call_1"
    assert answer.header.badge_texts() == ["JSON"]
    assert editor_at(view, 2).property("type") == "mono"
    QTest.mouseClick(call.summary, Qt.MouseButton.LeftButton)
    assert call.is_open
    call.editor.json.editor.setFocus()
    call.editor.json.editor.put_caret(at_end=True)
    press(Qt.Key.Key_Backspace)
    assert call.editor.validity.text().startswith("Not valid JSON: Line 1, column 16")
    assert view.drafts() == [(1, "/tool_calls/0/function/arguments", '{"city": "Oslo"')]
    type_text("}")
    assert call.editor.validity.text() == "Valid JSON"
    assert not view.has_drafts()
    call.editor.name.setFocus()
    type_text("_now")
    assert view.drafts() == [(1, "/tool_calls/0/function/name", "get_weather_now")]
    call.editor.done.click()
    assert not call.is_open


def test_a_tool_call_comes_with_its_answer_and_one_id(qtbot: QtBot) -> None:
    tools = [
        {
            "type": "function",
            "function": {"name": "find", "parameters": {"properties": {"q": {"type": "string"}}}},
        }
    ]
    used = message("assistant", None, tool_calls=[CALL])
    view = shown_view(qtbot, an_example(message("user", "x"), used, tools=tools))
    with qtbot.waitSignal(view.edits_requested) as waited:
        view.add_tool_call()
    assert waited.args is not None
    asking, answer = (edit.value for edit in waited.args[0])
    assert asking["tool_calls"][0]["id"] == answer["tool_call_id"] == "call_2"
    assert asking["tool_calls"][0]["function"] == {"name": "find", "arguments": '{"q": ""}'}
    assert roles(view)[-2:] == ["assistant", "tool"]
    card = view.card_at(2)
    assert card is not None
    call = card.call_view(0)
    assert call is not None
    assert call.is_open


def test_a_tool_call_can_be_added_below_the_input_of_a_pair(qtbot: QtBot) -> None:
    answers = [message("assistant", "a")], [message("assistant", "b")]
    pair = a_pair(message("user", "x"), preferred=answers[0], non_preferred=answers[1])
    view = shown_view(qtbot, pair)
    button = view._add_rows["input"].buttons["tool"]
    assert button.isVisible()
    with qtbot.waitSignal(view.edits_requested) as waited:
        button.click()
    assert waited.args is not None
    assert [edit.path for edit in waited.args[0]] == ["/input/messages/-", "/input/messages/-"]
    assert [row.side for row in view.rows()] == ["input"] * 3 + ["preferred", "non_preferred"]
    assert roles(view)[1:3] == ["assistant", "tool"]


def test_parts_refusal_and_unknown_fields_are_shown(qtbot: QtBot) -> None:
    parts = [
        {"type": "text", "text": "Look"},
        {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}},
        {"type": "input_audio", "input_audio": {}},
    ]
    view = shown_view(
        qtbot,
        an_example(message("user", parts), {"role": "assistant", "refusal": "No.", "foo": 1, "bar": 2}, 7),
    )
    card = view.card_at(0)
    assert card is not None
    words = [image.words for image in card.body.images]
    assert words[0] == "Image at an address, not fetched: https://example.com/a.png"
    assert words[1].startswith("Image, PNG")
    assert not any(image.has_thumbnail for image in card.body.images)
    assert card.body.notes() == ["A part of type “input_audio”, kept as it is"]
    view.focus_message(0)
    type_text("!")
    assert view.drafts() == [(0, "/content/0/text", "Look!")]
    refused = view.card_at(1)
    assert refused is not None
    assert refused.body.notes() == ["Refusal", "+2 more fields"]
    assert editor_at(view, 1, "/refusal").true_text == "No."
    broken = view.card_at(2)
    assert broken is not None
    assert broken.body.notes() == ["This item is no message; it is kept as it is:"]


def test_a_pair_shows_its_answers_side_by_side(qtbot: QtBot) -> None:
    pair = a_pair(
        message("user", "Far?"),
        preferred=[message("assistant", "384,400 km.")],
        non_preferred=[message("assistant", "Dunno.")],
    )
    view = shown_view(qtbot, pair)
    view.resize(1000, 600)
    good, bad = view.card_at(1), view.card_at(2)
    assert good is not None
    assert bad is not None
    assert good.y() == bad.y()
    assert good.x() + good.width() < bad.x()
    assert good.header.weight.isHidden()
    view.resize(600, 600)
    assert bad.y() > good.y() + good.height()
    assert [heading.text() for heading in view._headings.values()] == ["Input", "Preferred", "Non-preferred"]
    heard: list[object] = []
    view.move_requested.connect(lambda *values: heard.append(values))
    view.move_message(1, 2)
    assert heard == [], "nothing moves across the sides"
    view.focus_message(2)
    type_text("!")
    assert view.drafts() == [(2, "/content", "Dunno.!")]


def test_an_answer_can_be_added_to_an_empty_side(qtbot: QtBot) -> None:
    view = shown_view(qtbot, a_pair(message("user", "Far?"), preferred=[], non_preferred=[]))
    with qtbot.waitSignal(view.edits_requested) as waited:
        view._add_rows["non_preferred"].buttons["assistant"].click()
    assert waited.args is not None
    assert [edit.path for edit in waited.args[0]] == ["/non_preferred_output/-"]
    assert [row.side for row in view.rows()] == ["input", "non_preferred"]


def test_read_only_takes_no_change(qtbot: QtBot) -> None:
    view = shown_view(qtbot, marv())
    view.set_writable(False)
    view.focus_message(2)
    type_text("x")
    press(Qt.Key.Key_Up, ALT)
    press(Qt.Key.Key_Return, CONTROL)
    press(Qt.Key.Key_Backspace, CONTROL | SHIFT)
    press(Qt.Key.Key_W, CONTROL | SHIFT)
    assert texts(view) == [shown.content for shown in marv().record.messages]  # type: ignore[union-attr]
    assert not any(button.isEnabled() for button in view._add_rows["messages"].buttons.values())


def test_split_and_merge(qtbot: QtBot) -> None:
    view = shown_view(qtbot, an_example(message("user", "One. Two.")))
    heard: list[object] = []
    view.split_requested.connect(lambda *values: heard.append(values))
    view.merge_requested.connect(heard.append)
    view.reveal(0, 4, 4)
    view.split_message(0)
    assert texts(view) == ["One.", "Two."]
    view.merge_message(0)
    assert texts(view) == ["One.\n\nTwo."]
    assert heard == [(0, 4), 0]


def test_a_theme_switch_repaints_the_marks(qtbot: QtBot, theme: ThemeManager) -> None:
    view = shown_view(qtbot, marv())
    view.show_facts(None, [a_finding(2, 18, 20)])
    light = theme.theme.hex("warning_soft")
    assert has_color(grab(editor_at(view, 2)), light)
    theme.set_choice("dark")
    assert has_color(grab(editor_at(view, 2)), theme.theme.hex("warning_soft"))
    assert not has_color(grab(editor_at(view, 2)), light)
    assert has_color(grab(view), theme.theme.hex("raised"))


def test_typing_then_undoing_before_anything_else_came_shows_the_old_text(qtbot: QtBot) -> None:
    view = shown_view(qtbot, marv())
    view.focus_message(1)
    type_text("!")
    view.take_drafts()
    view.update_example(marv())
    assert editor_at(view, 1).true_text == "How far is the Moon?"


def test_undoing_an_added_message_gives_the_focus_to_its_neighbour(qtbot: QtBot) -> None:
    view = shown_view(qtbot, marv())
    view.focus_message(2)
    press(Qt.Key.Key_Return, CONTROL)
    assert view.focused_index() == 3
    view.update_example(marv())
    assert view.focused_index() == 2


def test_findings_move_with_their_message_until_the_next_check(qtbot: QtBot) -> None:
    view = shown_view(qtbot, marv())
    view.show_facts(None, [a_finding(2, 18, 20)])
    view.move_message(2, 0)
    assert editor_at(view, 0).marked_ranges() == [(18, 20)]
    assert editor_at(view, 2).marked_ranges() == []


def test_pasting_a_very_long_run_switches_wrapping_off_first(qtbot: QtBot) -> None:
    view = shown_view(qtbot, marv())
    view.focus_message(1)
    data = QMimeData()
    data.setText("x" * 60_000)
    editor = editor_at(view, 1)
    editor.insertFromMimeData(data)
    assert editor.is_big
    assert editor.wordWrapMode().name == "NoWrap"
    assert editor.true_text == "How far is the Moon?" + "x" * 60_000
    assert editor.position() == len(editor.true_text)


def test_the_view_leaves_nothing_behind(qtbot: QtBot) -> None:
    view = ConversationView()
    view.resize(700, 500)
    view.show()
    view.set_example(marv())
    cards = list(view.cards())
    view.deleteLater()
    assert is_gone([view, *cards])


def test_writing_in_the_last_message_keeps_the_buttons_below_it_in_sight(qtbot: QtBot) -> None:
    view = shown_view(qtbot, marv(), height=200)
    view.focus_message(2)
    buttons = view._add_rows["messages"]
    assert buttons.y() + buttons.height() <= view.viewport().height()
    press(Qt.Key.Key_Return, times=2)
    assert buttons.y() + buttons.height() <= view.viewport().height()
    press(Qt.Key.Key_Return, times=20)
    editor = editor_at(view, 2)
    caret = editor.viewport().mapTo(view.viewport(), editor.cursorRect().bottomLeft())
    assert 0 < caret.y() < view.viewport().height()
