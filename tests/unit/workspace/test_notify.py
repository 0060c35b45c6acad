"""The notifier: everyone hears, in order, and can stop listening while being told."""

import pytest

from finetune_studio.domain.changes import ChangeKind, Changes
from finetune_studio.workspace.notify import Notifier

SOME = Changes(frozenset({ChangeKind.TAGS}))


def test_listeners_hear_until_they_stop() -> None:
    notifier = Notifier()
    heard: list[str] = []
    stop = notifier.subscribe(lambda _changes: heard.append("a"))
    notifier.subscribe(lambda _changes: heard.append("b"))
    notifier.publish(SOME)
    stop()
    stop()
    notifier.publish(SOME)
    assert heard == ["a", "b", "b"]


def test_nothing_changed_tells_nobody() -> None:
    notifier = Notifier()
    heard: list[Changes] = []
    notifier.subscribe(heard.append)
    notifier.publish(Changes())
    assert heard == []


def test_one_failing_listener_does_not_silence_the_rest() -> None:
    notifier = Notifier()
    heard: list[Changes] = []
    notifier.subscribe(lambda _changes: 1 // 0)  # type: ignore[arg-type,return-value]
    notifier.subscribe(heard.append)
    with pytest.raises(ZeroDivisionError):
        notifier.publish(SOME)
    assert heard == [SOME]
