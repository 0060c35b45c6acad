"""A step being made: every change of a dataset goes through one of these."""

from finetune_studio.storage.step_settings import SettingsChanges
from finetune_studio.storage.step_sources import SourceChanges
from finetune_studio.storage.step_versions import VersionChanges


class Step(VersionChanges, SourceChanges, SettingsChanges):
    """Made by HistoryStore.step; leaving its block commits all of it, an error in it takes all of it back."""
