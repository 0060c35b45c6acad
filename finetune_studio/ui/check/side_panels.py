"""The right side of page Check: about the dataset, or about the rule that is chosen."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from finetune_studio.ui.check.check_deeds import CheckDeeds
from finetune_studio.ui.check.dataset_panel import DatasetPanel
from finetune_studio.ui.check.rule_panel import RulePanel
from finetune_studio.ui.check.scroll import SteadyColumn
from finetune_studio.ui.widgets import SidePanel


class CheckSide(SidePanel):
    """Does what the panels wish for, but for what leads elsewhere: `open_requested(id)`,
    `help_requested(page)`; and for what others follow: `option_moved(code, key, value)`."""

    open_requested = Signal(object)
    help_requested = Signal(str)
    option_moved = Signal(str, str, object)

    def __init__(self, deeds: CheckDeeds, parent: QWidget | None = None) -> None:
        super().__init__("left", parent)
        self._deeds = deeds
        self.body.setContentsMargins(0, 0, 0, 0)
        self._panels = QStackedWidget(self)
        self.body.addWidget(self._panels)
        self._rule_column: SteadyColumn | None = None
        self._rule: RulePanel | None = None
        self._dataset_column = self._column("About this dataset")
        self.dataset = DatasetPanel(self._dataset_column.widget())
        self._dataset_column.body.addWidget(self.dataset)
        self.dataset.unused_removed.connect(deeds.remove_unused)
        self.dataset.report_requested.connect(deeds.ask_report)

    def _column(self, name: str) -> SteadyColumn:
        column = SteadyColumn(margin=16, right=16, parent=self._panels)
        column.set_reachable(name)
        self._panels.addWidget(column)
        return column

    @property
    def rule(self) -> RulePanel:
        """Made when a rule is first shown."""
        if self._rule is None:
            self._rule_column = self._column("About this rule")
            panel = self._rule = RulePanel(self._rule_column.widget())
            self._rule_column.body.addWidget(panel)
            self._connect_rule(panel)
        return self._rule

    def _connect_rule(self, panel: RulePanel) -> None:
        deeds = self._deeds
        panel.severity_chosen.connect(deeds.set_severity)
        panel.enabled_chosen.connect(deeds.set_enabled)
        panel.option_chosen.connect(deeds.set_option)
        panel.option_moved.connect(self.option_moved)
        panel.bring_back_requested.connect(deeds.bring_back)
        panel.open_requested.connect(self.open_requested)
        panel.help_requested.connect(self.help_requested)

    def show_dataset(self) -> None:
        """Bring what is said about the dataset to the front."""
        self._panels.setCurrentWidget(self._dataset_column)

    def show_rule(self) -> None:
        """Bring what is said about the rule to the front."""
        if self._rule_column is not None:
            self._panels.setCurrentWidget(self._rule_column)

    def flush(self) -> None:
        """Write the numbers of a rule that were just chosen."""
        if self._rule is not None:
            self._rule.flush()

    def refresh_help(self) -> None:
        """Show the help in the colours of another theme."""
        if self._rule is not None:
            self._rule.help.refresh()
