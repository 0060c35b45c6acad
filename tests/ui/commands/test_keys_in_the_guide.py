"""What the guide says of keys is what the table of commands says."""

import re
from pathlib import Path

import pytest

from finetune_studio.resource_files import resource
from finetune_studio.ui.commands import ALL_COMMANDS

_PAGES = sorted(resource("help", "guide").glob("*.md"))
_CHORD = re.compile(r"\b(?:(?:Ctrl|Alt|Shift)\+)+[A-Z][A-Za-z0-9]*|\bF\d{1,2}\b|(?<=\*\*)[A-Z](?=\*\*)")
_TITLED = re.compile(r"\*\*([A-Z][^*\n]+?)…?\*\* \((?:menu \w+, or )?((?:(?:Ctrl|Alt|Shift)\+)+\w+)")
_KEYS = {key for spec in ALL_COMMANDS for key in spec.shortcut.split()}
_OF_WIDGETS = {
    "Ctrl+A",  # chooses all in the list of examples
    "Ctrl+V",  # the clipboard, in a message
    "Ctrl+Space",  # what can be typed next, in the filter box
    "Alt+Up",  # moves a tool in the list of tools
    "Alt+Down",
    "Shift+Space",  # reads back in the open example, in the list
}
_PALETTE = "Ctrl+K"


def _same(key: str) -> str:
    return key.replace("Enter", "Return")


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: page.stem)
def test_every_key_that_the_guide_names_is_a_key(page: Path) -> None:
    text = page.read_text("utf-8")
    named = {_same(found) for found in _CHORD.findall(text)}
    assert named - {_same(key) for key in _KEYS} - _OF_WIDGETS == set()


def test_a_key_beside_a_title_is_the_key_of_that_command() -> None:
    titles = {spec.title.rstrip("…").lower(): spec.shortcut.split() for spec in ALL_COMMANDS}
    pairs = [pair for page in _PAGES for pair in _TITLED.findall(page.read_text("utf-8"))]
    assert len(pairs) > 5
    wrong = [
        (title, key) for title, key in pairs if key != _PALETTE and key not in titles.get(title.lower(), [])
    ]
    assert wrong == []
