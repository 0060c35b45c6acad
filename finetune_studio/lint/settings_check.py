"""Whether settings of the checks make sense: what is mistyped would otherwise leave a rule out in silence."""

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.domain.errors import UsageError
from finetune_studio.lint.config import codes_of
from finetune_studio.lint.registry import FAMILIES, all_rules, rule_by_code, rules_with
from finetune_studio.lint.rule import ListOption, RuleOption

KEYS = ("target", "method", "select", "extend", "ignore", "severity", "options", "fail-on")
_LISTS = ("select", "extend", "ignore")
_TEXTS = ("target", "method")
_MASKS = "masks.key"
"""The one option that belongs to no rule."""
_LIKE = 0.5

Place = Callable[[str], str]
"""How to name a key in a sentence: "--select", or a file and its key."""


def checked(settings: Mapping[str, Any], place: Place) -> dict[str, Any]:
    """The settings with codes as they are written, severities as such, and options by "CODE.key".

    Raises UsageError, naming the place and the nearest that there is, for keys, codes, severities and
    options that are not known, and for values of another type.
    """
    found: dict[str, Any] = {}
    for key, value in settings.items():
        if key in _LISTS:
            found[key] = list(_checked_codes(value, place(key)))
        elif key in _TEXTS:
            if not isinstance(value, str):
                raise UsageError(f"{place(key)} has to be a text, not {_kind(value)}.")
            found[key] = value
        elif key == "severity":
            pairs = _table(value, place(key)).items()
            found[key] = {_code(c, place(key)): _severity(c, level, place(key)) for c, level in pairs}
        elif key == "options":
            found[key] = _checked_options(_table(value, place(key)), place(key))
        elif key == "fail-on":
            if value not in tuple(Severity):
                raise UsageError(
                    f"{place(key)}: “{value}” is not a severity.", "There are error, warning and info."
                )
            found[key] = value
        else:
            advice = f"There are {', '.join(sorted(KEYS))}."
            raise UsageError(f"{place(key)} is not a setting of the checks.{_nearest(key, KEYS)}", advice)
    return found


def _checked_codes(value: object, place: str) -> tuple[str, ...]:
    """Codes and prefixes of codes; raises UsageError for one that no rule has."""
    items = value if isinstance(value, list | tuple) else [value]
    for item in items:
        if not isinstance(item, str):
            raise UsageError(
                f"{place} has to be a list of codes, not {_kind(item)}.", 'Write for instance ["F", "Q105"].'
            )
    return tuple(_code(code, place) for code in codes_of(list(items)))


def _severity(code: str, level: object, place: str) -> Severity:
    if level not in tuple(Severity):
        raise UsageError(
            f"{place}: {code}={level} names no severity.",
            "Write CODE=LEVEL; levels are error, warning and info.",
        )
    return Severity(str(level))


def _checked_options(options: Mapping[str, Any], place: str) -> dict[str, Any]:
    """`[options.L105] z = 5` and `options = {"L105.z" = 5}` both give {"L105.z": 5}."""
    flat: dict[str, Any] = {}
    for key, value in options.items():
        if isinstance(value, dict):
            flat |= {f"{key}.{name}": each for name, each in value.items()}
        else:
            flat[key] = value
    return dict(_option(key, value, place) for key, value in flat.items())


def _option(key: str, value: Any, place: str) -> tuple[str, Any]:
    code, _, name = key.partition(".")
    if key == _MASKS:
        if not isinstance(value, str):
            raise UsageError(f"{place}: {key} has to be a text, not {_kind(value)}.")
        return key, value
    code = _code(code, place)
    try:
        rule = rule_by_code(code)
    except KeyError:
        raise UsageError(
            f"{place}: {code} is a family of rules, which has no options.", "Name one rule, such as Q105."
        ) from None
    every: tuple[RuleOption | ListOption, ...] = (*rule.options, *rule.list_options)
    option = next((option for option in every if option.key == name), None)
    if option is None:
        known = [option.key for option in every]
        told = f"It has {', '.join(known)}." if known else "It has none."
        what = f"the rule {code} has no option “{name}”" if name else f"{code} needs the name of an option"
        raise UsageError(f"{place}: {what}.{_nearest(name, known)}", told)
    if isinstance(option, RuleOption):
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise UsageError(
                f"{place}: {code}.{name} has to be a number, not {_kind(value)}.",
                f"Without it, it is {option.default:g}.",
            )
    elif not isinstance(value, str) and not (
        isinstance(value, list | tuple) and all(isinstance(text, str) for text in value)
    ):
        raise UsageError(f"{place}: {code}.{name} has to be a list of texts, not {_kind(value)}.")
    return f"{code}.{name}", value


def _code(text: str, place: str) -> str:
    """A code or a prefix in capitals; raises UsageError where no rule has it."""
    code = text.strip().upper()
    if not rules_with(code):
        known = [rule.code for rule in all_rules()]
        raise UsageError(
            f"{place}: there is no rule “{text}”.{_nearest(code, known)}",
            f"A code, or its beginning: all begin with {', '.join(FAMILIES)}.",
        )
    return code


def _nearest(text: str, known: Iterable[str]) -> str:
    near = get_close_matches(text, list(known), n=1, cutoff=_LIKE)
    return f" Do you mean {near[0]}?" if near else ""


def _table(value: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise UsageError(
            f"{place} has to be a table, not {_kind(value)}.", "Write it as [severity] or [options]."
        )
    return value


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        return f"the text “{value}”"
    return "a list" if isinstance(value, list | tuple) else "a table" if isinstance(value, dict) else "a date"
