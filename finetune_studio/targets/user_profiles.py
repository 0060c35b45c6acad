"""Profiles that a person adds or changes: TOML files of their own in the settings folder."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w

from finetune_studio.domain.errors import InputError, StorageFullError, UsageError
from finetune_studio.targets.profile import Profile
from finetune_studio.targets.registry import load_profiles, merged, try_profile
from finetune_studio.targets.toml_reader import read_toml
from finetune_studio.whole_files import write_whole

CUSTOM = "custom"
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class CustomProfile:
    """A service that a person added. `base_url` is checked by whoever saves (providers.checked_base_url).

    `id` is made of the title where it is empty. `based_on` is the profile whose limits, hyperparameters and
    protocol it starts from; `key_name` the environment variable that may hold its key.
    """

    title: str
    base_url: str
    key_name: str = ""
    default_model: str = ""
    needs_key: bool = True
    based_on: str = CUSTOM
    id: str = ""


@dataclass(frozen=True, slots=True)
class UserProfile:
    """A file of the person's own; `overrides` says that it changes a shipped profile."""

    id: str
    title: str
    path: Path
    overrides: bool


def save_custom_profile(folder: Path, custom: CustomProfile) -> Profile:
    """Write the service's file, and give the profile that it makes; what else the file says stays.

    Raises UsageError for a name or a variable that cannot be, InputError naming the key that is wrong,
    and StorageFullError where the folder cannot be written.
    """
    title = " ".join(custom.title.split())
    if not title:
        raise UsageError("The service has no name.", "Give it one.")
    if custom.key_name and not _VARIABLE.fullmatch(custom.key_name):
        raise UsageError(
            f"“{custom.key_name}” is not the name of an environment variable.",
            "It is of letters, digits and _, such as MY_SERVICE_API_KEY. The key itself goes elsewhere.",
        )
    shipped = load_profiles()
    if custom.based_on not in shipped:
        raise UsageError(f"There is no profile “{custom.based_on}” to start from.")
    if custom.id in shipped:
        raise UsageError(f"“{custom.id}” is a profile of the app.", "Choose another id.")
    profile_id = custom.id or _free_id(title, {*shipped, *(item.id for item in list_user_profiles(folder))})
    table: dict[str, Any] = {
        "id": profile_id,
        "extends": custom.based_on,
        "title": title,
        "default_model": custom.default_model.strip(),
        "service": {
            "base_url": custom.base_url.strip(),
            "key_name": custom.key_name,
            "needs_key": custom.needs_key,
        },
    }
    return _save(folder, profile_id, table)


def save_override(folder: Path, profile_id: str, changes: Mapping[str, Any]) -> Profile:
    """Keep what differs from a profile, shipped or added, in the words of profiles/*.toml: a price, a limit.

    Merged into what the person's own file says already. Raises as `save_custom_profile`.
    """
    if profile_id not in load_profiles(folder):
        raise UsageError(f"There is no profile “{profile_id}” to change.")
    return _save(folder, profile_id, {**changes, "id": profile_id})


def list_user_profiles(folder: Path) -> tuple[UserProfile, ...]:
    """The person's own files, by id. Files that cannot be read are left out: load_profiles names them."""
    shipped = load_profiles()
    found: list[UserProfile] = []
    for path, table in _tables(folder):
        profile_id = str(table.get("id", ""))
        known = shipped.get(profile_id)
        title = str(table.get("title") or (known.title if known else profile_id))
        found.append(UserProfile(profile_id, title, path, known is not None))
    return tuple(sorted(found, key=lambda item: item.id))


def custom_profile(folder: Path, profile_id: str) -> CustomProfile | None:
    """What the person entered for a service of their own, for changing it."""
    for _, table in _tables(folder):
        if table.get("id") == profile_id and "extends" in table:
            service = table.get("service", {})
            return CustomProfile(
                title=str(table.get("title", "")),
                base_url=str(service.get("base_url", "")),
                key_name=str(service.get("key_name", "")),
                default_model=str(table.get("default_model", "")),
                needs_key=bool(service.get("needs_key", True)),
                based_on=str(table["extends"]),
                id=profile_id,
            )
    return None


def remove_user_profile(folder: Path, profile_id: str) -> None:
    """Delete the person's own file: an added service is gone, a changed one is as it was shipped.

    Raises UsageError when there is none, StorageFullError where it cannot be deleted.
    """
    paths = [item.path for item in list_user_profiles(folder) if item.id == profile_id]
    if not paths:
        raise UsageError(f"There is no profile of your own called “{profile_id}”.")
    try:
        for path in paths:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise StorageFullError(f"{paths[0]} cannot be deleted ({error.strerror or error}).") from error


def _save(folder: Path, profile_id: str, table: dict[str, Any]) -> Profile:
    known = [(path, old) for path, old in _tables(folder) if old.get("id") == profile_id]
    path, before = known[0] if known else (folder / f"{profile_id}.toml", {})
    whole = _merged_file(profile_id, before, table)
    profile = try_profile(folder, path, whole)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(path, tomli_w.dumps(whole).encode())
    except OSError as error:
        raise StorageFullError(
            f"The profile could not be written to {path} ({error.strerror or error}).",
            "See that the folder can be written and the disk has room.",
        ) from error
    return profile


def _merged_file(profile_id: str, before: dict[str, Any], table: dict[str, Any]) -> dict[str, Any]:
    """A file with changes laid over it; models of the shipped profile that are taken out stay named."""
    whole = merged(before, table)
    shipped = load_profiles()
    base = shipped.get(profile_id) or shipped.get(str(whole.get("extends", "")))
    listed = {model.id for model in base.models} if base is not None else set()
    gone: dict[str, dict[str, Any]] = {}
    for item in (*before.get("models", []), *table.get("models", [])):
        if item.get("removed") is True:
            gone[item["id"]] = item
        else:
            gone.pop(item.get("id"), None)
    named = [item for name, item in gone.items() if name in listed]
    if named:
        whole["models"] = [*whole.get("models", []), *named]
    return whole


def _tables(folder: Path) -> list[tuple[Path, dict[str, Any]]]:
    found: list[tuple[Path, dict[str, Any]]] = []
    for path in sorted(folder.glob("[!_.]*.toml")) if folder.is_dir() else ():
        try:
            found.append((path, read_toml(path)))
        except InputError:
            continue
    return found


def _free_id(title: str, taken: set[str]) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:36] or "service"
    return next(name for name in (base, *(f"{base}-{n}" for n in range(2, 1000))) if name not in taken)
