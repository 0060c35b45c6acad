"""The dialog that splits the dataset: it shows what comes of it, then does that as one step."""

from collections import Counter

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from finetune_studio.domain.id_set import IdSet
from finetune_studio.domain.split import Split
from finetune_studio.lint.strata import Stratify
from finetune_studio.ui.check.split_dialog import SplitDialog
from finetune_studio.ui.check.split_words import leak_words
from finetune_studio.ui.commands import CommandRegistry
from finetune_studio.workspace.operations import splits, tags
from finetune_studio.workspace.queries.examples import get_example, list_ids
from finetune_studio.workspace.split_plan import SplitPlan
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.qt import is_gone, show


@pytest.fixture
def dialog(workspace: Workspace, commands: CommandRegistry, qtbot: QtBot) -> SplitDialog:
    made = SplitDialog(workspace, commands)
    show(qtbot, made)
    return made


def _rows(dialog: SplitDialog) -> list[list[str]]:
    model = dialog.model
    return [
        [model.data(model.index(row, column)) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def _sizes(workspace: Workspace) -> Counter[Split | None]:
    return Counter(get_example(workspace, example_id).split for example_id in list_ids(workspace))


def test_the_preview_is_what_comes_of_it(dialog: SplitDialog, workspace: Workspace) -> None:
    dialog.validation.setValue(50)
    dialog.by.setCurrentIndex(dialog.by.findData(Stratify.LENGTH.value))
    dialog.plan_now()
    (total, *_strata) = _rows(dialog)
    assert total[0] == "All examples"
    assert "1 copy kept with its original." in dialog.together.text()
    assert dialog.leaks.text().startswith("No copy is in another split")
    assert _sizes(workspace) == {None: 16}
    dialog.apply.click()
    sizes = _sizes(workspace)
    assert [total[1].split()[0], total[2].split()[0]] == [
        str(sizes[Split.TRAIN]),
        str(sizes[Split.VALIDATION]),
    ]
    assert sizes[Split.VALIDATION] >= 6
    workspace.undo()
    assert _sizes(workspace) == {None: 16}


def test_strata_are_rows_and_follow_the_dataset(dialog: SplitDialog, workspace: Workspace) -> None:
    ids = list(list_ids(workspace))
    dialog.by.setCurrentIndex(dialog.by.findData(Stratify.TAG.value))
    dialog.plan_now()
    assert len(_rows(dialog)) == 1
    workspace.perform(tags.add_tag, IdSet.of(ids[:4]), "<b>rare</b>")
    dialog.plan_now()
    assert [row[0] for row in _rows(dialog)] == ["All examples", "no tag", "<b>rare</b>"]


def test_shares_that_leave_nothing_cannot_be_applied(dialog: SplitDialog) -> None:
    dialog.validation.setValue(60)
    dialog.test.setValue(40)
    dialog.plan_now()
    assert not dialog.apply.isEnabled()
    assert "Nothing would be left to train on" in dialog.status.text()
    dialog.test.setValue(10)
    dialog.plan_now()
    assert dialog.apply.isEnabled()


def test_what_was_chosen_last_is_there_again(
    workspace: Workspace, commands: CommandRegistry, qtbot: QtBot
) -> None:
    workspace.perform(splits.assign_splits, {Split.TRAIN: 0.75, Split.VALIDATION: 0.25}, 42, Stratify.LENGTH)
    dialog = SplitDialog(workspace, commands)
    show(qtbot, dialog)
    assert (dialog.validation.value(), dialog.test.value(), dialog.seed.value()) == (25, 0, 42)
    assert dialog.by.currentData() == "length"
    assert dialog.status.text() == "Nothing moves"


def test_pins_that_leak_are_told(workspace: Workspace, commands: CommandRegistry, qtbot: QtBot) -> None:
    ids = list(list_ids(workspace))
    workspace.perform(splits.set_split, IdSet.of([ids[2]]), Split.TRAIN)
    workspace.perform(splits.set_split, IdSet.of([ids[14]]), Split.VALIDATION)
    dialog = SplitDialog(workspace, commands)
    show(qtbot, dialog)
    assert "1 group of copies in more than one split" in dialog.leaks.text()
    assert "2 examples put into a split by hand come on top of the shares." in dialog.together.text()
    assert _rows(dialog)[1] == ["of them by hand", "1", "1"]


def test_a_closed_dialog_is_gone(workspace: Workspace, commands: CommandRegistry) -> None:
    dialog = SplitDialog(workspace, commands)
    dialog.show()
    dialog.reject()
    dialog.deleteLater()
    assert is_gone([dialog])


@pytest.mark.parametrize(
    ("leaks", "divided", "words"),
    [
        (1, 0, "1 group of copies in more than one split, put there by hand."),
        (2, 2, "2 groups of copies in more than one split, too large to stay together."),
        (3, 1, "1 of them too large to stay together, the rest by hand."),
    ],
)
def test_leaks_say_why(leaks: int, divided: int, words: str) -> None:
    nothing = np.zeros(0, dtype=np.int64)
    plan = SplitPlan(*[nothing] * 6, strata_names=(), groups=0, leaks=leaks, divided=divided)
    assert leak_words(plan).endswith(f"{words} See S704 on page Check.")
