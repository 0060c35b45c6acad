import os
import sys
from pathlib import Path

import pytest

from finetune_studio.domain.errors import StorageFullError, UsageError
from finetune_studio.settings.options import ALL_OPTIONS, option_by_key
from finetune_studio.settings.paths import app_paths
from finetune_studio.settings.store import RECENT_LIMIT, Settings


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.toml"


def test_defaults_hold_their_own_types() -> None:
    assert all(option.accepts(option.default) for option in ALL_OPTIONS)
    assert len({option.key for option in ALL_OPTIONS}) == len(ALL_OPTIONS)
    with pytest.raises(UsageError):
        option_by_key("look.colour")


def test_a_value_comes_back_after_saving(path: Path) -> None:
    settings = Settings(path)
    assert settings.get("look.theme") == "system"
    settings.set("look.theme", "dark")
    settings.save()
    assert Settings(path).get("look.theme") == "dark"
    assert [item.name for item in path.parent.iterdir()] == ["settings.toml"]


@pytest.mark.parametrize(("key", "value"), [("look.theme", "pink"), ("look.theme", 3), ("files.recent", [1])])
def test_a_wrong_value_is_refused(path: Path, key: str, value: object) -> None:
    with pytest.raises(UsageError):
        Settings(path).set(key, value)


def test_unknown_keys_are_kept_and_wrong_values_ignored(path: Path) -> None:
    path.parent.mkdir()
    path.write_text('[look]\ntheme = 7\nfuture = "yes"\n[other]\nx = 1\n', "utf-8")
    settings = Settings(path)
    assert settings.get("look.theme") == "system"
    settings.set("look.theme", "light")
    settings.save()
    text = path.read_text("utf-8")
    assert 'future = "yes"' in text
    assert "x = 1" in text


def test_an_unreadable_file_is_put_aside(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("theme = = 1", "utf-8")
    settings = Settings(path)
    assert "could not be read" in settings.problem
    assert (path.parent / "settings.unreadable.toml").read_text("utf-8") == "theme = = 1"
    settings.set("look.theme", "dark")
    settings.save()
    assert Settings(path).problem == ""


def test_recent_files_are_unique_latest_first_and_few(path: Path, tmp_path: Path) -> None:
    settings = Settings(path)
    for number in range(RECENT_LIMIT + 3):
        settings.add_recent(tmp_path / f"{number}.ftset")
    settings.add_recent(tmp_path / "10.ftset")
    recent = Settings(path).recent()
    assert len(recent) == RECENT_LIMIT
    assert recent[0].name == "10.ftset"
    assert len(set(recent)) == len(recent)
    settings.remove_recent(recent[0])
    assert recent[0] not in Settings(path).recent()


def test_the_caller_cannot_change_a_default(path: Path) -> None:
    Settings(path).get("files.recent").append("x")
    assert Settings(path).get("files.recent") == []


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="needs a folder that refuses writing"
)
def test_a_folder_that_cannot_be_written_is_an_expected_error(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(StorageFullError):
            Settings(tmp_path / "sub" / "settings.toml").save()
    finally:
        tmp_path.chmod(0o700)


def test_a_file_in_the_way_is_an_expected_error(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("", "utf-8")
    with pytest.raises(StorageFullError):
        Settings(tmp_path / "config" / "settings.toml").save()


def test_all_folders_are_below_the_given_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FINETUNE_STUDIO_HOME", str(tmp_path))
    paths = app_paths()
    assert {paths.config.parent, paths.data.parent, paths.cache.parent} == {tmp_path}
    monkeypatch.delenv("FINETUNE_STUDIO_HOME")
    assert "finetune-studio" in str(app_paths().config)
