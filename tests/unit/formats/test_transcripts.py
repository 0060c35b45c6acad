"""Copied conversations become messages, and a rendered one reads back."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune_studio.domain.message import Message, Role
from finetune_studio.formats.transcripts import TranscriptKind, parse_transcript, render_transcript

U, A, S = Role.USER, Role.ASSISTANT, Role.SYSTEM


def pairs(text: str) -> list[tuple[str, str]]:
    return [(message.role, message.text) for message in parse_transcript(text).messages]


@pytest.mark.parametrize(
    ("user", "assistant"),
    [
        ("User: {}", "Assistant: {}"),
        ("user: {}", "ASSISTANT: {}"),
        ("Human: {}", "AI: {}"),
        ("Q: {}", "A: {}"),
        ("Question:\n{}", "Answer:\n{}"),
        ("**User:** {}", "**Assistant:** {}"),
        ("**User**: {}", "**Assistant**: {}"),
        ("### User\n{}", "### Assistant\n{}"),
        ("### Human: {}", "### Assistant: {}"),
        ("[User] {}", "[Assistant] {}"),
        ("[User]: {}", "[Assistant]: {}"),
        ("<|user|>\n{}", "<|assistant|>\n{}"),
        ("You said:\n{}", "ChatGPT said:\n{}"),
        ("##### You said:\n{}", "##### ChatGPT said:\n{}"),
        ("You said:\n{}", "Claude said:\n{}"),
        ("Du hast gesagt:\n{}", "ChatGPT hat gesagt:\n{}"),
        ("Du: {}", "ChatGPT: {}"),
        ("Nutzer: {}", "Assistent: {}"),
        ("Utilisateur : {}", "Assistant : {}"),
        ("用户：{}", "助手：{}"),
        ("10:32 You: {}", "10:33 GPT-4: {}"),
        ("[10:32] You: {}", "[10:33] Claude: {}"),
        ("You (10:32 AM): {}", "ChatGPT (GPT-4): {}"),
        ("<|im_start|>user\n{}<|im_end|>", "<|im_start|>assistant\n{}<|im_end|>"),
    ],
)
def test_each_spelling_of_the_labels(user: str, assistant: str) -> None:
    text = "\n\n".join(
        (user.format("How far?"), assistant.format("384,400 km\n\n- roughly"), user.format("Thanks"))
    )
    assert pairs(text) == [(U, "How far?"), (A, "384,400 km\n\n- roughly"), (U, "Thanks")]
    assert parse_transcript(text).is_convincing


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Just a text.\nOf two lines.",
        "User friendly design matters.\nAssistant professors agree.",
        "Answer: 42",
        "Q: is a letter",
        "Note: this\nWarning: that",
        "He said: no\nShe said: yes",
        "user\nassistant",
        '{"a": 1}',
        "[1, 2]",
        "{broken",
    ],
)
def test_what_is_no_conversation(text: str) -> None:
    assert not parse_transcript(text).is_convincing


def test_text_before_the_first_label_is_the_system_s() -> None:
    assert pairs("You are Marv.\n\nUser: hi\nAssistant: hello") == [
        (S, "You are Marv."),
        (U, "hi"),
        (A, "hello"),
    ]


def test_labels_in_code_and_in_another_style_belong_to_the_text() -> None:
    text = (
        "User: show YAML\nAssistant: here\n```\nmodel: x\nuser: y\n```\n**Answer:** done\nQ: a letter\nA: too"
    )
    assert pairs(text) == [(U, "show YAML"), (A, text.partition("Assistant: ")[2])]


CHAT = [
    {"role": "user", "content": "hi"},
    {"role": "assistant", "content": "hello", "weight": 0, "mood": "dark"},
]
SHARED = [{"from": "human", "value": "hi"}, {"from": "gpt", "value": "hello"}]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (CHAT, TranscriptKind.JSON),
        ({"messages": CHAT, "tools": []}, TranscriptKind.JSON),
        ({"input": {"messages": CHAT[:1]}, "preferred_output": CHAT[1:]}, TranscriptKind.JSON),
        (SHARED, TranscriptKind.SHAREGPT),
        ({"conversations": SHARED}, TranscriptKind.SHAREGPT),
        ([{"conversations": SHARED}], TranscriptKind.SHAREGPT),
    ],
)
def test_json_in_its_forms(value: object, kind: TranscriptKind) -> None:
    found = parse_transcript(json.dumps(value, indent=2))
    assert [(m.role, m.text) for m in found.messages] == [(U, "hi"), (A, "hello")]
    assert found.kind is kind


def test_json_keeps_what_else_a_message_holds() -> None:
    last = parse_transcript(json.dumps(CHAT)).messages[-1]
    assert (last.weight, last.extra) == (0, (("mood", '"dark"'),))


def test_a_system_text_beside_the_turns_comes_first() -> None:
    assert pairs(json.dumps({"system": "Be brief.", "conversations": SHARED}))[0] == (S, "Be brief.")


def test_json_lines() -> None:
    line = json.dumps({"messages": CHAT})
    assert parse_transcript(line).more == 0
    assert parse_transcript(f"{line}\n{line}\n{line}\n").more == 2
    assert len(parse_transcript("\n".join(json.dumps(each) for each in CHAT)).messages) == 2


SIMPLE = st.lists(
    st.tuples(
        st.sampled_from([U, A, S, Role.TOOL]),
        st.text(st.characters(whitelist_categories=("L", "N")), min_size=1, max_size=30),
    ),
    min_size=1,
    max_size=6,
)


@given(SIMPLE)
def test_simple_texts_are_rendered_with_labels_and_read_back(turns: list[tuple[Role, str]]) -> None:
    messages = tuple(Message(role, text) for role, text in turns)
    text = render_transcript(messages)
    assert text.startswith(messages[0].role.capitalize())
    assert parse_transcript(text).messages == messages


ANYTHING = st.lists(
    st.builds(
        Message,
        role=st.sampled_from([U, A, S, "wizard"]),
        content=st.one_of(
            st.text(),
            st.sampled_from(["User: hi", "x\nAssistant: y", "```\nA: b", " padded ", "\r\n", "[1]"]),
        ),
        weight=st.sampled_from([None, 0, 1]),
        name=st.none() | st.text(),
    ),
    min_size=1,
    max_size=5,
)


@given(ANYTHING)
def test_every_rendered_conversation_reads_back(messages: list[Message]) -> None:
    assert parse_transcript(render_transcript(messages)).messages == tuple(messages)


@given(st.text())
def test_no_text_is_too_odd(text: str) -> None:
    parse_transcript(text)
