"""Text to at most 4,096 token kinds and back, exactly: words, pieces, characters, then UTF-8 bytes."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

MAX_KINDS = 4096
_LONGEST_PIECE = 16
_WORDS = re.compile(
    r" ?[぀-ヿ㐀-鿿가-힯豈-﫿]"  # a character each where words are not spaced
    r"| ?[^\W\d_]{1,16}| ?\d{1,3}|\n+|[ \t\r]+(?= )|\s| ?[^\w\s]|_+|.",
    re.DOTALL,
)
START, END, TOOL, ARGUMENTS = range(4)
_SPECIALS = 4
_FIRST_BYTE = _SPECIALS
_FIRST_PIECE = _SPECIALS + 256


def split_words(text: str) -> list[str]:
    """Cut text into words that join to it again; a word carries the space before it."""
    return _WORDS.findall(text)


@dataclass(frozen=True, slots=True)
class Tokenizer:
    """Ids 0 to 3 are marks, 4 to 259 bytes, the rest `pieces` in order."""

    pieces: tuple[str, ...]
    _ids: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ids = {piece: _FIRST_PIECE + place for place, piece in enumerate(self.pieces)}
        object.__setattr__(self, "_ids", ids)

    def __len__(self) -> int:
        return _FIRST_PIECE + len(self.pieces)

    def encode(self, text: str) -> list[int]:
        out: list[int] = []
        for word in split_words(text):
            known = self._ids.get(word)
            if known is not None:
                out.append(known)
            else:
                out.extend(self._encode_rare(word))
        return out

    def _encode_rare(self, word: str) -> Iterable[int]:
        start = 0
        while start < len(word):
            for end in range(min(len(word), start + _LONGEST_PIECE), start, -1):
                known = self._ids.get(word[start:end])
                if known is not None:
                    yield known
                    start = end
                    break
            else:
                for byte in word[start].encode("utf-8", "surrogatepass"):
                    yield _FIRST_BYTE + byte
                start += 1

    def decode(self, ids: Sequence[int]) -> str:
        """The text of ids; marks give nothing, bytes that are no UTF-8 give U+FFFD."""
        out: list[str] = []
        pending = bytearray()
        for token in ids:
            if _FIRST_BYTE <= token < _FIRST_PIECE:
                pending.append(token - _FIRST_BYTE)
                continue
            out.append(bytes_to_text(pending))
            pending.clear()
            if token >= _FIRST_PIECE:
                out.append(self.pieces[token - _FIRST_PIECE])
        return "".join(out) + bytes_to_text(pending)

    def byte_of(self, token: int) -> int | None:
        """The byte that a token stands for, None for any other token."""
        return token - _FIRST_BYTE if _FIRST_BYTE <= token < _FIRST_PIECE else None


def bytes_to_text(data: bytes | bytearray) -> str:
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace")


def learn_tokenizer(texts: Iterable[str], max_kinds: int = MAX_KINDS) -> Tokenizer:
    """Choose the kinds: all words where they fit, else the frequent ones and common pieces."""
    words: Counter[str] = Counter()
    for text in texts:
        words.update(split_words(text))
    room = max_kinds - _FIRST_PIECE
    characters = Counter[str]()
    for word, count in words.items():
        for character in word:
            characters[character] += count
    chosen = dict.fromkeys(character for character, _ in _ranked(characters)[: room // 4])
    if len(chosen.keys() | words.keys()) > room:
        kept = [word for word, _ in _ranked(words)[: room // 2]]
        chosen.update(dict.fromkeys(kept))
        chosen.update(dict.fromkeys(_common_pieces(words, chosen, room - len(chosen))))
    else:
        chosen.update(dict.fromkeys(word for word, _ in _ranked(words)))
    return Tokenizer(tuple(chosen)[:room])


def _common_pieces(words: Counter[str], known: dict[str, None], room: int) -> list[str]:
    pieces: Counter[str] = Counter()
    for word, count in words.items():
        if word in known:
            continue
        for length in range(2, 7):
            for start in range(len(word) - length + 1):
                pieces[word[start : start + length]] += count * (length - 1)
    return [piece for piece, _ in _ranked(pieces) if piece not in known][:room]


def _ranked(counts: Counter[str]) -> list[tuple[str, int]]:
    """Most frequent first, then by text, so that the order never depends on the order of the data."""
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
