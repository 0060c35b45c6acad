"""Services of one's own: added with three fields, changed, removed; form, checks and forecast follow."""

from datetime import date

import pytest
from pytestqt.qtbot import QtBot

from finetune_studio.providers.key_store import KeyPlace
from finetune_studio.ui.tune.add_service_dialog import AddServiceDialog
from finetune_studio.ui.tune.auto_fields import DecimalAutoField, WholeField
from finetune_studio.ui.tune.service_dialog import ServiceDialog
from finetune_studio.ui.tune.tune_page import TunePage
from finetune_studio.workspace.services import add_service, change_service, forget_service, is_changed, is_own
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.dialogs import on_next_dialog
from tests.helpers.fake_provider_server import FakeProviderServer
from tests.helpers.memory_keyring import MemoryKeyring


def _fill(dialog: AddServiceDialog, name: str, address: str, key: str) -> None:
    dialog.name.setText(name)
    dialog.address.setText(address)
    dialog.key.setText(key)


def test_three_fields_add_a_service_that_a_job_can_go_to(
    qtbot: QtBot,
    page: TunePage,
    workspace: Workspace,
    service: FakeProviderServer,
    keyring: MemoryKeyring,
) -> None:
    def fill(dialog: AddServiceDialog) -> None:
        assert not dialog.keep_button.isEnabled()
        _fill(dialog, "Our gateway", service.base_url, service.key)
        dialog.keep_button.click()

    on_next_dialog(AddServiceDialog, fill)
    page.form.where.add.click()
    where = page.form.where
    assert where.profile.title == "Our gateway"
    assert where.profile.base_url == service.base_url
    assert not where.address_row.isVisibleTo(page)
    assert list(keyring.kept.values()) == [service.key]
    assert service.calls("GET", "/models") == 1
    where.model.setEditText("llama-3.1-8b")
    qtbot.waitUntil(lambda: workspace.target is not None and workspace.target.profile.title == "Our gateway")
    qtbot.waitUntil(lambda: workspace.options().get("target") == "our-gateway:llama-3.1-8b")
    page._on_start()
    qtbot.waitUntil(lambda: bool(page.book.rows) and page.book.rows[0].job is not None, timeout=10_000)
    assert page.book.rows[0].plan.title == "Our gateway"


