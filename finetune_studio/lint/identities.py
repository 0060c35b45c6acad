"""What makes two examples the same: roles and texts, white space normalised; and which texts are which."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from finetune_studio.lint.canonical import canonical_extra, canonical_texts
from finetune_studio.lint.facts import Array
from finetune_studio.lint.hashing import hash64, hash_texts, hashes_in_order
from finetune_studio.lint.normal_block import NormalBlock, normal_block_of
from finetune_studio.lint.scan import Batch
from finetune_studio.lint.shapes import shape_of
from finetune_studio.lint.view import ExampleView, MessageView
from finetune_studio.lint.word_hashes import mixed


@dataclass(frozen=True, eq=False)
class Identities:
    """Of the readable examples of a batch, by row (0 or -1 for the others).

    `conversation` is the hash of an example; `answer`, `system` and `question` are the indexes in `texts` of
    its last answer, its first system prompt and its first user message, as plain texts, -1 where there is
    none.
    """

    texts: NormalBlock
    conversation: Array
    answer: Array
    system: Array
    question: Array

    def places(self, index: Array) -> tuple[Array, Array]:
        """Where the texts of these indexes start and end; nothing for -1."""
        starts, ends = np.append(self.texts.starts, 0), np.append(self.texts.ends, 0)
        return starts[index], ends[index]

    def hashes(self, index: Array) -> Array:
        """Of the texts of these indexes; 0 for -1 and for nothing."""
        return np.append(self.texts.hashes, np.uint64(0))[index]


def identities_of(batch: Batch) -> Identities:
    """The texts of the plain lines stand as in `scan.texts`, those of the unusual ones after them."""
    unusual = [row for row in batch.unusual if isinstance(batch.scan.values[row], dict)]
    views = [batch.view(row) for row in unusual]
    shapes = [*batch.scan.shapes.shapes, *(shape_of([m.role for m in view.messages]) for view in views)]
    first_own = len(batch.scan.shapes.shapes)
    numbers = np.array([*batch.scan.shape_numbers, *range(first_own, first_own + len(views))], dtype=np.int64)
    texts = batch.normal_block
    own = _OwnTexts(len(batch.block), views)
    if views:
        texts = normal_block_of(batch.block.with_more(own.texts))
    rows = np.array([*batch.scan.plain, *unusual], dtype=np.int64)
    counts = np.array([len(shape.roles) for shape in shapes], dtype=np.int64)[numbers]
    heads = hash_texts([shape.head for shape in shapes])[numbers]
    conversation = np.zeros(len(batch.lines), dtype=np.uint64)
    conversation[rows] = mixed(heads + hashes_in_order(texts.hashes[: counts.sum()], counts))
    for row, view in zip(unusual, views, strict=True):
        extra = canonical_extra(view)
        if extra:
            conversation[row] = hash64(f"{conversation[row]}\x03{extra}")
    starts = np.cumsum(counts) - counts

    def indexes(places: list[int], of_views: list[int]) -> Array:
        found = np.full(len(batch.lines), -1)
        place = np.array(places, dtype=np.int64)[numbers]
        found[rows] = np.where(place < 0, -1, starts + place)
        found[unusual] = of_views
        return found

    return Identities(
        texts,
        conversation,
        indexes([shape.last_assistant for shape in shapes], own.answers),
        indexes([shape.first_system for shape in shapes], own.systems),
        indexes([shape.first_user for shape in shapes], own.questions),
    )


class _OwnTexts:
    """The texts of unusual lines, one a message, then what of them is read as plain text; `first` is the
    index of the first."""

    def __init__(self, first: int, views: Sequence[ExampleView]) -> None:
        self._first = first
        self.texts = [text for view in views for text in canonical_texts(view)]
        self.answers = [self._index(view.last_answer) for view in views]
        self.systems = [self._index(view.first_of(("system", "developer"))) for view in views]
        self.questions = [self._index(view.first_of(("user",))) for view in views]

    def _index(self, message: MessageView | None) -> int:
        if message is None:
            return -1
        self.texts.append(message.text)
        return self._first + len(self.texts) - 1
