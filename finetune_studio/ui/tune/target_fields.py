"""Where and what: the service, its notices, its address and key, the base model and the method."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from finetune_studio.domain.errors import UsageError
from finetune_studio.providers.base import RemoteModel
from finetune_studio.targets.facts import NoticeKind
from finetune_studio.targets.profile import Profile
from finetune_studio.targets.registry import resolve_target
from finetune_studio.targets.target import Target
from finetune_studio.ui.tune.key_row import KeyRow
from finetune_studio.ui.widgets import (
    Button,
    ComboBox,
    FormRow,
    IconButton,
    Label,
    LineHeightLabel,
    StudioLineEdit,
)
from finetune_studio.workspace.live_models import trainable_models
from finetune_studio.workspace.outlook import outlook

PLACEHOLDER = "RESOURCE"
_MOST_MODELS = 300


class TargetFields(QWidget):
    """`changed` after every choice; `key_wanted` when another key is needed than before.

    `add_requested` and `edit_requested`: the person wants another service, or other facts of this one.
    """

    changed = Signal()
    key_wanted = Signal()
    add_requested = Signal()
    edit_requested = Signal()

    def __init__(self, profiles: Mapping[str, Profile], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._profiles: dict[str, Profile] = {}
        self._addresses: dict[str, str] = {}
        self._tuned: dict[str, tuple[tuple[str, str], ...]] = {}
        self._live: dict[tuple[str, str], tuple[RemoteModel, ...]] = {}
        """By profile and address: what the service lists."""
        self._head = QWidget(self)
        self.where = ComboBox("Where", self._head)
        self.add = Button("Add a service…", kind="link", parent=self._head)
        self.add.setToolTip("One of your own: its name, its address, its key")
        self.edit = IconButton("pencil", "Limits, prices and models of this service", parent=self._head)
        self._take(profiles)
        self.about = LineHeightLabel("", type="small", parent=self)
        self.warning = LineHeightLabel("", type="small", tone="warning", parent=self)
        self.more = Button("", kind="link", parent=self)
        self.more.setCheckable(True)
        self.address = StudioLineEdit(parent=self)
        self.key = KeyRow(self)
        self.model = ComboBox("Base model", self)
        self.method = ComboBox("Method", self)
        self._lay_out()
        self.add.clicked.connect(self.add_requested)
        self.edit.clicked.connect(self.edit_requested)
        self.where.currentIndexChanged.connect(self._on_where_changed)
        self.address.textEdited.connect(self._on_address_edited)
        self.address.editingFinished.connect(self._on_address_finished)
        self.model.currentTextChanged.connect(self._on_model_changed)
        self.method.currentIndexChanged.connect(self._on_method_changed)
        self.more.toggled.connect(self._on_more_toggled)
        self._fill()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.address_row = FormRow("Address", self.address, parent=self)
        self.method_row = FormRow("Method", self.method, parent=self)
        self._lay_out_head()
        for part in (
            self._head,
            self.warning,
            self.about,
            self.more,
            self.address_row,
            self.key,
            FormRow("Base model", self.model, parent=self),
            self.method_row,
        ):
            column.addWidget(part)
        QWidget.setTabOrder(self.where, self.edit)
        QWidget.setTabOrder(self.edit, self.add)

    def _lay_out_head(self) -> None:
        column = QVBoxLayout(self._head)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        head = QHBoxLayout()
        label = Label("Where", type="label", parent=self._head)
        label.setBuddy(self.where)
        head.addWidget(label)
        head.addStretch(1)
        head.addWidget(self.add)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.where, 1)
        row.addWidget(self.edit)
        column.addLayout(head)
        column.addLayout(row)

    def _take(self, profiles: Mapping[str, Profile]) -> None:
        self._profiles = {key: profile for key, profile in profiles.items() if profile.can_submit}
        self.where.clear()
        for profile in sorted(self._profiles.values(), key=lambda item: not item.is_local):
            self.where.addItem(profile.title, profile.id)

    def set_profiles(self, profiles: Mapping[str, Profile], chosen: str) -> None:
        """Other facts than before: show them, with this service chosen as far as it is there."""
        before = self.profile.id
        model, method, address = self._model_name(), str(self.method.currentData() or ""), self.base_url
        self.where.blockSignals(True)
        self._take(profiles)
        self.where.blockSignals(False)
        known = chosen if chosen in self._profiles else str(self.where.itemData(0))
        stays = known == before
        if stays:
            self.choose(known, model, method, address)
        else:
            self.choose(known)

    def set_tuned(self, tuned: Mapping[str, Sequence[tuple[str, str]]]) -> None:
        """By profile: models of one's own that a job may begin with, as (name, text in the list)."""
        fresh = {key: tuple(models) for key, models in tuned.items()}
        if fresh == self._tuned:
            return
        self._tuned = fresh
        if self.profile.job.from_tuned or self.profile.open_models:
            known = {self.model.itemData(index) for index in range(self.model.count())}
            text = self.model.currentText()
            self.model.blockSignals(True)
            for name, label in fresh.get(self.profile.id, ()):
                if name not in known:
                    self.model.addItem(label, name)
            if self.model.isEditable():
                self.model.setEditText(text)
            self.model.blockSignals(False)

    def set_live(self, profile_id: str, base_url: str, models: Sequence[RemoteModel]) -> None:
        """What the service lists now: its models, and when they shut down."""
        self._live[profile_id, base_url] = tuple(models)
        if (profile_id, base_url) == (self.profile.id, self.base_url):
            known = {self.model.itemData(index) for index in range(self.model.count())}
            text = self.model.currentText()
            self.model.blockSignals(True)
            for name in self._model_names(self.profile):
                if name not in known:
                    self.model.addItem(_model_text(self.profile, name), name)
            if self.model.isEditable():
                self.model.setEditText(text)
            self.model.blockSignals(False)
            self._show_notices()

    def _model_names(self, profile: Profile) -> list[str]:
        """Those of the profile, then those that the service lists, as far as they can be trained."""
        live = self._live.get((profile.id, self.base_url), ())
        listed = {name for model in profile.models for name in (model.id, *model.aliases)}
        return [
            model.id
            for model in trainable_models(profile, live)
            if model.id in listed
            or (profile.open_models and model.is_sure)
            or (profile.open_models and not profile.models)
            or (profile.job.from_tuned and model.id.startswith("ft:"))
        ][:_MOST_MODELS]

    # What is chosen

    @property
    def profile(self) -> Profile:
        return self._profiles[str(self.where.currentData())]

    @property
    def base_url(self) -> str:
        """The address that the person gave; empty where the service has its own."""
        return self.address.text().strip() if self.address_row.isVisibleTo(self) else ""

    def target(self) -> Target:
        """Raises UsageError that says what is missing."""
        return resolve_target(
            f"{self.profile.id}:{self._model_name()}",
            str(self.method.currentData() or "supervised"),
            self._profiles,
        )

    def _model_name(self) -> str:
        index = self.model.findText(self.model.currentText())
        known = self.model.itemData(index) if index >= 0 else None
        return str(known or self.model.currentText()).strip()

    def target_or_none(self) -> Target | None:
        try:
            return self.target()
        except UsageError:
            return None

    def address_problem(self) -> str:
        """Why the address cannot be asked yet; empty where it can."""
        if not self.address_row.isVisibleTo(self):
            return ""
        text = self.address.text().strip()
        if not text:
            return "Give the address of the service."
        if PLACEHOLDER in text:
            return f"Put the name of your own resource in place of {PLACEHOLDER}."
        return ""

    def choose(self, profile_id: str, model: str = "", method: str = "", base_url: str = "") -> bool:
        """Show a choice that was made before, with one `changed`; whether there is such a service."""
        index = self.where.findData(profile_id)
        if index < 0:
            return False
        if base_url:
            self._addresses[profile_id] = base_url
        self.blockSignals(True)
        self.where.setCurrentIndex(index)
        self._fill()
        facts = self.profile.find_model(model) if model else None
        known = self.model.findData(model) if model else -1
        if known >= 0:
            self.model.setCurrentIndex(known)
        elif facts is not None and model.lower().startswith("ft:") and self.profile.job.from_tuned:
            self.model.addItem(model, model)
            self.model.setCurrentIndex(self.model.findData(model))
        elif facts is not None:
            self.model.setCurrentIndex(max(0, self.model.findData(facts.id)))
        elif model and self.model.isEditable():
            self.model.setEditText(model)
        place = self.method.findData(method)
        if place >= 0:
            self.method.setCurrentIndex(place)
        self.blockSignals(False)
        self.key_wanted.emit()
        self.changed.emit()
        return True

    # Filling

    def _fill(self) -> None:
        """Everything that follows from the service."""
        profile = self.profile
        asks_address = not profile.is_local and (not profile.base_url or PLACEHOLDER in profile.base_url)
        self.address_row.setVisible(asks_address)
        self.address.setText(self._addresses.get(profile.id, profile.base_url))
        self.address.setPlaceholderText("https://…/v1")
        self.key.setVisible(profile.needs_key)
        self.edit.setVisible(not profile.is_local)
        self.model.blockSignals(True)
        self.model.clear()
        for name in self._model_names(profile):
            self.model.addItem(_model_text(profile, name), name)
        if profile.job.from_tuned or profile.open_models:
            for name, label in self._tuned.get(profile.id, ()):
                self.model.addItem(label, name)
        self.model.setEditable(profile.open_models)
        if profile.open_models:
            editor = self.model.lineEdit() or StudioLineEdit()
            editor.setPlaceholderText("Name of the model, as the service lists it")
            editor.setAccessibleName("Base model")
        usual = profile.find_model(profile.default_model) if profile.default_model else None
        if usual is not None:
            self.model.setCurrentIndex(self.model.findData(usual.id))
        elif profile.open_models:
            self.model.setEditText(profile.default_model)
        self.model.blockSignals(False)
        self._fill_methods()
        self._show_notices()

    def _fill_methods(self) -> None:
        chosen = self.method.currentData()
        profile, facts = self.profile, self.profile.find_model(self.model.currentData() or "")
        allowed = facts.methods if facts is not None else tuple(method.id for method in profile.methods)
        self.method.blockSignals(True)
        self.method.clear()
        for method in profile.methods:
            if method.id in allowed:
                self.method.addItem(method.title, method.id)
        self.method.setCurrentIndex(max(0, self.method.findData(chosen)))
        self.method.blockSignals(False)
        self.method_row.setVisible(self.method.count() > 1)

    def _show_notices(self) -> None:
        target = self.target_or_none()
        today = datetime.now().astimezone().date()
        live = self._live.get((self.profile.id, self.base_url), ())
        notices = outlook(self.profile, target.model.id if target else "", today, live).notices
        warnings = [notice.text for notice in notices if notice.kind is not NoticeKind.INFO]
        infos = [notice.text for notice in notices if notice.kind is NoticeKind.INFO]
        can_fold = bool(warnings and infos)
        about = [self.profile.summary] if not warnings else []
        self.about.setText("\n".join(text for text in (*about, *infos) if text))
        self.about.setVisible(bool(self.about.text()) and (not can_fold or self.more.isChecked()))
        self.warning.setText("\n".join(warnings))
        self.warning.setVisible(bool(warnings))
        self.more.setVisible(can_fold)
        word = "notice" if len(infos) == 1 else "notices"
        self.more.setText("Fewer notices" if self.more.isChecked() else f"{len(infos)} more {word}")

    # Choosing

    @Slot()
    def _on_more_toggled(self) -> None:
        self._show_notices()

    @Slot()
    def _on_where_changed(self) -> None:
        self._fill()
        self.key_wanted.emit()
        self.changed.emit()

    @Slot(str)
    def _on_address_edited(self, text: str) -> None:
        self._addresses[self.profile.id] = text
        self.changed.emit()

    @Slot()
    def _on_address_finished(self) -> None:
        self.key_wanted.emit()

    @Slot(str)
    def _on_model_changed(self, _text: str) -> None:
        self._fill_methods()
        self._show_notices()
        self.changed.emit()

    @Slot()
    def _on_method_changed(self) -> None:
        self.changed.emit()


def _model_text(profile: Profile, model_id: str) -> str:
    """The dated id, as the service writes it; a title where there is only one model of our own."""
    facts = profile.find_model(model_id)
    return facts.title if profile.is_local and facts is not None else model_id
