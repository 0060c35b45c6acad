"""A trained model, or a state to go on from, as one file: arrays and a JSON header, no pickle."""

import json
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from finetune_studio.domain.errors import InputError
from finetune_studio.local.engines.rehearsal.network import Parameters
from finetune_studio.local.engines.rehearsal.question import QuestionWords
from finetune_studio.local.engines.rehearsal.tokenizer import Tokenizer

_VERSION = 1


@dataclass(frozen=True, slots=True)
class RehearsalModel:
    """All that answering needs."""

    tokenizer: Tokenizer
    words: QuestionWords
    parameters: Parameters


def write_arrays(path: Path, header: dict[str, Any], arrays: Parameters) -> None:
    """Write beside, then replace, so that a crash leaves the earlier file."""
    temporary = path.with_name(path.name + ".part")
    text = json.dumps({"version": _VERSION, **header}).encode()
    with temporary.open("wb") as handle:
        named: dict[str, Any] = {"header": np.frombuffer(text, dtype=np.uint8), **arrays}
        np.savez(handle, **named)
        handle.flush()
        os.fsync(handle.fileno())
    temporary.replace(path)


def read_arrays(path: Path) -> tuple[dict[str, Any], Parameters]:
    """Raises InputError where the file is missing, damaged or of another version."""
    try:
        with path.open("rb") as handle, np.load(handle, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        header = json.loads(arrays.pop("header").tobytes())
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise InputError(f"The model file {path.name} cannot be read.", "Train the model again.") from error
    if header.get("version") != _VERSION:
        raise InputError(f"The model file {path.name} is of another version.", "Train the model again.")
    return header, arrays


def write_model(path: Path, model: RehearsalModel) -> None:
    header = {
        "pieces": list(model.tokenizer.pieces),
        "words": list(model.words.words),
        "weights": list(model.words.weights),
    }
    write_arrays(path, header, model.parameters)


def read_model(path: Path) -> RehearsalModel:
    header, parameters = read_arrays(path)
    words = QuestionWords(tuple(header["words"]), tuple(header["weights"]))
    return RehearsalModel(Tokenizer(tuple(header["pieces"])), words, parameters)
