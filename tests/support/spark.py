"""Sail, a server that speaks Spark Connect without Java, in an environment of its own: installed, started, ended."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VERSION = "0.7.2"
ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".cache/sail/bin/python"
_READY = PYTHON.parent.parent / f"ready-{VERSION}"

# It ends when its input does, so that it never outlives whoever started it, however that ends.
_SERVER = """
import sys
from pysail.spark import SparkConnectServer
server = SparkConnectServer(ip="127.0.0.1", port=0)
server.start(background=True)
print(server.listening_address[1], flush=True)
sys.stdin.read()
server.stop()
"""


def installed() -> bool:
    """Say whether the server can be started."""
    return _READY.exists()


def install() -> None:
    """Fetch the server; say what is left out where it cannot be had."""
    if installed():
        return
    print("Installing Sail for the tests of the Spark engine (164 MB)…", flush=True)
    uv = str(ROOT / ".cache/uv/bin/uv")
    steps = [
        [uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, str(PYTHON.parent.parent)],
        [uv, "pip", "install", "--quiet", "--python", str(PYTHON), f"pysail=={VERSION}"],
    ]
    for step in steps:
        if subprocess.run(step).returncode:
            print("Sail could not be installed, so the tests of the Spark engine are left out.", flush=True)
            return
    _READY.touch()


@contextmanager
def server() -> Iterator[str]:
    """Run a server inside the block; yields its address, sc://host:port."""
    process = subprocess.Popen(
        [str(PYTHON), "-c", _SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "RUST_LOG": "error"},
    )  # fmt: skip
    assert process.stdin
    assert process.stdout
    try:
        port = process.stdout.readline().strip()
        assert port, "the server did not start"
        yield f"sc://127.0.0.1:{port}"
    finally:
        process.stdin.close()
        process.stdout.close()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


if __name__ == "__main__":
    install()
