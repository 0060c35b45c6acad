"""The body of job create beside model and training file."""

from finetune_studio.providers.base import REF_KEY, JobRequest
from finetune_studio.providers.wire_facts import WireFacts


def job_body(request: JobRequest, facts: WireFacts) -> dict[str, object]:
    """What is left to the service ("auto", None) is left out, so that its own default holds."""
    chosen = {
        name: value for name, value in request.hyperparameters.values if value is not None and value != "auto"
    }
    body: dict[str, object] = {"metadata": {**dict(request.metadata), REF_KEY: request.ref}}
    if request.validation_file:
        body["validation_file"] = request.validation_file
    if request.suffix:
        body["suffix"] = request.suffix
    if request.seed is not None:
        body["seed"] = request.seed
    if facts.top_level_hyperparameters:
        if chosen:
            body["hyperparameters"] = chosen
        if request.method != "supervised":
            body["method"] = {"type": request.method}
    else:
        settings: dict[str, object] = {"hyperparameters": chosen} if chosen else {}
        body["method"] = {"type": request.method, **({request.method: settings} if settings else {})}
    body.update(facts.extra_body)
    return body
