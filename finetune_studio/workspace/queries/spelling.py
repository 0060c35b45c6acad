"""Which words of some texts are misspelt, by the dataset's language and with its own words."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from finetune_studio.domain.example import messages_of
from finetune_studio.formats.records import decode
from finetune_studio.lint.spelling import LANGUAGES, words_of_dataset

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

LANGUAGE = "spelling.language"
"""The option that holds the code of the language; without it each text is judged in its own."""
WORDS = "spelling.words"
"""The option that holds the words which the dataset adds."""
SAMPLE = 30
"""Examples that tell the usual language."""
_MESSAGES = 6
_BEGINNING = 400


@dataclass(frozen=True, slots=True)
class Spelling:
    """The language that a text was judged in ("" for none) and its misspelt words (start, end)."""

    language: str = ""
    wrong: tuple[tuple[int, int], ...] = ()


def own_words(workspace: "Workspace") -> list[str]:
    """The words that the dataset adds, sorted."""
    value = workspace.options().get(WORDS)
    return [word for word in value if isinstance(word, str)] if isinstance(value, list) else []


def chosen_language(workspace: "Workspace") -> str:
    """The code of the dataset's language; "" where each text is judged in its own."""
    value = workspace.options().get(LANGUAGE)
    return value if isinstance(value, str) and value in LANGUAGES else ""


def usual_language(workspace: "Workspace") -> str:
    """The language of most of the first examples; "" when none is long enough to tell."""
    store = workspace.examples()
    ids = list(islice((number for chunk in store.ids() for number in chunk), SAMPLE))
    texts = []
    for row in store.rows(ids):
        messages = messages_of(decode(row.body)[1])
        texts.append("\n".join(message.text[:_BEGINNING] for message in messages[:_MESSAGES]))
    found = Counter(language for language in workspace.lint.languages_of(texts) if language)
    return found.most_common(1)[0][0] if found else ""


def check_spelling(workspace: "Workspace", texts: Sequence[str], around: str = "") -> list[Spelling]:
    """Judge texts; `around`, then the dataset, tells the language of those too short to tell it.

    For the pool: a list of words is read when its language is first met.
    """
    chosen = chosen_language(workspace)
    known = words_of_dataset(own_words(workspace))
    judge = workspace.lint.judge_spelling
    found = [Spelling(*judged) for judged in judge(texts, chosen, around, "", known)]
    untold = [
        place for place, text in enumerate(texts) if not found[place].language and any(map(str.isalpha, text))
    ]
    usual = usual_language(workspace) if untold else ""
    if usual:
        again = judge([texts[place] for place in untold], "", around, usual, known)
        for place, judged in zip(untold, again, strict=True):
            found[place] = Spelling(*judged)
    return found


def suggest_words(workspace: "Workspace", word: str, language: str) -> list[str]:
    """What may be meant; for the pool."""
    return workspace.lint.suggest_words(word, language)
