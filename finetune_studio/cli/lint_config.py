"""Where the options of `lint` come from: the command line, else a file beside the data."""

import argparse
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.domain.errors import UsageError

FILE_NAME = "finetune-studio.toml"
TABLE = "finetune-studio"
_KEYS = frozenset({"target", "method", "select", "ignore", "severity", "options", "fail-on"})


def find_settings(data: Path) -> tuple[Path | None, Mapping[str, Any]]:
    """The settings that hold for a data file: the nearest file upwards that has any.

    `finetune-studio.toml`, or the `[tool.finetune-studio]` table of a `pyproject.toml`. Raises
    UsageError, naming file and key, for what cannot be read or is not known.
    """
    for folder in [data.absolute().parent, *data.absolute().parent.parents]:
        own, project = folder / FILE_NAME, folder / "pyproject.toml"
        if own.is_file():
            return own, _checked(own, _read(own))
        if project.is_file():
            table = _read(project).get("tool", {}).get(TABLE)
            if isinstance(table, dict):
                return project, _checked(project, table)
    return None, {}


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}.", "Mend or remove it.") from error


def _checked(path: Path, table: dict[str, Any]) -> dict[str, Any]:
    unknown = sorted(set(table) - _KEYS)
    if unknown:
        known = ", ".join(sorted(_KEYS))
        raise UsageError(f"{path}: “{unknown[0]}” is not a setting of the checks.", f"There are {known}.")
    return table


def config_from(args: argparse.Namespace, settings: Mapping[str, Any]) -> Any:
    """The LintConfig that the options ask for; what the command line leaves open comes from the settings."""
    from finetune_studio.lint import LintConfig
    from finetune_studio.targets.registry import resolve_target

    target_name = args.target or settings.get("target", "")
    method = args.method or settings.get("method", "supervised")
    target = resolve_target(target_name, method=method) if target_name else None
    if target is None and method != "supervised":
        target = resolve_target("generic", method=method)
    severities = {**settings.get("severity", {}), **dict(_pair(text) for text in args.severity)}
    return LintConfig(
        target=target,
        select=_codes(args.select or settings.get("select", [])),
        ignore=_codes([*settings.get("ignore", []), *args.ignore]),
        severity={code: _severity(code, level) for code, level in severities.items()},
        options=_flat(settings.get("options", {})),
    )


def _codes(values: object) -> tuple[str, ...]:
    items = values if isinstance(values, list) else [values]
    return tuple(code.strip() for value in items for code in str(value).split(",") if code.strip())


def _pair(text: str) -> tuple[str, str]:
    code, _, level = text.partition("=")
    return code, level


def _severity(code: str, level: object) -> Severity:
    if level not in {s.value for s in Severity}:
        raise UsageError(
            f"{code}={level}: this is not a severity.",
            "Write CODE=LEVEL; levels are error, warning and info.",
        )
    return Severity(str(level))


def _flat(options: Mapping[str, Any]) -> dict[str, Any]:
    """`[options.L105] z = 5` and `options = {"L105.z" = 5}` both give {"L105.z": 5}."""
    flat: dict[str, Any] = {}
    for key, value in options.items():
        if isinstance(value, dict):
            flat |= {f"{key}.{name}": each for name, each in value.items()}
        else:
            flat[key] = value
    return flat
