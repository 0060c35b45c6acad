"""Small training files."""

import json
from pathlib import Path
from typing import Any

_WORDS = """apple river candle mountain teacup lantern violin harbour feather compass orchard window
blanket kettle meadow anchor pebble ladder basket thimble"""
_THINGS = _WORDS.split()


def chats(count: int, words: int = 6) -> list[dict[str, Any]]:
    """Short conversations, no two alike, with answers of about so many words."""
    found = []
    for number in range(count):
        thing = _THINGS[number % len(_THINGS)]
        answer = " ".join(
            _THINGS[(number * 7 + place * (number % 5 + 1)) % len(_THINGS)] for place in range(words)
        )
        found.append(
            {
                "messages": [
                    {"role": "system", "content": "You list things."},
                    {"role": "user", "content": f"What goes with the {thing} of number {number}?"},
                    {"role": "assistant", "content": f"Number {number}: {answer}."},
                ]
            }
        )
    return found


def write_jsonl(path: Path, examples: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(example, ensure_ascii=False) + "\n" for example in examples), "utf-8")
    return path
