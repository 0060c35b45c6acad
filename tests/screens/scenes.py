"""The scenes, in the order in which they are played on one window; each opens a dataset of its own."""

from collections.abc import Callable

from finetune_studio.ui.check.check_page import CheckPage
from finetune_studio.ui.try_out.try_page import TryPage
from finetune_studio.ui.tune.tune_page import TunePage
from tests.screens import check_scenes, tuning, tuning_services
from tests.screens.conflicts import conflicts
from tests.screens.conversations import conversations
from tests.screens.dataset_dialogs import dataset_dialogs, history_dialogs
from tests.screens.listing import listing
from tests.screens.shell import files, service_dialogs, shell_dialogs
from tests.screens.stage import Stage
from tests.screens.tools import tools
from tests.screens.writing import writing
from tests.screens.writing_help import dataset_prompt, drafts, templates


def welcome(stage: Stage) -> None:
    """The first thing that a person sees."""
    stage.shoot("welcome")


def write(stage: Stage) -> None:
    """The sample, opened on page Write."""
    stage.open_sample()
    stage.page("write")
    stage.shoot("write")


def palette(stage: Stage) -> None:
    """The command palette."""
    stage.open_sample()
    stage.page("write")
    stage.studio.commands.invoke("view.palette")
    stage.shoot("palette")


def check(stage: Stage) -> None:
    """Page Check, its overview."""
    stage.open_sample()
    page = stage.page("check")
    stage.shoot("check")
    assert isinstance(page, CheckPage)
    for code in ("D201", "Q105"):
        page.show_rule(code)
        stage.settle(400)
        stage.shoot(f"check-{code}")
    page.show_chart("length")
    stage.settle(400)
    stage.shoot("check-length")
    page.show_overview()


def tune(stage: Stage) -> None:
    """Page Fine-tune before the first job."""
    stage.open_sample()
    stage.page("tune")
    stage.settle(1000)
    stage.shoot("tune")


def try_out(stage: Stage) -> None:
    """Page Try without a tuned model."""
    stage.open_sample()
    stage.page("try")
    stage.settle(1000)
    stage.shoot("try")


def tuned(stage: Stage) -> None:
    """A job on this computer: while it runs and when it has succeeded; then both models asked."""
    stage.open_sample()
    page = stage.page("tune")
    assert isinstance(page, TunePage)
    stage.wait(page.form.start.isEnabled, what="Start")
    page.form.start.click()
    stage.wait(lambda: _progress(page) == "running", 60, "the job to run")
    stage.wait(lambda: page.jobs.card.curves.point_count > 8, 60, "the curve")
    stage.shoot("tune-running")
    stage.wait(lambda: _progress(page) == "succeeded", 120, "the job to succeed")
    stage.settle(600)
    stage.shoot("tune-succeeded")
    asked = stage.page("try")
    assert isinstance(asked, TryPage)
    stage.wait(lambda: bool(asked.models()[1]), what="the tuned model")
    asked.ask("What's the capital of France?")
    stage.wait(lambda: not asked.is_busy and all(asked.answers()), 60, "both answers")
    stage.shoot("try-answered")


def _progress(page: TunePage) -> str:
    row = page.jobs.row
    return row.job.state.value if row is not None and row.job is not None else ""


SCENES: dict[str, Callable[[Stage], None]] = {
    "welcome": welcome,
    **check_scenes.SCENES,
    "conversations": conversations,
    "conflicts": conflicts,
    "writing": writing,
    "tools": tools,
    "write": write,
    "palette": palette,
    "listing": listing,
    "dataset_dialogs": dataset_dialogs,
    "history_dialogs": history_dialogs,
    "dataset_prompt": dataset_prompt,
    "templates": templates,
    "drafts": drafts,
    "shell_dialogs": shell_dialogs,
    "files": files,
    "check": check,
    "tune": tune,
    "try": try_out,
    "service_dialogs": service_dialogs,
    "tuned": tuned,
    **tuning.SCENES,
    **tuning_services.SCENES,
}
