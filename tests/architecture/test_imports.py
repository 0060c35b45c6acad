"""The core has no Qt, and nothing heavy is imported before it is needed."""

import subprocess
import sys

import pytest

_CORE = (
    "kernels",
    "domain",
    "formats",
    "lint",
    "providers",
    "settings",
    "storage",
    "targets",
    "tokens",
    "workspace",
    "cli",
    "local",
)
_HEAVY = ("PySide6", "pandas", "openai", "tiktoken", "starlette", "uvicorn")


def _loaded_after(statement: str) -> set[str]:
    code = (
        f"import pkgutil, sys\n{statement}\nprint('\\n'.join({{name.split('.')[0] for name in sys.modules}}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    return set(done.stdout.split())


def test_importing_every_core_module_loads_no_qt() -> None:
    names = ", ".join(f"'finetune_studio.{name}'" for name in _CORE)
    loaded = _loaded_after(
        "import importlib\n"
        f"for root in ({names}):\n"
        "    package = importlib.import_module(root)\n"
        "    for module in pkgutil.walk_packages(package.__path__, root + '.'):\n"
        "        importlib.import_module(module.name)"
    )
    assert not {"PySide6", "shiboken6"} & loaded


@pytest.mark.parametrize("module", ["finetune_studio.workspace.workspace", "finetune_studio.cli.main"])
def test_the_core_starts_without_the_heavy_packages(module: str) -> None:
    assert not set(_HEAVY) & _loaded_after(f"import {module}")


def test_the_window_module_loads_nothing_heavy_but_qt() -> None:
    loaded = _loaded_after("import finetune_studio.ui.main_window, finetune_studio.app")
    assert not (set(_HEAVY) - {"PySide6"} | {"numpy"}) & loaded


def test_every_benchmark_can_be_imported() -> None:
    """Nobody runs them all after every change."""
    _loaded_after(
        "import importlib\n"
        "import tests.benchmarks\n"
        "for module in pkgutil.iter_modules(tests.benchmarks.__path__, 'tests.benchmarks.'):\n"
        "    if not module.name.endswith('__main__'):\n"
        "        importlib.import_module(module.name)"
    )
