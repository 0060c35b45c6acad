"""Compiles the kernels when the package is built or installed; run by hatchling, in whose environment it is.

With the system's compiler, or where there is none, with the one of the package ziglang. Without either the
package is built without them.
"""

import os
import platform
import shlex
import shutil
import subprocess
import sys
import sysconfig
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from runpy import run_path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_OPTIONS = ("-O3", "-std=c11", "-shared", "-fvisibility=hidden")
_ZIG = "ziglang>=0.13,<0.18"
_WITHOUT = "checks of many examples will take three times as long"
_ZIG_MACHINES = frozenset({"x86_64", "amd64", "aarch64", "arm64"})
_ZIG_SYSTEMS = frozenset({"linux", "darwin", "win32"})


class BuildKernels(BuildHookInterface):
    """For wheels, editable ones too."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        has_zig = sys.platform in _ZIG_SYSTEMS and platform.machine().lower() in _ZIG_MACHINES
        return [_ZIG] if has_zig and not _system_compiler() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel":
            return
        here = Path(self.root, "finetune_studio", "kernels")
        sources = run_path(str(here / "sources.py"))
        library: Path = sources["LIBRARY"]
        compiler = _system_compiler() or _zig()
        if not compiler:
            self.app.display_warning(f"No C compiler was found: {_WITHOUT}.")
            return
        made = library.with_suffix(".new")
        files = [str(path) for path in sources["sources"]() if path.suffix == ".c"]
        picture = [] if sys.platform == "win32" else ["-fPIC"]
        told = f"-DKERNELS_DIGEST={sources['digest']()}"
        try:
            command = [*compiler, *_OPTIONS, *picture, told, "-o", str(made), *files]
            subprocess.run(command, check=True, cwd=here)  # noqa: S603 - the compiler of whoever builds it
        except (OSError, subprocess.CalledProcessError) as error:
            self.app.display_warning(f"The C was not compiled: {_WITHOUT} ({error}).")
            return
        made.replace(library)
        build_data["artifacts"].append(library.relative_to(self.root).as_posix())
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"


@cache
def _system_compiler() -> list[str]:
    """The one that CC names, or the first that knows the C library's headers too."""
    if named := os.environ.get("CC"):
        return shlex.split(named)
    names = () if sys.platform == "win32" else ("cc", "gcc", "clang")
    return next(([found] for name in names if (found := shutil.which(name)) and _has_headers(found)), [])


def _has_headers(compiler: str) -> bool:
    asked = [compiler, "-x", "c", "-fsyntax-only", "-"]
    answer = subprocess.run(asked, input=b"#include <stdlib.h>\n", capture_output=True)  # noqa: S603
    return answer.returncode == 0


def _zig() -> list[str]:
    return [sys.executable, "-m", "ziglang", "cc"] if find_spec("ziglang") else []
