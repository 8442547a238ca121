"""Web and background processes whose supervisor was killed: found by what it wrote down, and ended.

A supervisor that is told to stop ends its children itself. One that is killed cannot, and they would keep the port.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import psutil

from cityhall.config import environment

_GONE_SECONDS = 10


def _folder() -> Path:
    return environment.data_folder() / "processes"


class Children:
    """The list of this supervisor's children, kept in the data folder while it runs."""

    def __init__(self) -> None:
        self._file = _folder() / f"{os.getpid()}.json"

    def write(self, children: Mapping[str, subprocess.Popen[bytes]]) -> None:
        """Write down which process groups exist now."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        born = psutil.Process().create_time()
        kept = {"born": born, "groups": [child.pid for child in children.values()]}
        part = self._file.with_suffix(".part")
        try:
            part.write_text(json.dumps(kept))
            part.replace(self._file)
        finally:
            part.unlink(missing_ok=True)

    def forget(self) -> None:
        """Remove the list: nothing of it runs any more."""
        self._file.unlink(missing_ok=True)


def end_leftovers() -> None:
    """End what dead supervisors of this data folder left running."""
    for file in _folder().glob("*.json"):
        try:
            kept = json.loads(file.read_text())
            born, groups = float(kept["born"]), [int(group) for group in kept["groups"]]
        except (OSError, ValueError, KeyError, TypeError):
            born, groups = 0.0, []
        if _is_alive(int(file.stem), born):
            continue
        for group in groups:
            end_group(group, since=born)
        file.unlink(missing_ok=True)
    for file in _folder().glob("*.part"):  # a disk was full when it was written
        if not (file.stem.isdigit() and psutil.pid_exists(int(file.stem))):
            file.unlink(missing_ok=True)


def end_group(group: int, *, since: float = 0.0) -> None:
    """Kill the process group at once and wait until it is gone, so that its port is free.

    Args:
        since: only processes born after this moment (seconds of the epoch): a number may have been given anew.
    """
    killed = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, ProcessLookupError, PermissionError):
            if os.getpgid(process.pid) == group and process.create_time() >= since:
                process.kill()
                killed.append(process)
    psutil.wait_procs(killed, timeout=_GONE_SECONDS)


def _is_alive(pid: int, born: float) -> bool:
    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and abs(process.create_time() - born) < 1
    except psutil.NoSuchProcess:
        return False
