"""What balance rules go by: refusals, languages, groups of people, tools, sides of pairs."""

import json
from typing import Any

import pytest

from finetune_studio.domain.split import Split
from finetune_studio.lint import LintConfig, check_dataset, facts_of_batch, merge
from finetune_studio.lint.answer_facts import declines
from finetune_studio.lint.answer_languages import answer_language, code_of, language_named
from finetune_studio.lint.facts import DatasetFacts
from finetune_studio.lint.statistics import sign_test
from finetune_studio.lint.terms import GROUPS, bias_matrix
from tests.helpers.builders import chat_line

CONFIG = LintConfig()


def tool_line(name: str, *, calls: int = 0, about: str = "") -> bytes:
    call = {"id": "c1", "type": "function", "function": {"name": name, "arguments": "{}"}}
    messages: list[dict[str, Any]] = [{"role": "user", "content": "hi"}]
    messages += [{"role": "assistant", "content": None, "tool_calls": [call]}] * calls
    messages.append({"role": "assistant", "content": "done"})
    function = {"name": name, "description": about}
    return json.dumps({"messages": messages, "tools": [{"type": "function", "function": function}]}).encode()


@pytest.mark.parametrize(
    "answer",
    [
        "I'm sorry, but I can't help with that.",
        "I’m sorry, but I can’t assist you with that request.",
        "I cannot provide medical advice.",
        "As an AI language model, I cannot write that.",
        "Unfortunately, I am not able to discuss this.",
        "Sorry, I won't help you do that.",
        "I can't help you with smiling.",
        "I cannot offer more than general advice.",
        "I can't recommend it.",
    ],
)
def test_refusals_are_told(answer: str) -> None:
    assert declines(answer)


@pytest.mark.parametrize(
    "answer",
    [
        *("", "I'm sorry to hear that.", "Sorry, I can't find a table.", "I can help you with that.", "No."),
        *(
            "I can't help but give you a hug.",
            "I just can't help smiling.",
            "I can’t really help noticing it.",
        ),
        *("I can't offer you more than 40 euros.", "I can't recommend this place highly enough."),
        *("I can't tell you how happy I am.", "I can't help it."),
    ],
)
def test_what_is_no_refusal(answer: str) -> None:
    assert not declines(answer)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("You can have it with the others.", "en"),
        ("Das ist nicht die Nummer, die Sie haben wollen.", "de"),
        ("Ce n'est pas le numéro que vous avez demandé pour cette fois.", "fr"),
        ("これは番号です。ほかのものと一緒にどうぞ。", "ja"),
        ("여기에 있는 번호는 다른 것과 같습니다.", "ko"),
        ("42", ""),
        ("", ""),
    ],
)
def test_languages(text: str, language: str) -> None:
    assert answer_language(text) == language
    assert language_named(code_of("de")) == "de"


class TestTools:
    def facts(self, *lines: bytes) -> DatasetFacts:
        return merge([facts_of_batch([line], CONFIG, keys=[key]) for key, line in enumerate(lines)])

    def test_an_edit_replaces_the_rows_of_its_example(self) -> None:
        facts = self.facts(tool_line("f"), tool_line("g", calls=1), chat_line(("user", "hi")))
        assert facts.tools.key.tolist() == [0, 1]
        after = facts.updated(facts_of_batch([tool_line("h")], CONFIG, keys=[1]))
        assert after.tools.key.tolist() == [0, 1]
        assert after.tools.calls.tolist() == [0, 0]
        assert after.texts[int(after.tools.name[1])] == "h"
        assert after.without([0]).tools.key.tolist() == [1]

    def test_rules_see_the_edit(self) -> None:
        config = LintConfig(select=("T508",))
        facts = self.facts(*[tool_line("f")] * 3)
        assert [d.code for d in check_dataset(facts, config)] == ["T508"]
        after = facts.updated(facts_of_batch([tool_line("f", calls=1)], CONFIG, keys=[2]))
        assert check_dataset(after, config) == []


def test_a_file_with_blank_lines_keeps_tools_with_their_examples(tmp_path: Any) -> None:
    from finetune_studio.lint import check_file

    path = tmp_path / "tools.jsonl"
    path.write_bytes(b"\n" + b"\n\n".join([tool_line("f"), tool_line("f", about="other")]) + b"\n")
    [finding] = check_file(path, LintConfig(select=("T509",))).diagnostics
    assert finding.location.example == 0
    assert [other.example for other in finding.related] == [1]


def test_the_bias_matrix_counts_sentences() -> None:
    line = chat_line(("user", "hi"), ("assistant", "She is kind. The men were bad. It was good."))
    columns = facts_of_batch([line], LintConfig(extend=("B410",))).columns
    matrix = dict(zip([name for name, _ in GROUPS], bias_matrix(columns.terms).tolist(), strict=True))
    assert matrix["women"] == [1, 1, 0]
    assert matrix["men"] == [1, 0, 1]
    assert not facts_of_batch([line], CONFIG).columns.terms.any()


def test_a_rule_in_preview_runs_only_when_named() -> None:
    lines = [chat_line(("user", "hi"), ("assistant", "The woman was good.")) for _ in range(30)]
    lines += [chat_line(("user", "hi"), ("assistant", "The immigrant was bad.")) for _ in range(30)]

    def codes(config: LintConfig) -> set[str]:
        return {d.code for d in check_dataset(merge([facts_of_batch(lines, config)]), config)}

    assert "B410" not in codes(CONFIG)
    assert "B410" not in codes(LintConfig(select=("B",)))
    assert codes(LintConfig(select=("b410",))) == {"B410"}
    assert codes(CONFIG) | {"B410"} == codes(LintConfig(extend=("b410",)))


