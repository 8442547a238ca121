"""The city under torture: `cityhall serve` on a disk of its own, with a mail server and a clock that can be set."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil

from torture.mailserver import MailServer

ROOT = Path(__file__).resolve().parents[1]
DISK_BYTES = 3 << 30
READY_SECONDS = 90.0


class City:
    """One city in `folder`.

    Args:
        own_disk: put the data on a small file system of its own, which needs root.
        workers: web processes.
    """

    def __init__(self, folder: Path, *, own_disk: bool, workers: int = 1) -> None:
        self.folder, self.workers = folder, workers
        self.mount = folder / "disk"
        self.mount.mkdir(parents=True)
        self.own_disk = own_disk and self._mount()
        self.data = self.mount / "city"
        self.data.mkdir(mode=0o711)
        self.told = folder / "told"
        self.clock = folder / "clock"
        self.clock.write_bytes(struct.pack("=q", 0))
        self.clock.chmod(0o644)
        self.clock_library = self._build_clock()
        self.mail = MailServer()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.address = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        self.given: dict[str, Any] = {}

    def _mount(self) -> bool:
        """Make a file system in a file and mount it; False where that is not allowed."""
        image = self.folder / "disk.img"
        with image.open("wb") as out:
            out.truncate(DISK_BYTES)
        try:
            subprocess.run(["mke2fs", "-q", "-t", "ext4", "-m", "0", str(image)], check=True, capture_output=True)
            subprocess.run(["mount", "-o", "loop", str(image), str(self.mount)], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            image.unlink(missing_ok=True)
            return False
        return True

    def environment(self) -> dict[str, str]:
        """The environment of the city's processes."""
        left_out = ("DATABASE_URL", "CITYHALL_", "DJANGO_", "PORT", "PYTHONDONTWRITEBYTECODE")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
        if self.clock_library:
            kept |= {"LD_PRELOAD": str(self.clock_library), "TORTURE_CLOCK": str(self.clock)}
        return {
            **kept,
            "COLUMNS": "200",
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
            "CITYHALL_DATA": str(self.data),
            "CITYHALL_SMTP_URL": f"smtp://127.0.0.1:{self.mail.port}",
            "CITYHALL_MAIL_FROM": "city@city.example",
            "CITYHALL_PUBLIC_URL": self.address,
            "CITYHALL_BEHIND_PROXY": "1",  # so that each report can come from an address of its own
            "CITYHALL_LOG_LEVEL": "WARNING",
            "DJANGO_SETTINGS_MODULE": "cityhall.config.settings",
        }

    def fill(self) -> None:
        """Make the city."""
        made = subprocess.run(
            [sys.executable, "-m", "torture.setting"],
            env=self.environment(),
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        if made.returncode:
            raise SystemExit(f"the city could not be made:\n{made.stderr}")
        self.given = json.loads(made.stdout.splitlines()[-1])

    def start(self) -> float:
        """Start everything; return after how many seconds it was ready."""
        began = time.monotonic()
        with self.told.open("ab") as out:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "cityhall.cli",
                    "serve",
                    "--port",
                    str(self.port),
                    "--workers",
                    str(self.workers),
                ],
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                cwd=self.folder,
            )
        self.until_ready(began)
        return time.monotonic() - began

    def until_ready(self, began: float) -> float:
        """Wait until /readyz says yes and a worker runs; return how many seconds since `began`."""
        with httpx.Client(timeout=2, verify=False) as client:
            while time.monotonic() - began < READY_SECONDS:
                with contextlib.suppress(httpx.HTTPError, psutil.Error):
                    if client.get(f"{self.address}/readyz").status_code == 200 and self.worker():
                        return time.monotonic() - began
                if self.process is not None and self.process.poll() is not None:
                    break
                time.sleep(0.05)
        raise NotReady(time.monotonic() - began)

    def below(self) -> list[psutil.Process]:
        """Every living process below the supervisor."""
        if self.process is None or self.process.poll() is not None:
            return []
        with contextlib.suppress(psutil.NoSuchProcess):
            found = psutil.Process(self.process.pid).children(recursive=True)
            return [one for one in found if _alive(one)]
        return []

    def web(self) -> list[psutil.Process]:
        """The web server and its processes."""
        return [one for one in self.below() if _is(one, "cityhall.config.pages")]

    def worker(self) -> psutil.Process | None:
        """The background worker."""
        return next((one for one in self.below() if "worker" in _words(one) and _is(one, "cityhall.cli")), None)

    def postmaster(self) -> psutil.Process | None:
        """The database's first process."""
        with contextlib.suppress(FileNotFoundError, ValueError, psutil.NoSuchProcess):
            pid = int((self.data / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0])
            found = psutil.Process(pid)
            return found if _alive(found) else None
        return None

    def postgres(self) -> list[psutil.Process]:
        """The database's processes, the first one first."""
        first = self.postmaster()
        if first is None:
            return []
        with contextlib.suppress(psutil.NoSuchProcess):
            return [first, *first.children(recursive=True)]
        return []

    def _build_clock(self) -> Path | None:
        """Build what sets the clock of single processes; None where there is no C compiler."""
        built = self.folder / "clock.so"
        source = Path(__file__).with_name("clock.c")
        command = ["cc", "-O2", "-shared", "-fPIC", "-o", str(built), str(source), "-ldl"]
        try:
            subprocess.run(command, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            return None
        built.chmod(0o755)
        return built

    def set_clock(self, seconds: int) -> None:
        """Put the city's clock ahead (or behind, below zero), at once in every process."""
        with self.clock.open("r+b") as out:
            out.write(struct.pack("=q", seconds))

    @property
    def ballast(self) -> Path:
        """The file that fills the disk."""
        return self.mount / "ballast"

    def fill_disk(self) -> None:
        """Take all that is free on the city's disk."""
        with self.ballast.open("wb") as out:
            for step in (1 << 24, 1 << 20, 1 << 16, 1 << 12):
                with contextlib.suppress(OSError):
                    while True:
                        os.posix_fallocate(out.fileno(), os.fstat(out.fileno()).st_size, step)

    def empty_disk(self) -> None:
        """Give the room back."""
        self.ballast.unlink(missing_ok=True)

    def kill_everything(self) -> None:
        """SIGKILL to the supervisor and all its processes, as near to one moment as it goes."""
        doomed = [*self.below(), *self.postgres()]
        if self.process is not None:
            self.process.kill()
        for one in doomed:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
        if self.process is not None:
            self.process.wait()
            self.process = None

    def stop(self) -> None:
        """Stop what runs and remove the disk."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.kill_everything()
        self.mail.stop()
        for one in self.postgres():  # left by a city that could not be made
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
        if self.own_disk:
            for wait in (0, 1, 3, 5):
                time.sleep(wait)
                if subprocess.run(["umount", str(self.mount)], capture_output=True).returncode == 0:
                    break
        shutil.rmtree(self.folder, ignore_errors=True)


class NotReady(Exception):
    """The city did not answer in time."""


def _words(process: psutil.Process) -> list[str]:
    with contextlib.suppress(psutil.Error):
        return process.cmdline()
    return []


def _is(process: psutil.Process, word: str) -> bool:
    return any(word in one for one in _words(process))


def _alive(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error):
        return process.status() != psutil.STATUS_ZOMBIE
    return False


def living(processes: list[psutil.Process]) -> Iterator[psutil.Process]:
    """Iterate over those that still run."""
    return (one for one in processes if _alive(one))
