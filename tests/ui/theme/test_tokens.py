"""Both themes have the same tokens, and every text can be read on every ground it is put on."""

import re

import pytest

from finetune_studio.resource_files import resource
from finetune_studio.ui.theme.tokens import THEME_NAMES, contrast, load_theme

PAIRS = [
    *[
        (ink, ground)
        for ink in ("text", "secondary", "placeholder")
        for ground in ("bg", "surface", "raised", "field")
    ],
    *[("text", ground) for ground in ("hover", "pressed", "accent_soft", "highlight", "neutral_soft")],
    *[("secondary", ground) for ground in ("hover", "accent_soft")],
    *[
        (ink, ground)
        for ink in ("accent", "error", "warning", "info", "success", "violet")
        for ground in ("bg", "surface", "raised")
    ],
    *[
        (f"role_{role}", ground)
        for role in ("system", "developer", "user", "assistant", "tool")
        for ground in ("surface", "raised")
    ],
    *[
        (f"on_{tone}_soft", f"{tone}_soft")
        for tone in ("error", "warning", "info", "success", "violet", "neutral")
    ],
    ("accent", "accent_soft"),
    *[("on_accent", ground) for ground in ("accent", "accent_hover", "accent_pressed")],
    ("on_tooltip", "tooltip"),
]


@pytest.mark.parametrize("name", THEME_NAMES)
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_every_text_is_readable_on_its_ground(name: str, ink: str, ground: str) -> None:
    theme = load_theme(name)
    ratio = contrast(theme.hex(ink), theme.hex(ground))
    assert ratio >= 4.5, f"{name}: {ink} on {ground} is {ratio:.2f}:1"


@pytest.mark.parametrize("name", THEME_NAMES)
@pytest.mark.parametrize("ink", ["accent", "line_strong"])
def test_marks_and_focus_are_visible(name: str, ink: str) -> None:
    theme = load_theme(name)
    for ground in ("bg", "surface", "raised", "field"):
        assert contrast(theme.hex(ink), theme.hex(ground)) >= 3.0, (ink, ground)


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert contrast("#FFFFFF", "#777777") == contrast("#777777", "#FFFFFF")


def test_both_themes_have_the_same_tokens() -> None:
    light, dark = (load_theme(name) for name in THEME_NAMES)
    assert set(light.colors) == set(dark.colors)
    assert not light.dark
    assert dark.dark
    assert all(
        re.fullmatch(r"#[0-9A-F]{6}", value) for value in (*light.colors.values(), *dark.colors.values())
    )


def test_no_colour_is_written_into_the_templates() -> None:
    for path in sorted(resource("qss").glob("*.qss")):
        assert not re.search(r":[^;{]*#[0-9A-Fa-f]{3,8}\b", path.read_text("utf-8")), path.name
