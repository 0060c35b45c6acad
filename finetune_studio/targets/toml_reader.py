"""Reading a TOML table key by key, with errors that name the file and the key."""

import tomllib
from collections.abc import Callable
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

from finetune_studio.domain.errors import InputError

E = TypeVar("E", bound=Enum)
T = TypeVar("T")


def read_toml(path: Path) -> dict[str, Any]:
    """The file as a dict; raises InputError naming the file (tomllib's text has line and column)."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise InputError(
            f"{path.name} is not valid TOML: {error}.", "Correct it, or remove the file."
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path.name} is not UTF-8 text.", "Save it as UTF-8.") from error
    except OSError as error:
        raise InputError(f"{path.name} cannot be read: {error.strerror or error}.") from error


class TableReader:
    """Hands out the values of one table, checked; `finish` refuses keys that nothing asked for."""

    def __init__(self, table: dict[str, Any], file: str, place: str = "") -> None:
        self._table = table
        self._file = file
        self._place = place
        self._read: set[str] = set()

    def error(self, key: str, text: str) -> InputError:
        place = f"{self._place}.{key}" if self._place and key else self._place or key
        return InputError(f"{self._file}, {place}: {text}.", "Correct it, or remove the file.")

    def has(self, key: str) -> bool:
        return key in self._table

    def text(self, key: str, default: str | None = None) -> str:
        return self._typed(key, str, "a text", default)

    def flag(self, key: str, default: bool | None = None) -> bool:
        return self._typed(key, bool, "true or false", default)

    def whole(self, key: str) -> int | None:
        """A positive whole number or None where the key is absent."""
        if not self.has(key):
            return None
        value = self._typed(key, int, "a whole number", None)
        if value < 0:
            raise self.error(key, "must not be negative")
        return value

    def number(self, key: str) -> float | None:
        if not self.has(key):
            return None
        value = self._value(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.error(key, "must be a number")
        return value

    def day(self, key: str) -> date | None:
        if not self.has(key):
            return None
        value = self._value(key)
        if isinstance(value, datetime) or not isinstance(value, date):
            raise self.error(key, "must be a date such as 2026-11-23, without quotes")
        return value

    def needed_day(self, key: str) -> date:
        value = self.day(key)
        if value is None:
            raise self.error(key, "is missing")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty where the key is absent."""
        value = self._value(key) if self.has(key) else []
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.error(key, "must be a list of texts")
        return tuple(value)

    def choice(self, key: str, kind: type[E], default: E | None = None) -> E:
        if not self.has(key) and default is not None:
            return default
        return self.as_choice(key, self.text(key), kind)

    def as_choice(self, key: str, value: object, kind: type[E]) -> E:
        try:
            return kind(value)
        except ValueError:
            known = ", ".join(str(item.value) for item in kind)
            raise self.error(key, f"“{value}” is not one of {known}") from None

    def table(self, key: str) -> "TableReader":
        """The table at `key`; an empty one where it is absent."""
        value = self._value(key) if self.has(key) else {}
        if not isinstance(value, dict):
            raise self.error(key, "must be a table")
        return TableReader(value, self._file, f"{self._place}.{key}" if self._place else key)

    def tables(self, key: str, build: Callable[["TableReader"], T]) -> tuple[T, ...]:
        """Build a value from each table of the list at `key`; each is checked for unknown keys."""
        value = self._value(key) if self.has(key) else []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.error(key, "must be a list of tables")
        built = []
        for index, item in enumerate(value):
            name = item.get("id") or item.get("name") or index + 1
            reader = TableReader(item, self._file, f"{self._place}.{key}[{name}]".lstrip("."))
            built.append(build(reader))
            reader.finish()
        return tuple(built)

    def items(self) -> list[tuple[str, Any]]:
        """All keys and values of this table, for tables whose keys are data."""
        self._read.update(self._table)
        return list(self._table.items())

    def finish(self) -> None:
        """Raise for the first key that was never read: a misspelt key must not be lost in silence."""
        for key in self._table:
            if key not in self._read:
                raise self.error(key, "is not a known key")

    def _value(self, key: str) -> Any:
        self._read.add(key)
        return self._table[key]

    def _typed(self, key: str, kind: type[T], name: str, default: T | None) -> T:
        if not self.has(key):
            if default is None:
                raise self.error(key, "is missing")
            return default
        value = self._value(key)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.error(key, f"must be {name}")
        return value
