"""The settings of the checks as a file: `finetune-studio.toml`, or a table of a pyproject.toml."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import tomli_w

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.domain.errors import UsageError
from finetune_studio.lint.config import LintConfig
from finetune_studio.lint.registry import all_rules, rules_with
from finetune_studio.lint.settings_check import checked
from finetune_studio.targets.profile import Profile
from finetune_studio.targets.registry import resolve_target

FILE_NAME = "finetune-studio.toml"
TABLE = "finetune-studio"
_HEAD = (
    "# Settings of the checks, written by Finetune Studio.\n"
    "# `finetune-studio lint` reads this file where it lies beside the data or in a folder above it.\n\n"
)


def find_settings(data: Path) -> tuple[Path | None, Mapping[str, Any]]:
    """The settings that hold for a data file: the nearest file upwards that has any.

    Raises UsageError, naming file and key, for what cannot be read or is not known.
    """
    for folder in [data.absolute().parent, *data.absolute().parent.parents]:
        own, project = folder / FILE_NAME, folder / "pyproject.toml"
        if own.is_file():
            return own, _checked(own, _read(own))
        if project.is_file():
            table = _own_table(project)
            if table is not None:
                return project, _checked(project, table)
    return None, {}


def read_settings(path: Path) -> Mapping[str, Any]:
    """The settings in one file; raises UsageError as `find_settings` does."""
    if path.name != "pyproject.toml":
        return _checked(path, _read(path))
    table = _own_table(path)
    if table is None:
        raise UsageError(f"{path.name} has no table [tool.{TABLE}].", f"Choose a {FILE_NAME}.")
    return _checked(path, table)


def config_of_settings(
    settings: Mapping[str, Any], profiles: Mapping[str, Profile] | None = None
) -> LintConfig:
    """The LintConfig that settings ask for; raises UsageError for what is not known in them."""
    settings = checked(settings, "“{}”".format)
    target_name, method = settings.get("target", ""), settings.get("method", "supervised")
    target = resolve_target(target_name, method, profiles) if target_name else None
    if target is None and method != "supervised":
        target = resolve_target("generic", method=method)
    return LintConfig(
        target=target,
        select=tuple(settings.get("select", ())),
        extend=tuple(settings.get("extend", ())),
        ignore=tuple(settings.get("ignore", ())),
        severity=_of_whole_codes(settings.get("severity", {})),
        options=settings.get("options", {}),
    )


def _of_whole_codes(severities: Mapping[str, Severity]) -> dict[str, Severity]:
    """Beginnings of codes become the codes that begin so; the longer one wins."""
    return {
        rule.code: level
        for prefix, level in sorted(severities.items(), key=lambda pair: len(pair[0]))
        for rule in rules_with(prefix)
    }


def settings_text(config: LintConfig) -> str:
    """A configuration as such a file; only what is not as it would be anyway, and no key of masks."""
    found: dict[str, Any] = {}
    if config.target is not None:
        found["target"] = config.target.text
        found["method"] = config.target.method
    for name in ("select", "extend", "ignore"):
        if codes := sorted(getattr(config, name)):
            found[name] = codes
    if config.severity:
        found["severity"] = {code: level.value for code, level in sorted(config.severity.items())}
    known = {f"{rule.code}.{option.key}" for rule in all_rules() for option in rule.options}
    known |= {f"{rule.code}.{option.key}" for rule in all_rules() for option in rule.list_options}
    options: dict[str, dict[str, Any]] = {}
    for key, value in sorted(config.options.items()):
        if key in known:
            code, _, name = key.partition(".")
            options.setdefault(code, {})[name] = list(value) if isinstance(value, tuple) else value
    if options:
        found["options"] = options
    return _HEAD + tomli_w.dumps(found)


def switched_off(config: LintConfig, codes: Sequence[str]) -> list[str]:
    """Of these rules those that a configuration does not run, by whole code."""
    return sorted(code for code in codes if not config.selects(code))


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{path} cannot be read: {error}.", "Mend or remove it.") from error


def _own_table(project: Path) -> dict[str, Any] | None:
    """Our table of a pyproject.toml; None where it has none. Raises UsageError where it is no table."""
    tools = _read(project).get("tool", {})
    if not isinstance(tools, dict):
        raise UsageError(f"{project}: “tool” has to be a table.", f"Write [tool.{TABLE}].")
    table = tools.get(TABLE)
    if table is not None and not isinstance(table, dict):
        raise UsageError(f"{project}: “tool.{TABLE}” has to be a table.", f"Write [tool.{TABLE}].")
    return table


def _checked(path: Path, table: dict[str, Any]) -> dict[str, Any]:
    return checked(table, lambda key: f"{path}: “{key}”")
