import pytest

from finetune_studio.domain.errors import InputError
from finetune_studio.domain.example import ExampleKind
from finetune_studio.formats.target_form import to_target_bytes

TOP = {"messages", "tools"}
MESSAGE = {"role", "content"}


def test_extra_keys_go_and_all_else_keeps_its_spelling() -> None:
    body = (
        b' {"id":1, "messages":[{"role":"user","content":"\\u00e9","at":5},{"x":1}, 7],'
        b'"tools":[{"n":1e5}],"id":2} \r\n'
    )
    assert to_target_bytes(body, ExampleKind.CONVERSATION, TOP, MESSAGE) == (
        b'{"messages":[{"role":"user","content":"\\u00e9"},{}, 7],"tools":[{"n":1e5}]}\n'
    )


def test_a_line_without_extra_keys_changes_only_its_end() -> None:
    body = b'{"messages": [{"role":"user","content":"a\\/b"}]}'
    for end in (b"", b"\n", b"\r\n"):
        assert to_target_bytes(body + end, ExampleKind.CONVERSATION, TOP, MESSAGE) == body + b"\n"


@pytest.mark.parametrize("top", [TOP, set(), {"input", "preferred_output", "non_preferred_output"}])
def test_pairs(top: set[str]) -> None:
    body = (
        b'{"input": {"messages": [{"role": "user", "content": "q", "x": 1}], "meta": 1}, '
        b'"score": 2, "messages": [], '
        b'"preferred_output": [{"role": "assistant", "content": "a", "x": 1}], '
        b'"non_preferred_output": [{"role": "assistant", "content": "b"}]}\n'
    )
    assert to_target_bytes(body, ExampleKind.PREFERENCE, top, MESSAGE) == (
        b'{"input": {"messages": [{"role": "user", "content": "q"}]}, '
        b'"preferred_output": [{"role": "assistant", "content": "a"}], '
        b'"non_preferred_output": [{"role": "assistant", "content": "b"}]}\n'
    )


def test_extra_keys_are_found_wherever_they_are() -> None:
    parts = [b'"input": {"messages": []}', b'"preferred_output": [{}]', b'"non_preferred_output": [{}]']
    clean = b"{" + b", ".join(parts) + b"}\n"
    for old, new in [(b"[]}", b'[], "x": 1}'), (b"[]}", b'[{"x": 1}]}'), (b"[{}], ", b'[{"x": 1}], ')]:
        sent = to_target_bytes(clean.replace(old, new), ExampleKind.PREFERENCE, TOP, MESSAGE)
        assert b"x" not in sent
    assert to_target_bytes(clean, ExampleKind.PREFERENCE, TOP, MESSAGE) == clean


def test_what_is_neither_cannot_be_sent() -> None:
    with pytest.raises(InputError):
        to_target_bytes(b"{}", ExampleKind.OTHER, TOP, MESSAGE)
    with pytest.raises(InputError):
        to_target_bytes(b"[]", ExampleKind.CONVERSATION, TOP, MESSAGE)
    with pytest.raises(InputError):
        to_target_bytes(b"{", ExampleKind.CONVERSATION, TOP, MESSAGE)
