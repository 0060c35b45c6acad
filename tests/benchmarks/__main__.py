"""`python -m tests.benchmarks [NAME ...] [--sizes 50000,160000]`: run the benchmarks, print one table."""

import argparse
import compileall
import importlib
import os
import pkgutil
import sys
from pathlib import Path

from tests.benchmarks.framework import Result, print_table


def main() -> None:
    """Run every `bench_*.py` here (or the named ones); each has `run(sizes) -> list[Result]`."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    _compile()
    names = sorted(
        module.name.removeprefix("bench_")
        for module in pkgutil.iter_modules([str(Path(__file__).parent)])
        if module.name.startswith("bench_")
    )
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "names", nargs="*", choices=[*names, []], help=f"which: {', '.join(names)} (default: all)"
    )
    parser.add_argument("--sizes", default="50000,160000", help="numbers of examples (default: 50000,160000)")
    args = parser.parse_args()
    sizes = tuple(int(size) for size in args.sizes.split(","))
    results: list[Result] = []
    chosen = {name: importlib.import_module(f"tests.benchmarks.bench_{name}") for name in args.names or names}
    for name, module in chosen.items():
        print(f"running {name} ...", flush=True)
        results += module.run(sizes)
    print_table(results)


def _compile() -> None:
    """Measure an app as installers leave it: with its bytecode, whatever this shell says of that."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    root = Path(__file__).resolve().parents[2]
    for folder in ("finetune_studio", "tests"):
        compileall.compile_dir(root / folder, quiet=2)


if __name__ == "__main__":
    main()