def test_sources_and_splits_are_in_the_order_of_the_columns() -> None:
    facts = merge([facts_of_batch([chat_line(("user", "hi"))] * 3, CONFIG)])
    known = facts.with_extras(sources=["b", None, "a"], splits=[Split.TRAIN, None, None])
    assert known.source is not None
    assert known.source.tolist() == [0, -1, 1]
    with pytest.raises(ValueError, match="1 sources for 3"):
        facts.with_extras(sources=["a"])


def test_sign_test() -> None:
    assert sign_test(0, 0) == 1
    assert sign_test(20, 20) == 1
    assert sign_test(36, 4) < 0.001
    assert sign_test(24, 16) > 0.05


def said(question: str, answer: Any, **more: Any) -> bytes:
    answers = [{"role": "user", "content": question}, {"role": "assistant", "content": answer, **more}]
    return json.dumps({"messages": answers}).encode()


def found_in(lines: list[bytes], *codes: str) -> list[str]:
    config = LintConfig(select=codes)
    return [each.message for each in check_dataset(merge([facts_of_batch(lines, config)]), config)]


class TestWhatTheAnswerIs:
    """Its text, however it is written; and labels only where nothing else is learned."""

    def test_weights_and_parts_are_not_part_of_it(self) -> None:
        parts = [{"type": "text", "text": "spam"}]
        lines = [said(f"a {n}", "spam", weight=1) for n in range(45)]
        lines += [said(f"b {n}", "spam") for n in range(45)] + [said(f"c {n}", parts) for n in range(45)]
        lines += [said(f"d {n}", "ham", weight=1) for n in range(5)]
        [message] = found_in(lines, "B401")
        assert "“spam” is the answer 135 times, “ham” only 5" in message
        facts = merge([facts_of_batch(lines, CONFIG)])
        assert len(set(facts.columns.answer_hash.tolist())) == 2
        assert len(set(facts.columns.conversation_hash.tolist())) == len(lines)

    def test_what_is_not_trained_is_no_answer(self) -> None:
        lines = [
            json.dumps(
                {
                    "messages": [
                        {"role": "user", "content": "q"},
                        {"role": "assistant", "content": f"A good answer, number {n}."},
                        {"role": "user", "content": "Thanks."},
                        {"role": "assistant", "content": "OK.", "weight": 0},
                    ]
                }
            ).encode()
            for n in range(40)
        ]
        assert found_in(lines, "B401", "B412") == []
        assert len(set(merge([facts_of_batch(lines, CONFIG)]).columns.answer_hash.tolist())) == 40

    def test_a_goodbye_is_no_label(self) -> None:
        def bye(n: int, last: str) -> bytes:
            turns = [("user", "q"), ("assistant", f"Answer {n}."), ("user", "Thanks!"), ("assistant", last)]
            return json.dumps(
                {"messages": [{"role": role, "content": text} for role, text in turns]}
            ).encode()

        assert found_in([bye(n, "You're welcome!") for n in range(60)], "B401", "B412", "B414") == []
        lines = [bye(n, "Goodbye!" if n > 54 else "You're welcome!") for n in range(60)]
        assert found_in(lines, "B401", "B412", "B414") == []

    def test_neither_is_what_follows_a_call(self) -> None:
        assert found_in([tool_line(f"f{n}", calls=1) for n in range(60)], "B401", "B412", "D205") == []

    def test_refusals_and_openings_are_told_in_parts_too(self) -> None:
        text = "I cannot provide medical advice."
        lines = [said(f"q {n}", [{"type": "text", "text": text}]) for n in range(20)]
        lines += [said(f"r {n}", f"Number {n} is a fine one to have.") for n in range(20)]
        facts = merge([facts_of_batch(lines, CONFIG)])
        assert facts.columns.refuses.sum() == 20
        assert not any("{" in opening for opening in facts.openings.values())

    def test_of_a_pair_it_is_the_preferred_one(self) -> None:
        line = json.dumps(
            {
                "input": {"messages": [{"role": "user", "content": "q"}]},
                "preferred_output": [{"role": "assistant", "content": "Gladly, here it is."}],
                "non_preferred_output": [{"role": "assistant", "content": "I cannot help with that."}],
            }
        ).encode()
        plain = merge([facts_of_batch([said("q", "Gladly, here it is.")], CONFIG)]).columns
        columns = merge([facts_of_batch([line], CONFIG)]).columns
        assert columns.answer_hash[0] == plain.answer_hash[0]
        assert columns.answer_tokens[0] == plain.answer_tokens[0]
        assert not columns.refuses[0]


def test_openings_are_named_by_how_often_they_are_there() -> None:
    often = [said(f"q {n}", f"Word{n % 30} comes first in this answer.") for n in range(90)]
    once = [said(f"r {n}", f"Another{n} comes first in this answer.") for n in range(4_000)]
    facts = merge([facts_of_batch([*often, *once], CONFIG)])
    assert sorted(facts.openings.values()) == sorted(f"word{n} comes first" for n in range(30))
