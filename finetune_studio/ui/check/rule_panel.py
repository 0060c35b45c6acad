"""The right panel: the rule explained, what it is for this dataset, what was set aside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.lint.rule import ListOption, Rule, RuleOption, Scope, Status
from finetune_studio.ui.check.help_sections import HelpSections
from finetune_studio.ui.check.page_facts import AsideRow
from finetune_studio.ui.check.rule_option_row import OptionRow, option_row
from finetune_studio.ui.widgets import (
    Button,
    CodeBadge,
    ComboBox,
    Label,
    LineHeightLabel,
    SectionLabel,
)
from finetune_studio.ui.widgets.tab_order import tab_after

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

SHOWN_ASIDE = 50


@dataclass(frozen=True, slots=True)
class RuleSettings:
    """What a rule is for this dataset: `default` is the severity without the person's choice."""

    code: str
    severity: Severity
    default: Severity
    is_chosen: bool
    is_on: bool
    options: Mapping[str, float | tuple[str, ...]]
    is_preview: bool = False


def rule_settings(workspace: "Workspace", rule: type[Rule]) -> RuleSettings:
    """Read from the configuration of the checks; cheap."""
    from finetune_studio.lint.batch import runs
    from finetune_studio.lint.context import RuleContext
    from finetune_studio.lint.limits import limits_of

    config = workspace.lint.config
    context = RuleContext(config)
    limits = limits_of(config).severities
    found = [limits[rule.code[:n]] for n in range(len(rule.code), 0, -1) if rule.code[:n] in limits]
    return RuleSettings(
        rule.code,
        context.severity(rule()),
        found[0] if found else rule.severity,
        rule.code in config.severity,
        runs(rule, config),
        {
            **{option.key: context.option(rule.code, option) for option in rule.options},
            **{option.key: context.texts_option(rule.code, option) for option in rule.list_options},
        },
        rule.status is Status.PREVIEW,
    )


