"""Runs a command against Debian's PostgreSQL 15, in a cluster of its own that is thrown away.

    .venv/bin/python tests/support/debian_postgres.py .venv/bin/pytest tests/kernel

The cluster lies in a temporary folder and listens on a free port; DATABASE_URL names it to the command. Its role may
create databases and is no superuser, as a city's role should be. As root the package is installed through apt when
it is missing; elsewhere the command is left out, with a word about it.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

BINARIES = Path("/usr/lib/postgresql/15/bin")


def install() -> bool:
    """Have PostgreSQL 15's programs there; False, saying what to do, where that needs somebody's password."""
    if (BINARIES / "postgres").exists():
        return True
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Debian's postgresql-15…", flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", "postgresql-15"], check=True, env=environment)
        return True
    print("No PostgreSQL 15 in /usr/lib/postgresql, so the suite is not run on it. Debian: apt install postgresql-15")
    return False


def as_server(*command: str | Path) -> None:
    """Run a server program, as `postgres` when we are root: it refuses to be."""
    who = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
    more = {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []} if who else {}
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL, cwd="/", **more)  # type: ignore[call-overload]


def run(command: list[str]) -> int:
    """Run `command` with DATABASE_URL naming a fresh cluster; return how it ended."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="cityhall-pg15-") as folder:
        place, cluster = Path(folder), Path(folder) / "cluster"
        if os.geteuid() == 0:
            shutil.chown(place, "postgres")
        as_server(BINARIES / "initdb", "-D", cluster, "-U", "postgres", "--auth=trust", "--encoding=UTF8",
                  "--locale=C", "--data-checksums", "--no-sync", "--no-instructions")  # fmt: skip
        options = (
            f"-c port={port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={place}"
            " -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off -c max_connections=100"
        )
        as_server(BINARIES / "pg_ctl", "-D", cluster, "-l", place / "log", "-w", "-o", options, "start")
        try:
            for statement in ("create role cityhall login createdb password 'cityhall'",
                              "create database cityhall owner cityhall"):  # fmt: skip
                subprocess.run(
                    [BINARIES / "psql", "-q", "-h", place, "-p", str(port), "-U", "postgres", "-c", statement],
                    check=True,
                )
            url = f"postgresql://cityhall:cityhall@127.0.0.1:{port}/cityhall"
            return subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, check=False).returncode
        finally:
            as_server(BINARIES / "pg_ctl", "-D", cluster, "-m", "immediate", "-w", "stop")


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]) if install() else 0)
