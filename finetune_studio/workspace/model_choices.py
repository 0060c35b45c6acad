"""Models that can be asked: the tuned ones that the journal knows, their checkpoints, and base models."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from finetune_studio.workspace.sending import Sending


class ModelKind(StrEnum):
    BASE = "base"
    TUNED = "tuned"
    CHECKPOINT = "checkpoint"


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """One model and where it is; `base_model` is the model it was tuned from (itself for a base)."""

    kind: ModelKind
    profile_id: str
    base_url: str
    model: str
    base_model: str
    title: str
    where: str
    ref: str = ""
    at: datetime | None = None


def tuned_choices(sending: "Sending") -> list[ModelChoice]:
    """Tuned models of jobs that succeeded, newest first, each followed by its checkpoints."""
    choices: list[ModelChoice] = []
    for row in sending.journal.all(limit=1000):
        job = row.job
        if job is None or not job.fine_tuned_model:
            continue
        profile = sending.profiles.get(row.plan.profile_id)
        if profile is None:
            continue
        address = "" if profile.is_local else row.plan.base_url
        common = (profile.id, address)
        title = row.plan.suffix or row.plan.model
        at = job.finished_at or row.updated_at
        choices.append(
            ModelChoice(
                ModelKind.TUNED,
                *common,
                job.fine_tuned_model,
                row.plan.model,
                title,
                profile.title,
                row.ref,
                at,
            )
        )
        for point in sending.journal.checkpoints(row.ref):
            if point.model and point.model != job.fine_tuned_model:
                name = f"{title}, step {point.step:,}"
                choices.append(
                    ModelChoice(
                        ModelKind.CHECKPOINT,
                        *common,
                        point.model,
                        row.plan.model,
                        name,
                        profile.title,
                        row.ref,
                        at,
                    )
                )
    return choices


def base_choices(sending: "Sending") -> list[ModelChoice]:
    """Base models of the profiles that a job was sent to, and of this computer."""
    used = {(row.plan.profile_id, row.plan.base_url) for row in sending.journal.all(limit=1000)}
    choices = []
    for profile in sending.profiles.values():
        addresses = {url for profile_id, url in used if profile_id == profile.id}
        if profile.is_local:
            addresses = {""}
        for url in sorted(addresses):
            choices += [
                ModelChoice(ModelKind.BASE, profile.id, url, model.id, model.id, model.id, profile.title)
                for model in profile.models
            ]
    return choices


def base_of(choice: ModelChoice) -> ModelChoice:
    """The model that a tuned one was tuned from, at the same place."""
    return ModelChoice(
        ModelKind.BASE,
        choice.profile_id,
        choice.base_url,
        choice.base_model,
        choice.base_model,
        choice.base_model,
        choice.where,
    )
