"""Runs a command and measures it from outside: wall time and the peak memory of the main process."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Measured:
    """`seconds` of wall time; `peak_mib` is the maximal resident set of the process itself, in MiB.

    `cpu_seconds` are those of the process and its children.
    """

    seconds: float
    cpu_seconds: float
    peak_mib: float
    output: str


def run_measured(arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> Measured:
    """Run `python arguments...`; CalledProcessError where it ends with more than 1.

    A small process starts it: what the system tells as its memory is at least that of who starts it.
    """
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.measured_process", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, **(environment or {})},
        check=True,
    )
    return Measured(**json.loads(done.stdout))


def _measured(arguments: Sequence[str]) -> Measured:
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    output = process.stdout.read()
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - started
    if process.returncode > 1:
        raise subprocess.CalledProcessError(process.returncode, list(arguments), output)
    return Measured(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output)


if __name__ == "__main__":
    print(json.dumps(asdict(_measured(sys.argv[1:]))))
