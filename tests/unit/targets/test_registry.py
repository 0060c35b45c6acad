import pickle
from pathlib import Path

import pytest

from finetune_studio.domain.errors import InputError, UsageError
from finetune_studio.domain.job import JobState
from finetune_studio.targets.profile import Profile
from finetune_studio.targets.registry import load_profiles, resolve_target, shipped_profile

SHIPPED = load_profiles()


def test_all_profiles_are_shipped_in_the_order_that_a_person_meets_them() -> None:
    assert list(SHIPPED) == [
        *("openai", "azure", "nebius", "crusoe", "together", "fireworks", "mistral"),
        *("custom", "local", "generic"),
    ]


@pytest.mark.parametrize("profile", SHIPPED.values(), ids=SHIPPED)
def test_one_profile_read_alone_is_the_same(profile: Profile) -> None:
    assert shipped_profile(profile.id) == profile


def test_a_profile_that_is_not_shipped_is_not_read_alone() -> None:
    assert shipped_profile("elsewhere") is None
    assert shipped_profile("_openai_wire") is None


@pytest.mark.parametrize("profile", SHIPPED.values(), ids=SHIPPED)
def test_every_profile_is_whole(profile: Profile) -> None:
    assert profile.sources, "each group of facts names its source"
    assert {"user", "assistant"} <= profile.roles
    assert {"role", "content"} <= profile.message_keys
    assert set(profile.statuses.values()) >= {JobState.RUNNING, JobState.SUCCEEDED, JobState.FAILED}
    assert profile.can_submit == (profile.id != "generic")
    for model in profile.models:
        for method in model.methods:
            assert resolve_target(f"{profile.id}:{model.id}", method, SHIPPED).model is model


def test_a_target_by_alias_carries_the_dated_id_and_the_facts() -> None:
    target = resolve_target("openai:gpt-4.1-mini")
    assert target.model.id == "gpt-4.1-mini-2025-04-14"
    assert target.text == "openai:gpt-4.1-mini-2025-04-14"
    assert target.title == "OpenAI, GPT-4.1 mini"
    assert target.encoding == "o200k_base"
    assert (target.min_examples, target.advised_examples, target.max_examples) == (10, 50, None)
    assert target.max_tokens_per_example == 65_536
    assert target.max_file_bytes == 8 * 1024**3
    assert target.allowed_top_keys >= {"messages", "tools", "parallel_tool_calls"}
    assert target.weight_allowed
    assert target.extra_keys_refused
    assert pickle.loads(pickle.dumps(target)) == target


def test_a_preference_target_takes_other_keys() -> None:
    target = resolve_target("openai:gpt-4o", "dpo")
    assert target.is_preference
    assert target.allowed_top_keys == {"input", "preferred_output", "non_preferred_output"}
    assert target.allowed_input_keys == {"messages", "tools", "parallel_tool_calls"}
    assert target.text_only
    assert not target.images_allowed
    assert "weight" not in target.allowed_message_keys
    assert target.title == "OpenAI, GPT-4o, preference (DPO)"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("openai", "openai:gpt-4.1-mini-2025-04-14"),
        ("gpt-4o-mini", "openai:gpt-4o-mini-2024-07-18"),
        ("openai:GPT-4o", "openai:gpt-4o-2024-08-06"),
        ("openai:ft:gpt-4.1-2025-04-14:acme::x1", "openai:ft:gpt-4.1-2025-04-14:acme::x1"),
        ("ft:gpt-4.1-2025-04-14:acme::x1", "openai:ft:gpt-4.1-2025-04-14:acme::x1"),
        ("local", "local:rehearsal"),
        ("generic", "generic:any"),
        ("custom:meta/llama:8b", "custom:meta/llama:8b"),
    ],
)
def test_text_forms(text: str, expected: str) -> None:
    assert resolve_target(text, profiles=SHIPPED).text == expected


def test_a_model_taken_by_name_has_an_approximate_encoding_and_no_limit() -> None:
    model = resolve_target("custom:llama", profiles=SHIPPED).model
    assert not model.listed
    assert not model.encoding_exact
    assert model.max_tokens is None


