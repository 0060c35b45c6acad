"""The design tokens: colours of one theme, and the measures that both share. No Qt here."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

from finetune_studio.resource_files import resource

THEME_NAMES = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Theme:
    """Values of one theme; `colors` maps a token to `#RRGGBB`, the others to pixels."""

    name: str
    dark: bool
    colors: Mapping[str, str]
    space: Mapping[str, int]
    radius: Mapping[str, int]
    fonts: Mapping[str, int]

    def hex(self, token: str) -> str:
        """The colour of a token as `#RRGGBB`; raises KeyError for an unknown token."""
        return self.colors[token]

    def values(self) -> dict[str, str]:
        """All tokens under the names that the stylesheet templates use."""
        values = dict(self.colors)
        values.update({f"space_{key}": f"{size}px" for key, size in self.space.items()})
        values.update({f"radius_{key}": f"{size}px" for key, size in self.radius.items()})
        values.update({f"font_{key}": f"{size}px" for key, size in self.fonts.items()})
        return values


def load_theme(name: str) -> Theme:
    """Read one theme ("light" or "dark") from resources/themes."""
    colors = tomllib.loads(resource("themes", f"{name}.toml").read_text("utf-8"))
    sizes = tomllib.loads(resource("themes", "sizes.toml").read_text("utf-8"))
    return Theme(
        name=colors["name"],
        dark=colors["dark"],
        colors=colors["color"],
        space=sizes["space"],
        radius=sizes["radius"],
        fonts=sizes["font"],
    )


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two `#RRGGBB` colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: str) -> float:
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
