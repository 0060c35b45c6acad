"""Services that a person adds or changes: asked once, then kept, and the profiles read again."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from finetune_studio.targets.profile import Profile

if TYPE_CHECKING:
    from finetune_studio.providers.base import RemoteModel
    from finetune_studio.workspace.sending import Sending


@dataclass(frozen=True, slots=True)
class AddedService:
    """`models` are what the service answered; `key_place` says where the key is now ("" for none)."""

    profile: Profile
    models: tuple["RemoteModel", ...]
    key_place: str = ""


def ask_service(sending: "Sending", title: str, base_url: str, key: str) -> tuple["RemoteModel", ...]:
    """One cheap call to an address that is not a profile yet; raises what says what is wrong with it."""
    from finetune_studio.providers.registry import provider_for
    from finetune_studio.providers.secrets import Secret

    base = sending.profiles["custom"]
    profile = replace(base, title=title.strip() or base.title, needs_key=bool(key))
    provider = provider_for(profile, base_url, Secret(key) if key else None)
    try:
        return provider.list_models()
    finally:
        provider.close()


def add_service(
    sending: "Sending", title: str, base_url: str, key: str, *, test: bool = True
) -> AddedService:
    """Ask the service (unless told not to), keep it as a profile of the person's own, and keep its key.

    For tasks. Raises UsageError for a name or an address that cannot be, ProviderError for what the service
    answered.
    """
    from finetune_studio.providers.secrets import Secret
    from finetune_studio.targets.user_profiles import CustomProfile

    models = ask_service(sending, title, base_url, key) if test else ()
    profile = sending.save_profile(CustomProfile(title=title, base_url=base_url, needs_key=bool(key)))
    place = sending.connections.keys.keep(profile, profile.base_url, Secret(key)).value if key else ""
    return AddedService(profile, models, place)


def change_service(
    sending: "Sending", profile_id: str, changes: dict[str, Any], *, title: str = "", base_url: str = ""
) -> Profile:
    """Keep what differs from the profile: limits, models, prices; for one of the person's own, its name too.

    `changes` are in the words of profiles/*.toml. A key stays bound to its address.
    """
    from finetune_studio.targets.user_profiles import custom_profile, save_override

    own = custom_profile(sending.profiles_folder, profile_id)
    if own is not None:
        sending.save_profile(replace(own, title=title or own.title, base_url=base_url or own.base_url))
    if changes:
        save_override(sending.profiles_folder, profile_id, changes)
    sending.reload_profiles()
    return sending.profiles[profile_id]


def is_own(sending: "Sending", profile_id: str) -> bool:
    """Whether the person added this service; false for one that the app ships."""
    from finetune_studio.targets.user_profiles import custom_profile

    return custom_profile(sending.profiles_folder, profile_id) is not None


def is_changed(sending: "Sending", profile_id: str) -> bool:
    """Whether the person changed a profile that the app ships."""
    from finetune_studio.targets.user_profiles import list_user_profiles

    return any(
        item.id == profile_id and item.overrides for item in list_user_profiles(sending.profiles_folder)
    )


def forget_service(sending: "Sending", profile_id: str) -> None:
    """Remove an added service with its key; a changed one is as it was shipped again, and keeps its key."""
    profile = sending.profiles[profile_id]
    if is_own(sending, profile_id):
        sending.connections.keys.forget(profile, profile.base_url)
    sending.remove_profile(profile_id)
