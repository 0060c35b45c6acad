"""The list on page Write: suggestions, chips, order, groups, saved filters, everything chosen."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.id_set import IdSet
from finetune_studio.domain.split import Split
from finetune_studio.ui.write.saved_filters_dialog import SavedFiltersDialog
from finetune_studio.ui.write.write_page import WritePage
from finetune_studio.workspace.operations import review, saved_filters, splits, tags
from finetune_studio.workspace.queries.examples import list_ids
from finetune_studio.workspace.queries.ordering import Order, Sort
from tests.screens.stage import Stage


def listing(stage: Stage) -> None:
    """The sample with tags, states and splits, in every arrangement."""
    stage.open_sample()
    page = stage.page("write")
    assert isinstance(page, WritePage)
    _prepare(stage)
    field = page.panel.filter.field
    QTest.keyClick(stage.studio.window.focusWidget() or field, Qt.Key.Key_Escape)
    field.setFocus()
    stage.settle()
    QTest.keyClicks(field, "t")
    stage.settle()
    stage.shoot("list_suggestions")
    field.clear()
    QTest.keyClicks(field, "-tag:")
    QTest.keyClick(field, Qt.Key.Key_Down)
    stage.settle()
    stage.shoot("list_suggested_tags")
    page.set_filter("is:approved -tag:moon tokens:>20 OR rule:D what")
    stage.settle(600)
    stage.shoot("list_chips")
    page.set_filter("tagg:moon")
    stage.settle(400)
    stage.shoot("list_problem")
    page.set_filter("")
    page.panel.view.setFocus()
    page.open_example(list_ids(stage.workspace)[0])
    stage.settle(600)
    stage.shoot("list_note")
    _menus(stage, page)
    _groups(stage, page)
    page.panel.view.selectAll()
    stage.settle()
    stage.shoot("list_all_chosen")
    page.panel.view.clear_to_current()
    stage.studio.commands.invoke("list.sort_position")


def _prepare(stage: Stage) -> None:
    workspace = stage.workspace
    workspace.author = "Ann Lee"
    ids = list(list_ids(workspace))
    for operation, *arguments in (
        (tags.add_tag, IdSet.of(ids[:9]), "astronomy"),
        (tags.add_tag, IdSet.of(ids[4:7]), "moon and stars"),
        (tags.add_tag, IdSet.of(ids[12:16]), "geography"),
        (review.set_status, IdSet.of(ids[2:14]), ReviewState.APPROVED),
        (review.set_status, IdSet.of(ids[14:17]), ReviewState.REJECTED),
        (splits.set_split, IdSet.of(ids[:20]), Split.TRAIN),
        (splits.set_split, IdSet.of(ids[20:]), Split.TEST),
        (
            saved_filters.save_filter,
            "Long ones",
            "is:to-review tokens:>40",
            Order(Sort.TOKENS, True),
        ),
        (saved_filters.save_filter, "Astronomy", "tag:astronomy", Order()),
        (review.set_note, ids[0], "The second sentence is the joke. Keep it short in the others too."),
    ):
        workspace.perform(operation, *arguments)
    stage.wait(lambda: not workspace.pending_writes)
    stage.settle(600)


def _menus(stage: Stage, page: WritePage) -> None:
    for name, menu in (
        ("list_sort_menu", page.listing.make_sort_menu()),
        ("list_filters_menu", page.listing.make_filters_menu()),
        ("list_bulk_menu", page.examples.make_menu()),
    ):
        _shoot_menu(stage, page, name, menu)
    dialog = SavedFiltersDialog(stage.workspace, stage.studio.commands, page.listing.filters, page.window())
    dialog.show()
    stage.settle()
    stage.shoot("list_filters_dialog", dialog)
    dialog.reject()
    dialog.deleteLater()


def _shoot_menu(stage: Stage, page: WritePage, name: str, menu: QMenu) -> None:
    menu.popup(page.panel.order.mapToGlobal(QPoint(0, 30)))
    stage.settle()
    stage.shoot(name, menu)
    menu.close()
    menu.deleteLater()


def _groups(stage: Stage, page: WritePage) -> None:
    stage.studio.commands.invoke("list.group_tag")
    stage.settle(500)
    page.list.toggle_group("geography")
    stage.settle(300)
    stage.shoot("list_groups")
    stage.studio.commands.invoke("list.group_prompt")
    stage.settle(500)
    stage.shoot("list_groups_by_prompt")
    stage.studio.commands.invoke("list.group_none")
    stage.settle(300)
