"""What the rules over the whole dataset say of an earlier version, from facts that are there already."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from finetune_studio.domain.diagnostic import Diagnostic
from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.split import Split
from finetune_studio.storage.versions import Snapshot
from finetune_studio.workspace.lint_state import members_of

if TYPE_CHECKING:
    from finetune_studio.lint.facts import BatchFacts, DatasetFacts
    from finetune_studio.workspace.workspace import Workspace

_PINNED = "!"


class FindingsThen:
    """Tells of findings of now whether there was such a one then.

    One about the dataset is known by its rule and the names in it, as its numbers change with every example;
    one about a group of examples, or about one, by a finding of the same rule about all of them.
    """

    def __init__(self, found: Iterable[Diagnostic]) -> None:
        self._told: set[tuple[str, ...]] = set()
        self._numbers: dict[tuple[str, int], set[int]] = {}
        """Of the findings of a rule that name an example."""
        for number, one in enumerate(found):
            if one.location.example is None:
                self._told.add(_names_in(one))
                continue
            for member in members_of(one):
                self._numbers.setdefault((one.code, member), set()).add(number)

    def had(self, one: Diagnostic) -> bool:
        """Whether there was a finding like this one."""
        if one.location.example is None:
            return _names_in(one) in self._told
        nothing: set[int] = set()
        numbers = [self._numbers.get((one.code, member), nothing) for member in members_of(one)]
        return bool(set.intersection(*numbers))


def dataset_findings_then(
    workspace: "Workspace", then: Snapshot, added: Sequence[int], earlier: "BatchFacts | None"
) -> list[Diagnostic]:
    """What the dataset rules as they are set now say of a version.

    `earlier` are the facts of the texts that examples had then, where those changed or the examples are gone.
    """
    from finetune_studio.lint.batch import check_dataset

    facts = workspace.lint.facts
    if facts is None:
        return []
    if added:
        facts = facts.without(added)
    if earlier is not None:
        facts = facts.updated(earlier)
    return check_dataset(facts.with_extras(**_extras_then(workspace, then, facts)), workspace.lint.config)


def _extras_then(workspace: "Workspace", then: Snapshot, facts: "DatasetFacts") -> dict[str, Any]:
    """As lint_jobs.extras_of, of a version."""
    keys: list[int] = facts.columns.key.tolist()
    splits = {key: name.removesuffix(_PINNED) for name, ids in then.splits.items() for key in ids}
    statuses = {key: ReviewState(name) for name, ids in then.statuses.items() for key in ids}
    tags: dict[int, list[str]] = {}
    for name, ids in then.tags.items():
        for key in ids:
            tags.setdefault(key, []).append(name)
    sources = dict(workspace.reader().execute("SELECT id, source_id FROM example").fetchall())
    return {
        "statuses": [statuses.get(key, ReviewState.DRAFT) for key in keys],
        "splits": [Split(name) if (name := splits.get(key, "")) else None for key in keys],
        "tags": [tags.get(key, ()) for key in keys],
        "sources": [str(source) if (source := sources.get(key)) else None for key in keys],
    }


def _names_in(one: Diagnostic) -> tuple[str, ...]:
    """The rule, and what its finding names: texts, without those that begin with a number."""
    texts = (value for value in one.arguments.values() if isinstance(value, str))
    return (one.code, *(text for text in texts if not text[:1].isdigit()))
