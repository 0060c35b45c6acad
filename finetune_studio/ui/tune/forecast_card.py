"""What it will take: examples, tokens, cost with the formula, and whether the gate is open."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from finetune_studio.targets.forecast import Forecast, money
from finetune_studio.targets.target import Target
from finetune_studio.ui.tune.words import count_text
from finetune_studio.ui.widgets import Button, Card, KeyValueRow, LineHeightLabel, SeverityIcon
from finetune_studio.workspace.lint_session import LintSummary
from finetune_studio.workspace.submission_preview import PartSummary, Preview

_NOT_YET = "Not counted yet"


class GateLine(QWidget):
    """Nothing stands in the way, or what stops; a click goes to the findings."""

    open_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 0)
        row.setSpacing(8)
        self.mark = SeverityIcon("success", parent=self)
        self.text = LineHeightLabel("", parent=self)
        self.button = Button("Look", kind="link", parent=self)
        self.button.clicked.connect(self.open_requested)
        row.addWidget(self.mark)
        row.addWidget(self.text, 1)
        row.addWidget(self.button)

    def show_preview(self, preview: Preview, summary: LintSummary) -> None:
        """Say what the checks found in what would be sent."""
        errors, warnings = preview.n_errors, preview.n_warnings
        if errors:
            text = f"{count_text(errors, 'error')} {'stops' if errors == 1 else 'stop'} the submit"
            if errors == 1:
                first = preview.errors[0].message.rstrip(".")
                text += f": {first[:1].lower()}{first[1:]}"
            self.show_gate("error", text, can_open=True)
        elif summary.is_running or summary.seconds is None:
            self.show_gate("info", "The checks are still running", can_open=False)
        elif warnings:
            text = f"Ready, with {count_text(warnings, 'warning')} to look at"
            self.show_gate("warning", text, can_open=True)
        else:
            self.show_gate("success", "Ready: nothing stops the submit", can_open=False)

    def show_gate(self, tone: str, text: str, *, can_open: bool) -> None:
        """`tone` is error, warning, info or success."""
        self.mark.set_severity(tone)
        self.text.setText(text)
        self.text.set_tone(tone if tone in ("error", "warning") else "")
        self.button.setVisible(can_open)
        self.button.setAccessibleName(f"Look: {text}")


class ForecastCard(Card):
    """`findings_requested`: the person wants to see what stops; `look_requested`: what would be sent."""

    findings_requested = Signal()
    look_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(spacing=7, margin=16, parent=parent)
        self.training = KeyValueRow("Training", _NOT_YET, parent=self)
        self.look = Button("See", kind="link", parent=self.training)
        self.look.setToolTip("See what would be sent, line by line")
        self.look.setAccessibleName("See what would be sent")
        self.look.clicked.connect(self.look_requested)
        self.validation = KeyValueRow("Validation", "none", parent=self)
        self.billed = KeyValueRow("Billed", "", parent=self)
        self.cost = KeyValueRow("Estimated cost", "", parent=self)
        self.cut = LineHeightLabel("", type="small", tone="warning", parent=self)
        self.how = Button("How?", kind="link", parent=self.cost)
        self.how.setCheckable(True)
        self.how.setToolTip("Show how this is reckoned")
        self.formula = LineHeightLabel("", type="small", parent=self)
        self.formula.hide()
        self.gate = GateLine(self)
        self.how.toggled.connect(self._on_how_toggled)
        self.gate.open_requested.connect(self.findings_requested)
        add_to_row(self.training, self.look)
        add_to_row(self.cost, self.how)
        for part in (
            self.training,
            self.validation,
            self.billed,
            self.cost,
            self.formula,
            self.cut,
            self.gate,
        ):
            self.body.addWidget(part)

    def show_preview(self, target: Target, preview: Preview, *, with_validation: bool) -> None:
        """Numbers of what would be sent to `target`."""
        self.training.set_value(_part_text(preview.training))
        validation = preview.validation if with_validation else PartSummary()
        self.validation.set_value(_part_text(validation) if validation.examples else "none")
        forecast = preview.forecast
        if forecast is None:
            self.billed.set_value(_NOT_YET)
            self.cost.set_value("")
        else:
            self._show_forecast(target, forecast)
        self.how.setVisible(forecast is not None)
        self.formula.setVisible(forecast is not None and self.how.isChecked())
        cut = forecast.cut_examples if forecast is not None else 0
        self.cut.setVisible(cut > 0)
        if forecast is not None and cut:
            limit = target.max_tokens_per_example or 0
            share = forecast.cut_share * 100
            self.cut.setText(
                f"{count_text(cut, 'example')} over {limit:,} tokens: {share:.1f} % of the text is cut off."
            )

    def show_no_target(self) -> None:
        """There is no model yet to reckon for."""
        self.billed.set_value("")
        self.cost.set_value("")
        for part in (self.how, self.formula, self.cut):
            part.hide()
        self.gate.show_gate("info", "Name the base model to see what it takes", can_open=False)

    def _show_forecast(self, target: Target, forecast: Forecast) -> None:
        is_free = target.profile.is_free
        self.billed.key.setText("Trained" if is_free else "Billed")
        epochs = count_text(forecast.epochs, "epoch")
        about = "" if forecast.epochs_chosen and target.model.encoding_exact else "≈ "
        self.billed.set_value(f"{about}{forecast.billed_tokens:,} tokens ({epochs})")
        if forecast.cost is None:
            self.cost.set_value("price not known")
        elif is_free:
            self.cost.set_value("nothing")
        else:
            self.cost.set_value(f"≈ {money(forecast.cost, forecast.currency)}")
        self.formula.setText(_explanation(target, forecast))

    @Slot(bool)
    def _on_how_toggled(self, shown: bool) -> None:
        self.formula.setVisible(shown)


def add_to_row(row: QWidget, widget: QWidget) -> None:
    """Put a widget at the end of a row."""
    layout = row.layout()
    if layout is not None:
        layout.addWidget(widget)


def _part_text(part: PartSummary) -> str:
    text = count_text(part.examples, "example")
    return f"{text} · {part.tokens:,} tokens" if part.tokens else text


def _explanation(target: Target, forecast: Forecast) -> str:
    lines = [f"{forecast.formula}."]
    if not forecast.epochs_chosen:
        lines.append("The epochs are what the service is expected to choose.")
    if forecast.price_date is not None and not target.profile.is_free:
        day = forecast.price_date
        lines.append(f"Price as of {day.day} {day:%B %Y}. The service bills by its own count.")
    if not target.model.encoding_exact:
        lines.append("Tokens are counted with another model's vocabulary, so this is rough.")
    return " ".join(lines)
