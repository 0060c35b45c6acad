"""Files of an earlier split that the new one does not write: their examples are in the training data now."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from finetune_studio.domain.errors import UsageError
from finetune_studio.domain.split import Split
from finetune_studio.formats.jsonl import JsonlSource


def outdated_files(path: Path, outputs: Mapping[Split, Path], *, overwrite: bool) -> list[Path]:
    """Files named as this command names them that hold only lines of `path`: nothing is lost with them.

    Raises UsageError where one holds other lines too, or where nothing may be replaced.
    """
    written = next(iter(outputs.values()))
    names = {split: written.with_name(f"{path.stem}.{split.value}.jsonl") for split in Split}
    others = [file for split, file in names.items() if split not in outputs and file.is_file()]
    if not others:
        return []
    known = set(map(_identity, (line.data for line in JsonlSource(path, judge=False))))
    found = []
    for file in others:
        with file.open("rb") as lines:
            own = [_identity(line) in known for line in _not_blank(lines)]
        if not any(own):
            continue  # it has another source
        if not all(own) or not overwrite:
            what = "examples of" if all(own) else "other lines beside examples of"
            raise UsageError(
                f"{file} holds {what} {path.name}, which the new split puts into other files.",
                "Move or remove it, or write it too with a share of its own"
                + ("." if not all(own) else ", or add --overwrite to have it removed."),
            )
        found.append(file)
    return found


def _not_blank(lines: Iterable[bytes]) -> Iterable[bytes]:
    return (line for line in lines if not line.isspace())


def _identity(line: bytes) -> bytes:
    return hashlib.blake2b(line.strip(), digest_size=16).digest()
