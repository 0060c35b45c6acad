"""Settings of the checks as a file: what is written is read again, and what is wrong is named."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.domain.errors import UsageError
from finetune_studio.lint.config import LintConfig
from finetune_studio.lint.context import RuleContext
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
        ("x = " + "[" * 100_000, "cannot be read"),
        ("select = ['Z999']", "“select”: there is no rule “Z999”"),
        ("select = ['F001', 'F99']", "“F99”. Do you mean F009"),
        ("ignore = 'Q1055'", "Do you mean Q105"),
        ("select = 5", "“select” has to be a list of codes, not the number 5"),
        ("select = [5]", "“select” has to be a list of codes"),
        ("extend = [true]", "“extend” has to be a list of codes, not true"),
        ("target = 3", "“target” has to be a text, not the number 3"),
        ("method = []", "“method” has to be a text, not a list"),
        ("fail-on = 'foo'", "“foo” is not a severity"),
        ("fail-on = 3", "“3” is not a severity"),
        ("fail-om = 'error'", "Do you mean fail-on"),
        ("[severity]\nQ105 = ['a']", "Q105"),
        ("[severity]\nZ = 'error'", "“severity”: there is no rule “Z”"),
        ("[options.D202]\ntreshold = 0.5", "no option “treshold”. Do you mean threshold"),
        ("[options.D202]\nthreshold = 'x'", "D202.threshold has to be a number, not the text “x”"),
        ("[options.D202]\nthreshold = true", "D202.threshold has to be a number, not true"),
        ("[options]\n'Z999.k' = 1", "“options”: there is no rule “Z999”"),
        ("[options]\nD202 = 1", "D202 needs the name of an option"),
        ("[options]\n'D.k' = 1", "family of rules"),
        ("[options.P309]\nterms = 5", "P309.terms has to be a list of texts"),
        ("[options.P309]\nterms = ['a', 5]", "P309.terms has to be a list of texts"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, named: str) -> None:
    path = tmp_path / "finetune-studio.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=named) as raised:
        config_of_settings(read_settings(path))
    if "nobody" not in named:
        assert str(path) in raised.value.text


def test_codes_may_be_in_small_letters_and_families(tmp_path: Path) -> None:
    path = tmp_path / "finetune-studio.toml"
    text = "select = ['f', 'q105']\n[severity]\nq105 = 'error'\nf = 'info'\n[options.d202]\nthreshold = 0.7\n"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    config = config_of_settings(read_settings(path))
    assert config.select == ("F", "Q105")
    of_family = dict.fromkeys((code for code in _CODES if code.startswith("F")), Severity.INFO)
    assert config.severity == {"Q105": Severity.ERROR, **of_family}
    assert config.options == {"D202.threshold": 0.7}


def test_the_severity_of_a_family_goes_before_that_of_the_target() -> None:
    target = resolve_target("openai:gpt-4.1-mini")
    overridden = [code for code in target.severity_overrides if code in _CODES]
    rule = next(rule for rule in all_rules() if rule.code in overridden or not overridden)
    context = RuleContext(LintConfig(target=target, severity={rule.code[0]: Severity.INFO}))
    assert context.severity(rule()) is Severity.INFO


@pytest.mark.parametrize("name", ["select", "ignore", "extend"])
def test_one_code_without_a_list_is_refused(name: str) -> None:
    with pytest.raises(TypeError, match=f"{name} takes several codes"):
        LintConfig(**{name: "F001"})  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["tool = 3", "[tool]\nfinetune-studio = 3"])
def test_a_pyproject_without_a_table_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="has to be a table"):
        find_settings(tmp_path / "data.jsonl")


def test_a_pyproject_needs_its_table(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text("[tool.other]\nx = 1\n", encoding="utf-8")
    with pytest.raises(UsageError, match="no table"):
        read_settings(path)
    path.write_text('[tool.finetune-studio]\nignore = ["Q105"]\n', encoding="utf-8")
    assert config_of_settings(read_settings(path)).ignore == ("Q105",)
