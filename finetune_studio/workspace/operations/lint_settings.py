"""Settings of the checks from a file and into one: what `finetune-studio lint` reads beside the data."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from finetune_studio.domain.changes import Changes
from finetune_studio.domain.errors import StudioError
from finetune_studio.lint.registry import all_rules
from finetune_studio.lint.settings_file import (
    config_of_settings,
    read_settings,
    settings_text,
    switched_off,
)
from finetune_studio.workspace.operations import options as names

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace


def import_settings(workspace: "Workspace", path: Path) -> Changes:
    """Take the settings of a file in place of the dataset's, as one step; raises UsageError for a bad file.

    A file that names no target leaves the dataset's as it is. What else the dataset's options hold, such as
    the key of its masks, stays.
    """
    settings = read_settings(path)
    config = config_of_settings(settings, workspace.sending.profiles)
    own = {key.partition(".")[0] for key in config.options} | {rule.code for rule in all_rules()}
    before = workspace.options().get(names.RULE_OPTIONS) or {}
    kept = {key: value for key, value in before.items() if key.partition(".")[0] not in own}
    with workspace.step("settings.import", {"name": path.name}) as step:
        if config.target is not None:
            step.set_option(names.TARGET, config.target.text)
            step.set_option(names.METHOD, config.target.method)
        step.set_option(names.RULES_OFF, switched_off(config, [rule.code for rule in all_rules()]))
        step.set_option(names.RULES_ON, sorted(config.extend))
        step.set_option(names.RULE_SEVERITY, {code: level.value for code, level in config.severity.items()})
        step.set_option(names.RULE_OPTIONS, {**kept, **config.options})
    return step.changes


def export_settings(workspace: "Workspace", path: Path) -> Path:
    """Write the dataset's settings of the checks; for the pool."""
    text = settings_text(workspace.lint.config)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        temporary.write_text(text, encoding="utf-8", newline="\n")
        os.replace(temporary, path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise StudioError(
            f"{path.name} could not be written: {error.strerror or error}.", "Choose another folder."
        ) from error
    return path
