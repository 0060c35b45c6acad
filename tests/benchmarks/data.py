"""Datasets of any size, made from the shared real conversations: windows, recombination, planted copies."""

import json
import lzma
import random
import tempfile
from pathlib import Path

_SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "conversations_20k.jsonl.xz"
_CACHE = Path(tempfile.gettempdir()) / "finetune-studio-benchmarks"


def dataset_of(examples: int) -> Path:
    """A JSONL file with that many conversations, made once and kept in the temporary folder.

    The first 20,000 are the shared ones as they are. Beyond, each takes a window of one conversation and
    the opening of another; 2 % are exact copies and 2 % have one word changed. Deterministic.
    """
    path = _CACHE / f"conversations-{examples}.jsonl"
    if not path.exists():
        _CACHE.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        _write(partial, examples)
        partial.replace(path)
    return path


def _write(path: Path, examples: int) -> None:
    if not _SHARED.exists():
        raise SystemExit(f"the benchmarks need {_SHARED.name} in the shared data folder beside this checkout")
    lines = lzma.decompress(_SHARED.read_bytes()).splitlines(keepends=True)
    conversations = [json.loads(line)["messages"] for line in lines]
    chance = random.Random(20261123)
    with path.open("wb") as out:
        for index in range(examples):
            if index < len(lines):
                out.write(lines[index])
                continue
            kind = chance.random()
            if kind < 0.02:
                out.write(chance.choice(lines))
                continue
            messages = (
                _recombined(chance, conversations)
                if kind > 0.04
                else _one_word_changed(chance, conversations)
            )
            out.write(json.dumps({"messages": messages}, ensure_ascii=False).encode() + b"\n")


def _recombined(chance: random.Random, conversations: list[list[dict[str, str]]]) -> list[dict[str, str]]:
    body = chance.choice(conversations)
    opening = chance.choice(conversations)
    first = chance.randrange(0, max(1, len(body) - 1))
    window = body[first : first + chance.randint(2, 8)]
    head = [message for message in opening[:2] if message["role"] in ("system", "user")]
    tail = window[1:] if head and window and window[0]["role"] == "user" else window
    messages = head + [message for message in tail if message["role"] != "system"]
    if not messages or messages[-1]["role"] != "assistant":
        messages = [
            *messages,
            {"role": "assistant", "content": f"Noted as number {chance.randrange(10**9)}."},
        ]
    return messages


def _one_word_changed(
    chance: random.Random, conversations: list[list[dict[str, str]]]
) -> list[dict[str, str]]:
    messages = [dict(message) for message in chance.choice(conversations)]
    target = chance.choice(messages)
    words = (target["content"] or "word").split(" ")
    words[chance.randrange(len(words))] = f"word{chance.randrange(1000)}"
    target["content"] = " ".join(words)
    return messages
