import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from finetune_studio.ui.theme.icons import icon, icon_pixmap
from finetune_studio.ui.theme.manager import ThemeManager
from finetune_studio.ui.widgets import (
    Badge,
    Banner,
    Button,
    Chip,
    ElidedLabel,
    EmptyState,
    FlowLayout,
    FormRow,
    Label,
    LineHeightLabel,
    NumberField,
    ProgressRow,
    SearchField,
    Segmented,
    StudioLineEdit,
    StudioTextEdit,
    Toast,
    plain_tooltip,
)
from tests.helpers.qt import colors_in, grab, has_color, show

HOSTILE = "<img src=x><b>bold</b> & \u202e"


def test_labels_show_data_as_plain_text(qtbot: QtBot) -> None:
    for label in (Label(HOSTILE), LineHeightLabel(HOSTILE), ElidedLabel(HOSTILE)):
        qtbot.addWidget(label)
        assert label.textFormat() == Qt.TextFormat.PlainText
    assert "<b>" not in plain_tooltip(HOSTILE)


def test_an_elided_label_keeps_the_whole_text(qtbot: QtBot) -> None:
    label = ElidedLabel("Paris, as if everyone does not know that already.")
    show(qtbot, label, 120, 24)
    assert label.text().endswith("…")
    assert label.full_text().endswith("already.")
    assert "already" in label.toolTip()


def test_wrapped_text_has_a_generous_line_height(qtbot: QtBot) -> None:
    text = "one two three four five six seven eight nine ten"
    ours, plain = LineHeightLabel(text), QLabel(text)
    plain.setWordWrap(True)
    for label in (ours, plain):
        qtbot.addWidget(label)
    assert ours.heightForWidth(120) > plain.heightForWidth(120)
    assert ours.heightForWidth(60) > ours.heightForWidth(240)


def test_icons_are_tinted_and_sharp(theme: ThemeManager) -> None:
    pixmap = icon_pixmap("square", "error", 16, 2.0)
    assert pixmap.width() == 32
    assert pixmap.devicePixelRatio() == 2.0
    assert theme.theme.hex("error").lower() in colors_in(pixmap.toImage())
    with pytest.raises(FileNotFoundError):
        icon("no-such-icon")


def test_icons_follow_the_theme(theme: ThemeManager, qtbot: QtBot) -> None:
    made_once: QIcon = icon("square", "accent")
    button = QPushButton()
    button.setIcon(made_once)
    show(qtbot, button)
    assert has_color(grab(button), theme.theme.hex("accent"))
    theme.set_choice("dark")
    assert has_color(grab(button), theme.theme.hex("accent"))


def test_a_button_takes_an_ampersand_as_it_is(qtbot: QtBot) -> None:
    button = Button("R&D")
    qtbot.addWidget(button)
    assert button.text() == "R&&D"
    assert button.accessibleName() == "R&D"


def test_a_chip_toggles_by_mouse_and_key(qtbot: QtBot) -> None:
    chip = Chip("Draft", 1200)
    show(qtbot, chip)
    assert chip.accessibleName() == "Draft 1,200"
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert chip.isChecked()
    chip.setFocus()
    qtbot.keyClick(chip, Qt.Key.Key_Return)
    assert not chip.isChecked()
    chip.set_count(None)
    assert chip.accessibleName() == "Draft"


def test_the_focus_of_a_chip_is_visible(qtbot: QtBot, theme: ThemeManager) -> None:
    chip = Chip("Draft", 3)
    show(qtbot, chip)
    chip.clearFocus()
    assert not has_color(grab(chip), theme.theme.hex("accent"))
    chip.setFocus()
    assert has_color(grab(chip), theme.theme.hex("accent"))


def test_a_badge_grows_with_its_text(qtbot: QtBot) -> None:
    badge = Badge("a", "success")
    qtbot.addWidget(badge)
    narrow = badge.sizeHint().width()
    badge.set_text("trained weight 1")
    assert badge.sizeHint().width() > narrow
    assert badge.accessibleName() == "trained weight 1"


def test_search_waits_for_the_last_key(qtbot: QtBot) -> None:
    field = SearchField("Filter", delay=20)
    show(qtbot, field)
    told: list[object] = []
    field.search_changed.connect(told.append)
    qtbot.keyClicks(field, "moon")
    qtbot.waitUntil(lambda: told == ["moon"])
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert told == ["moon", ""]
    field.set_error("A quotation mark is missing.")
    assert field.property("invalid") is True


def test_return_searches_at_once(qtbot: QtBot) -> None:
    field = SearchField("Filter", delay=60_000)
    show(qtbot, field)
    qtbot.keyClicks(field, "x")
    with qtbot.waitSignal(field.search_changed, timeout=500):
        qtbot.keyClick(field, Qt.Key.Key_Return)
    with qtbot.waitSignal(field.down_requested, timeout=500):
        qtbot.keyClick(field, Qt.Key.Key_Down)


def test_one_segment_is_chosen(qtbot: QtBot) -> None:
    choice = Segmented([("a", "Supervised"), ("b", "Preference", "columns-2")], "Method")
    show(qtbot, choice)
    assert choice.current() == "a"
    with qtbot.waitSignal(choice.chosen) as caught:
        qtbot.mouseClick(choice.button("b"), Qt.MouseButton.LeftButton)
    assert caught.args == ["b"]
    with qtbot.assertNotEmitted(choice.chosen):
        choice.set_current("a")


