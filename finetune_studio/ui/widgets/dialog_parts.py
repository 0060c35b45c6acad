"""How a dialog is laid out: a column with the margins of all dialogs, and a row of buttons at its foot."""

from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget


def dialog_column(dialog: QDialog, spacing: int = 16) -> QVBoxLayout:
    """The layout of a dialog, from top to bottom."""
    column = QVBoxLayout(dialog)
    column.setContentsMargins(24, 22, 24, 18)
    column.setSpacing(spacing)
    return column


def button_row(*parts: QWidget | None, spacing: int = 10) -> QHBoxLayout:
    """Buttons in a row; None is the room that parts those at the left from those at the right."""
    row = QHBoxLayout()
    row.setSpacing(spacing)
    for part in parts:
        if part is None:
            row.addStretch(1)
        else:
            row.addWidget(part)
    return row