class RulePanel(QWidget):
    """Wishes name the rule: `severity_chosen(code, Severity or None)`, `enabled_chosen(code, bool)`,
    `option_chosen(code, key, value or None)`, and while it moves `option_moved(code, key, value)`;
    `bring_back_requested(suppression id)`; `open_requested(id)`.
    """

    severity_chosen = Signal(str, object)
    enabled_chosen = Signal(str, bool)
    option_chosen = Signal(str, str, object)
    option_moved = Signal(str, str, object)
    bring_back_requested = Signal(object)
    open_requested = Signal(object)
    help_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.badge = CodeBadge("", "info")
        self.name = LineHeightLabel(type="strong")
        self.help = HelpSections()
        self.severity = ComboBox("Severity")
        self.enabled = QCheckBox("Check this rule")
        self.options: list[OptionRow] = []
        self._code = ""
        self.is_over_dataset = False
        """Whether the rule looks at the dataset as a whole: other options then need no text."""
        self._aside_rows: list[AsideRow] | None = None
        self._can_write = True
        self._option_box = QVBoxLayout()
        self._option_box.setSpacing(12)
        self.aside_label = SectionLabel("Set aside")
        self._aside_box = QVBoxLayout()
        self._aside_box.setSpacing(8)
        self._more = Button("More about this rule", kind="link")
        self._lay_out()
        self.severity.activated.connect(self._on_severity_activated)
        self.enabled.clicked.connect(self._on_enabled_clicked)
        self._more.clicked.connect(self._on_more)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.name, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addLayout(head)
        layout.addWidget(self.help)
        layout.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addSpacing(4)
        layout.addLayout(self._option_box)
        layout.addWidget(SectionLabel("Severity"))
        layout.addWidget(self.severity)
        layout.addWidget(self.enabled)
        layout.addSpacing(4)
        layout.addWidget(self.aside_label)
        layout.addLayout(self._aside_box)
        layout.addStretch(1)

    @property
    def code(self) -> str:
        return self._code

    def show_rule(
        self, rule: type[Rule], settings: RuleSettings, aside: Sequence[AsideRow], can_write: bool
    ) -> None:
        """Show a rule, or what changed of the one that is shown."""
        is_other = rule.code != self._code
        self._code = rule.code
        self.is_over_dataset = rule.scope is Scope.DATASET
        self._can_write = can_write
        self.badge.set_text(rule.code)
        self.badge.set_tone(settings.severity.value)
        self.name.setText(rule.name)
        self.help.show_rule(rule.code)
        self._show_severity(settings)
        self.enabled.setChecked(settings.is_on)
        self.enabled.setText("Check this rule (in preview)" if settings.is_preview else "Check this rule")
        self.severity.setEnabled(can_write and settings.is_on)
        self.enabled.setEnabled(can_write)
        self._show_options(rule, settings, is_other)
        self._show_aside(list(aside))

    def flush(self) -> None:
        """Write the numbers that wait."""
        for row in self.options:
            row.flush()

    def _show_severity(self, settings: RuleSettings) -> None:
        self.severity.clear()
        self.severity.addItem(f"{settings.default.value.capitalize()} (default)", "")
        for severity in Severity:
            if severity is not settings.default or settings.is_chosen:
                self.severity.addItem(severity.value.capitalize(), severity.value)
        wanted = settings.severity.value if settings.is_chosen else ""
        self.severity.setCurrentIndex(max(0, self.severity.findData(wanted)))

    def _show_options(self, rule: type[Rule], settings: RuleSettings, is_other: bool) -> None:
        if is_other:
            for row in self.options:
                row.flush()
                row.hide()
                self._option_box.removeWidget(row)
                row.deleteLater()
            self.options = []
            every: list[RuleOption | ListOption] = [*rule.options, *rule.list_options]
            before: QWidget = self._more
            for option in every:
                row = option_row(option, settings.options[option.key])
                row.value_chosen.connect(self._on_value_chosen)
                row.value_moved.connect(self._on_value_moved)
                self.options.append(row)
                self._option_box.addWidget(row)
                before = tab_after(before, row)
        for row in self.options:
            if not row.hasFocus() and not row.is_waiting:
                row.set_value(settings.options[row.option.key])  # type: ignore[arg-type]
            row.setEnabled(self._can_write)

    def _show_aside(self, rows: list[AsideRow]) -> None:
        if rows == self._aside_rows:
            return
        self._aside_rows = rows
        while (item := self._aside_box.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.aside_label.setVisible(bool(rows))
        self.aside_label.set_count(len(rows))
        for row in rows[:SHOWN_ASIDE]:
            item_widget = AsideItem(row, self._can_write)
            item_widget.bring_back_requested.connect(self.bring_back_requested)
            item_widget.open_requested.connect(self.open_requested)
            self._aside_box.addWidget(item_widget)
        if len(rows) > SHOWN_ASIDE:
            self._aside_box.addWidget(Label(f"{len(rows) - SHOWN_ASIDE:,} more", type="small"))

    def aside_items(self) -> list["AsideItem"]:
        """What is set aside, as shown."""
        items = map(self._aside_box.itemAt, range(self._aside_box.count()))
        widgets = (item.widget() for item in items if item is not None)
        return [widget for widget in widgets if isinstance(widget, AsideItem)]

    @Slot(int)
    def _on_severity_activated(self, _index: int) -> None:
        word = self.severity.currentData()
        self.severity_chosen.emit(self._code, Severity(word) if word else None)

    @Slot(bool)
    def _on_enabled_clicked(self, checked: bool) -> None:
        self.enabled_chosen.emit(self._code, checked)

    @Slot(str, object)
    def _on_value_chosen(self, key: str, value: object) -> None:
        self.option_chosen.emit(self._code, key, value)

    @Slot(str, object)
    def _on_value_moved(self, key: str, value: object) -> None:
        self.option_moved.emit(self._code, key, value)

    def waiting_values(self) -> dict[str, object]:
        """What was chosen and is not written yet, by the option's key."""
        return {row.option.key: row.value() for row in self.options if row.is_waiting}

    @Slot()
    def _on_more(self) -> None:
        self.help_requested.emit(f"rules/{self._code}")


class AsideItem(QWidget):
    """One thing set aside: where, why, and the way back."""

    bring_back_requested = Signal(object)
    open_requested = Signal(object)

    def __init__(self, row: AsideRow, can_write: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.row = row
        where = "Everywhere" if row.is_everywhere else "A deleted example"
        if row.rank is not None:
            where = f"Example {row.rank + 1:,}"
        self.place = Button(where, kind="link")
        self.place.setEnabled(row.rank is not None)
        self.back = Button("Bring back", kind="link")
        self.back.setAccessibleName(f"Bring back: {where}")
        self.back.setEnabled(can_write)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        top = QHBoxLayout()
        top.addWidget(self.place if row.rank is not None else Label(where, type="label"))
        top.addStretch(1)
        top.addWidget(self.back)
        layout.addLayout(top)
        if row.reason:
            layout.addWidget(LineHeightLabel(row.reason, type="small"))
        if not row.is_used:
            layout.addWidget(Label("Matches no finding now.", type="small", tone="warning"))
        self.back.clicked.connect(self._on_back)
        self.place.clicked.connect(self._on_open)

    @Slot()
    def _on_back(self) -> None:
        self.bring_back_requested.emit(self.row.id)

    @Slot()
    def _on_open(self) -> None:
        self.open_requested.emit(self.row.example_id)
