"""Where the server keeps what, below its data folder."""

from dataclasses import dataclass
from pathlib import Path

from finetune_studio.domain.errors import StorageFullError


@dataclass(frozen=True, slots=True)
class LocalFolders:
    """`root` is the folder "local" of the app's data; `cache` is where unpacked vocabularies are."""

    root: Path
    cache: Path | None = None

    @property
    def database(self) -> Path:
        return self.root / "server.sqlite3"

    @property
    def handshake(self) -> Path:
        return self.root / "server.json"

    @property
    def lock(self) -> Path:
        return self.root / "server.lock"

    def file(self, name: str) -> Path:
        return self.root / "files" / name

    def part(self, name: str) -> Path:
        return self.root / "parts" / name

    def job(self, name: str) -> Path:
        return self.root / "jobs" / name

    def prepare(self) -> None:
        """Create the folders, for this person alone; raises StorageFullError where that is refused."""
        try:
            for folder in (self.root, self.root / "files", self.root / "parts", self.root / "jobs"):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StorageFullError(
                f"The local server cannot write to {self.root}: {error.strerror or error}.",
                "Choose another folder with --data-folder, or mend its permissions.",
            ) from error
