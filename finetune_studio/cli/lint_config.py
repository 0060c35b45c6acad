"""Where the options of `lint` come from: the command line, else a file beside the data."""

import argparse
from collections.abc import Mapping
from typing import Any

from finetune_studio.lint.config import codes_of
from finetune_studio.lint.settings_file import config_of_settings, find_settings

__all__ = ["config_from", "find_settings"]


def config_from(args: argparse.Namespace, settings: Mapping[str, Any]) -> Any:
    """The LintConfig that the options ask for; what the command line leaves open comes from the settings."""
    asked = dict(settings)
    for name in ("target", "method", "select"):
        if value := getattr(args, name):
            asked[name] = value
    asked["ignore"] = [*codes_of(settings.get("ignore", [])), *args.ignore]
    asked["severity"] = {**settings.get("severity", {}), **dict(_pair(text) for text in args.severity)}
    return config_of_settings(asked)


def _pair(text: str) -> tuple[str, str]:
    code, _, level = text.partition("=")
    return code, level
