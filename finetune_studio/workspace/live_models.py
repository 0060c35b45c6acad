"""The models that can be trained at a service: its own list where it has one, else the profile's."""

from collections.abc import Sequence
from dataclasses import dataclass

from finetune_studio.providers.base import RemoteModel
from finetune_studio.targets.profile import Profile


@dataclass(frozen=True, slots=True)
class TrainableModel:
    """`shutdown` is an ISO day or "". `is_live`: the service lists it now; `is_sure`: it can be trained,
    as the service or the profile says (false: it is in the account's list, and nobody says).
    """

    id: str
    title: str
    shutdown: str = ""
    is_live: bool = False
    is_sure: bool = True


def trainable_models(profile: Profile, live: Sequence[RemoteModel] = ()) -> tuple[TrainableModel, ...]:
    """The profile's models in its order, then those that the service says can be trained, then the rest.

    What the service says cannot be trained is left out. Tuned models of the account come among the rest,
    for going on from them.
    """
    by_id = {item.id: item for item in live}
    found: list[TrainableModel] = []
    seen: set[str] = set()
    for facts in profile.models:
        names = (facts.id, *facts.aliases)
        item = next((by_id[name] for name in names if name in by_id), None)
        seen.update(names)
        if item is not None and item.trainable is False:
            continue
        told = item.shutdown_date if item is not None else ""
        shutdown = told or (facts.shutdown.isoformat() if facts.shutdown else "")
        found.append(TrainableModel(facts.id, facts.title, shutdown, item is not None))
    others = [item for item in live if item.id not in seen and item.trainable is not False]
    others.sort(key=lambda item: (item.trainable is None, item.id))
    found += [
        TrainableModel(item.id, item.id, item.shutdown_date, is_live=True, is_sure=bool(item.trainable))
        for item in others
    ]
    return tuple(found)
