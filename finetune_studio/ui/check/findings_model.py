"""The findings of one rule as a list: all places are known, rows are read when they are looked at."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from finetune_studio.domain.diagnostic import Diagnostic
from finetune_studio.ui.check.finding_rows import FindingRow

PAGE = 16
"""Rows read together."""
MAX_CACHED = 1600

Index = QModelIndex | QPersistentModelIndex
FetchRows = Callable[[Sequence[Diagnostic]], list[FindingRow]]


class FindingsModel(QAbstractListModel):
    """`fetch` reads the rows of some findings; it is called with a screenful at a time."""

    def __init__(self, fetch: FetchRows, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._fetch = fetch
        self._found: list[Diagnostic] = []
        self._rows: dict[int, FindingRow] = {}

    @property
    def findings(self) -> list[Diagnostic]:
        """Not to be changed by the caller."""
        return self._found

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._found)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or not 0 <= index.row() < len(self._found):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._found[index.row()].message
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            row = self.row_at(index.row())
            return f"{row.code}. {row.title}. {row.message}"
        return None

    def row_at(self, number: int) -> FindingRow:
        """The row to show."""
        row = self._rows.get(number)
        if row is None:
            first = number - number % PAGE
            if len(self._rows) > MAX_CACHED:
                self._rows.clear()
            for at, fresh in enumerate(self._fetch(self._found[first : first + PAGE]), first):
                self._rows[at] = fresh
            row = self._rows[number]
        return row

    def set_findings(self, found: list[Diagnostic]) -> None:
        """Show other findings, or look again at the same ones."""
        self.beginResetModel()
        self._rows.clear()
        self._found = found
        self.endResetModel()

    def row_of(self, wanted: Diagnostic) -> int:
        """Where the same finding is, else one at the same place, else -1."""
        for number, one in enumerate(self._found):
            if one is wanted or (
                one.location.example == wanted.location.example
                and one.location == wanted.location
                and one.code == wanted.code
            ):
                return number
        return -1
