"""What the window needs to send and to follow jobs: connections, journal and watches in one place."""

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from finetune_studio.domain.errors import InputError
from finetune_studio.settings.paths import AppPaths

if TYPE_CHECKING:
    from finetune_studio.targets.profile import Profile
    from finetune_studio.targets.user_profiles import CustomProfile
    from finetune_studio.workspace.connections import Connections
    from finetune_studio.workspace.job_watches import JobWatches
    from finetune_studio.workspace.submission_journal import SubmissionJournal

KEYS_FILE = "keys.json"
"""In the settings folder; there only where a person chose to keep keys in a file."""
PROFILES_FOLDER = "profiles"
"""In the settings folder: profiles that the person added or changed."""


class Sending:
    """Made with the workspace, filled at first use: nothing of the network is imported before.

    For the face's thread; `connections` and `journal` may be used by tasks.
    """

    def __init__(self, paths: AppPaths, deliver: Callable[[Callable[[], None]], None]) -> None:
        self._paths = paths
        self._deliver = deliver
        self.profiles_problem = ""
        """Why the person's own profiles are left out; set once the profiles are read."""

    @cached_property
    def profiles(self) -> "dict[str, Profile]":
        """All profiles by id; without the person's own where one of them cannot be read."""
        return self._read_profiles()

    def _read_profiles(self) -> "dict[str, Profile]":
        from finetune_studio.targets.registry import load_profiles

        self.profiles_problem = ""
        try:
            return load_profiles(self.profiles_folder)
        except InputError as error:
            self.profiles_problem = f"{error.text} {error.advice}".strip()
            return load_profiles()

    @property
    def profiles_folder(self) -> Path:
        """Where the person's own profiles are; may not exist."""
        return self._paths.config / PROFILES_FOLDER

    def save_profile(self, custom: "CustomProfile") -> "Profile":
        """Add or change a service of the person's own; it can be sent to at once.

        Raises UsageError for an address that cannot be, InputError and StorageFullError.
        """
        from finetune_studio.providers.openai_client import checked_base_url
        from finetune_studio.targets.user_profiles import save_custom_profile

        address = checked_base_url(custom.base_url)
        saved = save_custom_profile(self.profiles_folder, replace(custom, base_url=address))
        self.reload_profiles()
        return self.profiles[saved.id]

    def remove_profile(self, profile_id: str) -> None:
        """Take away what the person added or changed; jobs that went there stay in the journal."""
        from finetune_studio.targets.user_profiles import remove_user_profile

        remove_user_profile(self.profiles_folder, profile_id)
        self.reload_profiles()

    def reload_profiles(self) -> None:
        """Read the files again, into the very mapping that everybody holds."""
        fresh = self._read_profiles()
        known = self.profiles
        known.update(fresh)
        for gone in known.keys() - fresh.keys():
            del known[gone]
        if "connections" in vars(self):
            self.connections.renew()

    @cached_property
    def connections(self) -> "Connections":
        """From profiles and keys to providers."""
        from finetune_studio.providers.key_file import KeyFile
        from finetune_studio.providers.key_store import KeyStore
        from finetune_studio.workspace.connections import Connections

        file = KeyFile(self._paths.config / KEYS_FILE)
        return Connections(self._paths, self.profiles, KeyStore(file=file))

    @cached_property
    def journal(self) -> "SubmissionJournal":
        """Every submission of this person on this machine."""
        from finetune_studio.workspace.submission_journal import SubmissionJournal

        return SubmissionJournal(self._paths.data)

    @cached_property
    def watches(self) -> "JobWatches":
        """The jobs that are followed while the window is open."""
        from finetune_studio.workspace.job_watches import JobWatches

        return JobWatches(self.journal, self._deliver)

    def close(self) -> None:
        """End the watches and the connections; the jobs go on at their services."""
        made = vars(self)
        if "watches" in made:
            self.watches.close()
        if "connections" in made:
            self.connections.close()
