"""Whether a job may be the one that was asked for, at services that keep no reference of ours."""

from finetune_studio.domain.job import FineTuneJob
from finetune_studio.providers.base import JobRequest


def is_like(job: FineTuneJob, request: JobRequest) -> bool:
    """Same file, same model (or a dated name of it), same suffix, and no metadata that says otherwise."""
    return (
        not job.metadata
        and job.training_file == request.training_file
        and (job.model == request.model or job.model.startswith(request.model + "-"))
        and job.suffix in ("", request.suffix)
    )
