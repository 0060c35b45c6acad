"""A target: profile + model + method, what the checks, the export and the forecast go by."""

from dataclasses import dataclass

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.targets.facts import DPO, SUPERVISED, ImageFacts, MethodFacts, ModelFacts
from finetune_studio.targets.profile import Profile


@dataclass(frozen=True, slots=True)
class Target:
    """Immutable and picklable. `method` must be one of the profile's methods."""

    profile: Profile
    model: ModelFacts
    method: str = SUPERVISED

    def __post_init__(self) -> None:
        if self.profile.method(self.method) is None:
            raise ValueError(f"{self.profile.id} has no method {self.method}")

    @property
    def text(self) -> str:
        """As `resolve_target` reads it: openai:gpt-4.1-mini-2025-04-14."""
        return f"{self.profile.id}:{self.model.id}"

    @property
    def title(self) -> str:
        """For people: OpenAI, GPT-4.1 mini; with the method where it is not the usual one."""
        method = self.method_facts.title
        suffix = "" if self.method == SUPERVISED else f", {method[:1].lower()}{method[1:]}"
        if self.profile.wire == "lint_only" and len(self.profile.models) <= 1 and self.model.listed:
            return self.profile.title + suffix
        return f"{self.profile.title}, {self.model.title}{suffix}"

    @property
    def method_facts(self) -> MethodFacts:
        facts = self.profile.method(self.method)
        if facts is None:
            raise ValueError(f"{self.profile.id} has no method {self.method}")
        return facts

    @property
    def is_preference(self) -> bool:
        """Whether the method trains on preference pairs rather than conversations."""
        return self.method == DPO

    @property
    def encoding(self) -> str:
        return self.model.encoding

    @property
    def allowed_roles(self) -> frozenset[str]:
        return self.profile.roles

    @property
    def allowed_top_keys(self) -> frozenset[str]:
        return self.method_facts.top_keys

    @property
    def allowed_input_keys(self) -> frozenset[str]:
        """Keys of a pair's `input`; empty for a method on conversations."""
        return self.method_facts.input_keys

    @property
    def allowed_message_keys(self) -> frozenset[str]:
        keys = self.profile.message_keys
        return keys if self.weight_allowed else keys - {"weight"}

    @property
    def deprecated_keys(self) -> frozenset[str]:
        """Keys that are taken but should be written another way (functions, function_call)."""
        return self.profile.deprecated_keys

    @property
    def extra_keys_refused(self) -> bool:
        return self.profile.extra_keys_refused

    @property
    def weight_allowed(self) -> bool:
        return self.method_facts.weight_allowed

    @property
    def text_only(self) -> bool:
        return self.method_facts.text_only

    @property
    def images_allowed(self) -> bool:
        return self.model.images and not self.text_only

    @property
    def images(self) -> ImageFacts:
        return self.profile.images

    @property
    def no_repeats(self) -> frozenset[str]:
        """Roles that must not follow themselves."""
        return self.profile.no_repeats

    @property
    def min_examples(self) -> int:
        return self.method_facts.min_examples

    @property
    def max_examples(self) -> int | None:
        return self.method_facts.max_examples

    @property
    def advised_examples(self) -> int:
        return self.method_facts.advised_examples

    @property
    def max_tokens_per_example(self) -> int | None:
        return self.model.max_tokens

    @property
    def max_file_bytes(self) -> int | None:
        """The largest file the service takes by any way of uploading that the profile names."""
        upload = self.profile.upload
        return upload.max_parts_bytes or upload.max_file_bytes

    @property
    def severity_overrides(self) -> dict[str, Severity]:
        return self.profile.severities
