"""What is asked before the window closes while something is under way."""

from PySide6.QtWidgets import QMessageBox, QWidget

from finetune_studio.ui.tune.job_book import JobBook
from finetune_studio.ui.tune.words import name_of
from finetune_studio.ui.widgets.questions import QuestionBox
from finetune_studio.workspace.submission_records import Submission


def may_close(book: JobBook, parent: QWidget) -> bool:
    """False when the person wants to stay; a job of this computer is stopped where that is chosen."""
    if book.is_sending and not _may_stop_sending(parent):
        return False
    trained_here = [row for row in book.rows if _runs_here(book, row)]
    return all(_may_leave(book, row, parent) for row in trained_here)


def _runs_here(book: JobBook, row: Submission) -> bool:
    profile = book.profile_of(row)
    is_open = row.job is not None and not row.job.state.is_final
    return is_open and profile is not None and profile.is_local


def _may_stop_sending(parent: QWidget) -> bool:
    box = QuestionBox(parent)
    box.setWindowTitle("Sending is under way")
    box.setText("A fine-tuning job is being sent. Closing now stops that; it can be continued later.")
    stop = box.addButton("Stop sending", QMessageBox.ButtonRole.DestructiveRole)
    box.addButton("Stay", QMessageBox.ButtonRole.RejectRole)
    box.exec()
    return box.clickedButton() is stop


def _may_leave(book: JobBook, row: Submission, parent: QWidget) -> bool:
    box = QuestionBox(parent)
    box.setWindowTitle("A job is training")
    box.setText(f"{name_of(row)} is being trained on this computer.")
    box.setInformativeText("It can go on without the window; its result is here when you come back.")
    keep = box.addButton("Keep training", QMessageBox.ButtonRole.AcceptRole)
    stop = box.addButton("Stop the job", QMessageBox.ButtonRole.DestructiveRole)
    box.addButton("Stay", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(keep)
    box.exec()
    if box.clickedButton() is stop:
        book.steer(row.ref, "cancel")
        return True
    return box.clickedButton() is keep
