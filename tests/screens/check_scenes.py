"""Pictures of page Check over a dataset that has something of everything: groups, prompts, leaks, labels."""

import json
from collections.abc import Callable

from finetune_studio.domain.id_set import IdSet
from finetune_studio.domain.split import Split
from finetune_studio.ui.check.check_page import CheckPage
from finetune_studio.ui.check.page_facts import ALL_RULES
from finetune_studio.ui.check.rule_option_row import NumberRow
from finetune_studio.workspace.operations import options, splits, tags, versions
from finetune_studio.workspace.queries.charts import TITLES
from finetune_studio.workspace.queries.examples import list_ids
from tests.screens.stage import Stage

MARV = "Marv is a factual chatbot that is also sarcastic, and who never wastes a word on anything else."
CARE = (
    "You answer questions of the customers of a shop for lamps. Be short and kind, and never promise a date."
)
_CITIES = (
    "Paris",
    "Lima",
    "Oslo",
    "Rome",
    "Kyiv",
    "Quito",
    "Accra",
    "Delhi",
    "Turin",
    "Leeds",
    "Nantes",
    "Basel",
)


def check_groups(stage: Stage) -> None:
    """Groups of near-duplicates, prompts, contradictions and leaks."""
    page = _open(stage)
    for code in ("D201", "D202", "D203", "D204", "D205", "S704"):
        page.show_rule(code)
        stage.settle(500)
        stage.shoot(f"check-groups-{code}")


def check_findings(stage: Stage) -> None:
    """All findings in one list, the filters, many at once, and what is set aside."""
    page = _open(stage)
    page.rail.filter_button.setChecked(True)
    page.show_rule(ALL_RULES)
    stage.settle(500)
    stage.shoot("check-findings-all")
    page.show_rule("Q105")
    stage.settle(500)
    page.middle.findings.list.selectAll()
    stage.shoot("check-findings-many")
    page.middle.findings.aside.click()
    stage.settle(300)
    dialog = page.deeds.dialog
    assert dialog is not None
    stage.shoot("check-set-aside-many", dialog)
    dialog.reject()
    page.middle.findings.fix_all.click()
    stage.wait(lambda: page.deeds.dialog is not dialog, what="the preview")
    assert page.deeds.dialog is not None
    stage.shoot("check-fix-preview", page.deeds.dialog)
    page.deeds.dialog.reject()
    combo = page.rail.filters.split
    combo.setCurrentIndex(combo.findData("validation"))
    combo.activated.emit(combo.currentIndex())
    stage.settle(500)
    stage.shoot("check-findings-filtered")
    page.rail.filters.reset()
    page.rail.filter_button.setChecked(False)


def check_options(stage: Stage) -> None:
    """A list, a choice and a slider in the panel; every rule in the rail."""
    page = _open(stage)
    page.rail.filter_button.setChecked(True)
    page.rail.filters.every_rule.setChecked(True)
    for code in ("P309", "P303", "B410"):
        page.show_rule(code)
        stage.settle(500)
        stage.shoot(f"check-options-{code}")
    for code, key, value in (
        ("D202", "threshold", 0.6),
        ("D203", "answer", 0.9),
        ("D204", "similar", 0.7),
        ("D205", "questions", 2),
        ("B406", "opening", 0.1),
    ):
        page.show_rule(code)
        stage.settle(400)
        row = next(row for row in page.rule_panel.options if row.option.key == key)
        assert isinstance(row, NumberRow)
        row.set_value(value)
        row.value_moved.emit(key, value)
        stage.settle(400)
        stage.shoot(f"check-options-{code}")
    page.rail.filters.every_rule.setChecked(False)
    page.rail.filter_button.setChecked(False)


def check_charts(stage: Stage) -> None:
    """Every balance view."""
    page = _open(stage)
    stage.workspace.perform(options.set_rule_enabled, "B410", True)
    stage.settle(1500)
    for key, _title in TITLES:
        page.show_chart(key)
        stage.settle(400)
        stage.shoot(f"check-chart-{key}")


