"""Commands of fine-tuning jobs."""

from finetune_studio.ui.commands.spec import CommandSpec

_PAGE = ("dataset", "page.tune")

COMMANDS = (
    CommandSpec("tune.start", "Start fine-tuning", "Ctrl+Shift+Return", "play", when=_PAGE, menu="Fine-tune"),
    CommandSpec(
        "tune.export", "Export the files of this job…", "", "file-output", when=_PAGE, menu="Fine-tune"
    ),
    CommandSpec(
        "tune.refresh",
        "Look at the jobs again",
        "",
        "refresh-cw",
        when=_PAGE,
        menu="Fine-tune",
        separator_before=True,
    ),
    CommandSpec("tune.cancel", "Cancel the job", "", "square", when=_PAGE, menu="Fine-tune"),
)
