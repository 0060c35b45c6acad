"""`serve` in the foreground, as another program starts it."""

import argparse
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from finetune_studio.cli import serve

_ROOT = Path(__file__).resolve().parents[3]
_COMMAND = """
import argparse, sys
from finetune_studio.cli import serve
parser = argparse.ArgumentParser()
serve.add_parser(parser.add_subparsers())
sys.exit(serve.run(parser.parse_args(["serve", *sys.argv[1:]])))
"""


@pytest.mark.skipif(os.name != "posix", reason="ends it with a signal")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_address_and_token_and_ends_tidily(tmp_path: Path, number: signal.Signals) -> None:
    arguments = [sys.executable, "-c", _COMMAND, "--format", "json", "--data-folder", str(tmp_path)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, cwd=_ROOT) as process:
        assert process.stdout is not None
        lines = []
        while not lines or lines[-1] != b"}\n":
            lines.append(process.stdout.readline())
            assert lines[-1], "the server ended early"
        printed = json.loads(b"".join(lines))
        shaken = json.loads((tmp_path / "local" / "server.json").read_text())
        assert printed["token"] == shaken["token"]
        assert printed["base_url"] == f"http://127.0.0.1:{shaken['port']}/v1"
        process.send_signal(number)
        assert process.wait(20) == 0
    assert not (tmp_path / "local" / "server.json").exists()


def test_a_port_that_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    serve.add_parser(parser.add_subparsers())
    assert serve.run(parser.parse_args(["serve", "--port", "70000"])) == 2
    assert "70000 is not a port" in capsys.readouterr().err
