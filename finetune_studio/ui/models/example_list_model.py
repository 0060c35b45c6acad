"""The examples as a list for views: ids, and rows that are fetched when they are looked at."""

from array import array
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.id_set import IdSet
from finetune_studio.ui.models.id_list import EMPTY, Heading, IdList
from finetune_studio.workspace.queries.examples import ListRow

Index = QModelIndex | QPersistentModelIndex
FetchRows = Callable[[Sequence[int]], list[ListRow]]

PAGE = 24
"""Rows fetched together: about a screenful."""
MAX_CACHED = 3000
_MANY = 200
"""Rows that go while others come, above which the list counts as another one."""
_STEP = 1 << 15
"""Bytes compared at a time when two lists of ids are compared."""

STATUS_WORDS = {
    ReviewState.DRAFT: "Draft",
    ReviewState.TO_REVIEW: "To review",
    ReviewState.APPROVED: "Approved",
    ReviewState.REJECTED: "Rejected",
}


class ExampleListModel(QAbstractListModel):
    """`fetch` gives the rows of some ids; it is called on the GUI thread with a screenful at a time."""

    def __init__(self, fetch: FetchRows, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._fetch = fetch
        self._list = EMPTY
        self._rows: dict[int, ListRow] = {}

    @property
    def ids(self) -> "array[int]":
        """One number a row, below 0 for headings; not to be changed by the caller."""
        return self._list.ids

    @property
    def listed(self) -> IdList:
        """What is shown."""
        return self._list

    @property
    def count(self) -> int:
        """Examples in the list."""
        return self._list.count

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._list.ids)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < len(self._list.ids):
            return None
        heading = self._list.heading_at(index.row())
        if heading is not None:
            return _heading_data(heading, role)
        if role == Qt.ItemDataRole.DisplayRole:
            row = self.row_at(index.row())
            return title_of_row(row) if row is not None else ""
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            row = self.row_at(index.row())
            return spoken(row) if row is not None else ""
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """A heading can be gone to, but not chosen."""
        flags = super().flags(index)
        if index.isValid() and self._list.ids[index.row()] < 0:
            flags &= ~Qt.ItemFlag.ItemIsSelectable
        return flags

    def heading_at(self, number: int) -> Heading | None:
        """The heading in a row; None for examples."""
        return self._list.heading_at(number) if 0 <= number < len(self._list.ids) else None

    def row_at(self, number: int) -> ListRow | None:
        """The row to show; None for headings and when the example went away a moment ago."""
        example_id = self._list.ids[number]
        if example_id < 0:
            return None
        row = self._rows.get(example_id)
        if row is None:
            self._load(number)
            row = self._rows.get(example_id)
        return row

    def id_at(self, number: int) -> int | None:
        """The example in a row; None for a heading and outside of the list."""
        if not 0 <= number < len(self._list.ids):
            return None
        example_id = self._list.ids[number]
        return example_id if example_id >= 0 else None

    def row_of(self, example_id: int) -> int:
        """The row of an example, or -1."""
        return self._list.row_of(example_id)

    def set_ids(self, found: IdList) -> None:
        """Show another list; what it shares with the one before at both ends keeps its place."""
        old, new, headings = self._list.ids, found.ids, self._list.headings
        head = _common_head(old, new)
        tail = _common_tail(old, new, head)
        removed, added = len(old) - head - tail, len(new) - head - tail
        if not removed and not added:
            self._list = found
        elif (not head and not tail and old) or min(removed, added) > _MANY:
            self.beginResetModel()
            self._list = found
            self.endResetModel()
        else:
            self._replace(found, head, removed, added)
        if headings != found.headings and new:
            self.dataChanged.emit(self.index(0), self.index(len(new) - 1))

    def _replace(self, found: IdList, head: int, removed: int, added: int) -> None:
        if removed:
            self.beginRemoveRows(QModelIndex(), head, head + removed - 1)
            kept = self._list.ids[:head]
            kept.extend(self._list.ids[head + removed :])
            self._list = IdList(kept, self._list.ascending, self._list.headings)
            self.endRemoveRows()
        if added:
            self.beginInsertRows(QModelIndex(), head, head + added - 1)
        self._list = found
        if added:
            self.endInsertRows()

    def refresh(self, ids: IdSet) -> None:
        """Look again at these examples when they are shown next."""
        if len(ids) > len(self._rows):
            stale = [example_id for example_id in self._rows if example_id in ids]
        else:
            stale = [example_id for example_id in ids if example_id in self._rows]
        for example_id in stale:
            del self._rows[example_id]
        rows = sorted(row for row in map(self._list.row_of, stale) if row >= 0)
        if rows:
            self.dataChanged.emit(self.index(rows[0]), self.index(rows[-1]))

    def forget_rows(self) -> None:
        """Look again at everything: numbers of examples changed."""
        self._rows.clear()
        if self._list.ids:
            self.dataChanged.emit(self.index(0), self.index(len(self._list.ids) - 1))

    def _load(self, number: int) -> None:
        first = max(0, number - number % PAGE)
        wanted = [
            each for each in self._list.ids[first : first + PAGE] if each >= 0 and each not in self._rows
        ]
        if len(self._rows) + len(wanted) > MAX_CACHED:
            for each in list(islice(self._rows, MAX_CACHED // 3)):
                del self._rows[each]
        for row in self._fetch(wanted):
            self._rows[row.id] = row


def _heading_data(heading: Heading, role: int) -> str | None:
    if role == Qt.ItemDataRole.DisplayRole:
        return heading.label
    if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.AccessibleDescriptionRole):
        state = "open" if heading.is_open else "closed"
        return f"Group {heading.label}, {heading.count:,} examples, {state}"
    return None


def title_of_row(row: ListRow) -> str:
    """What stands in for a title where there is no text yet."""
    return row.title or row.preview or "Empty example"


def spoken(row: ListRow) -> str:
    """A row in one sentence, for screen readers."""
    parts = [f"Example {row.rank + 1:,}", title_of_row(row), STATUS_WORDS[row.status]]
    if row.n_findings:
        worst = row.worst.value if row.worst else "info"
        parts.append(
            f"1 finding, {worst}" if row.n_findings == 1 else f"{row.n_findings:,} findings, worst {worst}"
        )
    if row.tokens is not None:
        parts.append(f"{row.tokens:,} tokens")
    return ". ".join(parts)


def _common_head(old: "array[int]", new: "array[int]") -> int:
    """How many ids two lists share at their beginning."""
    limit = min(len(old), len(new))
    step = _STEP // old.itemsize
    at = 0
    while at < limit and old[at : at + step] == new[at : at + step] and at + step <= limit:
        at += step
    while at < limit and old[at] == new[at]:
        at += 1
    return at


def _common_tail(old: "array[int]", new: "array[int]", head: int) -> int:
    """How many ids two lists share at their end, beyond a common head."""
    limit = min(len(old), len(new)) - head
    step = _STEP // old.itemsize
    count = 0
    while count + step <= limit:
        upto_old, upto_new = len(old) - count, len(new) - count
        if old[upto_old - step : upto_old] != new[upto_new - step : upto_new]:
            break
        count += step
    while count < limit and old[-1 - count] == new[-1 - count]:
        count += 1
    return count
