"""The settings file: TOML, written whole or not at all, with what it does not know kept."""

import os
import tomllib
from pathlib import Path
from typing import Any

from finetune_studio.domain.errors import StorageFullError, UsageError
from finetune_studio.settings.options import ALL_OPTIONS, RECENT_FILES, Option, option_by_key
from finetune_studio.whole_files import write_whole

RECENT_LIMIT = 12


class Settings:
    """Reads on construction, writes on `save`. A file that cannot be read is put aside and named in
    `problem`, so that a typing mistake in it neither stops the app nor is overwritten."""

    def __init__(self, path: Path, table: tuple[Option, ...] = ALL_OPTIONS) -> None:
        self.path = path
        self.problem = ""
        self._table = table
        self._values = self._read()

    def get(self, key: str) -> Any:
        """The value of a declared key; its default where there is none or a wrong one."""
        option = option_by_key(key, self._table)
        value: Any = self._find(key)
        if not option.accepts(value):
            return list(option.default) if option.is_list else option.default
        return list(value) if option.is_list else value

    def set(self, key: str, value: object) -> None:
        """Change a value in memory; raises UsageError for a wrong type or choice."""
        option = option_by_key(key, self._table)
        if not option.accepts(value):
            raise UsageError(f"{value!r} is not a value for {option.title}.", option.help)
        *sections, name = key.split(".")
        place = self._values
        for section in sections:
            inner = place.get(section)
            if not isinstance(inner, dict):
                inner = place[section] = {}
            place = inner
        place[name] = value

    def save(self) -> None:
        """Write beside, then replace. Raises StorageFullError when the folder cannot be written."""
        import tomli_w

        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self.path, tomli_w.dumps(self._values).encode())
        except OSError as error:
            raise StorageFullError(
                f"The settings could not be written to {self.path.parent}: {error.strerror}.",
                "Check that the folder can be written and the disk has room.",
            ) from error

    def add_recent(self, path: Path) -> None:
        """Put a dataset on top of the recent ones and save."""
        text = str(path)
        recent = [text, *(item for item in self.get(RECENT_FILES.key) if item != text)]
        self.set(RECENT_FILES.key, recent[:RECENT_LIMIT])
        self.save()

    def recent(self) -> list[Path]:
        """Recent datasets, the latest first, also those that are gone now."""
        return [Path(item) for item in self.get(RECENT_FILES.key)]

    def remove_recent(self, path: Path) -> None:
        """Forget one recent dataset and save; the file itself stays."""
        recent = [item for item in self.get(RECENT_FILES.key) if item != str(path)]
        self.set(RECENT_FILES.key, recent)
        self.save()

    def _find(self, key: str) -> object:
        place: object = self._values
        for part in key.split("."):
            if not isinstance(place, dict) or part not in place:
                return None
            place = place[part]
        return place

    def _read(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self.path.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            aside = self.path.with_suffix(".unreadable.toml")
            self.problem = f"The settings in {self.path} could not be read ({error}); the defaults are used."
            try:
                os.replace(self.path, aside)
                self.problem += f" The old file is now {aside.name}."
            except OSError:
                self.problem += " It will be replaced when a setting changes."
            return {}
