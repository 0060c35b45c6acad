"""The quick way of editing lines gives what the careful one gives."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune_studio.domain.edits import Edit, EditOp
from finetune_studio.domain.errors import InputError
from finetune_studio.formats.patch import apply_edits
from finetune_studio.formats.quick_patch import QuickPatcher

TEXTS = st.text('ab"\\/é\u2028\U0001f600\x01\x7f\n ', max_size=8)
EDITS = st.one_of(
    st.builds(lambda text: Edit(EditOp.REPLACE, "/messages/0/content", text), TEXTS),
    st.builds(lambda text: Edit(EditOp.SPLICE, "/messages/1/content", text, start=0, end=0), TEXTS),
    st.builds(lambda text: Edit(EditOp.SPLICE, "/messages/0/content", text, start=0), TEXTS),
    st.builds(lambda text: Edit(EditOp.ADD, "/messages/0", {"role": "system", "content": text}), TEXTS),
    st.just(Edit(EditOp.REPLACE, "/messages/1/weight", 0)),
    st.just(Edit(EditOp.REMOVE, "/extra")),
)


@given(
    st.lists(TEXTS, min_size=2, max_size=3),
    st.sampled_from([(", ", ": "), (",", ":"), (" , ", " : ")]),
    st.booleans(),
    st.sampled_from(["\n", "\r\n", "", " \n"]),
    st.lists(EDITS, min_size=1, max_size=2),
)
def test_it_gives_what_apply_edits_gives(
    texts: list[str], separators: tuple[str, str], ascii_only: bool, end: str, edits: list[Edit]
) -> None:
    value = {"messages": [{"role": "user", "content": text} for text in texts], "extra": [1.5, -0.0, None]}
    line = json.dumps(value, separators=separators, ensure_ascii=ascii_only) + end
    patcher = QuickPatcher()
    patcher.apply(json.dumps(value, ensure_ascii=not ascii_only).encode(), edits[:1])
    try:
        expected = apply_edits(line.encode(), edits)
    except InputError:
        with pytest.raises(InputError):
            patcher.apply(line.encode(), edits)
    else:
        assert patcher.apply(line.encode(), edits) == expected


def test_what_an_encoder_would_not_write_stays() -> None:
    line = b'{"messages": [{"role": "user", "content": "a\\/b"}], "n": 1e5, "n": 10000000000000000000001}\n'
    edit = Edit(EditOp.SPLICE, "/messages/0/content", "x", start=0, end=1)
    assert QuickPatcher().apply(line, [edit]) == line.replace(b'"a', b'"x')
