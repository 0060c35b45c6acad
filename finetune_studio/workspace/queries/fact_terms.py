"""Examples by what the checks know of them: `label:`, `opening:`, `prompt:`, `language:` and the like."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from finetune_studio.workspace.queries.query_terms import Fact

if TYPE_CHECKING:
    from finetune_studio.lint.facts import Array, DatasetFacts

UNKNOWN = "unknown"
"""What `language:` calls an answer whose language is not told."""
_SHOWN = 120
"""Characters of a system prompt, as lint.answer_facts cuts it."""
_CODE = "#"
"""Before the hash of a text that cannot be written in a query, or that is cut like another one."""


def ids_of_fact(facts: "DatasetFacts | None", fact: Fact, text: str) -> list[int]:
    """The examples that have it; none before the first check."""
    if facts is None:
        return []
    found: list[int] = facts.columns.key[_mask(facts, fact, text.strip())].tolist()
    return found


def fact_value(text: str, number: int, known: Mapping[int, str]) -> str:
    """How a query names a text of the facts: as it is, else by its hash."""
    is_plain = '"' not in text and not text.startswith(_CODE) and text == text.strip() and bool(text)
    if is_plain and sum(1 for other in known.values() if _same(other, text)) == 1:
        return text
    return f"{_CODE}{number:016x}"


def prompt_names(facts: "DatasetFacts") -> Mapping[int, str]:
    """System prompts by hash, the long ones cut: the frequent ones, and those that the checks compare."""
    compared = {} if facts.sketches is None else facts.sketches.systems
    shown = {number: " ".join(text[: 4 * _SHOWN].split())[:_SHOWN] for number, text in compared.items()}
    return {**shown, **facts.texts}


def _mask(facts: "DatasetFacts", fact: Fact, text: str) -> "Array":
    import numpy as np

    columns = facts.columns
    if fact is Fact.REFUSAL:
        refuses: Array = columns.refuses
        return refuses
    if fact is Fact.LANGUAGE:
        from finetune_studio.lint.answer_languages import code_of

        code = 0 if text.lower() == UNKNOWN else code_of(text.lower()) or 0xFFFF
        spoken: Array = (columns.language == code) & (columns.answer_hash != 0)
        return spoken
    if fact is Fact.CALLS:
        tools = facts.tools
        wanted = _numbers(text, facts.texts)
        calling: Array = np.isin(columns.key, tools.key[(tools.calls > 0) & np.isin(tools.name, wanted)])
        return calling
    if fact is Fact.PEOPLE:
        from finetune_studio.lint.terms import GROUPS

        numbers = [n for n, (name, _) in enumerate(GROUPS) if name.lower() == text.lower()]
        bit = np.uint64(numbers[0] if numbers else 63)
        named: Array = ((columns.terms >> bit) & np.uint64(1)) > 0
        return named
    names, values = {
        Fact.LABEL: (facts.answers, columns.answer_hash),
        Fact.OPENING: (facts.openings, columns.opening_hash),
        Fact.PROMPT: (prompt_names(facts), columns.system_hash),
        Fact.ASKS: (facts.texts, columns.question_opening_hash),
    }[fact]
    having: Array = np.isin(values, _numbers(text, names)) & (values != 0)
    return having


def _numbers(text: str, known: Mapping[int, str]) -> "Array":
    """Hashes that a text names: written out, of the text itself, and of known texts that are the same."""
    import numpy as np

    from finetune_studio.lint.hashing import hash64

    found = [number for number, other in known.items() if _same(other, text)]
    found.append(hash64(text))
    if text.startswith(_CODE):
        try:
            found.append(int(text[1:], 16) & (2**64 - 1))
        except ValueError:
            pass
    return np.array(found, dtype=np.uint64)


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()
