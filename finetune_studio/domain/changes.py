"""What an operation touched; a face looks again at just that."""

from dataclasses import dataclass, field
from enum import StrEnum

from finetune_studio.domain.id_set import IdSet


class ChangeKind(StrEnum):
    BODIES = "bodies"
    """Content of examples."""
    MEMBERSHIP = "membership"
    """Examples came or went, or their order changed."""
    STATUS = "status"
    TAGS = "tags"
    SPLIT = "split"
    NOTE = "note"
    OPTIONS = "options"
    """Settings of the checks, suppressions, dataset settings."""
    FILTERS = "filters"
    """Filters that were given a name."""
    FINDINGS = "findings"
    """Diagnostics or facts were computed again; not part of the history."""
    HISTORY = "history"
    """The undo or redo list changed."""


@dataclass(frozen=True, slots=True)
class Changes:
    """`initiator` is who asked, so that it can ignore its own; None for undo and background work."""

    kinds: frozenset[ChangeKind] = field(default_factory=frozenset)
    example_ids: IdSet = field(default_factory=IdSet)
    initiator: object | None = None
    label: str = ""

    def __bool__(self) -> bool:
        return bool(self.kinds)
