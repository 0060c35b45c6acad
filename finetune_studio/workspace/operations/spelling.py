"""The spelling of a dataset: the words it adds, and its language."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from finetune_studio.domain.changes import Changes
from finetune_studio.workspace.queries.spelling import LANGUAGE, WORDS, own_words

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace


def add_word(workspace: "Workspace", word: str) -> Changes:
    """Take a word for right in this dataset from now on."""
    words = own_words(workspace)
    plain = word.strip().replace("’", "'")
    if not plain or plain in words:
        return Changes()
    with workspace.step("spelling.add", {"word": plain}) as step:
        step.set_option(WORDS, sorted({*words, plain}))
    return step.changes


def set_spelling(workspace: "Workspace", language: str, words: Sequence[str]) -> Changes:
    """Choose the language ("" to go by each text) and write all added words anew, as one step."""
    wanted = sorted({plain for word in words if (plain := word.strip().replace("’", "'"))})
    if language == (workspace.options().get(LANGUAGE) or "") and wanted == own_words(workspace):
        return Changes()
    with workspace.step("spelling.set", {}) as step:
        step.set_option(LANGUAGE, language or None)
        step.set_option(WORDS, wanted or None)
    return step.changes
