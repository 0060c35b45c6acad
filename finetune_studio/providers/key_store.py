"""Where API keys are: the system's keyring, the environment, the memory of this session, a file on request.

A key is bound to a profile and an address: it is never found for another address.
"""

import os
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

from finetune_studio.domain.errors import UsageError
from finetune_studio.providers.key_file import KeyFile
from finetune_studio.providers.secrets import Secret
from finetune_studio.targets.profile import Profile

T = TypeVar("T")
GENERAL_ENVIRONMENT = "FINETUNE_STUDIO_API_KEY"
_OPENAI_ENVIRONMENT, _OPENAI_HOST = "OPENAI_API_KEY", "api.openai.com"
_SERVICE = "finetune-studio"


class KeyPlace(StrEnum):
    KEYRING = "keyring"
    SESSION = "session"
    """Forgotten when the app ends."""
    FILE = "file"
    """Not encrypted, readable by this person alone; only where the person said yes."""
    ENVIRONMENT = "environment"


@dataclass(frozen=True, slots=True)
class FoundKey:
    """`detail` names the environment variable where the place is one."""

    secret: Secret
    place: KeyPlace
    detail: str = ""


class Keyring(Protocol):
    """The part of the keyring package that is used."""

    def get_password(self, service: str, username: str) -> str | None: ...
    def set_password(self, service: str, username: str, password: str) -> None: ...
    def delete_password(self, service: str, username: str) -> None: ...


def system_keyring() -> Keyring:
    """The keyring package, imported late: it takes long and may touch the session bus."""
    import keyring

    module: Any = keyring
    return module  # type: ignore[no-any-return]


class KeyStore:
    """One for the app. A keyring that does not answer within `time_limit` seconds is left alone after."""

    def __init__(
        self,
        keyring: Callable[[], Keyring] = system_keyring,
        *,
        environment: Mapping[str, str] | None = None,
        time_limit: float = 5.0,
        file: KeyFile | None = None,
    ) -> None:
        self._keyring = keyring
        self._environment = os.environ if environment is None else environment
        self._time_limit = time_limit
        self.file = file
        self._session: dict[tuple[str, str], Secret] = {}
        self._keyring_gone = False
        self._lock = threading.Lock()

    def find(self, profile: Profile, base_url: str) -> FoundKey | None:
        """The key for this service at this address: of this session, of the keyring, of the environment."""
        name = (profile.id, address(base_url))
        with self._lock:
            held = self._session.get(name)
        if held is not None:
            return FoundKey(held, KeyPlace.SESSION)
        stored = self._ask(lambda ring: ring.get_password(_SERVICE, _username(*name)))
        if stored:
            return FoundKey(Secret(stored), KeyPlace.KEYRING)
        filed = self.file.find(_username(*name)) if self.file is not None else None
        if filed is not None:
            return FoundKey(filed, KeyPlace.FILE)
        variable = environment_name(profile, base_url)
        value = self._environment.get(variable, "").strip() if variable else ""
        return FoundKey(Secret(value), KeyPlace.ENVIRONMENT, variable) if value else None

    def keep(self, profile: Profile, base_url: str, secret: Secret) -> KeyPlace:
        """Keep a key in the keyring; where there is none, for this session only (tell the person)."""
        name = (profile.id, address(base_url))

        def store(ring: Keyring) -> bool:
            ring.set_password(_SERVICE, _username(*name), secret.reveal())
            return ring.get_password(_SERVICE, _username(*name)) == secret.reveal()

        kept = bool(self._ask(store))
        if kept and self.file is not None:
            self.file.forget(_username(*name))
        with self._lock:
            if kept:
                self._session.pop(name, None)
            else:
                self._session[name] = secret
        return KeyPlace.KEYRING if kept else KeyPlace.SESSION

    def keep_in_file(self, profile: Profile, base_url: str, secret: Secret) -> KeyPlace:
        """Only after the person said yes; raises StorageFullError, and UsageError where there is no file."""
        name = (profile.id, address(base_url))
        if self.file is None:
            raise UsageError("Keys are not kept in a file here.")
        self.file.keep(_username(*name), secret)
        with self._lock:
            self._session.pop(name, None)
        return KeyPlace.FILE

    def forget(self, profile: Profile, base_url: str) -> None:
        """Wherever it is kept; one from the environment stays there."""
        name = (profile.id, address(base_url))
        if self.file is not None:
            self.file.forget(_username(*name))
        with self._lock:
            self._session.pop(name, None)

        def delete(ring: Keyring) -> None:
            if ring.get_password(_SERVICE, _username(*name)) is not None:
                ring.delete_password(_SERVICE, _username(*name))

        self._ask(delete)

    @property
    def has_keyring(self) -> bool:
        """False once the keyring failed to answer; asks nothing."""
        return not self._keyring_gone

    def _ask(self, call: Callable[[Keyring], T]) -> T | None:
        """Run in a thread with a time limit: a locked keyring asks the person and may never answer."""
        if self._keyring_gone:
            return None
        answers: list[T] = []

        def run() -> None:
            try:
                answers.append(call(self._keyring()))
            except Exception:  # of the keyring's many backends, each with errors of its own
                self._keyring_gone = True

        thread = threading.Thread(target=run, name="keyring", daemon=True)
        thread.start()
        thread.join(self._time_limit)
        if thread.is_alive():
            self._keyring_gone = True
            return None
        return answers[0] if answers else None


def address(base_url: str) -> str:
    """An address in one spelling: host in lower case, no closing slash, no default port."""
    parts = urlsplit(base_url.strip())
    default = {"https": 443, "http": 80}.get(parts.scheme)
    port = f":{parts.port}" if parts.port and parts.port != default else ""
    return f"{parts.scheme}://{(parts.hostname or '').lower()}{port}{parts.path.rstrip('/')}"


def environment_name(profile: Profile, base_url: str) -> str:
    """The variable that may hold the key for this address; the profile's own only at its own address."""
    host = (urlsplit(base_url).hostname or "").lower()
    if profile.is_local:
        return ""
    own = profile.key_name
    if own == _OPENAI_ENVIRONMENT and host != _OPENAI_HOST:
        own = ""
    if own and profile.base_url and _same_host(profile.base_url, host):
        return own
    return GENERAL_ENVIRONMENT if profile.base_url_editable or not profile.base_url else ""


def _same_host(template: str, host: str) -> bool:
    """Whether the host is the profile's; RESOURCE stands for one part of a name."""
    wanted = (urlsplit(template).hostname or "").lower()
    pattern = re.escape(wanted).replace("resource", "[a-z0-9-]+")
    return re.fullmatch(pattern, host) is not None


def _username(profile_id: str, where: str) -> str:
    return f"{profile_id} {where}"
