"""Settings that every test needs before Qt or the app is imported."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
for _name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
    os.environ.pop(_name, None)
settings.register_profile(  # how long an example takes, the machine decides
    "studio", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("studio")


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test sees or leaves anything in the person's own folders or keyring."""
    home = tmp_path_factory.mktemp("home")
    _share_unpacked(tmp_path_factory.getbasetemp(), home)
    monkeypatch.setenv("FINETUNE_STUDIO_HOME", str(home))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    return home


def _share_unpacked(base: Path, home: Path) -> None:
    """What the app unpacks into its cache is the same for every home: one for all tests."""
    (home / "cache").mkdir()
    for name in ("vocab", "language-model"):
        shared = base / "unpacked" / name
        shared.mkdir(parents=True, exist_ok=True)
        (home / "cache" / name).symlink_to(shared, target_is_directory=True)


@pytest.fixture
def qtbot(qapp: "QApplication", request: pytest.FixtureRequest) -> "QtBot":
    """pytest-qt's own, with patience."""
    from tests.helpers.patient_bot import PatientBot

    return PatientBot(request)
