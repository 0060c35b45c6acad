import pytest

from finetune_studio.domain.edits import Edit, EditOp
from finetune_studio.domain.errors import InputError
from finetune_studio.formats.patch import apply_edits

LINE = (
    b'{"messages": [{"role":"user" ,"content": "caf\\u00e9 \\/ x"}, '
    b'{"role":"assistant","content":"y"}], "n": 1e5, "n": 1.50}\r\n'
)


def edited(body: bytes, *edits: Edit) -> bytes:
    return apply_edits(body, edits)


def test_no_edits_give_the_same_bytes() -> None:
    assert apply_edits(LINE, []) is LINE


def test_replace_changes_only_the_named_value_and_writes_in_the_style_of_the_line() -> None:
    new = edited(LINE, Edit(EditOp.REPLACE, "/messages/0/content", "né/"))
    assert new == LINE.replace(b'"caf\\u00e9 \\/ x"', b'"n\\u00e9\\/"')


def test_splice_counts_code_points_and_keeps_the_spelling_around_it() -> None:
    new = edited(LINE, Edit(EditOp.SPLICE, "/messages/0/content", "l\ud800", start=3, end=4))
    assert new == LINE.replace(b"caf\\u00e9 \\/", b"cafl\\ud800 \\/")


def test_splice_counts_a_surrogate_pair_as_one() -> None:
    body = b'{"t":"\\ud83d\\ude00\\n\\ud800b"}'
    assert edited(body, Edit(EditOp.SPLICE, "/t", "", start=1, end=3)) == b'{"t":"\\ud83d\\ude00b"}'


def test_splice_outside_the_text_is_refused() -> None:
    with pytest.raises(InputError, match="has 1 characters"):
        edited(LINE, Edit(EditOp.SPLICE, "/messages/1/content", "", start=0, end=2))


@pytest.mark.parametrize(
    ("body", "edit", "expected"),
    [
        (b"[1, 2,3]", Edit(EditOp.REMOVE, "/0"), b"[2,3]"),
        (b"[1, 2,3]", Edit(EditOp.REMOVE, "/1"), b"[1,3]"),
        (b"[1, 2,3]", Edit(EditOp.REMOVE, "/2"), b"[1, 2]"),
        (b"[ 1 ]", Edit(EditOp.REMOVE, "/0"), b"[]"),
        (b"[1, 2]", Edit(EditOp.ADD, "/0", 9), b"[9, 1, 2]"),
        (b"[1, 2]", Edit(EditOp.ADD, "/1", 9), b"[1, 9, 2]"),
        (b"[1, 2]", Edit(EditOp.ADD, "/2", 9), b"[1, 2, 9]"),
        (b"[1,2]", Edit(EditOp.ADD, "/-", 9), b"[1,2,9]"),
        (b"[]", Edit(EditOp.ADD, "/-", [1, 2]), b"[[1, 2]]"),
        (b"[\n 1,\n 2\n]", Edit(EditOp.ADD, "/-", 3), b"[\n 1,\n 2,\n 3\n]"),
        (b"[\n 1,\n 2\n]", Edit(EditOp.REMOVE, "/1"), b"[\n 1\n]"),
        (b"[1.0, 2e3,3]", Edit(EditOp.MOVE, "/1", to="/0"), b"[2e3,1.0,3]"),
        (b"[1.0, 2e3,3]", Edit(EditOp.MOVE, "/0", to="/2"), b"[2e3,3,1.0]"),
        (b'{"a":1.0,"b":{}}', Edit(EditOp.MOVE, "/a", to="/b/c"), b'{"b":{"c":1.0}}'),
        (b'{"a": 1}', Edit(EditOp.REPLACE, "/b", None), b'{"a": 1, "b": null}'),
        (b'{"a":1,"b":2}', Edit(EditOp.REPLACE, "/c", {"x": [1, 2]}), b'{"a":1,"b":2,"c":{"x":[1,2]}}'),
        (b'{"a":1, "b":2}', Edit(EditOp.RENAME, "/a", "c/d"), b'{"c/d":1, "b":2}'),
        (b'{"a/b":1,"a~":2}', Edit(EditOp.REMOVE, "/a~1b"), b'{"a~":2}'),
        (b'{"":1}', Edit(EditOp.REPLACE, "/", 2), b'{"":2}'),
        (b' {"a":1} \n', Edit(EditOp.REPLACE, "", [True]), b" [true] \n"),
    ],
)
def test_structure(body: bytes, edit: Edit, expected: bytes) -> None:
    assert edited(body, edit) == expected


