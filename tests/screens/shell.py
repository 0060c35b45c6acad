"""Pictures of the dialogs of the window itself, of files coming and going, and of the questions it asks."""

from PySide6.QtWidgets import QMessageBox

from finetune_studio.ui.crash_dialog import CrashDialog
from finetune_studio.ui.exporting.export_dialog import ExportDialog
from finetune_studio.ui.importing.import_report_dialog import ImportReportDialog
from finetune_studio.ui.shell.help_view import HelpDialog
from finetune_studio.ui.shell.small_dialogs import AboutDialog, KeysDialog
from finetune_studio.ui.tune.adopt_dialog import AdoptDialog
from finetune_studio.ui.tune.gate_dialog import GateDialog
from finetune_studio.ui.tune.key_row import KeyDialog
from finetune_studio.ui.widgets.questions import QuestionBox, TextQuestion
from finetune_studio.workspace.operations.imports import ImportReport, import_file
from tests.helpers.builders import chat_line
from tests.helpers.fake_provider_server import FakeProviderServer
from tests.screens.stage import Stage

_FINDINGS = (
    ("P301", "Message 3 holds what looks like an API key of OpenAI (sk-proj-…)."),
    ("F010", "No message of the assistant would be trained in example 12."),
    ("F001", "Line 44 is not JSON."),
)


def shell_dialogs(stage: Stage) -> None:
    """Help, keys, about, a crash, and the plain questions."""
    stage.open_sample()
    stage.page("write")
    window, commands = stage.studio.window, stage.studio.commands
    guide = HelpDialog(window)
    found = HelpDialog(window)
    found.search.setText("near duplicate")
    for name, dialog in (
        ("help", guide),
        ("help-found", found),
        ("keys", KeysDialog(commands, window)),
        ("about", AboutDialog(window)),
        ("crash", CrashDialog(_bug(), window)),
        ("question-name", _name_question(stage)),
        ("question-replace", _replace_question(stage)),
    ):
        stage.shoot_dialog(name, dialog)


def files(stage: Stage) -> None:
    """An import with lines that cannot be read, and an export."""
    stage.open_sample()
    stage.page("write")
    window, commands = stage.studio.window, stage.studio.commands
    source = stage.folder / "broken.jsonl"
    good = chat_line(("user", "How far?"), ("assistant", "Far."))
    source.write_bytes(good + b'{"messages": [{"role": "user", "content": "Why?"}]\n' + b"[1, 2]\n" + good)
    reports: list[ImportReport] = []
    stage.workspace.perform(import_file, source, done=reports.append)
    stage.wait(lambda: bool(reports), what="the import")
    stage.shoot_dialog(
        "import-report",
        ImportReportDialog(stage.workspace, commands, report=reports[0], parent=window),
    )
    export = ExportDialog(stage.workspace, commands, "/home/anna/marv", window)
    stage.shoot_dialog("export", export)


def service_dialogs(stage: Stage) -> None:
    """The gate before a submit, the key of a service, the jobs of an account."""
    stage.open_sample()
    stage.page("tune")
    window, workspace = stage.studio.window, stage.workspace
    stage.shoot_dialog("gate", GateDialog("OpenAI", 7, _FINDINGS, window))
    profile = workspace.sending.profiles["openai"]
    stage.shoot_dialog("key", KeyDialog(workspace, profile, "https://api.openai.com/v1/", window))
    with FakeProviderServer() as service:
        custom = workspace.sending.profiles["custom"]
        stage.shoot_dialog("adopt", AdoptDialog(workspace, custom, service.base_url, window))


def _name_question(stage: Stage) -> TextQuestion:
    return TextQuestion("Name this version", "Name of the version", parent=stage.studio.window)


def _replace_question(stage: Stage) -> QuestionBox:
    box = QuestionBox(stage.studio.window)
    box.setText("marv-train.jsonl and marv-validation.jsonl exist. Replace them?")
    box.addButton("Replace", QMessageBox.ButtonRole.AcceptRole)
    box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
    return box


def _bug() -> Exception:
    try:
        raise RuntimeError("no words of the dataset")
    except RuntimeError as error:
        return error
