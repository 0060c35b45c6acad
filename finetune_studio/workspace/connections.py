"""From a profile, an address and a key to a provider that can be asked; kept for the next time."""

import threading
from collections.abc import Mapping

from finetune_studio.domain.errors import StudioError, UsageError
from finetune_studio.providers.base import Cancelled, Provider, never
from finetune_studio.providers.key_store import KeyStore
from finetune_studio.providers.local_server import ensure_local_server, find_local_server
from finetune_studio.providers.openai_wire import OpenAIWireProvider
from finetune_studio.providers.registry import address_of, provider_for
from finetune_studio.providers.secrets import Secret
from finetune_studio.providers.wire_facts import wire_facts
from finetune_studio.settings.paths import AppPaths
from finetune_studio.targets.profile import Profile
from finetune_studio.workspace.submission_records import Submission

LOCAL_ADDRESS = "local"
"""What the journal says for this computer, whose port changes."""


class Connections:
    """One for the app; safe from several threads. May start the local server: not for the GUI thread."""

    def __init__(self, paths: AppPaths, profiles: Mapping[str, Profile], keys: KeyStore) -> None:
        self._paths = paths
        self.profiles = profiles
        self.keys = keys
        self._open: dict[tuple[str, str, Secret], Provider] = {}
        self._left: list[Provider] = []
        """Made by profiles that were changed since; jobs may still be followed through them."""
        self._lock = threading.Lock()

    def renew(self) -> None:
        """The profiles changed: what is asked from now on goes by them."""
        with self._lock:
            self._left.extend(self._open.values())
            self._open = {}

    def profile(self, profile_id: str) -> Profile:
        """Raises UsageError that lists what exists."""
        found = self.profiles.get(profile_id)
        if found is None:
            names = ", ".join(p.id for p in self.profiles.values() if p.can_submit)
            raise UsageError(f"There is no provider “{profile_id}”.", f"There are {names}.")
        return found

    def journal_address(self, profile: Profile, base_url: str = "") -> str:
        """The address as a plan keeps it."""
        return LOCAL_ADDRESS if profile.is_local else address_of(profile, base_url)

    def provider(
        self, profile: Profile, base_url: str = "", *, start: bool = True, cancelled: Cancelled = never
    ) -> Provider:
        """The provider, ready to be asked; starts the local server where that is chosen and `start` is true.

        Raises UsageError, MissingKeyError, and ProviderError where the local server does not come up.
        """
        if profile.is_local:
            return self._local(profile, start, cancelled)
        url = address_of(profile, base_url)
        found = self.keys.find(profile, url)
        secret = found.secret if found is not None else Secret("")
        with self._lock:
            name = (profile.id, url, secret)
            if name not in self._open:
                self._open[name] = provider_for(profile, url, secret)
            return self._open[name]

    def _local(self, profile: Profile, start: bool, cancelled: Cancelled) -> Provider:
        data = self._paths.data
        server = ensure_local_server(data, cancelled=cancelled) if start else find_local_server(data)
        if server is None:
            raise StudioError("The server of this computer is not running.", "Start a job or ask a model.")
        with self._lock:
            name = (profile.id, server.base_url, server.token)
            if name not in self._open:
                self._open[name] = OpenAIWireProvider(wire_facts(profile), server.base_url, server.token)
            return self._open[name]

    def provider_of(self, submission: Submission, *, start: bool = False) -> Provider | None:
        """The provider that a submission went to; None where it cannot be asked now."""
        try:
            profile = self.profile(submission.plan.profile_id)
            base_url = "" if profile.is_local else submission.plan.base_url
            return self.provider(profile, base_url, start=start)
        except StudioError:
            return None

    def close(self) -> None:
        with self._lock:
            providers, self._open = [*self._left, *self._open.values()], {}
            self._left = []
        for provider in providers:
            provider.close()
