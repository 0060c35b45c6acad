"""The unpacked language model says what the packed one says, and what stands in its place does no harm."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from finetune_studio.lint import language_model
from finetune_studio.lint.language_model import language_identifier

TEXTS = (
    "The quick brown fox jumps over the lazy dog.",
    "Der schnelle braune Fuchs springt über den faulen Hund.",
    "素早い茶色の狐がのろまな犬を飛び越える。",
    "",
    "1234",
)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("FINETUNE_STUDIO_HOME", str(tmp_path))
    language_identifier.cache_clear()
    yield tmp_path / "cache" / "language-model"
    language_identifier.cache_clear()


@pytest.fixture(scope="module")
def packed() -> list[object]:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    return [identifier.rank(text) for text in TEXTS]


def ranked_anew() -> list[object]:
    language_identifier.cache_clear()
    return [language_identifier().rank(text) for text in TEXTS]


def test_unpacked_and_mapped_it_ranks_as_the_package_does(cache: Path, packed: list[object]) -> None:
    assert ranked_anew() == packed
    (folder,) = cache.iterdir()
    written = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert ranked_anew() == packed
    assert isinstance(language_identifier().tk_nextmove, memoryview)
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == written


@pytest.mark.parametrize("name", ["nb_ptc.npy", "tk_nextmove.npy", "tk_output.npy", "nb_classes"])
def test_what_is_cut_off_is_not_used(cache: Path, packed: list[object], name: str) -> None:
    ranked_anew()
    (folder,) = cache.iterdir()
    path = folder / name
    path.write_bytes(path.read_bytes()[:-100])
    assert ranked_anew() == packed
    assert ranked_anew() == packed
    assert isinstance(language_identifier().tk_nextmove, memoryview)
    assert [p.name for p in cache.iterdir()] == [folder.name]


def test_a_cache_that_cannot_be_written_costs_time_only(cache: Path, packed: list[object]) -> None:
    cache.parent.mkdir()
    cache.write_text("a file where the folder should be")
    assert ranked_anew() == packed


def test_models_of_other_versions_go(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language_model, "_OLD", -1)
    (cache / "of-another-version").mkdir(parents=True)
    ranked_anew()
    ranked_anew()
    assert len(list(cache.iterdir())) == 1