@pytest.mark.parametrize(
    ("address", "fault", "says", "may_add"),
    [
        ("ftp://somewhere", "", "is not an address", False),
        ("http://example.com/v1", "", "plain http", False),
        ("", "401", "does not accept the API key", False),
        ("", "html", "web page", True),
        ("", "garbage", "", True),
        ("", "429", "too many requests", True),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    qtbot: QtBot,
    page: TunePage,
    workspace: Workspace,
    service: FakeProviderServer,
    address: str,
    fault: str,
    says: str,
    may_add: bool,
) -> None:
    if fault:
        service.inject("GET", "/models", fault)
    if fault != "401":
        service.key = "sk-a-key-for-the-odd-one-77"
    dialog = AddServiceDialog(workspace, page)
    qtbot.addWidget(dialog)
    dialog.show()
    _fill(dialog, "Odd one", address or service.base_url, "sk-a-key-for-the-odd-one-77")
    dialog.keep_button.click()
    qtbot.waitUntil(dialog.banner.isVisible, timeout=10_000)
    text = dialog.banner.label.text()
    assert says in text
    assert text.endswith(".")
    assert "odd-one-77" not in text
    assert dialog.anyway_button.isVisible() == may_add
    assert not workspace.sending.profiles_folder.exists()
    dialog.reject()
    assert not dialog.key.text()


def test_a_service_that_cannot_list_models_is_added_all_the_same(
    qtbot: QtBot, page: TunePage, workspace: Workspace, service: FakeProviderServer
) -> None:
    service.inject("GET", "/models", "404")
    dialog = AddServiceDialog(workspace, page)
    qtbot.addWidget(dialog)
    dialog.show()
    _fill(dialog, "No list", service.base_url, "")
    dialog.keep_button.click()
    qtbot.waitUntil(dialog.anyway_button.isVisible, timeout=10_000)
    with qtbot.waitSignal(dialog.accepted, timeout=10_000):
        dialog.anyway_button.click()
    assert not workspace.sending.profiles["no-list"].needs_key


def test_a_price_and_a_limit_are_entered_and_the_forecast_follows(
    qtbot: QtBot, page: TunePage, workspace: Workspace
) -> None:
    page.form.where.choose("openai", "gpt-4.1-mini")
    dialog = ServiceDialog(workspace, page.form.where.profile, page)
    qtbot.addWidget(dialog)
    assert dialog.remove_button.isHidden()
    row = next(row for row in dialog.models.rows if "mini" in row.name.text() and "4.1" in row.name.text())
    row.price.setValue(5_000)
    dialog.models.day.setText("29 November")
    dialog.keep_button.click()
    assert "not a date" in dialog.banner.label.text()
    dialog.models.day.setText("2026-11-29")
    dialog.limits.methods[0].fewest.setValue(100)
    added = dialog.models.add_row(None)
    added.name.setText("gpt-9")
    with qtbot.waitSignal(dialog.accepted, timeout=10_000):
        dialog.keep_button.click()
    page.desk.show_profiles("openai")
    profile = page.form.where.profile
    model = profile.find_model("gpt-4.1-mini")
    assert model is not None
    assert model.price is not None
    assert (model.price.per_million, model.price.at) == (5_000, date(2026, 11, 29))
    assert profile.find_model("gpt-9") is not None
    assert page.form.target is not None
    assert page.form.target.min_examples == 100
    qtbot.waitUntil(lambda: "November 2026" in page.form.card.formula.text())
    qtbot.waitUntil(lambda: page._preview is not None and page._preview.n_errors > 0, timeout=10_000)
    forget_service(workspace.sending, "openai")
    assert workspace.sending.profiles["openai"].methods[0].min_examples == 10


def test_a_service_of_ones_own_is_changed_and_removed_with_its_key(
    workspace: Workspace, service: FakeProviderServer, keyring: MemoryKeyring
) -> None:
    sending = workspace.sending
    profile = add_service(sending, "Mine", service.base_url, service.key).profile
    assert is_own(sending, profile.id)
    connections = sending.connections
    before = connections.provider(profile)
    changed = change_service(
        sending, profile.id, {"models": [{"id": "tiny", "max_tokens": 512}]}, title="Ours"
    )
    assert (changed.title, changed.base_url) == ("Ours", service.base_url)
    assert [model.max_tokens for model in changed.models] == [512]
    assert connections.provider(changed) is not before
    found = connections.keys.find(changed, service.base_url)
    assert found is not None
    assert found.place is KeyPlace.KEYRING
    change_service(sending, profile.id, {"models": [{"id": "other"}, {"id": "tiny", "removed": True}]})
    assert [model.id for model in sending.profiles[profile.id].models] == ["other"]
    forget_service(sending, profile.id)
    assert profile.id not in sending.profiles
    assert not keyring.kept
    assert not is_own(sending, profile.id)


def test_a_file_that_cannot_be_read_leaves_the_shipped_services(workspace: Workspace) -> None:
    sending = workspace.sending
    sending.profiles_folder.mkdir(parents=True)
    (sending.profiles_folder / "openai.toml").write_text('id = "openai"\nspeling = 1\n')
    sending.reload_profiles()
    assert "openai.toml" in sending.profiles_problem
    assert "openai" in sending.profiles
    assert not is_changed(sending, "nebius")


def test_models_that_are_taken_out_stay_out_when_others_come(workspace: Workspace) -> None:
    sending = workspace.sending
    change_service(sending, "openai", {"models": [{"id": "gpt-9"}]})
    change_service(sending, "openai", {"models": [{"id": "gpt-4o-2024-08-06", "removed": True}]})
    change_service(sending, "openai", {"models": [{"id": "gpt-10"}]})
    ids = [model.id for model in sending.profiles["openai"].models]
    assert "gpt-4o-2024-08-06" not in ids
    assert ids[-2:] == ["gpt-9", "gpt-10"]


def _empty(field: WholeField | DecimalAutoField) -> None:
    """As a person does: everything is selected and deleted."""
    field.selectAll()
    field.lineEdit().del_()
    field.interpretText()


def test_prices_and_limits_are_emptied_again(qtbot: QtBot, page: TunePage, workspace: Workspace) -> None:
    dialog = ServiceDialog(workspace, workspace.sending.profiles["azure"], page)
    qtbot.addWidget(dialog)
    dialog.limits.methods[0].most.setValue(5_000)
    row = next(row for row in dialog.models.rows if row.tokens.value())
    name = row.name.text()
    row.price.setValue(7)
    assert dialog.problem() == ""
    change_service(workspace.sending, "azure", dialog.changes())
    profile = workspace.sending.profiles["azure"]
    model = profile.find_model(name)
    assert model is not None
    assert model.price is not None
    assert profile.methods[0].max_examples == 5_000
    dialog = ServiceDialog(workspace, profile, page)
    qtbot.addWidget(dialog)
    assert dialog.changes() == {}
    row = next(row for row in dialog.models.rows if row.name.text() == name)
    for field in (row.price, row.tokens, dialog.limits.methods[0].most, dialog.limits.largest):
        _empty(field)
        assert field.text() == "Not known"
    change_service(workspace.sending, "azure", dialog.changes())
    profile = workspace.sending.profiles["azure"]
    model = profile.find_model(name)
    assert model is not None
    assert (model.price, model.max_tokens) == (None, None)
    assert (profile.methods[0].max_examples, profile.upload.max_file_bytes) == (None, None)


def test_ranges_of_hyperparameters_are_entered_and_the_form_follows(
    qtbot: QtBot, page: TunePage, workspace: Workspace
) -> None:
    page.form.where.choose("openai", "gpt-4.1-mini")
    dialog = ServiceDialog(workspace, page.form.where.profile, page)
    qtbot.addWidget(dialog)
    supervised, preference = dialog.limits.methods
    epochs = supervised.ranges["n_epochs"]
    assert epochs.most.text() == "50"
    epochs.most.setValue(0)
    assert dialog.problem() == "Epochs: the most is less than the least."
    epochs.most.setValue(8)
    epochs.default.setValue(9)
    assert dialog.problem() == "The default does not fit. Epochs must be at most 8."
    epochs.default.setValue(4)
    epochs.auto.setChecked(False)
    _empty(supervised.ranges["batch_size"].most)
    preference.fewest.setValue(40)
    with qtbot.waitSignal(dialog.accepted, timeout=10_000):
        dialog.keep_button.click()
    page.desk.show_profiles("openai")
    profile = page.form.where.profile
    facts = profile.methods[0].hyperparameter("n_epochs")
    assert facts is not None
    assert (facts.minimum, facts.maximum, facts.default, facts.auto) == (1, 8, 4, False)
    batch = profile.methods[0].hyperparameter("batch_size")
    assert batch is not None
    assert (batch.minimum, batch.maximum, batch.auto) == (1, None, True)
    assert profile.methods[1].min_examples == 40
    field = page.form.hyperparameters.fields["n_epochs"]
    assert field.value() == 4
    assert field.range.text() == "1 to 8"
