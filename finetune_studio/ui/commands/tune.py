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
    CommandSpec(
        "tune.preview",
        "See what would be sent…",
        "",
        "eye",
        when=_PAGE,
        menu="Fine-tune",
        separator_before=True,
    ),
    CommandSpec("tune.sent", "See what was sent…", "", "file-json", when=_PAGE, menu="Fine-tune"),
    CommandSpec("tune.examples", "Show the examples of the job", "", "list", when=_PAGE, menu="Fine-tune"),
    CommandSpec("tune.changes", "What changed since…", "", "history", when=_PAGE, menu="Fine-tune"),
    CommandSpec("tune.compare", "Compare with another job…", "", "columns-2", when=_PAGE, menu="Fine-tune"),
    CommandSpec("tune.further", "Train its model further", "", "layers", when=_PAGE, menu="Fine-tune"),
    CommandSpec(
        "tune.delete_files", "Delete the uploaded files…", "", "trash-2", when=_PAGE, menu="Fine-tune"
    ),
    CommandSpec("tune.delete_frozen", "Delete frozen files…", "", "trash-2", when=_PAGE, menu="Fine-tune"),
    CommandSpec(
        "tune.adopt", "Adopt jobs that were started elsewhere…", "", "download", when=_PAGE, menu="Fine-tune"
    ),
    CommandSpec("tune.notify", "Notify when a job ends", when=("dataset",), menu="Fine-tune", checkable=True),
    CommandSpec("tune.cancel", "Cancel the job", "", "square", when=_PAGE, menu="Fine-tune"),
)