def _open(stage: Stage) -> CheckPage:
    path = stage.folder / "lamps.jsonl"
    if stage.studio.window.workspace is None or stage.workspace.path.stem != path.stem:
        lines = (json.dumps({"messages": messages}, ensure_ascii=False) for messages in _examples())
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        stage.open(path)
        _mark(stage)
    page = stage.page("check")
    assert isinstance(page, CheckPage)
    stage.wait(lambda: not stage.workspace.lint.is_running)
    stage.settle(900)
    return page


def _mark(stage: Stage) -> None:
    ids = list(list_ids(stage.workspace))
    for operation, *arguments in (
        (versions.name_version, "First import"),
        (tags.add_tag, IdSet.of(ids[:40]), "geography"),
        (tags.add_tag, IdSet.of(ids[60:80]), "support"),
        (tags.add_tag, IdSet.of(ids[80:84]), "complaint"),
        (tags.add_tag, IdSet.of(ids[1:2]), "easy"),
        (splits.set_split, IdSet.of(ids[120:]), Split.VALIDATION),
    ):
        stage.workspace.perform(operation, *arguments)
        stage.wait(lambda: not stage.workspace.pending_writes)


def _said(system: str, user: str, assistant: str) -> list[dict[str, str]]:
    return [
        {"role": "system", "content": system},
        {"role": "user", "content": user},
        {"role": "assistant", "content": assistant},
    ]


def _examples() -> list[list[dict[str, str]]]:
    far = "How far is the Moon from Earth, measured from the middle of one to the middle of the other?"
    found = [
        _said(
            MARV, far, "Around 384,400 kilometers. Give or take a few, like that really matters to anybody."
        ),
        _said(
            MARV, far, "About 384,400 kilometers. Give or take a few, like that really matters to anybody."
        ),
        _said(MARV, "Where is Lima?", "In Peru, where else."),
        _said(MARV, "Where is Lima?", "In Ohio, since you did not ask which one."),
        _said(MARV, "Where is Oslo?", "In  Norway, of course. "),
        _said(MARV, "Where is Oslo?", "In  Norway, of course. "),
        _said(MARV, "Where is Oslo?", "In  Norway, of course. "),
    ]
    for number in range(50):
        city = _CITIES[number % len(_CITIES)]
        system = MARV.replace(", and", " and") if number in (4, 9) else MARV
        words = " and a word more" * (number % 9)
        found.append(
            _said(system, f"What is worth seeing in {city}, part {number}?", f"{city} has {number}{words}.")
        )
    for number in range(30):
        answer = (
            "I'm sorry, but I can't help with that."
            if number % 6 == 0
            else f"We have {number} of them in stock."
        )
        found.append(_said(CARE, f"Do you have lamp number {number}?", answer))
    for number in range(20):
        label = ("positive", "positive", "positive", "negative", "neutral")[number % 5]
        found.append(_said("Say how it is meant.", f"Lamp {number} came and I thought about it.", label))
    german = "Die Lampe ist in etwa drei Tagen bei Ihnen, und wir schreiben Ihnen vorher noch einmal."
    for number in range(8):
        found.append(
            _said(CARE, f"Wann kommt meine Lampe mit der Nummer {number} bei mir an?", f"{german} ({number})")
        )
    refund = (
        "Please send us the number of your order and a picture of the lamp, and we will see what can be done."
    )
    for what in (
        "broken",
        "late",
        "too bright",
        "the wrong colour",
        "too small",
        "not the one that I ordered",
    ):
        found.append(_said(CARE, f"My lamp is {what}. What now?", refund))
    found += [found[0], found[20], found[30]]
    return found


SCENES: dict[str, Callable[[Stage], None]] = {
    "check_groups": check_groups,
    "check_findings": check_findings,
    "check_options": check_options,
    "check_charts": check_charts,
}
