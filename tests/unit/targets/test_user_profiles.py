"""Profiles of the person's own: added, changed, taken away, and never half written."""

from pathlib import Path

import pytest

from finetune_studio.domain.errors import InputError, UsageError
from finetune_studio.settings.paths import AppPaths
from finetune_studio.targets.registry import load_profiles
from finetune_studio.targets.user_profiles import (
    CustomProfile,
    custom_profile,
    list_user_profiles,
    remove_user_profile,
    save_custom_profile,
    save_override,
)
from finetune_studio.workspace.sending import Sending

GATEWAY = CustomProfile("Our gateway", "https://llm.example.com/v1/", "GATEWAY_API_KEY", "tiny")


def test_three_fields_make_a_provider(tmp_path: Path) -> None:
    saved = save_custom_profile(tmp_path, CustomProfile("Our gateway", "https://llm.example.com/v1"))
    assert (saved.id, saved.can_submit) == ("our-gateway", True)
    assert load_profiles(tmp_path)["our-gateway"] == saved
    assert {method.id for method in saved.methods} == {"supervised", "dpo"}


def test_what_was_entered_comes_back_and_can_be_changed(tmp_path: Path) -> None:
    saved = save_custom_profile(tmp_path, GATEWAY)
    entered = custom_profile(tmp_path, saved.id)
    assert entered is not None
    assert (entered.title, entered.key_name, entered.default_model) == (
        "Our gateway",
        "GATEWAY_API_KEY",
        "tiny",
    )
    changed = save_custom_profile(tmp_path, CustomProfile("Ours", "https://b.example.com", id=saved.id))
    assert (changed.id, changed.title, changed.base_url) == ("our-gateway", "Ours", "https://b.example.com")
    assert [item.id for item in list_user_profiles(tmp_path)] == ["our-gateway"]


def test_what_else_a_file_says_stays(tmp_path: Path) -> None:
    save_custom_profile(tmp_path, GATEWAY)
    save_override(tmp_path, "openai", {"job": {"suffix_max": 7}})
    path = tmp_path / "our-gateway.toml"
    path.write_text(path.read_text(encoding="utf-8") + "\n[job]\nsuffix_max = 9\n", encoding="utf-8")
    save_custom_profile(tmp_path, CustomProfile("Other name", "https://b.example.com", id="our-gateway"))
    profiles = load_profiles(tmp_path)
    assert profiles["our-gateway"].job.suffix_max == 9
    assert profiles["openai"].job.suffix_max == 7


def test_a_service_of_ones_own_can_be_changed_in_all_that_a_profile_says(tmp_path: Path) -> None:
    saved = save_custom_profile(tmp_path, GATEWAY)
    changed = save_override(tmp_path, saved.id, {"upload": {"max_file_bytes": 1000}})
    assert (changed.upload.max_file_bytes, changed.base_url) == (1000, saved.base_url)
    with pytest.raises(UsageError, match="nobody"):
        save_override(tmp_path, "nobody", {})


def test_names_do_not_clash(tmp_path: Path) -> None:
    made = [save_custom_profile(tmp_path, CustomProfile("OpenAI", "https://x.example.com")).id for _ in "ab"]
    assert made == ["openai-2", "openai-3"]
    assert save_custom_profile(tmp_path, CustomProfile("Ü → ñ", "https://x.example.com")).id == "u-n"
    assert save_custom_profile(tmp_path, CustomProfile("日本", "https://x.example.com")).id == "service"


def test_an_override_is_taken_away_again(tmp_path: Path) -> None:
    price = {"per_million": 6.5, "currency": "USD", "at": load_profiles()["openai"].sources[0].at}
    model = "gpt-4.1-mini-2025-04-14"
    changed = save_override(tmp_path, "openai", {"models": [{"id": model, "price": price}]})
    assert changed.find_model(model).price.per_million == 6.5  # type: ignore[union-attr]
    assert len(changed.models) == len(load_profiles()["openai"].models)
    assert [(item.id, item.overrides) for item in list_user_profiles(tmp_path)] == [("openai", True)]
    remove_user_profile(tmp_path, "openai")
    assert load_profiles(tmp_path) == load_profiles()
    with pytest.raises(UsageError):
        remove_user_profile(tmp_path, "openai")


@pytest.mark.parametrize(
    "custom",
    [
        CustomProfile("  ", "https://x.example.com"),
        CustomProfile("X", "https://x.example.com", "sk-a key typed here"),
        CustomProfile("X", "https://x.example.com", based_on="nobody"),
        CustomProfile("X", "https://x.example.com", id="openai"),
    ],
)
def test_what_cannot_be_is_said_and_writes_nothing(tmp_path: Path, custom: CustomProfile) -> None:
    with pytest.raises(UsageError):
        save_custom_profile(tmp_path, custom)
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_change_leaves_the_file(tmp_path: Path) -> None:
    save_override(tmp_path, "openai", {"job": {"suffix_max": 7}})
    before = (tmp_path / "openai.toml").read_bytes()
    with pytest.raises(InputError, match=r"openai\.toml, job\.suffix_max"):
        save_override(tmp_path, "openai", {"job": {"suffix_max": -1}})
    assert (tmp_path / "openai.toml").read_bytes() == before


def test_the_window_sees_a_new_service_at_once(tmp_path: Path) -> None:
    sending = Sending(AppPaths(tmp_path / "c", tmp_path / "d", tmp_path / "cache"), lambda call: call())
    held = sending.connections.profiles
    saved = sending.save_profile(GATEWAY)
    assert held[saved.id] is saved
    with pytest.raises(UsageError, match="plain http"):
        sending.save_profile(CustomProfile("X", "http://llm.example.com"))
    sending.remove_profile(saved.id)
    assert saved.id not in held


def test_a_fact_is_taken_back_and_entered_again(tmp_path: Path) -> None:
    model = "gpt-4.1-mini-2025-04-14"
    shipped = load_profiles()["openai"].find_model(model)
    assert shipped is not None
    assert shipped.price is not None
    unset = {"models": [{"id": model, "unset": ["price", "max_tokens"]}]}
    changed = save_override(tmp_path, "openai", unset).find_model(model)
    assert changed is not None
    assert (changed.price, changed.max_tokens, changed.title) == (None, None, shipped.title)
    again = save_override(tmp_path, "openai", {"models": [{"id": model, "max_tokens": 99}]}).find_model(model)
    assert again is not None
    assert (again.price, again.max_tokens) == (None, 99)
    assert load_profiles(tmp_path)["openai"].find_model(model) == again
    remove_user_profile(tmp_path, "openai")
    assert load_profiles(tmp_path)["openai"].find_model(model) == shipped


def test_a_range_of_a_hyperparameter_is_changed_and_its_limit_taken_back(tmp_path: Path) -> None:
    range_of = {"name": "n_epochs", "minimum": 2, "default": 4, "auto": False, "unset": ["maximum"]}
    method = {"id": "supervised", "hyperparameters": [range_of]}
    profile = save_override(tmp_path, "openai", {"methods": [method]})
    facts = profile.methods[0].hyperparameter("n_epochs")
    assert facts is not None
    assert (facts.minimum, facts.maximum, facts.default, facts.auto) == (2, None, 4, False)
    assert facts.problem_with(1) == "Epochs must be at least 2."


def test_what_is_taken_back_must_be_a_list_of_keys(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="unset"):
        save_override(tmp_path, "openai", {"upload": {"unset": "max_file_bytes"}})
    with pytest.raises(InputError, match="title"):
        save_override(tmp_path, "openai", {"unset": ["title"]})
