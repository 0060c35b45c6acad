"""The profiles that exist, and targets by their text form."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from finetune_studio.domain.errors import InputError, UsageError
from finetune_studio.targets.facts import SUPERVISED, ModelFacts
from finetune_studio.targets.loading import build_profile
from finetune_studio.targets.profile import Profile
from finetune_studio.targets.target import Target
from finetune_studio.targets.toml_reader import read_toml

_SHIPPED = Path(__file__).parent / "profiles"
_ORDER = (
    *("openai", "azure", "nebius", "crusoe", "together", "fireworks", "mistral"),
    *("custom", "local", "generic"),
)
_BASE = "_openai_wire"
"""What each of them extends."""
_KEYED_BY = {"models": "id", "methods": "id", "hyperparameters": "name"}
_UNSET = "unset"
_MEND = "Correct it, or remove the file."
GENERIC = "generic"


def load_profiles(extra_dir: Path | None = None) -> dict[str, Profile]:
    """The shipped profiles, overlaid and joined by the TOML files of `extra_dir`.

    A file whose `id` exists changes just what it names (tables are merged; models and methods by id,
    hyperparameters by name, where `removed = true` takes one out; other lists are replaced). In any table
    `unset = ["price"]` takes back what another file says: it is not known then. A new id
    may say `extends = "custom"` to start from another profile. Raises InputError naming the file and
    the key.
    """
    shelf = _Shelf()
    shelf.take_files(_files_in(_SHIPPED))
    if extra_dir is not None and extra_dir.is_dir():
        shelf.take_files(_files_in(extra_dir))
    profiles = {
        key: build_profile(_without_unset(table), shelf.files[key]) for key, table in shelf.tables.items()
    }
    order = {key: index for index, key in enumerate(_ORDER)}
    return dict(sorted(profiles.items(), key=lambda item: (order.get(item[0], len(order)), item[1].title)))


def shipped_profile(profile_id: str) -> Profile | None:
    """That of `load_profiles()` alone, in a seventh of the time; None where there is no such profile."""
    if profile_id not in _ORDER:
        return None
    shelf = _Shelf()
    shelf.take_files([path for path in _files_in(_SHIPPED) if path.stem in (profile_id, _BASE)])
    return build_profile(_without_unset(shelf.tables[profile_id]), shelf.files[profile_id])


def try_profile(extra_dir: Path, path: Path, table: dict[str, Any]) -> Profile:
    """The profile that `path` would make if it held `table`; raises InputError naming the key."""
    shelf = _Shelf()
    shelf.take_files(_files_in(_SHIPPED))
    if extra_dir.is_dir():
        shelf.take_files([other for other in _files_in(extra_dir) if other != path])
    shelf.take(path.name, dict(table))
    profile_id = str(table["id"])
    return build_profile(_without_unset(shelf.tables[profile_id]), path.name)


def resolve_target(
    text: str, method: str = SUPERVISED, profiles: Mapping[str, Profile] | None = None
) -> Target:
    """The target that `text` names: `openai:gpt-4.1-mini`, `openai` (its default model), or a model's name
    alone where one profile lists it (`gpt-4.1-mini`: the first that does).

    Raises UsageError that lists what exists.
    """
    profile_id, _, model_name = text.strip().partition(":")
    profile = shipped_profile(profile_id) if profiles is None else profiles.get(profile_id)
    if profile is None:
        known = load_profiles() if profiles is None else profiles
        profile = next((item for item in known.values() if item.find_model(text)), None)
        if profile is None:
            raise UsageError(f"There is no target “{text}”.", f"Use {_listing(known)}.")
        model_name = text
    model = resolve_model(profile, model_name or profile.default_model)
    _check_method(profile, model, method)
    return Target(profile, model, method)


def resolve_model(profile: Profile, name: str) -> ModelFacts:
    """The model by id or alias; an unlisted one where the profile takes any.

    A `ft:` name gives the facts of its base; under its own name where a job may begin with it.

    Raises UsageError that lists the profile's models.
    """
    found = profile.find_model(name) if name.strip() else None
    if found is not None and profile.job.from_tuned and name.strip().lower().startswith("ft:"):
        return replace(found, id=name.strip(), title=name.strip(), aliases=(), listed=False)
    if found is not None:
        return found
    listed = ", ".join(model.id for model in profile.models)
    if not name.strip():
        example = listed.split(", ", 1)[0] or "MODEL"
        raise UsageError(f"{profile.title} needs a model.", f"Write for instance {profile.id}:{example}.")
    if not profile.open_models:
        raise UsageError(f"{profile.title} has no trainable model “{name}”.", f"It has: {listed}.")
    methods = tuple(method.id for method in profile.methods)
    return ModelFacts(
        id=name.strip(),
        title=name.strip(),
        encoding=profile.default_encoding,
        encoding_exact=False,
        methods=methods,
        listed=False,
    )


def _check_method(profile: Profile, model: ModelFacts, method: str) -> None:
    listed = ", ".join(model.methods)
    if profile.method(method) is None:
        raise UsageError(f"{profile.title} has no method “{method}”.", f"It has: {listed}.")
    if method not in model.methods:
        raise UsageError(f"{model.title} cannot be trained with “{method}”.", f"It can with: {listed}.")


def _listing(profiles: Mapping[str, Profile]) -> str:
    names: list[str] = []
    for profile in profiles.values():
        models = [model.aliases[0] if model.aliases else model.id for model in profile.models]
        if profile.open_models:
            models.append("MODEL")
        names.extend(f"{profile.id}:{model}" for model in models)
    return ", ".join(names)


def _files_in(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.toml"))


class _Shelf:
    """Raw tables while they are read. Files whose name begins with _ are bases to extend, not profiles."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[str, Any]] = {}
        self.files: dict[str, str] = {}
        self._bases: dict[str, dict[str, Any]] = {}

    def take_files(self, paths: Iterable[Path]) -> None:
        read = [(path, read_toml(path)) for path in paths]
        self._bases.update((path.stem, table) for path, table in read if path.stem.startswith("_"))
        own = [(path, table) for path, table in read if not path.stem.startswith("_")]
        for path, table in sorted(own, key=lambda item: "extends" in item[1]):
            self.take(path.name, table)

    def take(self, file: str, table: dict[str, Any]) -> None:
        profile_id = table.get("id")
        if not isinstance(profile_id, str):
            raise InputError(f"{file}, id: is missing.", _MEND)
        base = table.pop("extends", None)
        if base is not None:
            start = self._bases.get(str(base)) or self.tables.get(str(base))
            if start is None:
                raise InputError(f"{file}, extends: there is no profile “{base}”.", _MEND)
            table = merged(start, table)
        elif profile_id in self.tables:
            table = merged(self.tables[profile_id], table)
        self.tables[profile_id] = table
        self.files[profile_id] = file


def merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """A profile's table with another laid over it, as `load_profiles` says."""
    result = dict(old)
    for key, value in new.items():
        if key == _UNSET:
            continue
        before = result.get(key)
        if isinstance(before, dict) and isinstance(value, dict):
            result[key] = merged(before, value)
        elif key in _KEYED_BY and isinstance(before, list) and isinstance(value, list):
            result[key] = _merged_lists(before, value, _KEYED_BY[key])
        else:
            result[key] = value
    newly = _unset_in(new)
    unset = [key for key in dict.fromkeys((*_unset_in(old), *newly)) if key in newly or key not in new]
    for key in unset:
        result.pop(key, None)
    if _UNSET in old or _UNSET in new:
        result[_UNSET] = unset if unset or _UNSET not in new else new[_UNSET]
        if result[_UNSET] == []:
            del result[_UNSET]
    return result


def _unset_in(table: Mapping[str, Any]) -> list[str]:
    keys = table.get(_UNSET)
    return keys if isinstance(keys, list) and all(isinstance(key, str) for key in keys) else []


def _without_unset(value: Any) -> Any:
    """A table as it is read: what was taken back is gone already, and need not be named."""
    if isinstance(value, list):
        return [_without_unset(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _without_unset(item)
        for key, item in value.items()
        if not (key == _UNSET and _unset_in(value) == item)
    }


def _merged_lists(old: list[Any], new: list[Any], name: str) -> list[Any]:
    """Items of the same name are merged at their place (or left out: `removed`), others added at the end."""
    result = list(old)
    places = {item.get(name): index for index, item in enumerate(old) if isinstance(item, dict)}
    for item in new:
        place = places.get(item.get(name)) if isinstance(item, dict) else None
        if place is None:
            result.append(item)
        else:
            result[place] = merged(result[place], item)
    return [item for item in result if not (isinstance(item, dict) and item.get("removed") is True)]
