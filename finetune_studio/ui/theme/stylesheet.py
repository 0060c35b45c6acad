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
    return "\n".join(Template(path.read_text("utf-8")).substitute(values) for path in templates)
