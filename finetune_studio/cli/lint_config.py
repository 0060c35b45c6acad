"""Where the options of `lint` come from: the command line, else a file beside the data."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.lint.settings_check import checked
from finetune_studio.lint.settings_file import config_of_settings, find_settings

if TYPE_CHECKING:
    from finetune_studio.lint import LintConfig

Configured = tuple["LintConfig", Severity]
"""How to check a file, and from which severity on it fails."""


def configurations(args: argparse.Namespace, paths: Sequence[Path]) -> list[Configured]:
    """For each file those that hold for it: the settings beside it or above it, and the command line.

    Raises UsageError for whatever is not known in either.
    """
    asked = _asked(args)
    in_folder: Callable[[Path], Configured] = cache(lambda folder: _configured(args, asked, folder))
    return [in_folder(path.absolute().parent) for path in paths]


def _configured(args: argparse.Namespace, asked: Mapping[str, Any], folder: Path) -> Configured:
    _path, settings = find_settings(folder / "data")
    merged = {**settings, **asked}
    merged["ignore"] = [*settings.get("ignore", []), *asked.get("ignore", [])]
    merged["severity"] = {**settings.get("severity", {}), **asked.get("severity", {})}
    return config_of_settings(merged), Severity(args.fail_on or settings.get("fail-on", "error"))


def _asked(args: argparse.Namespace) -> dict[str, Any]:
    """What the command line says; what it leaves open is not there."""
    named = {name: getattr(args, name) for name in ("target", "method", "select", "ignore")}
    asked = {name: value for name, value in named.items() if value}
    asked["severity"] = dict(_pair(text) for text in args.severity)
    return checked(asked, "--{}".format)


def _pair(text: str) -> tuple[str, str]:
    code, _, level = text.partition("=")
    return code, level
