"""Finds the Chromium that browser tests drive, and installs it through apt when root may."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

#: Chromium that opens no windows, which saves what it takes to draw them.
WINDOWLESS = "chromium-headless-shell"
WHOLE = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--disable-gpu-compositing",  # without a graphics card, maps alone are drawn as if there were one
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def chromium() -> str | None:
    """Return the path of a Chromium or Chrome on this machine, None when there is none."""
    named = os.environ.get("CITYHALL_CHROMIUM")
    mac = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
    candidates = [named, *map(shutil.which, (WINDOWLESS, *WHOLE)), mac]
    return next((path for path in candidates if path and os.path.exists(path)), None)


def install() -> int:
    """Install Chromium where that needs nobody's password; say what to do elsewhere."""
    mine = os.geteuid() == 0 and shutil.which("apt-get")
    if os.environ.get("CITYHALL_CHROMIUM") or shutil.which(WINDOWLESS) or (chromium() and not mine):
        return 0
    if mine:
        print("Installing Chromium for the browser tests…", flush=True)
        if apt("update") and (apt("install", "-y", WINDOWLESS) or chromium() or apt("install", "-y", "chromium")):
            return 0
        return 0 if chromium() else 1
    print("No Chromium was found, so the browser tests are left out. To run them, install it (Debian: apt install")
    print(f"{WINDOWLESS}; macOS: install Google Chrome) or name one with CITYHALL_CHROMIUM.", flush=True)
    return 0


def apt(*arguments: str) -> bool:
    """Run apt-get, which may ask nothing, and say whether it went well."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return (
        subprocess.run(["apt-get", arguments[0], "-qq", *arguments[1:]], check=False, env=environment).returncode == 0
    )


if __name__ == "__main__":
    sys.exit(install())
