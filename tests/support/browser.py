"""Finds the Chromium that browser tests drive, and installs it through apt when root may."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

ARGUMENTS = [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def chromium() -> str | None:
    """Return the path of a Chromium or Chrome on this machine, None when there is none."""
    named = os.environ.get("CITYHALL_CHROMIUM")
    mac = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
    candidates = [named, *map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"))]
    return next((path for path in [*candidates, mac] if path and os.path.exists(path)), None)


def install() -> int:
    """Install Chromium where that needs nobody's password; say what to do elsewhere."""
    if chromium():
        return 0
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Chromium for the browser tests…", flush=True)
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=True, env=environment)
        return 0
    print("No Chromium was found, so the browser tests are left out. To run them, install it (Debian: apt install")
    print("chromium; macOS: install Google Chrome) or name one with CITYHALL_CHROMIUM.", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(install())
