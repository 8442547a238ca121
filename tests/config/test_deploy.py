"""The examples under deploy/ are what the programs they are for accept."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_systemd_takes_the_units(unit: Path, tmp_path: Path) -> None:
    verify = shutil.which("systemd-analyze")
    if verify is None:
        pytest.skip("no systemd-analyze here")
    # The user and the program are the server's; everything else is as it is shipped.
    text = unit.read_text().replace("/opt/cityhall/bin/cityhall", sys.executable)
    text = re.sub(r"^(User|Group)=.*$", r"\1=root", text, flags=re.M)
    placed = tmp_path / unit.name.replace("@", "@8001")
    placed.write_text(text)
    said = subprocess.run([verify, "verify", str(placed)], capture_output=True, text=True, timeout=60)
    about_ours = [line for line in said.stderr.splitlines() if "cityhall" in line]
    assert (said.returncode, about_ours) == (0, [])


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_units_have_a_share_of_the_processors_of_their_own(unit: Path) -> None:
    """Without one, kernels that divide them among sessions let a process of PostgreSQL wait for a second and more."""
    assert re.search(r"^CPUWeight=\d+$", unit.read_text(), flags=re.M)


def test_every_setting_of_the_example_exists() -> None:
    named = set(re.findall(r"^#? ?([A-Z][A-Z_]+)=", (DEPLOY / "systemd" / "cityhall.env").read_text(), flags=re.M))
    listed = (DEPLOY.parent / "docs" / "reference" / "settings.md").read_text()
    assert named
    assert {name for name in named if f"`{name}`" not in listed} == set()
