"""Fields of hyperparameters: small numbers are shown as people write them, and steps fit their size."""

import pytest
from pytestqt.qtbot import QtBot

from finetune_studio.targets.registry import load_profiles
from finetune_studio.ui.tune.auto_fields import HyperparameterField

PROFILES = load_profiles()


def field_of(qtbot: QtBot, profile: str, name: str) -> HyperparameterField:
    method = PROFILES[profile].method("supervised")
    assert method is not None
    facts = method.hyperparameter(name)
    assert facts is not None
    field = HyperparameterField(facts)
    qtbot.addWidget(field)
    return field


@pytest.mark.parametrize(
    ("value", "text"), [(0.00001, "0.00001"), (0.000015, "0.000015"), (0.5, "0.5"), (1.0, "1")]
)
def test_a_learning_rate_has_no_exponent(qtbot: QtBot, value: float, text: str) -> None:
    field = field_of(qtbot, "mistral", "learning_rate")
    field.set_value(value)
    assert field.field.text() == text
    field.field.lineEdit().setText(text)
    field.field.interpretText()
    assert field.value() == value


def test_steps_fit_the_size(qtbot: QtBot) -> None:
    rate = field_of(qtbot, "mistral", "learning_rate")
    rate.field.stepUp()
    assert rate.value() == pytest.approx(0.00011)
    multiplier = field_of(qtbot, "openai", "learning_rate_multiplier")
    multiplier.field.stepUp()
    assert multiplier.value() == pytest.approx(0.1)
