"""What a target takes, as the rules ask for it: read once from the profile."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.domain.example import ExampleKind
from finetune_studio.lint.config import LintConfig
from finetune_studio.targets.facts import DPO, SUPERVISED, ImageFacts
from finetune_studio.targets.profile import Profile
from finetune_studio.targets.registry import GENERIC, resolve_target
from finetune_studio.targets.target import Target

_INPUT_KEYS = frozenset({"messages", "tools", "parallel_tool_calls"})


@dataclass(frozen=True, slots=True)
class Limits:
    """`title` names the target for people. None where the target sets no limit.

    `method` "" takes conversations and preference pairs alike (no target was chosen). `takes_images` is
    false where the model or the method is for text only, `pairs_are_text` true where preference pairs are.
    """

    title: str
    model: str
    method: str
    roles: frozenset[str]
    top_keys: Mapping[ExampleKind, frozenset[str]]
    input_keys: frozenset[str]
    message_keys: frozenset[str]
    deprecated_keys: frozenset[str]
    extra_keys_refused: bool
    weight_allowed: bool
    no_repeats: frozenset[str]
    images: ImageFacts
    takes_images: bool
    pairs_are_text: bool
    min_examples: int
    advised_examples: int
    max_examples: int | None
    max_tokens: int | None
    max_file_bytes: int | None
    encoding: str
    severities: Mapping[str, Severity] = field(default_factory=dict)


def limits_of(config: LintConfig) -> Limits:
    """The limits of the configured target, or of OpenAI's chat format with any provider."""
    target = _generic_target() if config.target is None else config.target
    profile = target.profile
    is_open = config.target is None
    return Limits(
        title=profile.title,
        model=target.model.title,
        method="" if is_open else target.method,
        roles=frozenset(target.allowed_roles),
        top_keys=_top_keys(profile, target),
        input_keys=_pair_input_keys(profile),
        message_keys=frozenset(target.allowed_message_keys),
        deprecated_keys=profile.deprecated_keys,
        extra_keys_refused=target.extra_keys_refused,
        weight_allowed=target.weight_allowed or is_open,
        no_repeats=profile.no_repeats,
        images=profile.images,
        takes_images=is_open or target.images_allowed,
        pairs_are_text=_pairs_are_text(profile),
        min_examples=target.min_examples,
        advised_examples=target.advised_examples,
        max_examples=target.max_examples,
        max_tokens=target.max_tokens_per_example,
        max_file_bytes=target.max_file_bytes,
        encoding=config.encoding or target.model.encoding or profile.default_encoding,
        severities=target.severity_overrides,
    )


@lru_cache(maxsize=1)
def _generic_target() -> Target:
    return resolve_target(GENERIC)


def _top_keys(profile: Profile, target: Target) -> dict[ExampleKind, frozenset[str]]:
    """By kind: what fits another method is F018's to report, not an extra key."""
    chat, pair = profile.method(SUPERVISED), profile.method(DPO)
    allowed = frozenset(target.allowed_top_keys)
    pair_keys = frozenset({"input", "preferred_output", "non_preferred_output"})
    return {
        ExampleKind.CONVERSATION: chat.top_keys if chat else allowed,
        ExampleKind.PREFERENCE: pair.top_keys if pair else pair_keys,
        ExampleKind.OTHER: allowed,
    }


def _pair_input_keys(profile: Profile) -> frozenset[str]:
    pair = profile.method(DPO)
    return pair.input_keys if pair and pair.input_keys else _INPUT_KEYS


def _pairs_are_text(profile: Profile) -> bool:
    pair = profile.method(DPO)
    return pair is not None and pair.text_only
