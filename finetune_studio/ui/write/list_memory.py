"""How the list of each dataset was arranged last, kept with the window and not in the dataset."""

import json

from PySide6.QtCore import QSettings

from finetune_studio.workspace.queries.ordering import Grouping, Order, Sort

KEPT = 50
"""Datasets whose arrangement is remembered; the one that was arranged longest ago goes first."""
_KEY = "write_order"


class ListMemory:
    """Of one dataset, by its uid."""

    def __init__(self, settings: QSettings, uid: str) -> None:
        self._settings = settings
        self._uid = uid

    def order(self) -> Order:
        """What is remembered; the usual order where that is nothing, or cannot be read."""
        found = self._known().get(self._uid)
        if not isinstance(found, list) or len(found) != 4:
            return Order()
        try:
            grouping = Grouping(found[3]) if found[3] else None
            return Order(Sort(found[0]), bool(found[1]), int(found[2]), grouping)
        except (TypeError, ValueError):
            return Order()

    def keep(self, order: Order) -> None:
        known = self._known()
        known.pop(self._uid, None)
        if order != Order():
            grouping = order.grouping.value if order.grouping else ""
            known[self._uid] = [order.sort.value, order.descending, order.seed, grouping]
        self._settings.setValue(_KEY, json.dumps(dict(list(known.items())[-KEPT:])))

    def _known(self) -> dict[str, object]:
        try:
            found = json.loads(str(self._settings.value(_KEY, "{}")))
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}
