"""Rules that look through all texts of a batch as one find what they find in each by itself."""

import json
import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from finetune_studio.lint import LintConfig, check_example, facts_of_batch
from finetune_studio.lint.batch_texts import BatchTexts
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.scan import Batch
from tests.unit.lint.cases import FOLDER, cases_of
from tests.unit.lint.strategies import spelled

SEVERAL = LintConfig(options={"P309.terms": ["Ann Wells", "straße", "x"]})


def _texts_of_fixtures() -> list[str]:
    """Short texts of the messages in the fixtures of the rules over texts."""
    found: set[str] = set()
    for path in FOLDER.glob("[FPQ]*.toml"):
        for case in cases_of(path.stem):
            for line in case.lines:
                found.update(_contents(line))
    return sorted(text for text in found if len(text) < 200)


def _contents(line: bytes) -> list[str]:
    try:
        messages = json.loads(line)["messages"]
    except (ValueError, KeyError, TypeError):
        return []
    values = [m.get("content") for m in messages or () if isinstance(m, dict)]
    return [value for value in values if isinstance(value, str)]


WORDS = [
    "Hello there",
    "the rest of the words that make it long enough to be judged",
    " ",
    "\n",
    "é",
    "“",
    "x",
]
NUMBERS = [
    "+49 30 1234567",
    "536-90-4399 ssn",
    "DE89 3704 0044 0532 0130 00",
    "8.9.10.11",
    "a:b::c1:5",
    "4-5",
]
PIECES = [*WORDS, *NUMBERS, *_texts_of_fixtures()]
TEXTS = st.lists(st.integers(0, len(PIECES) - 1).map(lambda n: PIECES[n]), max_size=3).map("".join)
PROMPTS = st.sampled_from(["", " ", "You  are kind. Call (212) 555-0187.", "Du bist null", "TODO"])


def _message(role: str, texts: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    parts = st.lists(texts.map(lambda text: {"type": "text", "text": text}), min_size=1, max_size=2)
    plain = st.fixed_dictionaries({"role": st.just(role), "content": texts})
    return st.one_of(plain, plain, st.fixed_dictionaries({"role": st.just(role), "content": parts}))


CALLS = TEXTS.map(
    lambda text: {
        "role": "assistant",
        "refusal": text,
        "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": text}}],
    }
)
TURNS = st.lists(st.one_of(_message("user", TEXTS), _message("assistant", TEXTS), CALLS), max_size=4)
EXAMPLES = st.builds(
    lambda prompt, turns, ascii_only: spelled({"messages": [prompt, *turns]}, ascii_only, False),
    _message("system", PROMPTS),
    TURNS,
    st.booleans(),
)


@settings(deadline=None, max_examples=100)
@given(lines=st.lists(EXAMPLES, min_size=1, max_size=6), config=st.sampled_from([LintConfig(), SEVERAL]))
def test_a_batch_finds_what_each_example_has(lines: list[bytes], config: LintConfig) -> None:
    found = facts_of_batch(lines, config).diagnostics
    alone = [d for key, line in enumerate(lines) for d in check_example(line, config, key)]
    assert sorted(map(repr, found)) == sorted(map(repr, alone))


def texts_of(contents: list[str], expected: frozenset[bytes] = frozenset()) -> BatchTexts:
    lines = [json.dumps({"messages": [{"role": "user", "content": text}]}).encode() for text in contents]
    return Batch(lines, range(len(lines)), RuleContext(LintConfig()), expected).texts


@settings(deadline=None)
@given(st.lists(st.text(alphabet="0123456789 -.()aA\u00a0\0", max_size=40), min_size=1, max_size=4))
def test_runs_of_digits(contents: list[str]) -> None:
    texts = texts_of(contents)
    for least in (2, 5):
        run = re.compile(rf"[0-9](?:[ \u00a0-]{{0,3}}[0-9]){{{least - 1}}}")
        wanted = {index for index, text in enumerate(contents) if run.search(text)}
        found = texts.numbers(" -\u00a0".encode(), 6)
        assert wanted <= set(texts.owners(found.first[found.digits >= least]).tolist())
    only = re.compile(r"[0-9]{3}")
    found = texts.numbers(b"", 0)
    assert (found.last - found.first + 1 == found.digits).all()
    wanted = {index for index, text in enumerate(contents) if only.search(text)}
    assert set(texts.owners(found.first[found.digits >= 3]).tolist()) == wanted
    after_minus = {index for index, text in enumerate(contents) if re.search("-[0-9]", text)}
    assert set(texts.owners(found.first[found.around(texts.at(ord("-")), before=1)]).tolist()) == after_minus


@settings(deadline=None)
@given(st.lists(st.text(alphabet='([a“é\0"Z', max_size=12), min_size=1, max_size=5))
def test_what_stands_in_which_text(contents: list[str]) -> None:
    texts = texts_of(contents, frozenset({b"[a", "“é".encode()}))
    assert texts.lengths.tolist() == [len(text.encode()) for text in contents]
    assert texts.first_bytes.tolist() == [(text.encode() or b"\xff")[0] for text in contents]
    assert texts.last_bytes.tolist() == [(text.encode() or b"\xff")[-1] for text in contents]
    assert texts.owners(texts.at(ord("["))).tolist() == [n for n, text in enumerate(contents) if "[" in text]
    assert texts.owners(texts.foreign).tolist() == [n for n, t in enumerate(contents) if not t.isascii()]
    wanted = [n for n, text in enumerate(contents) if "[a" in text.replace("A", "a") or "“é" in text]
    assert texts.having([b"[a", "“é".encode()]).tolist() == wanted


def test_a_repeated_system_prompt_is_looked_at_once_and_told_each_time() -> None:
    prompt = {"role": "system", "content": "Write to ann.wells@wellsmail.net, please."}
    turns = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hello."}]
    lines = [json.dumps({"messages": [prompt, *turns]}).encode() for _ in range(3)]
    batch = Batch(lines, range(3), RuleContext(LintConfig()))
    assert batch.texts.joined.count(b"ann.wells") == 1
    found = facts_of_batch(lines, LintConfig(select=("P302",))).diagnostics
    assert [d.location.example for d in found] == [0, 1, 2]
