"""The wheel holds all that a city needs: installed on its own, without the source beside it, it makes one."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=120,
    )
    [made] = folder.glob("*.whl")
    return made


def test_it_has_what_is_not_python(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
    tracked = subprocess.run(
        ["git", "ls-files", "src/cityhall"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split()
    texts = {path.removeprefix("src/") for path in tracked if not path.endswith(".gitignore")}
    assert texts - names == set()
    assert any(name.startswith("cityhall/static/built/") and name.endswith(".css") for name in names)
    assert "cityhall/locale/es/LC_MESSAGES/django.mo" in names
    assert not any("node_modules" in name or name.startswith("tests/") for name in names)


def test_installed_alone_it_makes_a_city(wheel: Path, tmp_path: Path) -> None:
    place = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(place)
    # Our dependencies as they are installed here, but not our source: its .pth file is not read below PYTHONPATH.
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_URL", "CITYHALL_"))
    }
    environment["PYTHONPATH"] = os.pathsep.join([str(place), sysconfig.get_path("purelib")])

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        base = [sys.executable, "-S", *arguments]
        return subprocess.run(base, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=200)

    where = run("-c", "import cityhall; print(cityhall.__file__)")
    assert Path(where.stdout.strip()).is_relative_to(place), where.stderr
    assert "serve" in run("-m", "cityhall.cli", "--help").stdout
    made = run("-m", "cityhall.cli", "--data", str(tmp_path / "city"), "migrate")
    assert made.returncode == 0, made.stderr
    assert "The database was made" in made.stderr
    again = run("-m", "cityhall.cli", "--data", str(tmp_path / "city"), "doctor", "--json")
    assert again.returncode == 0, again.stderr
