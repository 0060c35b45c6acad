"""The examples that submissions sent, by the maps that were frozen with them."""

import json
from array import array
from typing import TYPE_CHECKING

from finetune_studio.workspace.submission_kept import all_submissions, lines_sent
from finetune_studio.workspace.submission_records import Submission

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

TRAINING, VALIDATION = "training", "validation"
PARTS = (TRAINING, VALIDATION)
LOOKED_THROUGH = 1_000
"""As many of the newest submissions are looked through."""


def is_of(workspace: "Workspace", row: Submission) -> bool:
    """Whether a submission was made from this dataset: only then do its example ids mean anything."""
    return row.plan.dataset_uid == workspace.uid


def examples_of(workspace: "Workspace", ref: str) -> "array[int]":
    """The ids of the examples that a submission sent, in the order of their lines; both files."""
    found: array[int] = array("q")
    for part in PARTS:
        found.extend(number for number, _ in lines_sent(workspace, ref, part) if number is not None)
    return found


def find_submissions(workspace: "Workspace", name: str) -> list[Submission]:
    """Those of this dataset whose reference, job id, suffix or model it is; for `job:` in a query."""
    wanted = name.strip().casefold()
    found: list[Submission] = []
    for row in all_submissions(workspace, LOOKED_THROUGH):
        job = row.job
        names = [row.ref, row.plan.suffix, job.id if job else "", (job.fine_tuned_model or "") if job else ""]
        if wanted and is_of(workspace, row) and wanted in {each.casefold() for each in names}:
            found.append(row)
    return found


def ids_sent(workspace: "Workspace", name: str) -> list[int]:
    """The examples that any of the submissions of this name sent."""
    found: set[int] = set()
    for row in find_submissions(workspace, name):
        found.update(examples_of(workspace, row.ref))
    return sorted(found)


def query_for(row: Submission) -> str:
    """What the filter box shows for the examples of a submission."""
    return f"job:{json.dumps(row.ref)[1:-1]}"