def test_our_editors_have_no_undo_of_their_own(qtbot: QtBot) -> None:
    editor = StudioTextEdit()
    line = StudioLineEdit()
    for widget in (editor, line):
        show(qtbot, widget)
        widget.setFocus()
        qtbot.keyClicks(widget, "abc")
        qtbot.keyClick(widget, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert editor.toPlainText() == "abc"


def test_a_growing_editor_follows_its_text(qtbot: QtBot) -> None:
    editor = StudioTextEdit(grows=True)
    show(qtbot, editor, 300, 60)
    editor.set_text("one line")
    low = editor.text_height()
    with qtbot.waitSignal(editor.height_changed):
        editor.set_text("one\ntwo\nthree")
    assert editor.text_height() >= low + 2 * editor.fontMetrics().height() - 2
    capped = StudioTextEdit(grows=True, max_lines=2)
    show(qtbot, capped, 300, 60)
    capped.set_text("\n" * 50)
    assert capped.text_height() < editor.text_height()


def test_one_endless_word_does_not_wrap(qtbot: QtBot) -> None:
    editor = StudioTextEdit()
    show(qtbot, editor, 300, 80)
    editor.set_text("x" * 200_000)
    assert editor.wordWrapMode() == editor.wordWrapMode().NoWrap
    editor.set_text("short")
    assert editor.wordWrapMode() != editor.wordWrapMode().NoWrap


def test_a_form_row_names_its_field(qtbot: QtBot) -> None:
    field = StudioLineEdit()
    row = FormRow("Name suffix", field, "Up to 64 characters.")
    show(qtbot, row)
    assert field.accessibleName() == "Name suffix"
    row.set_help("", "")
    assert not row.help.isVisible()


def test_the_wheel_passes_a_number_by(qtbot: QtBot) -> None:
    field = NumberField(0, 10_000, 1200)
    qtbot.addWidget(field)
    assert field.text() == "1,200"
    assert field.focusPolicy() == Qt.FocusPolicy.StrongFocus


def test_progress_says_how_far(qtbot: QtBot) -> None:
    row = ProgressRow("Importing a.jsonl")
    show(qtbot, row, 300, 50)
    row.set_progress(1200, 20000)
    assert row.text.text() == "1,200 of 20,000"
    assert row.bar.value() == 60
    with qtbot.waitSignal(row.cancel_requested):
        qtbot.mouseClick(row.cancel, Qt.MouseButton.LeftButton)


def test_a_banner_has_a_way_out(qtbot: QtBot) -> None:
    banner = Banner("3 lines could not be read.", "warning", "Show them")
    show(qtbot, banner, 500, 50)
    with qtbot.waitSignal(banner.action_requested):
        qtbot.mouseClick(banner.action, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(banner.closed):
        qtbot.mouseClick(banner.close_button, Qt.MouseButton.LeftButton)
    assert not banner.isVisible()


def test_a_toast_can_be_taken_back(qtbot: QtBot) -> None:
    host = QWidget()
    show(qtbot, host, 500, 300)
    toast = Toast(host)
    undone: list[bool] = []
    toast.show_message("Example deleted", "Undo", lambda: undone.append(True))
    assert toast.isVisible()
    qtbot.mouseClick(toast.action, Qt.MouseButton.LeftButton)
    assert undone == [True]
    assert not toast.isVisible()
    short = Toast(host, seconds=0.02)
    short.show_message("Copied")
    qtbot.waitUntil(lambda: not short.isVisible())


def test_a_toast_covers_no_control(qtbot: QtBot) -> None:
    host = QWidget()
    low = Button("Keep", parent=host)
    low.setGeometry(200, 220, 100, 32)
    cut = QWidget(host)
    cut.setGeometry(200, 100, 100, 40)
    Button("Scrolled away", parent=cut).setGeometry(0, 60, 100, 32)
    show(qtbot, host, 500, 300)
    toast = Toast(host)
    toast.show_message("Example deleted", "Undo", lambda: None)
    assert toast.geometry().bottom() < low.geometry().top()
    assert toast.geometry().bottom() > 200
    low.move(0, 220)
    qtbot.waitUntil(lambda: toast.geometry().top() > 200)


def test_an_empty_state_does_the_first_step(qtbot: QtBot) -> None:
    state = EmptyState("message-square", "Nothing yet", "Write the first one.", "New")
    show(qtbot, state, 400, 300)
    with qtbot.waitSignal(state.action_requested):
        qtbot.mouseClick(state.button, Qt.MouseButton.LeftButton)
    state.set_texts("No hits", "Try other words.")
    assert not state.button.isVisible()


def test_a_flow_wraps(qtbot: QtBot) -> None:
    host = QWidget()
    flow = FlowLayout(host)
    for number in range(8):
        flow.addWidget(Badge(f"tag number {number}"))
    show(qtbot, host, 200, 200)
    assert flow.heightForWidth(200) > flow.heightForWidth(2000)
    flow.clear()
    assert flow.count() == 0
