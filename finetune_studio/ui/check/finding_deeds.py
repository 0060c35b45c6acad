"""What is done about the findings that are listed: fixing and setting aside, one or those that are chosen."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot

from finetune_studio.domain.diagnostic import Diagnostic
from finetune_studio.lint.registry import rule_by_code
from finetune_studio.lint.rule import Scope
from finetune_studio.ui.check.check_deeds import CheckDeeds
from finetune_studio.ui.check.findings_view import FindingsView
from finetune_studio.ui.check.group_deeds import GroupDeeds
from finetune_studio.ui.check.group_view import GroupView
from finetune_studio.ui.check.middle import Middle
from finetune_studio.ui.check.page_facts import ALL_RULES, PageFacts, can_fix
from finetune_studio.ui.check.view_filler import Shown, rule_name
from finetune_studio.ui.commands.registry import CommandRegistry


class FindingDeeds(QObject):
    """`looking` gives what the page shows and the facts that it shows."""

    def __init__(
        self,
        deeds: CheckDeeds,
        groups: GroupDeeds,
        middle: Middle,
        looking: Callable[[], tuple[Shown, PageFacts | None]],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._deeds = deeds
        self._groups = groups
        self._middle = middle
        self._looking = looking
        middle.made.connect(self._on_made)

    @Slot(object)
    def _on_made(self, view: object) -> None:
        if isinstance(view, FindingsView):
            view.fix_requested.connect(self.fix)
            view.fix_all_requested.connect(self.fix_listed)
            view.set_aside_requested.connect(self.set_aside)

    def register(self, commands: CommandRegistry) -> None:
        """The page is in front: do its commands."""
        for name, handler in (
            ("check.fix", self.fix),
            ("check.fix_all", self.fix_everything),
            ("check.set_aside", self.set_aside),
        ):
            commands.register(name, handler)

    def update_commands(self, commands: CommandRegistry) -> None:
        """Offer what can be done with the finding that is chosen now."""
        finding = self.current()
        commands.set_enabled("check.set_aside", finding is not None)
        commands.set_enabled("check.fix", finding is not None and can_fix(finding))

    def current(self) -> Diagnostic | None:
        """The finding that is chosen."""
        shown, _ = self._looking()
        return self._middle.current_finding() if shown.kind == "rule" else None

    def _selected(self) -> list[Diagnostic]:
        view = self._middle.currentWidget()
        return view.selected() if isinstance(view, FindingsView) else []

    @Slot()
    def fix(self) -> None:
        """Apply the fix of what is chosen; of several, with a preview."""
        chosen, finding = self._selected(), self.current()
        if len(chosen) > 1:
            self._deeds.fix_each(chosen, "")
        elif finding is not None:
            self._deeds.fix(finding, rule_name(finding.code))

    @Slot()
    def fix_everything(self) -> None:
        """Apply the safe fixes of all rules."""
        self._deeds.fix_everything()

    @Slot()
    def fix_listed(self) -> None:
        """Fix all that is listed: under a filter only what passes it."""
        shown, facts = self._looking()
        is_filtered = facts is not None and facts.passed is not None
        if shown.key == ALL_RULES or is_filtered or rule_by_code(shown.key).scope is Scope.DATASET:
            self._deeds.fix_each(self._middle.findings.findings(), rule_name(shown.key))
        else:
            self._deeds.fix_rule(shown.key, rule_name(shown.key))

    @Slot()
    def set_aside(self) -> None:
        """Ask for a reason, then set aside what is chosen."""
        chosen, finding = self._selected(), self.current()
        if len(chosen) > 1:
            self._deeds.set_aside_each(chosen, rule_name(chosen[0].code))
        elif finding is not None and isinstance(self._middle.currentWidget(), GroupView):
            self._groups.mark_as_meant()
        elif finding is not None:
            self._deeds.set_aside(finding, rule_name(finding.code))
