"""Laws of edits: what they do to the bytes is what they do to the value, and to nothing else."""

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from finetune_studio.domain.edits import Edit, EditOp, pointer
from finetune_studio.formats.json_reader import parse, walk
from finetune_studio.formats.patch import apply_edits
from finetune_studio.formats.records import loads, loads_exact
from tests.unit.formats.strategies import SCALAR, TEXT, VALUE, normalised, spelled

Path = tuple[str | int, ...]


def paths(value: Any, path: Path = ()) -> list[tuple[Path, Any]]:
    children: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        children = list(value.items())
    elif isinstance(value, list):
        children = list(enumerate(value))
    return [(path, value)] + [pair for key, child in children for pair in paths(child, (*path, key))]


def at(value: Any, path: Path) -> Any:
    for part in path:
        value = value[part]
    return value


def put(root: Any, path: Path, new: Any, *, insert: bool) -> Any:
    if not path:
        return new
    holder = at(root, path[:-1])
    if insert and isinstance(holder, list):
        holder.insert(int(path[-1]), new)
    else:
        holder[path[-1]] = new
    return root


@st.composite
def an_edit(draw: st.DrawFn, value: Any) -> tuple[Edit, Any]:
    """An edit that fits the value, and what the value is after it."""
    after = copy.deepcopy(value)
    every = paths(value)
    path, found = draw(st.sampled_from(every))
    new = draw(VALUE)
    ops = [EditOp.REPLACE]
    ops += [EditOp.REMOVE, EditOp.MOVE] if path else []
    ops += [EditOp.ADD] if isinstance(found, list | dict) else []
    ops += [EditOp.SPLICE] * 3 if isinstance(found, str) else []
    ops += [EditOp.RENAME] if path and isinstance(path[-1], str) else []
    op = draw(st.sampled_from(ops))
    if op is EditOp.REPLACE:
        return Edit(op, pointer(*path), new), put(after, path, new, insert=False)
    if op is EditOp.ADD:
        last: Any = draw(TEXT) if isinstance(found, dict) else draw(st.integers(0, len(found)))
        return Edit(op, pointer(*path, last), new), put(after, (*path, last), new, insert=True)
    if op is EditOp.SPLICE:
        text = draw(TEXT)
        start = draw(st.integers(0, len(found)))
        end = draw(st.integers(start, len(found)))
        spliced = found[:start] + text + found[end:]
        return Edit(op, pointer(*path), text, start=start, end=end), put(after, path, spliced, insert=False)
    holder = at(after, path[:-1])
    if op is EditOp.REMOVE:
        del holder[path[-1]]
        return Edit(op, pointer(*path)), after
    if op is EditOp.RENAME:
        name = draw(TEXT.filter(lambda name: name not in holder))
        holder[name] = holder.pop(path[-1])
        return Edit(op, pointer(*path), name), after
    moved = holder.pop(path[-1])
    to, target = draw(st.sampled_from([(p, v) for p, v in paths(after) if isinstance(v, list | dict)]))
    last = draw(TEXT) if isinstance(target, dict) else draw(st.integers(0, len(target)))
    to = (*to, last)
    if to[: len(path)] == path:  # into the place that the value itself had: a no-op or not allowed
        to = path
        put(after, path, moved, insert=True)
    else:
        put(after, to, moved, insert=True)
    return Edit(op, pointer(*path), to=pointer(*to)), after


@given(st.data())
def test_edits_of_bytes_are_edits_of_the_value(data: st.DataObject) -> None:
    value = normalised(data.draw(st.one_of(st.dictionaries(TEXT, VALUE, max_size=4), st.lists(VALUE))))
    body = data.draw(spelled(value))
    expected = value
    edits = []
    for _ in range(data.draw(st.integers(1, 4))):
        edit, expected = data.draw(an_edit(expected))
        expected = normalised(expected)
        edits.append(edit)
    # One after the other and all at once are the same.
    single = body
    for edit in edits:
        single = apply_edits(single, [edit])
        parse(single)
    assert parse(single).value() == expected
    together = apply_edits(body, edits)
    assert parse(together).value() == expected
    assert loads(together) == loads(single)
    tail = body[len(body.rstrip(b" \r\n")) :]
    assert together.endswith(tail)
    assert b"\n" not in together[: len(together) - len(tail)]


@given(st.data())
def test_replacing_a_value_leaves_every_other_byte(data: st.DataObject) -> None:
    body = data.draw(spelled(data.draw(st.dictionaries(TEXT, VALUE, min_size=1, max_size=4))))
    path, node = data.draw(st.sampled_from(list(walk(parse(body)))))
    new = data.draw(SCALAR)
    changed = apply_edits(body, [Edit(EditOp.REPLACE, pointer(*path), new)])
    assert changed.startswith(body[: node.start])
    assert changed.endswith(body[node.end :])
    written = changed[node.start : len(changed) - (len(body) - node.end)]
    assert loads_exact(written) == normalised(new)


@given(st.data())
def test_a_value_added_and_removed_again_gives_the_same_bytes(data: st.DataObject) -> None:
    body = data.draw(spelled(data.draw(st.lists(VALUE, min_size=2, max_size=5).map(lambda v: {"m": v}))))
    items = parse(body).value()["m"]
    at = pointer("m", data.draw(st.integers(1, len(items))))
    edits = [Edit(EditOp.ADD, at, data.draw(VALUE)), Edit(EditOp.REMOVE, at)]
    assert apply_edits(body, edits) == body
