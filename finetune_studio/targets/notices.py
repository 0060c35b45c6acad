"""Which notices hold on a day: what closes soon, what has closed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from finetune_studio.targets.facts import ModelFacts, Notice, NoticeKind


def notices_for(
    notices: Sequence[Notice], models: Sequence[ModelFacts], day: date, model: ModelFacts | None = None
) -> list[Notice]:
    """The notices that hold on `day` (those about other models than `model` left out), and one for each
    day on which some of `models` shut down.

    A CLOSING notice turns into CLOSED on its day. Ordered by date, undated ones last.
    """
    found = [
        _as_of(notice, day)
        for notice in notices
        if (notice.since is None or notice.since <= day)
        and (not notice.models or model is None or model.id in notice.models)
    ]
    days = sorted({item.shutdown for item in models if item.shutdown is not None})
    found += [_shutdown_notice([item for item in models if item.shutdown == at], at, day) for at in days]
    return sorted(found, key=lambda notice: notice.at or date.max)


def day_text(day: date) -> str:
    """A day for people: 6 January 2027."""
    return f"{day.day} {day:%B %Y}"


def _as_of(notice: Notice, day: date) -> Notice:
    if notice.kind is NoticeKind.CLOSING and notice.at is not None and day >= notice.at:
        return replace(notice, kind=NoticeKind.CLOSED)
    return notice


def _shutdown_notice(models: Sequence[ModelFacts], at: date, day: date) -> Notice:
    is_past = day >= at
    titles = ", ".join(model.title for model in models)
    verb = "were shut down" if is_past else "shut down"
    text = (
        f"{titles} and the models tuned from {'it' if len(models) == 1 else 'them'} {verb} on {day_text(at)}."
    )
    kind = NoticeKind.CLOSED if is_past else NoticeKind.CLOSING
    return Notice(text, kind, at, models=tuple(model.id for model in models))
