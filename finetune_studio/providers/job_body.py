"""The body of job create beside model and training file."""

from finetune_studio.providers.base import REF_KEY, JobRequest
from finetune_studio.providers.wire_facts import WireFacts


def job_body(request: JobRequest, facts: WireFacts) -> dict[str, object]:
    """What is left to the service ("auto", None) is left out, so that its own default holds."""
    chosen = {
        name: bool(value) if name in facts.flags else value
        for name, value in request.hyperparameters.values
        if value is not None and value != "auto"
    }
    body: dict[str, object] = {}
    if facts.metadata:
        body["metadata"] = {**dict(request.metadata), REF_KEY: request.ref}
    if request.validation_file:
        body["validation_file"] = request.validation_file
    if request.suffix:
        body["suffix"] = request.suffix
    if request.wandb and facts.wandb:
        body["integrations"] = [{"type": "wandb", "wandb": dict(request.wandb)}]
    if request.seed is not None and facts.seed:
        body["seed"] = request.seed
    inside = chosen if not facts.top_level_hyperparameters else {}
    if facts.top_level_hyperparameters and chosen:
        body["hyperparameters"] = chosen
    if facts.sends_method:
        settings = {request.method: {"hyperparameters": inside}} if inside else {}
        body["method"] = {"type": request.method, **settings}
    body.update(facts.extra_body)
    return body
