"""Spelling as pieces of work for a helper process: lists of words and the model of languages stay out of a
window's process, which they would stop while they are loaded."""

from collections.abc import Sequence
from dataclasses import dataclass

from finetune_studio.lint.config import LintConfig

Judged = tuple[str, tuple[tuple[int, int], ...]]
"""The language that a text was judged in ("" for none) and its misspelt words (start, end)."""


@dataclass(frozen=True, slots=True)
class Spelled:
    """Texts to judge: in `language`, else each in its own, which `around` tells where it is too short, else
    in `usual`."""

    texts: Sequence[str]
    language: str
    around: str
    usual: str
    known: frozenset[str]

    @property
    def size(self) -> int:
        return len(self.texts)

    def run(self, config: LintConfig) -> list[Judged]:
        from finetune_studio.lint.spelling import language_for, misspelt

        found: list[Judged] = []
        for text in self.texts:
            language = self.language or language_for(text, self.around) or self.usual
            found.append((language, tuple(misspelt(text, language, self.known)) if language else ()))
        return found


@dataclass(frozen=True, slots=True)
class Languages:
    """Texts whose languages are asked for; "" where one does not tell."""

    texts: Sequence[str]

    @property
    def size(self) -> int:
        return len(self.texts)

    def run(self, config: LintConfig) -> list[str]:
        from finetune_studio.lint.spelling import language_for

        return [language_for(text) for text in self.texts]


@dataclass(frozen=True, slots=True)
class Suggested:
    """A word for which others may be meant."""

    word: str
    language: str

    @property
    def size(self) -> int:
        return 1

    def run(self, config: LintConfig) -> list[str]:
        from finetune_studio.lint.spelling import suggestions

        return suggestions(self.word, self.language)
