"""What is to be known of a service and a model before anything is sent: what closes, what has closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from finetune_studio.domain.errors import ProviderError
from finetune_studio.providers.base import Provider, RemoteModel
from finetune_studio.targets.facts import Notice, NoticeKind
from finetune_studio.targets.notices import day_text
from finetune_studio.targets.profile import Profile

_SAYS_NO = (401, 403)


@dataclass(frozen=True, slots=True)
class Outlook:
    """`notices` by date, undated ones last. `models` is empty where the service was not asked."""

    notices: tuple[Notice, ...]
    models: tuple[RemoteModel, ...] = ()

    @property
    def closed(self) -> Notice | None:
        """Why nothing can be sent there any more; None where it can."""
        return next((notice for notice in self.notices if notice.kind is NoticeKind.CLOSED), None)

    @property
    def closing(self) -> tuple[Notice, ...]:
        return tuple(notice for notice in self.notices if notice.kind is NoticeKind.CLOSING)

    def require_open(self, profile: Profile) -> None:
        """Raises ProviderError where the service or the model has closed."""
        if self.closed is not None:
            raise ProviderError(
                f"{profile.title} cannot be sent to: {self.closed.text}",
                "Nothing was sent. Choose another model, another provider or this computer.",
                status=410,
                code="closed",
            )


def outlook(profile: Profile, model: str, day: date, live: Sequence[RemoteModel] = ()) -> Outlook:
    """From the profile, and from the service's own list of models where it was asked.

    A day that the service tells stands over the profile's.
    """
    facts = profile.find_model(model)
    names = {model, *((facts.id, *facts.aliases) if facts else ())}
    notices = profile.notices_on(day, model)
    found = next((item for item in live if item.id in names and item.shutdown_date), None)
    at = None if found is None else _day(found.shutdown_date)
    if found is not None and at is not None:
        notices = [item for item in notices if not (facts and item.models == (facts.id,))]
        verb = "was shut down" if day >= at else "shuts down"
        kind = NoticeKind.CLOSED if day >= at else NoticeKind.CLOSING
        text = f"{facts.title if facts else found.id} {verb} on {day_text(at)}, {profile.title} says."
        notices.append(Notice(text, kind, at, source=f"{profile.title}'s list of models"))
    ordered = sorted(notices, key=lambda notice: notice.at or date.max)
    return Outlook(tuple(ordered), tuple(live))


def ask_outlook(provider: Provider, profile: Profile, model: str, day: date) -> Outlook:
    """One cheap call more: it also tells a wrong key before anything is uploaded.

    Raises ProviderError where the key is not accepted; a service that lists no models, or cannot be
    reached now, is taken by its profile.
    """
    try:
        live = provider.list_models()
    except ProviderError as error:
        if error.status in _SAYS_NO or error.code in ("moved", "not_a_service", "address"):
            raise
        live = ()
    return outlook(profile, model, day, live)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
