"""The settings of the app, declared once."""

from dataclasses import dataclass
from typing import Any

from finetune_studio.domain.errors import UsageError


@dataclass(frozen=True, slots=True)
class Option:
    """One setting; `key` is "section.name" in the file, `choices` are its only values when given."""

    key: str
    type: type
    default: Any
    title: str
    help: str = ""
    choices: tuple[str, ...] = ()

    @property
    def is_list(self) -> bool:
        """True for a list of texts."""
        return issubclass(self.type, list)

    def accepts(self, value: object) -> bool:
        """True for a value of the right type, and one of the choices where there are any."""
        if self.is_list:
            return isinstance(value, list) and all(isinstance(item, str) for item in value)
        if isinstance(value, bool) != issubclass(self.type, bool) or not isinstance(value, self.type):
            return False
        return not self.choices or value in self.choices


THEME = Option(
    "look.theme", str, "system", "Theme", "Light, dark, or as the system.", ("system", "light", "dark")
)
RECENT_FILES = Option("files.recent", list, [], "Recent datasets", "Paths, the latest first.")
LAST_FOLDER = Option("files.last_folder", str, "", "Last folder", "Where file dialogs open.")

NOTIFY = Option(
    "tune.notify",
    bool,
    True,
    "Notify when a job ends",
    "A message of the desktop while the window is behind.",
)

PERSON_NAME = Option(
    "person.name", str, "", "Your name", "Stands beside your notes; empty for the user of this computer."
)

ALL_OPTIONS: tuple[Option, ...] = (
    THEME,
    RECENT_FILES,
    LAST_FOLDER,
    NOTIFY,
    PERSON_NAME,
)


def option_by_key(key: str, table: tuple[Option, ...] = ALL_OPTIONS) -> Option:
    """The declaration of a key; raises UsageError for one that is not declared."""
    for option in table:
        if option.key == key:
            return option
    raise UsageError(f"There is no setting {key}.")
