"""Filters that a person gave a name: kept in the dataset, with the order they are looked at in."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from finetune_studio.domain.changes import Changes
from finetune_studio.domain.errors import UsageError
from finetune_studio.workspace.queries.ordering import Grouping, Order, Sort

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

FILTERS = "filters.saved"
"""Dataset option: a list of objects with the fields of SavedFilter, in the order they were saved."""
MAX_NAME_LENGTH = 80


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """`sort` and `grouping` are values of Sort and Grouping; "" is no grouping."""

    name: str
    query: str
    sort: str = Sort.POSITION.value
    descending: bool = False
    grouping: str = ""

    @property
    def order(self) -> Order:
        """The arrangement; what this version does not know is left out."""
        sort = Sort(self.sort) if self.sort in set(Sort) else Sort.POSITION
        grouping = Grouping(self.grouping) if self.grouping in set(Grouping) else None
        return Order(sort, self.descending, grouping=grouping)


def saved_filters(workspace: "Workspace") -> list[SavedFilter]:
    """The dataset's filters; what cannot be read is left out."""
    return _read(workspace.options().get(FILTERS))


def save_filter(workspace: "Workspace", name: str, query: str, order: Order | None = None) -> Changes:
    """Keep a filter under a name; one of that name is replaced."""
    name, order = _clean(name), order or Order()
    grouping = order.grouping.value if order.grouping else ""
    new = SavedFilter(name, query.strip(), order.sort.value, order.descending, grouping)
    filters = saved_filters(workspace)
    names = [each.name for each in filters]
    if name in names:
        filters[names.index(name)] = new
    else:
        filters.append(new)
    return _write(workspace, filters, "filter.save", name)


def rename_filter(workspace: "Workspace", name: str, new_name: str) -> Changes:
    """Give a filter another name; raises UsageError when that is taken or the filter is gone."""
    new_name = _clean(new_name)
    filters = saved_filters(workspace)
    if new_name == name:
        return Changes()
    if any(each.name == new_name for each in filters):
        raise UsageError(f"There is a filter “{new_name}” already.", "Choose another name.")
    _one(filters, name)
    changed = [
        SavedFilter(**{**asdict(each), "name": new_name}) if each.name == name else each for each in filters
    ]
    return _write(workspace, changed, "filter.rename", new_name)


def delete_filter(workspace: "Workspace", name: str) -> Changes:
    """Forget a filter; raises UsageError when there is none of that name."""
    filters = saved_filters(workspace)
    filters.remove(_one(filters, name))
    return _write(workspace, filters, "filter.delete", name)


def _one(filters: list[SavedFilter], name: str) -> SavedFilter:
    found = next((each for each in filters if each.name == name), None)
    if found is None:
        raise UsageError(f"There is no filter “{name}”.", "It may have been deleted or undone.")
    return found


def _clean(name: str) -> str:
    text = " ".join(name.split())
    if not text:
        raise UsageError("A filter needs a name.")
    return text[:MAX_NAME_LENGTH]


def _read(value: Any) -> list[SavedFilter]:
    found = []
    for each in value if isinstance(value, list) else ():
        if not isinstance(each, dict) or not isinstance(each.get("name"), str):
            continue
        found.append(
            SavedFilter(
                each["name"],
                str(each.get("query", "")),
                str(each.get("sort", Sort.POSITION.value)),
                bool(each.get("descending")),
                str(each.get("grouping", "")),
            )
        )
    return found


def _write(workspace: "Workspace", filters: list[SavedFilter], code: str, name: str) -> Changes:
    with workspace.step(code, {"name": name}) as step:
        step.set_option(FILTERS, [asdict(each) for each in filters] or None)
    return step.changes
