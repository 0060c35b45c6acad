"""Whatever a person does, undoing all of it gives back every byte, and redoing it the other end."""

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finetune_studio.domain.errors import StudioError
from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.id_set import IdSet
from finetune_studio.domain.split import Split
from finetune_studio.settings.paths import AppPaths
from finetune_studio.workspace.operations import examples, messages, review, splits, tags
from finetune_studio.workspace.queries.examples import get_example, list_ids, recent_steps
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import chat_line

LINES = b"".join(chat_line(("user", f"q{n}"), ("assistant", f"a{n}")) for n in range(4))

_index = st.integers(0, 5)
_text = st.text(max_size=6)
_actions = st.one_of(
    st.tuples(st.just(messages.set_message_text), _index, _index, _text),
    st.tuples(
        st.just(messages.add_message), _index, _index, st.sampled_from(["user", "assistant", "tool"]), _text
    ),
    st.tuples(st.just(messages.delete_message), _index, _index),
    st.tuples(st.just(messages.move_message), _index, _index, _index),
    st.tuples(st.just(messages.set_weight), _index, _index, st.sampled_from([None, 0, 1])),
    st.tuples(st.just(messages.merge_with_next), _index, _index),
    st.tuples(st.just(messages.split_message), _index, _index, _index),
    st.tuples(st.just(examples.duplicate_example), _index),
    st.tuples(st.just(review.set_note), _index, _text),
)
_bulk = st.one_of(
    st.tuples(st.just(examples.delete_examples)),
    st.tuples(st.just(review.set_status), st.sampled_from(ReviewState)),
    st.tuples(st.just(splits.set_split), st.sampled_from([*Split, None])),
    st.tuples(st.just(tags.add_tag), st.sampled_from(["a", "b"])),
    st.tuples(st.just(tags.remove_tag), st.sampled_from(["a", "b"])),
)


def state(workspace: Workspace) -> list[Any]:
    found = [get_example(workspace, example_id) for example_id in list_ids(workspace)]
    return [(e.id, e.body, e.status, e.split, e.split_pinned, e.tags, e.note) for e in found]


def act(workspace: Workspace, action: tuple[Any, ...], is_bulk: bool) -> None:
    ids = list_ids(workspace)
    operation, *arguments = action
    if is_bulk:
        arguments = [IdSet.of(ids[::2]), *arguments]
    elif not ids:
        return
    else:
        arguments[0] = ids[arguments[0] % len(ids)]
    errors: list[StudioError] = []
    workspace.perform(operation, *arguments, failed=errors.append)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    actions=st.lists(
        st.one_of(st.tuples(_actions, st.just(False)), st.tuples(_bulk, st.just(True))), max_size=12
    )
)
def test_everything_can_be_undone_and_redone(actions: list[tuple[tuple[Any, ...], bool]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "data.jsonl").write_bytes(LINES)
        paths = AppPaths(root / "config", root / "data", root / "cache")
        workspace = Workspace.open_any(root / "data.jsonl", paths=paths, runner=ImmediateRunner())
        before = state(workspace)
        for action, is_bulk in actions:
            act(workspace, action, is_bulk)
        after = state(workspace)
        n_steps = len(recent_steps(workspace)) - 1
        for _ in range(n_steps):
            workspace.undo()
        assert state(workspace) == before
        workspace.close()
        again = Workspace.open(workspace.path, paths=paths, runner=ImmediateRunner())
        for _ in range(n_steps):
            again.redo()
        assert state(again) == after
        assert not again.history.can_redo
        again.close()
