"""What makes a finding the same one in a later check, when lines have moved and counts have changed."""

import hashlib
from typing import TYPE_CHECKING

from finetune_studio.domain.diagnostic import Diagnostic
from finetune_studio.lint.registry import is_over_dataset

if TYPE_CHECKING:
    from finetune_studio.lint.facts import DatasetFacts

_NAMING = (
    "answer",
    "common",
    "file",
    "group",
    "language",
    "names",
    "rare",
    "tag",
    "tool",
    "verb",
    "what",
    "words",
)
"""Arguments of the rules over a dataset that say what a finding is about; all others count or measure."""
_ABOUT_ALL = frozenset({"tag", "tool"})
"""Where a finding has one of these, the example that it opens is only the first of those it is about."""
_SIZE = 8
_BETWEEN = "\x1f"


def fingerprint(diagnostic: Diagnostic, facts: "DatasetFacts") -> str:
    """16 hexadecimal digits from the code, the text of the example and the place in it; of a finding over the
    dataset from the code and what it is about. Two findings may have the same.
    """
    where, arguments = diagnostic.location, diagnostic.arguments
    parts = [diagnostic.code]
    is_about_all = False
    if is_over_dataset(diagnostic.code):
        parts += [f"{name}={arguments[name]}" for name in _NAMING if name in arguments]
        is_about_all = not _ABOUT_ALL.isdisjoint(arguments)
    elif diagnostic.location.example is None:
        parts.append(diagnostic.message)
    if where.example is not None and not is_about_all:
        text = int(facts.columns.conversation_hash[where.example])
        parts += [f"{text:x}" if text else diagnostic.message, str(where.message_index), where.field]
    data = _BETWEEN.join(parts).encode("utf-8", "backslashreplace")
    return hashlib.blake2b(data, digest_size=_SIZE).hexdigest()
