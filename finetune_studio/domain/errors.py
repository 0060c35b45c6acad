"""Errors that are expected: each carries a text for people.

Everything that is not a StudioError is a bug and goes to the crash report.
"""


class StudioError(Exception):
    """Something went wrong that a person can understand and mostly mend.

    `text` says what happened and what it means; `advice` says what to do, or is empty.
    """

    def __init__(self, text: str, advice: str = "") -> None:
        super().__init__(f"{text} {advice}".strip())
        self.text = text
        self.advice = advice


class InputError(StudioError):
    """A file or text that cannot be read as what it should be."""


class UsageError(StudioError):
    """A command or an option that does not make sense."""


class DatasetFileError(StudioError):
    """A dataset file that cannot be opened or written."""


class NotADatasetError(DatasetFileError):
    """The file is not a Finetune Studio dataset."""


class NewerDatasetError(DatasetFileError):
    """The file was written by a later version of the app."""


class DamagedDatasetError(DatasetFileError):
    """The file is damaged; it is never written to."""


class LockedDatasetError(DatasetFileError):
    """Another process has the file open."""


class ReadOnlyDatasetError(DatasetFileError):
    """The dataset is open for reading only."""


class StorageFullError(StudioError):
    """There is no room left on the disk, or it refuses writing."""


class ProviderError(StudioError):
    """A fine-tuning service refused, failed or could not be reached.

    `outcome_unknown` is true when the service may have done what was asked (a time-out, a 5xx):
    look before asking again.
    """

    def __init__(
        self,
        text: str,
        advice: str = "",
        *,
        status: int | None = None,
        code: str = "",
        outcome_unknown: bool = False,
    ) -> None:
        super().__init__(text, advice)
        self.status = status
        self.code = code
        self.outcome_unknown = outcome_unknown


class MissingKeyError(ProviderError):
    """No API key is known for the service."""


class GateError(StudioError):
    """The checks stop the submission."""


class CancelledError(StudioError):
    """The person cancelled the work; not a failure."""

    def __init__(self, text: str = "Cancelled.") -> None:
        super().__init__(text)
