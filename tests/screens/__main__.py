"""`python -m tests.screens OUT [SCENE ...]`: render every scene in both themes and in three sizes."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from tests.screens.scenes import SCENES

VARIANTS = (("1440x900", 1), ("1280x800", 1), ("1440x900", 2))
"""Window size in logical pixels, and the scale of the screen."""


def main() -> int:
    """A process for each theme and size: the scale of a screen is fixed when Qt starts."""
    parser = argparse.ArgumentParser(prog="python -m tests.screens", description=__doc__)
    parser.add_argument("out", type=Path, help="folder for the PNG files")
    parser.add_argument("scenes", nargs="*", help=f"which: {', '.join(SCENES)} (default: all)")
    parser.add_argument("--quick", action="store_true", help="only 1440 x 900 at 100 %%")
    args = parser.parse_args()
    unknown = set(args.scenes) - set(SCENES)
    if unknown:
        parser.error(f"no such scene: {', '.join(sorted(unknown))}")
    args.out.mkdir(parents=True, exist_ok=True)
    worst = 0
    for size, scale in VARIANTS[:1] if args.quick else VARIANTS:
        for theme in ("light", "dark"):
            environment = {
                **os.environ,
                "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen"),
                "QT_SCALE_FACTOR": str(scale),
                "OPENBLAS_NUM_THREADS": "1",
            }
            command = [sys.executable, "-m", "tests.screens.render", str(args.out), theme, size, *args.scenes]
            worst = max(worst, subprocess.run(command, env=environment, check=False).returncode)
    return worst


if __name__ == "__main__":
    sys.exit(main())
