"""Whether a job or a file there may be the one that was asked for."""

from collections.abc import Iterable

from finetune_studio.domain.job import FineTuneJob
from finetune_studio.providers.base import JobRequest, RemoteFile


def is_like(job: FineTuneJob, request: JobRequest) -> bool:
    """Same file, same model (or a dated name of it), same suffix, and no metadata that says otherwise.

    For services that keep no reference of ours.
    """
    return (
        not job.metadata
        and job.training_file == request.training_file
        and (job.model == request.model or job.model.startswith(request.model + "-"))
        and job.suffix in ("", request.suffix)
    )


def first_named(files: Iterable[RemoteFile], name: str, size: int | None) -> RemoteFile | None:
    """The first file of this name and size; a service may not tell sizes."""
    for file in files:
        if file.name == name and (size is None or file.size in (None, size)):
            return file
    return None
