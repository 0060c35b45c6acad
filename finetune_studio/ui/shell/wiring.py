"""Connects the pages with each other by the few names that UI pages agree on."""

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from finetune_studio.ui.shell.help_commands import HelpCommands
from finetune_studio.ui.shell.page_stack import PageStack


class PageWiring(QObject):
    """A page may have these signals: `open_example_requested(object)` ((example id, Location or None)),
    `job_requested(str)`, `filter_requested(str)`, `page_requested(str)`, `ask_model_requested(object)`,
    `help_requested(str)`,
    `findings_requested(str)` (a severity)."""

    def __init__(self, pages: PageStack, helps: HelpCommands, parent: QObject) -> None:
        super().__init__(parent)
        self._pages = pages
        self._helps = helps

    @Slot(str, object)
    def connect_page(self, _key: str, page: QWidget) -> None:
        """Connect the signals that this page has."""
        for name, slot in (
            ("open_example_requested", self._on_open_example_requested),
            ("filter_requested", self._on_filter_requested),
            ("page_requested", self._on_page_requested),
            ("ask_model_requested", self._on_ask_model_requested),
            ("help_requested", self._on_help_requested),
            ("job_requested", self._on_job_requested),
            ("findings_requested", self.show_findings),
        ):
            signal = getattr(page, name, None)
            if signal is not None:
                signal.connect(slot)

    @Slot(str)
    def show_findings(self, severity: str) -> None:
        """Show the findings of a severity on Check ("unreadable": the lines that could not be read)."""
        page = self._pages.show_page("check")
        show = getattr(page, "show_findings", None)
        if callable(show):
            show(severity)

    @Slot(object)
    def _on_open_example_requested(self, place: object) -> None:
        example_id, location = place if isinstance(place, tuple) else (place, None)
        page = self._pages.show_page("write")
        open_example = getattr(page, "open_example", None)
        if callable(open_example):
            open_example(example_id, location)

    @Slot(str)
    def _on_filter_requested(self, text: str) -> None:
        page = self._pages.show_page("write")
        set_filter = getattr(page, "set_filter", None)
        if callable(set_filter):
            set_filter(text)

    @Slot(str)
    def _on_page_requested(self, key: str) -> None:
        self._pages.show_page(key)

    @Slot(object)
    def _on_ask_model_requested(self, model: object) -> None:
        page = self._pages.show_page("try")
        choose = getattr(page, "choose_model", None)
        if callable(choose):
            choose(model)

    @Slot(str)
    def _on_job_requested(self, ref: str) -> None:
        page = self._pages.show_page("tune")
        choose = getattr(page, "choose_job", None)
        if callable(choose):
            choose(ref)

    @Slot(str)
    def _on_help_requested(self, key: str) -> None:
        self._helps.show_help(key)
