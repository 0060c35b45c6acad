"""The scenes, in the order in which they are played on one window; each takes its own pictures."""

import shutil
from collections.abc import Callable

from finetune_studio.resource_files import resource
from tests.screens.conversations import conversations
from tests.screens.dataset_dialogs import dataset_dialogs, history_dialogs
from tests.screens.stage import Stage


def welcome(stage: Stage) -> None:
    """The first thing that a person sees."""
    stage.shoot("welcome")


def write(stage: Stage) -> None:
    """The sample, opened on page Write."""
    path = stage.folder / "marv.jsonl"
    shutil.copy(resource("samples", "marv.jsonl"), path)
    stage.open(path)
    stage.page("write")
    stage.shoot("write")


def palette(stage: Stage) -> None:
    """The command palette."""
    stage.studio.commands.invoke("view.palette")
    stage.shoot("palette")
    stage.studio.commands.invoke("view.palette")


def check(stage: Stage) -> None:
    """Page Check, its overview."""
    stage.page("check")
    stage.shoot("check")


def tune(stage: Stage) -> None:
    """Page Fine-tune before the first job."""
    stage.page("tune")
    stage.settle(1000)
    stage.shoot("tune")


def try_out(stage: Stage) -> None:
    """Page Try without a tuned model."""
    stage.page("try")
    stage.settle(1000)
    stage.shoot("try")


SCENES: dict[str, Callable[[Stage], None]] = {
    "welcome": welcome,
    "conversations": conversations,
    "write": write,
    "palette": palette,
    "dataset_dialogs": dataset_dialogs,
    "history_dialogs": history_dialogs,
    "check": check,
    "tune": tune,
    "try": try_out,
}
"""Each scene after `write` needs the dataset that it opens."""
