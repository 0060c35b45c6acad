"""A query as pieces of text, for showing and changing it part by part."""

from dataclasses import dataclass, replace

from finetune_studio.workspace.queries.search import parse_query, quote_value, raw_terms


@dataclass(frozen=True, slots=True)
class Piece:
    """One term as it is typed, from `start` to `end`. `joined`: the word OR stands before it."""

    text: str
    name: str
    value: str
    quoted: bool
    negated: bool
    joined: bool
    start: int
    end: int

    @property
    def label(self) -> str:
        """The term as a person reads it: “paris”, tag: greeting, tokens: > 500."""
        if not self.name:
            return f"“{self.value}”"
        return f"{self.name}: {self.value}"


def pieces_of(text: str) -> list[Piece]:
    """The terms of a query in order; raises QueryError where it cannot be understood."""
    parse_query(text)
    pieces: list[Piece] = []
    joined = False
    for raw in raw_terms(text):
        if raw.is_or:
            joined = True
            continue
        start = raw.start + raw.negated
        pieces.append(
            Piece(
                text[start : raw.end],
                raw.name,
                raw.value,
                raw.quoted,
                raw.negated,
                joined,
                raw.start,
                raw.end,
            )
        )
        joined = False
    return pieces


def text_of_pieces(pieces: list[Piece]) -> str:
    """The query that these terms make."""
    words: list[str] = []
    for number, piece in enumerate(pieces):
        if piece.joined and number:
            words.append("OR")
        words.append("-" + piece.text if piece.negated else piece.text)
    return " ".join(words)


def without_piece(text: str, number: int) -> str:
    """The query without one of its terms; what was joined to it by OR stays joined to the rest."""
    pieces = pieces_of(text)
    gone = pieces.pop(number)
    if number < len(pieces) and pieces[number].joined and not gone.joined:
        pieces[number] = replace(pieces[number], joined=False)
    return text_of_pieces(pieces)


def with_negation(text: str, number: int) -> str:
    """The query with the opposite of one of its terms."""
    pieces = pieces_of(text)
    pieces[number] = replace(pieces[number], negated=not pieces[number].negated)
    return text_of_pieces(pieces)


def term(name: str, value: str) -> str:
    """A term to type: `tag:"two words"`."""
    return f"{name}:{quote_value(value)}"