def test_several_edits_see_each_other() -> None:
    edits = [
        Edit(EditOp.ADD, "/-", {"a": "xyz"}),
        Edit(EditOp.SPLICE, "/1/a", "Q", start=1, end=2),
        Edit(EditOp.REMOVE, "/0"),
    ]
    assert apply_edits(b"[1.00]\n", edits) == b'[{"a": "xQz"}]\n'


def test_duplicate_keys() -> None:
    assert edited(LINE, Edit(EditOp.REPLACE, "/n", 7)).endswith(b'"n": 1e5, "n": 7}\r\n')
    assert edited(LINE, Edit(EditOp.REMOVE, "/n")).endswith(b"}]}\r\n")
    assert edited(LINE, Edit(EditOp.REMOVE, "/n", start=0)).endswith(b'}], "n": 1.50}\r\n')
    assert edited(LINE, Edit(EditOp.REMOVE, "/n", start=1)).endswith(b'}], "n": 1e5}\r\n')
    assert edited(LINE, Edit(EditOp.RENAME, "/n", "m")).endswith(b'"m": 1e5, "m": 1.50}\r\n')


@pytest.mark.parametrize(
    "edit",
    [
        Edit(EditOp.REPLACE, "/messages/2", 1),
        Edit(EditOp.REPLACE, "/messages/01", 1),
        Edit(EditOp.REPLACE, "/messages/-", 1),
        Edit(EditOp.REPLACE, "/x/y", 1),
        Edit(EditOp.REPLACE, "/n/y", 1),
        Edit(EditOp.REMOVE, "/x"),
        Edit(EditOp.REMOVE, ""),
        Edit(EditOp.REMOVE, "/n", start=2),
        Edit(EditOp.ADD, "/messages/3", 1),
        Edit(EditOp.MOVE, "/messages", to="/messages/0"),
        Edit(EditOp.MOVE, "/x", to="/y"),
        Edit(EditOp.RENAME, "/x", "y"),
        Edit(EditOp.RENAME, "/n", "messages"),
        Edit(EditOp.SPLICE, "/n", "x", start=0, end=0),
        Edit(EditOp.SPLICE, "/messages/0/content", 5),
        Edit(EditOp.REPLACE, "n", 1),
        Edit(EditOp.REPLACE, "/n", float("nan")),
        Edit(EditOp.REPLACE, "/n", {1, 2}),
    ],
)
def test_what_is_not_there_is_refused(edit: Edit) -> None:
    with pytest.raises(InputError):
        edited(LINE, edit)


def test_a_body_that_is_not_json_is_refused_with_its_place() -> None:
    with pytest.raises(InputError, match="column 8"):
        edited(b'{"a":1,}', Edit(EditOp.REMOVE, "/a"))


@pytest.mark.parametrize(
    ("body", "text", "written"),
    [
        (b'{"a":"x"}', "é\u2028", '"é\u2028"'.encode()),
        (b'{"a":"\\u001b"}', "é", '"é"'.encode()),
        (b'{"a":"\\\\u00e9"}', "é", '"é"'.encode()),
        (b'{"a":"\\u00e9"}', "é😀", b'"\\u00e9\\ud83d\\ude00"'),
        (b'{"a":"\\u00EF"}', "ï\\n", b'"\\u00EF\\\\n"'),
        ('{"a":"é","b":"\\u00e9"}'.encode(), "ü", '"ü"'.encode()),
        (b'{"a":"x"}', "\udc80\x00", b'"\\udc80\\u0000"'),
    ],
)
def test_escapes_follow_the_line(body: bytes, text: str, written: bytes) -> None:
    assert b'"a":' + written in edited(body, Edit(EditOp.REPLACE, "/a", text))
