"""Installs nginx through apt, for the test of a rolling restart, where root may; says what to do elsewhere."""

from __future__ import annotations

import os
import shutil
import subprocess


def nginx() -> str | None:
    """Return the path of an nginx on this machine, None when there is none."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


def install() -> None:
    """Install nginx where that needs nobody's password."""
    if nginx():
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing nginx for the test of a rolling restart…", flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", "nginx-light"], check=True, env=environment)
        return
    print("No nginx was found, so the test of a rolling restart is left out. Debian: apt install nginx", flush=True)


if __name__ == "__main__":
    install()
