"""Runs `cityhall …` as an administrator runs it, in a process of its own with an environment of its own.

A Python that has loaded the libraries, and none of Cityhall's modules, forks for each command: that saves most of the
time a command takes. Nothing else differs; tests that kill a command or leave it running start a process themselves.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import runpy
import select
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

SECONDS = 240
LIBRARIES = (
    "anyascii", "babel.messages", "bs4", "cryptography.fernet", "cryptography.x509", "defusedxml.ElementTree",
    "django.contrib.admin.decorators", "django.contrib.humanize.templatetags.humanize",
    "django.contrib.postgres.fields", "django.core.handlers.wsgi", "django.core.management.commands.migrate",
    "django.db.backends.postgresql.base", "django.db.models", "django.forms", "django.middleware.csrf",
    "django.views.debug", "django.views.generic", "django_stubs_ext.aliases", "django_tasks.backends", "fido2.server",
    "filelock", "filetype", "h3", "holidays", "httpx", "ijson", "jwt", "msgspec", "numpy", "PIL.Image",
    "PIL.ImageCms", "PIL.ImageOps", "pillow_heif.options", "procrastinate", "procrastinate.builtin_tasks",
    "procrastinate.contrib.django.db_cleanup", "prometheus_client", "psutil", "psycopg", "psycopg.types.json",
    "pyarrow.compute", "pyarrow.parquet", "pydantic", "pydantic.functional_validators", "pydantic.json_schema",
    "pyproj", "pyrage", "rapidfuzz", "requests", "rich.markdown", "rich.progress", "shapely", "smtplib",
    "structlog.stdlib", "tarfile", "telepath", "tomllib", "typer.rich_utils", "unittest.mock",
    "wagtail.rich_text.feature_registry", "whitenoise.media_types", "xml.dom.minidom",
)  # fmt: skip


@cache
def _static() -> str:
    """Where the pages' files are gathered: once, not once for each city."""
    folder = tempfile.mkdtemp(prefix="static-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def environment(**more: str) -> dict[str, str]:
    """This process's environment without the tests' own city in it."""
    left_out = ("DATABASE_URL", "CITYHALL_", "DJANGO_", "PORT")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    return {**kept, "COLUMNS": "200", "CITYHALL_STATIC": _static(), **more}


def cityhall(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, with more in its environment."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        wish = {"arguments": arguments, "environment": environment(**more), "out": str(out), "err": str(err),
                "folder": str(Path.cwd())}  # fmt: skip
        code = _forker().run(wish)
        return subprocess.CompletedProcess(arguments, code, out.read_text("utf-8"), err.read_text("utf-8"))


class Forker:
    """The Python that forks."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            env={**environment(), "OPENBLAS_NUM_THREADS": "1"},  # a process with threads should not fork
            cwd=Path(__file__).resolve().parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        atexit.register(self.process.kill)

    def run(self, wish: dict[str, object]) -> int:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(wish).encode() + b"\n")
        self.process.stdin.flush()
        if not select.select([self.process.stdout], [], [], SECONDS)[0]:
            raise subprocess.TimeoutExpired(str(wish["arguments"]), SECONDS)
        return int(self.process.stdout.readline())


@cache
def _forker() -> Forker:
    return Forker()


def main() -> None:
    for name in LIBRARIES:
        importlib.import_module(name)
    assert not [name for name in sys.modules if name.split(".")[0] == "cityhall"]
    gc.freeze()  # no command looks through the libraries again
    answers = os.dup(1)
    os.dup2(2, 1)
    while line := sys.stdin.buffer.readline():
        wish = json.loads(line)
        if (child := os.fork()) == 0:
            os.close(answers)
            _become(wish)
            runpy.run_module("cityhall.cli", run_name="__main__", alter_sys=True)
            return
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        os.write(answers, b"%d\n" % code)


def _become(wish: dict[str, object]) -> None:
    """Take the environment, the folder, the files and the arguments of a command."""
    os.environ.clear()
    os.environ.update(wish["environment"])  # type: ignore[call-overload]
    os.chdir(str(wish["folder"]))
    names = ("/dev/null", str(wish["out"]), str(wish["err"]))
    for number, file in enumerate([os.open(name, os.O_RDWR | os.O_CREAT, 0o600) for name in names]):
        os.dup2(file, number)
        os.close(file)
    sys.stdin = os.fdopen(0)
    sys.argv = ["cityhall", *wish["arguments"]]  # type: ignore[misc]


if __name__ == "__main__":
    main()
