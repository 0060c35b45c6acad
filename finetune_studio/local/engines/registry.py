"""The engines of this computer, by base model."""

from collections.abc import Sequence

from finetune_studio.local.engines.base import Engine


class Engines:
    """Finds the engine of a base model."""

    def __init__(self, engines: Sequence[Engine]) -> None:
        self._by_model = {model: engine for engine in engines for model in engine.limits.base_models}

    def base_models(self) -> tuple[str, ...]:
        return tuple(self._by_model)

    def find(self, base_model: str) -> Engine | None:
        return self._by_model.get(base_model)


def default_engines() -> Engines:
    from finetune_studio.local.engines.rehearsal.engine import RehearsalEngine

    return Engines([RehearsalEngine()])
