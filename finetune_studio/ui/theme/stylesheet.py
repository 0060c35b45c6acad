"""The stylesheet: numbered templates of resources/qss filled with tokens."""

from pathlib import Path
from string import Template

from finetune_studio.resource_files import resource
from finetune_studio.ui.theme.icons import tinted_svg
from finetune_studio.ui.theme.tokens import Theme

_ART = {
    "check": ("check", "on_accent"),
    "minus": ("minus", "on_accent"),
    "chevron_down": ("chevron-down", "secondary"),
    "chevron_up": ("chevron-up", "secondary"),
    "chevron_right": ("chevron-right", "secondary"),
    "close": ("x", "secondary"),
}

ZOOMS = (80, 90, 100, 110, 125, 150, 175, 200)
"""Sizes of the text of messages, in percent."""


def write_art(theme: Theme, folder: Path) -> dict[str, str]:
    """Write the few pictures that a stylesheet can only name by file, tinted; returns token -> url()."""
    urls = {}
    for key, (name, token) in _ART.items():
        path = folder / f"{theme.name}-{key}.svg"
        if not path.exists():
            path.write_bytes(tinted_svg(name, theme.hex(token)))
        urls[f"art_{key}"] = f'url("{path.as_posix()}")'
    return urls


def build_stylesheet(theme: Theme, art_folder: Path) -> str:
    """Fill the templates in order; an unknown token raises KeyError."""
    values = theme.values() | write_art(theme, art_folder)
    templates = sorted(resource("qss").glob("*.qss"))
    parts = [Template(path.read_text("utf-8")).substitute(values) for path in templates]
    return "\n".join([*parts, *_zoom_rules(theme)])


def _zoom_rules(theme: Theme) -> list[str]:
    """Text editors and browsers in each size; the property `zoom` says which."""
    return [
        f'{kind}[type="{name}"][zoom="{zoom}"] {{ font-size: {round(theme.fonts[name] * zoom / 100)}px; }}'
        for kind, name in (
            ("QPlainTextEdit", "message"),
            ("QPlainTextEdit", "mono"),
            ("QTextBrowser", "message"),
        )
        for zoom in ZOOMS
    ]
