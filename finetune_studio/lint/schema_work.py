"""Validators of JSON Schemas that end: they count their steps and stop patterns that take too long.

A schema of a few lines can double its work at every reference, and a pattern can take for ever on a text
that does not match. What takes too much work is not judged.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

import regex

from finetune_studio.lint.words import listed, shown

if TYPE_CHECKING:
    from jsonschema import ValidationError

_STEPS = 5_000
"""Keywords that are looked at for one value; ordinary calls take some ten."""
STEPS_A_PART = 40
"""Those for each number, text, list and object inside the value besides."""
_SECONDS = 2.0
"""The last resort, where steps are slow: far over what any ordinary value takes."""
_LOOKS = 15
"""It is looked after each so many steps, and one more, whether there are some left."""
_PATTERN_SECONDS = 0.05
_MOST_TIMEOUTS = 20
"""A pattern that ran out of time that often is not tried again in this process."""
_MOST_COPIES = 10_000
"""A pattern is unrolled where parts of it have to repeat; to more than that it is not read."""
_COUNTED = regex.compile(r"\{(\d+)")
_NAMED = 4

Check = Callable[[Any, Any, Any, Any], Any]
"""A keyword of jsonschema: (validator, value of the keyword, instance, schema) to errors."""


class TooMuchWork(Exception):  # noqa: N818 - it says what is the case, and is no error of anybody
    """It would take too long to hold this value against its schema."""


class _Allowance:
    """What is left to one value: first the steps that every one has, then those for its size."""

    def __init__(self, value: Any, steps_a_part: int) -> None:
        self._value = value
        self._steps_a_part = steps_a_part
        self._steps = _STEPS
        self._is_whole = False
        self._ends = time.monotonic() + _SECONDS

    def spend(self) -> None:
        """One step; raises TooMuchWork where none is left."""
        self._steps -= 1
        if self._steps & _LOOKS:
            return
        if self._steps < 0 and not self._is_whole:
            self._is_whole = True
            self._steps = self._steps_a_part * _parts(self._value)
        if self._steps < 0 or time.monotonic() > self._ends:
            raise TooMuchWork


_ALLOWANCE: ContextVar[_Allowance] = ContextVar("allowance")


def _parts(value: Any) -> int:
    """How many values there are in a value, itself too."""
    found, waiting = 0, [value]
    while waiting:
        part = waiting.pop()
        found += 1
        if isinstance(part, dict):
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)
    return found


def limited(draft: Any, *, has_patterns: bool) -> Any:
    """A validator class of jsonschema that does as much work as `errors_within` lets it.

    `has_patterns` says that there are patterns for names somewhere in the schema: then jsonschema searches
    them by itself for `unevaluatedProperties`, which is passed.
    """
    import jsonschema

    extend: Any = jsonschema.validators.extend
    own: dict[str, Check] = {
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional,
        "uniqueItems": _unique,
    }
    if has_patterns:
        own["unevaluatedProperties"] = _passed
    checks: Mapping[str, Check] = {**draft.VALIDATORS, **own}
    made = extend(draft, {name: _counted(check) for name, check in checks.items()})
    evolve = made.evolve

    def within(validator: Any, **changes: Any) -> Any:
        """As `evolve`, but a part of the schema that names its draft does not leave this class for it."""
        _ALLOWANCE.get().spend()
        schema = changes.setdefault("schema", validator.schema)
        if isinstance(schema, dict) and "$schema" in schema:
            changes["schema"] = {key: value for key, value in schema.items() if key != "$schema"}
        return evolve(validator, **changes)

    made.evolve = within
    return made


def errors_within(
    validator: Any, value: Any, most: int, steps_a_part: int = STEPS_A_PART
) -> "list[ValidationError]":
    """The first errors of a value, by a validator of a limited class; raises TooMuchWork."""
    before = _ALLOWANCE.set(_Allowance(value, steps_a_part))
    try:
        return list(islice(validator.iter_errors(value), most))
    finally:
        _ALLOWANCE.reset(before)


def _counted(check: Check) -> Check:
    def counting(validator: Any, wanted: Any, instance: Any, schema: Any) -> Any:
        _ALLOWANCE.get().spend()
        return check(validator, wanted, instance, schema)

    return counting


class _Pattern:
    """A pattern of a schema; one that cannot be read, or takes too long, matches nobody knows what."""

    def __init__(self, text: str) -> None:
        self._left = _MOST_TIMEOUTS
        self._compiled: Any = None
        copies = 1
        for number in _COUNTED.findall(text):
            copies = min(copies * max(int(number[:9]), 1), _MOST_COPIES + 1)
        if copies <= _MOST_COPIES:
            try:
                self._compiled = regex.compile(text)
            except (regex.error, RecursionError, OverflowError, ValueError):
                pass

    def fits(self, text: str) -> bool | None:
        """Whether it is found in a text; None where that is not known."""
        if self._compiled is None or not self._left:
            return None
        try:
            return self._compiled.search(text, timeout=_PATTERN_SECONDS) is not None
        except TimeoutError:
            self._left -= 1
            return None


@lru_cache(maxsize=2048)
def _read_pattern(text: str) -> _Pattern:
    return _Pattern(text)


def _fits(pattern: Any, text: str) -> bool | None:
    _ALLOWANCE.get().spend()
    return _read_pattern(pattern).fits(text) if isinstance(pattern, str) else None


def _pattern(validator: Any, pattern: Any, instance: Any, schema: Any) -> Iterator[Any]:
    import jsonschema

    if isinstance(instance, str) and _fits(pattern, instance) is False:
        yield jsonschema.ValidationError("does not match the pattern")


def _pattern_properties(validator: Any, patterns: Any, instance: Any, schema: Any) -> Iterator[Any]:
    if not isinstance(instance, dict):
        return
    for pattern, wanted in patterns.items():
        for key, value in instance.items():
            if _fits(pattern, key):
                yield from validator.descend(value, wanted, path=key, schema_path=pattern)


def _additional(validator: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[Any]:
    """As jsonschema has it; a name that may match a pattern is none too many. The error names the names."""
    import jsonschema

    if not isinstance(instance, dict):
        return
    known, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    extra = [
        key
        for key in instance
        if key not in known and all(_fits(pattern, key) is False for pattern in patterns)
    ]
    if isinstance(wanted, dict):
        for key in extra:
            yield from validator.descend(instance[key], wanted, path=key)
    elif wanted is False and extra:
        names = listed([f"“{shown(key)}”" for key in extra[:_NAMED]])
        yield jsonschema.ValidationError(f"{names} {'is' if len(extra) == 1 else 'are'} not defined")


def _unique(validator: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[Any]:
    """As jsonschema has it, which compares each with each where they cannot be sorted."""
    import jsonschema

    if wanted and isinstance(instance, list) and len(set(map(_identity, instance))) < len(instance):
        yield jsonschema.ValidationError("has the same item twice")


def _identity(value: Any) -> Any:
    """The same for values that JSON Schema calls equal: 1 and 1.0 are, 1 and true are not."""
    if isinstance(value, bool):
        return bool, value
    if isinstance(value, list):
        return list, tuple(map(_identity, value))
    if isinstance(value, dict):
        return dict, frozenset((key, _identity(each)) for key, each in value.items())
    return value


def _passed(validator: Any, wanted: Any, instance: Any, schema: Any) -> tuple[()]:
    return ()
