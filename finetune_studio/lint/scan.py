"""What rules ask for their candidates: the lines of a batch, and what one pass over them told."""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from finetune_studio.lint.batch_texts import BatchTexts
from finetune_studio.lint.distinct import distinct
from finetune_studio.lint.double_keys import count_keys, suspects
from finetune_studio.lint.facts import ROLES, Array
from finetune_studio.lint.line_scan import scan_lines
from finetune_studio.lint.literals import LiteralIndex
from finetune_studio.lint.normal_block import NormalBlock, normal_block_of
from finetune_studio.lint.shapes import Layout, Shape, laid_out
from finetune_studio.lint.text_block import TextBlock
from finetune_studio.lint.view import ExampleView
from finetune_studio.tokens.counting import ExampleTokens

if TYPE_CHECKING:
    from finetune_studio.lint.context import RuleContext
    from finetune_studio.lint.facts import Columns
    from finetune_studio.lint.rule import ShapeRule


class Batch:
    """Lines, what the scan found, and the columns."""

    def __init__(
        self,
        lines: Sequence[bytes],
        keys: Sequence[int],
        context: "RuleContext",
        expected: frozenset[bytes] = frozenset(),
    ) -> None:
        """`expected` are literals that rules will ask for: they are searched together."""
        self.expected = expected
        self.lines = lines
        self.keys = keys
        self.context = context
        self.literals = LiteralIndex(lines)
        self.scan = scan_lines(lines, self.literals)
        self.columns: Columns
        self.tokens: dict[int, ExampleTokens] = {}
        """Counts of the unusual lines."""
        self.count_example: Callable[[Any], ExampleTokens] | None = None
        self._views: dict[int, ExampleView] = {}

    def let_go(self) -> None:
        """Forget what refers to the batch in turn, so that it goes at once, without a collection."""
        self._views.clear()
        self.__dict__.pop("texts", None)

    @property
    def unusual(self) -> list[int]:
        return self.scan.unusual

    def view(self, position: int) -> ExampleView:
        view = self._views.get(position)
        if view is None:
            view = self._views[position] = ExampleView(
                self.keys[position],
                self.lines[position],
                self.scan.values[position],
                self.scan.problems.get(position),
                self.tokens.get(position),
                self.count_example,
                None if self.plain_row(position) < 0 else partial(self._by_role, position),
            )
        return view

    def _by_role(self, position: int) -> dict[str, int]:
        shape = self.plain_shapes[self.plain_row(position)]
        if min(shape.codes) < 0 and self.count_example is not None:
            return self.count_example(self.scan.values[position]).by_role
        return dict(zip(ROLES, self.columns.role_tokens[position].tolist(), strict=True))

    def plain_row(self, position: int) -> int:
        """Which plain line stands at a position; -1 for the unusual ones."""
        return self._plain_rows[position]

    @cached_property
    def _plain_rows(self) -> list[int]:
        rows = [-1] * len(self.lines)
        for row, position in enumerate(self.scan.plain):
            rows[position] = row
        return rows

    @cached_property
    def texts(self) -> BatchTexts:
        """The texts of all lines, for looking through them as a whole."""
        return BatchTexts(self, self.expected)

    def hits(self, triggers: Iterable[bytes]) -> list[int]:
        """Positions of lines that may hold one of these literals."""
        return self.literals.hits(triggers)

    def with_odd_shape(self, rule: "ShapeRule") -> list[int]:
        """Plain lines whose order of roles the rule finds fault with."""
        odd = {n for n, position in self._one_of_each_shape.items() if self._finds_fault(rule, position)}
        if not odd:
            return []
        numbers = self.scan.shape_numbers
        return [position for position, n in zip(self.scan.plain, numbers, strict=True) if n in odd]

    def with_role(self, role: str) -> list[int]:
        """Plain lines that have a message of this role."""
        having = {n for n, shape in enumerate(self.scan.shapes.shapes) if role in shape.roles}
        if not having:
            return []
        numbers = self.scan.shape_numbers
        return [position for position, n in zip(self.scan.plain, numbers, strict=True) if n in having]

    def _finds_fault(self, rule: "ShapeRule", position: int) -> bool:
        return next(iter(rule.check(self.view(position), self.context)), None) is not None

    @cached_property
    def _one_of_each_shape(self) -> dict[int, int]:
        return dict(zip(self.scan.shape_numbers, self.scan.plain, strict=True))

    @cached_property
    def double_key_suspects(self) -> list[int]:
        """Lines that may hold a key twice; those that are not JSON are left out."""
        expected = np.zeros(len(self.lines), dtype=np.int64)
        expected[self.scan.plain] = 1 + 2 * self.layout.counts
        for position in self.scan.unusual:
            expected[position] = count_keys(self.scan.values[position])
        return suspects(self.literals.text, self.literals.starts, expected)

    @cached_property
    def plain_shapes(self) -> list[Shape]:
        shapes = self.scan.shapes.shapes
        return [shapes[number] for number in self.scan.shape_numbers]

    @cached_property
    def layout(self) -> Layout:
        """Whose the texts of the plain lines are."""
        return laid_out(self.scan.shapes.shapes, self.scan.shape_numbers)

    @property
    def block(self) -> TextBlock:
        """The texts of the plain lines as one run of bytes."""
        return self.scan.block

    @cached_property
    def normal_block(self) -> NormalBlock:
        """The same with white space normalised."""
        return normal_block_of(self.block)

    @property
    def text_roles(self) -> Array:
        """Index into ROLES of the message of each text of `scan.texts`, -1 for other roles."""
        return self.layout.codes

    @cached_property
    def replies(self) -> list[int]:
        """Indexes in `scan.texts` of the answers that follow a user's message at once."""
        roles = self.text_roles
        starts = np.zeros(len(roles) + 1, dtype=bool)
        starts[self.layout.starts] = True
        is_reply = (roles[1:] == ROLES.index("assistant")) & (roles[:-1] == ROLES.index("user"))
        return (np.flatnonzero(is_reply & ~starts[1:-1]) + 1).tolist()

    def owners_of_texts(self, which: Iterable[int]) -> list[int]:
        """Positions of the plain lines that hold the texts at these indexes, ascending, each once."""
        rows = distinct(self.layout.owners[np.fromiter(which, dtype=np.int64)])
        return [self.scan.plain[row] for row in rows.tolist()]
