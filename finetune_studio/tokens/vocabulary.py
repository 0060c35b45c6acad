"""The shipped vocabularies, unpacked where tiktoken looks for them, so that nothing is ever fetched."""

import contextlib
import hashlib
import lzma
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from finetune_studio.domain.errors import StorageFullError, StudioError
from finetune_studio.resource_files import resource


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One encoding's ranks. `cache_name` is the sha1 of the address tiktoken would fetch; `sha256` is
    that of tiktoken_ext/openai_public.py. `is_cased`: texts are parted before capitals, as o200k has it."""

    encoding: str
    cache_name: str
    sha256: str
    is_cased: bool


VOCABULARIES = {
    "o200k_base": Vocabulary(
        "o200k_base",
        "fb374d419588a4632f3f557e76b4b70aebbca790",
        "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
        True,
    ),
    "cl100k_base": Vocabulary(
        "cl100k_base",
        "9b5ad71b2ce5302211f9c61530b329a4922fc6a4",
        "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
        False,
    ),
}


def default_cache_dir() -> Path:
    """The app's cache folder, as settings.paths has it (this package stands below the settings)."""
    home = os.environ.get("FINETUNE_STUDIO_HOME")
    if home:
        return Path(home) / "cache"
    import platformdirs

    return platformdirs.user_cache_path("finetune-studio", appauthor=False)


def prepare_vocabulary(cache_dir: Path | None = None, encodings: Iterable[str] = tuple(VOCABULARIES)) -> Path:
    """Unpack the vocabularies below `cache_dir`, point tiktoken at them and return their folder.

    A file that is whole stays; a damaged one is made again. Several processes may do this at once.
    Where `cache_dir` cannot be written, a folder among the temporary files serves instead.
    Raises StudioError when the shipped file is damaged or missing, StorageFullError when the disk is full.
    """
    folder = (cache_dir or default_cache_dir()) / "vocab"
    wanted = [vocabulary_of(encoding) for encoding in encodings]
    try:
        _unpack_missing(folder, wanted)
    except OSError:
        folder = Path(tempfile.gettempdir()) / f"finetune-studio-vocab-{_user_mark()}"
        try:
            _unpack_missing(folder, wanted)
        except OSError as error:
            raise StorageFullError(
                f"The token tables cannot be unpacked: {error.strerror or error}.",
                "Free some space on the disk, or make the cache folder writable.",
            ) from error
    os.environ["TIKTOKEN_CACHE_DIR"] = str(folder)
    return folder


def vocabulary_of(encoding: str) -> Vocabulary:
    """The facts of a shipped encoding; raises StudioError naming those that exist."""
    try:
        return VOCABULARIES[encoding]
    except KeyError:
        known = ", ".join(VOCABULARIES)
        raise StudioError(f"There is no token encoding “{encoding}”.", f"Use one of: {known}.") from None


def packed_path(vocabulary: Vocabulary) -> Path:
    return resource("vocab", f"{vocabulary.encoding}.tiktoken.xz")


def _unpack_missing(folder: Path, wanted: list[Vocabulary]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for vocabulary in wanted:
        path = folder / vocabulary.cache_name
        if not _is_whole(path, vocabulary):
            _write_whole(path, _unpacked(vocabulary))


def _is_whole(path: Path, vocabulary: Vocabulary) -> bool:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() == vocabulary.sha256
    except OSError:
        return False


def _unpacked(vocabulary: Vocabulary) -> bytes:
    advice = "Install Finetune Studio again."
    try:
        data = lzma.decompress(packed_path(vocabulary).read_bytes())
    except (OSError, lzma.LZMAError) as error:
        raise StudioError(f"The token table {vocabulary.encoding} is missing or damaged.", advice) from error
    if hashlib.sha256(data).hexdigest() != vocabulary.sha256:
        raise StudioError(f"The token table {vocabulary.encoding} is damaged.", advice)
    return data


def _write_whole(path: Path, data: bytes) -> None:
    """Write beside, then replace: a reader in another process sees the old file or the whole new one."""
    descriptor, temporary = tempfile.mkstemp(prefix=path.name + ".", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _replace(Path(temporary), path, data)
    finally:
        with contextlib.suppress(OSError):
            os.unlink(temporary)


def _replace(temporary: Path, path: Path, data: bytes) -> None:
    try:
        os.replace(temporary, path)
    except OSError:
        # Windows refuses while another process reads it: fine when that one has put the same bytes there.
        if not path.is_file() or path.read_bytes() != data:
            raise


def _user_mark() -> str:
    """Keeps the people of one machine apart in a shared temporary folder."""
    return hashlib.sha256(str(Path.home()).encode()).hexdigest()[:12]
