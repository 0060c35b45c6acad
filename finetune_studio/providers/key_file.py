"""Keys in a file, for those who have no keyring and said yes: mode 0600, not encrypted."""

import json
import os
import threading
from pathlib import Path

from finetune_studio.domain.errors import StorageFullError
from finetune_studio.providers.secrets import Secret
from finetune_studio.whole_files import write_whole

_OTHERS = 0o077


class KeyFile:
    """Names to keys. The file is there only while it holds one; what cannot be read counts as empty."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()

    def find(self, name: str) -> Secret | None:
        with self._lock:
            value = self._read().get(name)
        return Secret(value) if value else None

    def keep(self, name: str, secret: Secret) -> None:
        """Raises StorageFullError where the file cannot be written for this person alone."""
        with self._lock:
            self._write({**self._read(), name: secret.reveal()})

    def forget(self, name: str) -> None:
        with self._lock:
            known = self._read()
            if known.pop(name, None) is not None:
                self._write(known)

    def _read(self) -> dict[str, str]:
        try:
            mode = self.path.stat().st_mode
            if os.name == "posix" and mode & _OTHERS:
                self.path.chmod(0o600)  # copied or restored with wider rights
            value = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return {str(key): str(each) for key, each in value.items()} if isinstance(value, dict) else {}

    def _write(self, known: dict[str, str]) -> None:
        try:
            if not known:
                self.path.unlink(missing_ok=True)
                return
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_whole(self.path, json.dumps(known).encode())
        except OSError as error:
            raise StorageFullError(
                f"The key could not be written to {self.path} ({error.strerror or error}).",
                "It is kept until the app closes.",
            ) from error