@pytest.mark.parametrize(
    ("text", "method", "says"),
    [
        ("nowhere", "supervised", ["openai:gpt-4.1-mini", "local:rehearsal", "custom:MODEL"]),
        ("openai:gpt-9", "supervised", ["no trainable model “gpt-9”", "gpt-4.1-mini-2025-04-14"]),
        ("custom", "supervised", ["needs a model", "custom:MODEL"]),
        ("openai", "magic", ["no method “magic”", "supervised, dpo"]),
        ("local", "dpo", ["no method “dpo”", "supervised"]),
        ("", "supervised", ["There is no target"]),
        ("ft:", "supervised", ["There is no target"]),
    ],
)
def test_what_does_not_exist_is_said_with_what_does(text: str, method: str, says: list[str]) -> None:
    with pytest.raises(UsageError) as caught:
        resolve_target(text, method, SHIPPED)
    assert all(part in str(caught.value) for part in says)


def test_statuses_are_read_and_unknown_ones_are_open() -> None:
    openai = SHIPPED["openai"]
    assert openai.state_of("succeeded") is JobState.SUCCEEDED
    assert openai.state_of("paused") is JobState.PAUSED
    assert openai.state_of("dreaming") is JobState.UNKNOWN
    assert not openai.state_of("pausing").is_final


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_an_own_file_changes_just_what_it_names(tmp_path: Path) -> None:
    write(
        tmp_path,
        "openai.toml",
        'id = "openai"\n[[models]]\nid = "gpt-4o-2024-08-06"\n'
        "price = { per_million = 12.5, at = 2026-12-01 }\n"
        '[[models]]\nid = "gpt-4o-mini-2024-07-18"\nremoved = true\n[[models]]\nid = "gpt-6"\n',
    )
    changed = load_profiles(tmp_path)["openai"]
    model = changed.find_model("gpt-4o")
    assert model is not None
    assert model.price is not None
    assert (model.price.per_million, model.price.currency) == (12.5, "USD")
    assert model.max_tokens == 65_536
    assert changed.find_model("gpt-4o-mini") is None
    assert changed.models[-1].id == "gpt-6"
    assert changed.title == "OpenAI"
    assert load_profiles()["openai"] == SHIPPED["openai"]


def test_an_own_profile_extends_another(tmp_path: Path) -> None:
    write(
        tmp_path,
        "gateway.toml",
        'id = "gateway"\nextends = "custom"\ntitle = "Our gateway"\n[service]\nbase_url = "https://x/v1"\n',
    )
    profile = load_profiles(tmp_path)["gateway"]
    assert (profile.title, profile.base_url) == ("Our gateway", "https://x/v1")
    assert profile.roles == SHIPPED["custom"].roles


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("id = [", "mine.toml is not valid TOML"),
        ('title = "x"', "mine.toml, id: is missing"),
        ('id = "openai"\ncolour = "red"', "mine.toml, colour: is not a known key"),
        ('id = "openai"\n[service]\nurl = "x"', "service.url: is not a known key"),
        ('id = "openai"\n[[models]]\nid = "m"\nmax_tokens = "many"', "models[m].max_tokens: must be a whole"),
        ('id = "openai"\n[[models]]\nid = "m"\nshutdown = "soon"', "models[m].shutdown: must be a date"),
        ('id = "openai"\n[[models]]\nid = "m"\nprice = {per_million = 1}', "models[m].price.at: is missing"),
        ('id = "openai"\n[[models]]\nid = "m"\nmethods = ["magic"]', "there is no method “magic”"),
        ('id = "openai"\n[[models]]\nid = "m"\naliases = ["gpt-4o"]', "the name “gpt-4o” is there twice"),
        (
            'id = "openai"\nwire = "pigeon"',
            "wire: “pigeon” is not one of openai, together, fireworks, mistral, lint_only",
        ),
        ('id = "openai"\nmodels = 3', "models: must be a list of tables"),
        ('id = "openai"\n[statuses]\nqueued = "asleep"', "statuses.queued: “asleep” is not one of"),
        ('id = "openai"\n[severities]\nF001 = 3', "severities.F001"),
        ('id = "new"\nextends = "nothing"', "extends: there is no profile “nothing”"),
        ('id = "Bad Id"\nextends = "custom"', "id: must be of small letters"),
        ('id = "openai"\ndefault_model = "gpt-9"', "default_model: there is no model “gpt-9”"),
        ('id = "openai"\n[[methods]]\nid = "dpo"\nmax_examples = 2', "max_examples: is less than"),
    ],
)
def test_a_wrong_file_is_said_by_file_and_key(tmp_path: Path, text: str, says: str) -> None:
    write(tmp_path, "mine.toml", text)
    with pytest.raises(InputError) as caught:
        load_profiles(tmp_path)
    assert says in str(caught.value)
    assert "mine.toml" in str(caught.value)


def test_a_file_that_is_not_text_is_said(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match=r"mine\.toml is not UTF-8"):
        load_profiles(tmp_path)
