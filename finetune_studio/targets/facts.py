"""The facts that make up a profile, as values."""

import math
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

SUPERVISED = "supervised"
DPO = "dpo"


class Wire(StrEnum):
    """Which protocol the service speaks; LINT_ONLY profiles are checked against, not submitted to."""

    OPENAI = "openai"
    TOGETHER = "together"
    FIREWORKS = "fireworks"
    MISTRAL = "mistral"
    LINT_ONLY = "lint_only"


class EpochsRule(StrEnum):
    """How the service chooses the epochs where the person does not."""

    OPENAI = "openai"
    REHEARSAL = "rehearsal"
    FIXED = "fixed"
    """The default of the n_epochs range."""


class NoticeKind(StrEnum):
    CLOSING = "closing"
    """Something will end at `at`."""
    CLOSED = "closed"
    """It ended."""
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a group of facts comes from and when it was read. `confidence` is ran, doc or secondary."""

    about: str
    text: str
    at: date
    confidence: str = "doc"


@dataclass(frozen=True, slots=True)
class Price:
    """Of training, per million tokens; `at` is the day the price was read."""

    per_million: float
    currency: str
    at: date
    source: str = ""


@dataclass(frozen=True, slots=True)
class HyperparameterRange:
    """`kind` is "integer", "number" or "flag" (sent as true or false; `default` 0 or 1).

    `default` None means "auto" where `auto` is true, and that the person must choose where it is not.

    `minimum_excluded` makes the minimum itself too small, as with a learning rate of 0.
    """

    name: str
    title: str
    kind: str
    minimum: float | None = None
    maximum: float | None = None
    minimum_excluded: bool = False
    auto: bool = True
    default: float | None = None
    help: str = ""

    def problem_with(self, value: object) -> str | None:
        """Why `value` is not taken, as a sentence; None where it is."""
        if value is None or value == "auto":
            return None if self.auto or self.default is not None else f"{self.title} needs a number."
        if self.kind == "flag":
            return None if value in (0, 1) else f"{self.title} is either on or off."
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return f"{self.title} must be a number{' or auto' if self.auto else ''}."
        if self.kind == "integer" and value != int(value):
            return f"{self.title} must be a whole number."
        low, high = self.minimum, self.maximum
        if low is not None and (value < low or (self.minimum_excluded and value == low)):
            return f"{self.title} must be {'more than' if self.minimum_excluded else 'at least'} {low:,g}."
        if high is not None and value > high:
            return f"{self.title} must be at most {high:,g}."
        return None


@dataclass(frozen=True, slots=True)
class MethodFacts:
    """One way of training. Key sets are of the JSON objects at their places; all else is refused there."""

    id: str
    title: str
    top_keys: frozenset[str]
    input_keys: frozenset[str] = frozenset()
    """Keys of a pair's `input`; empty for conversations."""
    min_examples: int = 1
    max_examples: int | None = None
    advised_examples: int = 50
    weight_allowed: bool = True
    text_only: bool = False
    hyperparameters: tuple[HyperparameterRange, ...] = ()

    def hyperparameter(self, name: str) -> HyperparameterRange | None:
        return next((item for item in self.hyperparameters if item.name == name), None)


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """A trainable base model.

    `id` is what a job is created with (the dated id); `aliases` are the other names it goes by.
    `encoding` is approximate where `encoding_exact` is false. `max_tokens` is the limit per example,
    None where it is not known. `listed` is false for a model that the profile only takes by its name.
    """

    id: str
    title: str
    encoding: str
    encoding_exact: bool = True
    aliases: tuple[str, ...] = ()
    max_tokens: int | None = None
    context: int | None = None
    methods: tuple[str, ...] = (SUPERVISED,)
    price: Price | None = None
    shutdown: date | None = None
    images: bool = False
    listed: bool = True


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """None or empty: not limited or not known."""

    max_per_example: int | None = None
    max_bytes: int | None = None
    types: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    remote_allowed: bool = True
    """Whether an image may be an http address rather than data."""


@dataclass(frozen=True, slots=True)
class UploadFacts:
    """Sizes are bytes. A file larger than `part_bytes` goes in parts of that size, where the service can;
    up to `max_parts_bytes` then.
    """

    max_file_bytes: int | None = None
    max_parts_bytes: int | None = None
    part_bytes: int | None = None
    wants_bom: bool = False
    purpose: str = "fine-tune"


@dataclass(frozen=True, slots=True)
class JobFacts:
    """How a job is created and steered. `extra_body` is sent as it is, beside the known fields.

    `hyperparameters_at` is "method" (method.<type>.hyperparameters) or "top" (hyperparameters).
    `suffix_forbidden` are characters that the suffix must not hold.
    """

    hyperparameters_at: str = "method"
    sends_method: bool = True
    extra_body: dict[str, str] = field(default_factory=dict)
    suffix_max: int | None = 64
    suffix_forbidden: str = ""
    seed: bool = True
    metadata: bool = True
    find_by_metadata: bool = True
    cancel: bool = True
    pause: bool = False
    resume: bool = False
    events: bool = True
    checkpoints: bool = False
    wandb: bool = False
    """Whether the service can report a job to Weights & Biases."""
    from_tuned: bool = False
    """Whether a job may begin with a model of an earlier one, named as the service named it."""
    epochs_rule: EpochsRule = EpochsRule.OPENAI


@dataclass(frozen=True, slots=True)
class Notice:
    """A dated fact that the person should know; shown from `since` (always, where None)."""

    text: str
    kind: NoticeKind = NoticeKind.INFO
    at: date | None = None
    since: date | None = None
    source: str = ""
    models: tuple[str, ...] = ()
    """Ids of the models it is about; empty: all."""
