"""Texts of a block as strings, each decoded when it is asked for."""

from collections.abc import Iterable, Iterator, Sequence
from typing import overload

from finetune_studio.lint.hashing import UTF8
from finetune_studio.lint.text_block import TextBlock


class BlockTexts(Sequence[str]):
    """The texts of a block, and more that follow them."""

    def __init__(self, block: TextBlock, more: Iterable[str] = ()) -> None:
        self._joined, self._own = block.joined, len(block)
        self._starts, self._ends = block.starts.tolist(), block.ends.tolist()
        self._more = list(more)

    def __len__(self) -> int:
        return self._own + len(self._more)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        if 0 <= index < self._own:
            return self._joined[self._starts[index] : self._ends[index]].decode(*UTF8)
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        return self[index + len(self)] if index < 0 else self._more[index - self._own]

    def __iter__(self) -> Iterator[str]:
        for start, end in zip(self._starts, self._ends, strict=True):
            yield self._joined[start:end].decode(*UTF8)
        yield from self._more
