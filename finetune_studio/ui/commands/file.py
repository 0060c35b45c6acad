"""Commands of the File menu."""

from finetune_studio.ui.commands.spec import CommandSpec

COMMANDS = (
    CommandSpec("file.new", "New dataset…", "Ctrl+Shift+N", "file-plus", menu="File"),
    CommandSpec("file.open", "Open…", "Ctrl+O", "folder-open", menu="File"),
    CommandSpec("file.sample", "Open the sample", "", "drama", menu="File"),
    CommandSpec(
        "file.import",
        "Import into this dataset…",
        "Ctrl+I",
        "file-input",
        when=("dataset", "writable"),
        menu="File",
        separator_before=True,
    ),
    CommandSpec("file.export", "Export…", "Ctrl+E", "file-output", when=("dataset",), menu="File"),
    CommandSpec("file.save_copy", "Save a copy…", "Ctrl+Shift+S", "copy", when=("dataset",), menu="File"),
    CommandSpec(
        "file.name_version",
        "Name this version…",
        "",
        "save",
        when=("dataset", "writable", "page.write"),
        menu="File",
        separator_before=True,
    ),
    CommandSpec("file.versions", "Versions…", "", "history", when=("dataset", "page.write"), menu="File"),
    CommandSpec(
        "file.share",
        "Copy for sharing…",
        "",
        "copy",
        when=("dataset", "page.write"),
        menu="File",
        separator_before=True,
    ),
    CommandSpec(
        "file.purge",
        "Purge from history…",
        "",
        "trash-2",
        when=("dataset", "writable", "page.write"),
        menu="File",
    ),
    CommandSpec(
        "file.close",
        "Close the dataset",
        "Ctrl+W",
        "x",
        when=("dataset",),
        menu="File",
        separator_before=True,
    ),
    CommandSpec("file.quit", "Quit", "Ctrl+Q", menu="File"),
)
