"""From a profile to the provider that speaks its wire format."""

from finetune_studio.domain.errors import MissingKeyError, UsageError
from finetune_studio.providers.base import Provider
from finetune_studio.providers.fireworks import FireworksProvider
from finetune_studio.providers.key_store import environment_name
from finetune_studio.providers.mistral import MistralProvider
from finetune_studio.providers.openai_client import checked_base_url, same_origin
from finetune_studio.providers.openai_wire import OpenAIWireProvider
from finetune_studio.providers.secrets import Secret
from finetune_studio.providers.together import TogetherProvider
from finetune_studio.providers.wire_facts import wire_facts
from finetune_studio.targets.profile import Profile, Wire

_PLACEHOLDER = "RESOURCE"


def provider_for(profile: Profile, base_url: str, secret: Secret | None) -> Provider:
    """The provider at this address ("": the profile's own).

    Raises UsageError where the profile cannot be submitted to or the address is incomplete, and
    MissingKeyError without a key.
    """
    if profile.wire is Wire.LINT_ONLY:
        raise UsageError(
            f"{profile.title} is here for its checks only; nothing can be sent to it.",
            "Export for it instead.",
        )
    url = address_of(profile, base_url)
    if secret is None or not secret:
        if profile.needs_key:
            raise missing_key(profile, url)
        secret = Secret("none")
    facts = wire_facts(profile)
    if profile.wire is Wire.TOGETHER:
        return TogetherProvider(facts, url, secret)
    if profile.wire is Wire.FIREWORKS:
        return FireworksProvider(facts, url, secret)
    if profile.wire is Wire.MISTRAL:
        return MistralProvider(facts, url, secret)
    return OpenAIWireProvider(facts, url, secret)


def address_of(profile: Profile, base_url: str = "") -> str:
    """The address to ask; raises UsageError where the person has to give one, or a part of it."""
    url = base_url.strip() or profile.base_url
    if not url:
        raise UsageError(f"{profile.title} needs an address.", "Enter it, or pass --base-url.")
    if profile.base_url and not profile.base_url_editable and not same_origin(url, profile.base_url):
        raise UsageError(
            f"{profile.title} has an address of its own; {url} is another.",
            "Choose the custom provider for it.",
        )
    if _PLACEHOLDER in url:
        raise UsageError(
            f"The address {url} still holds {_PLACEHOLDER}.", "Put the name of your own resource there."
        )
    return checked_base_url(url)


def missing_key(profile: Profile, base_url: str) -> MissingKeyError:
    variable = environment_name(profile, base_url)
    ways = "Enter it on the Fine-tune page" + (f", or set {variable}." if variable else ".")
    return MissingKeyError(f"No API key is known for {profile.title}.", ways, code="no_key")
