"""Settings of the checks as a file: what is written is read again, and what is wrong is named."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.domain.errors import UsageError
from finetune_studio.lint.config import LintConfig
from finetune_studio.lint.registry import all_rules
from finetune_studio.lint.settings_file import (
    config_of_settings,
    find_settings,
    read_settings,
    settings_text,
    switched_off,
)
from finetune_studio.targets.registry import resolve_target

_CODES = [rule.code for rule in all_rules()]
_NUMBERS = [f"{rule.code}.{option.key}" for rule in all_rules() for option in rule.options]
_LISTS = [f"{rule.code}.{option.key}" for rule in all_rules() for option in rule.list_options]
_TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), max_size=4)
_CONFIGS = st.builds(
    LintConfig,
    target=st.sampled_from([None, resolve_target("openai:gpt-4.1-mini"), resolve_target("generic", "dpo")]),
    ignore=st.sets(st.sampled_from(_CODES)).map(lambda codes: tuple(sorted(codes))),
    extend=st.sampled_from([(), ("B410",)]),
    severity=st.dictionaries(st.sampled_from(_CODES), st.sampled_from(list(Severity))),
    options=st.builds(
        lambda numbers, lists: {**numbers, **lists},
        st.dictionaries(st.sampled_from(_NUMBERS), st.integers(0, 10**6) | st.floats(0, 1)),
        st.dictionaries(st.sampled_from(_LISTS), _TEXTS),
    ),
)


@settings(deadline=None)
@given(_CONFIGS)
def test_what_is_written_is_read_again(config: LintConfig) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "finetune-studio.toml"
        path.write_text(settings_text(config), encoding="utf-8", newline="\n")
        found = config_of_settings(read_settings(path))
        assert found == config
        where, same = find_settings(path.parent / "data.jsonl")
        assert where == path
        assert config_of_settings(same) == config


def test_the_key_of_the_masks_stays_in_the_dataset() -> None:
    text = settings_text(LintConfig(options={"masks.key": "secret", "L105.z": 5}))
    assert "secret" not in text
    assert "z = 5" in text


def test_prefixes_and_selections_become_whole_codes() -> None:
    only = config_of_settings({"select": ["Q"], "ignore": "Q105"})
    off = switched_off(only, _CODES)
    assert "Q105" in off
    assert "Q102" not in off
    assert "D201" in off


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("selekt = 1", "selekt"),
        ("severity = 3", "severity"),
        ("options = []", "options"),
        ("[severity]\nQ105 = 'grave'", "Q105=grave"),
        ("target = 'nobody:nothing'", "nobody"),
        ("not toml", "cannot be read"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, named: str) -> None:
    path = tmp_path / "finetune-studio.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=named):
        config_of_settings(read_settings(path))


def test_a_pyproject_needs_its_table(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text("[tool.other]\nx = 1\n", encoding="utf-8")
    with pytest.raises(UsageError, match="no table"):
        read_settings(path)
    path.write_text('[tool.finetune-studio]\nignore = ["Q105"]\n', encoding="utf-8")
    assert config_of_settings(read_settings(path)).ignore == ("Q105",)
