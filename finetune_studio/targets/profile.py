"""What a fine-tuning service takes, says and costs; read from profiles/*.toml."""

from dataclasses import dataclass, field
from datetime import date

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.domain.job import JobState
from finetune_studio.targets.facts import (
    DPO,
    SUPERVISED,
    EpochsRule,
    HyperparameterRange,
    ImageFacts,
    JobFacts,
    MethodFacts,
    ModelFacts,
    Notice,
    NoticeKind,
    Price,
    Source,
    UploadFacts,
    Wire,
)
from finetune_studio.targets.notices import notices_for

__all__ = [
    "DPO",
    "SUPERVISED",
    "EpochsRule",
    "HyperparameterRange",
    "ImageFacts",
    "JobFacts",
    "MethodFacts",
    "ModelFacts",
    "Notice",
    "NoticeKind",
    "Price",
    "Profile",
    "Source",
    "UploadFacts",
    "Wire",
]


@dataclass(frozen=True, slots=True)
class Profile:
    """A fine-tuning service as data.

    `base_url` "" means that the person gives it; it may hold RESOURCE for a part the person fills in.
    `open_models` says that models beyond `models` are taken by name. `no_repeats` are roles that must not
    follow themselves.
    """

    id: str
    title: str
    wire: Wire
    models: tuple[ModelFacts, ...]
    methods: tuple[MethodFacts, ...]
    roles: frozenset[str]
    message_keys: frozenset[str]
    default_model: str = ""
    base_url: str = ""
    base_url_editable: bool = True
    needs_key: bool = True
    key_name: str = ""
    key_help: str = ""
    key_page: str = ""
    moderation_model: str = ""
    """What judges examples before they are sent, where the service has it."""
    summary: str = ""
    open_models: bool = False
    default_encoding: str = "o200k_base"
    deprecated_keys: frozenset[str] = frozenset()
    extra_keys_refused: bool = True
    no_repeats: frozenset[str] = frozenset()
    severities: dict[str, Severity] = field(default_factory=dict)
    images: ImageFacts = field(default_factory=ImageFacts)
    upload: UploadFacts = field(default_factory=UploadFacts)
    job: JobFacts = field(default_factory=JobFacts)
    statuses: dict[str, JobState] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    sources: tuple[Source, ...] = ()
    is_free: bool = False
    is_local: bool = False

    @property
    def can_submit(self) -> bool:
        return self.wire is not Wire.LINT_ONLY

    def state_of(self, status: str) -> JobState:
        """Our reading of the service's word; UNKNOWN (an open state) for words the profile does not map."""
        return self.statuses.get(status, JobState.UNKNOWN)

    def method(self, method_id: str) -> MethodFacts | None:
        return next((method for method in self.methods if method.id == method_id), None)

    def find_model(self, name: str) -> ModelFacts | None:
        """The listed model by id or alias, or by the base of a `ft:` name; None otherwise."""
        wanted = name.strip()
        if wanted.lower().startswith("ft:"):
            wanted = wanted.split(":")[1]
        for model in self.models:
            if wanted == model.id or wanted in model.aliases:
                return model
        folded = wanted.casefold()
        return next((m for m in self.models if folded in {n.casefold() for n in (m.id, *m.aliases)}), None)

    def notices_on(self, day: date, model: str = "") -> list[Notice]:
        """What to tell on `day`, for one model or (empty) for all. Ordered by date."""
        facts = self.find_model(model) if model else None
        models = self.models if not model else () if facts is None else (facts,)
        return notices_for(self.notices, models, day, facts)
