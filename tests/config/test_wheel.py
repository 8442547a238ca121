"""The wheel holds all that a city needs: installed in a clean environment it serves one."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import sysconfig
import time
import zipfile
from pathlib import Path

import httpx
import pytest
from packaging.requirements import Requirement

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]
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


def test_the_versions_beside_it_are_those_of_the_lock_and_pip_can_read_them(tmp_path: Path) -> None:
    recipe = re.search(r"^\t@(sed -n .+) > dist/constraints\.txt$", (ROOT / "Makefile").read_text(), re.M)
    assert recipe
    written = subprocess.run(
        ["bash", "-c", recipe[1].replace("$$", "$")], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    wanted = [Requirement(line) for line in written.splitlines()]
    locked = re.findall(r"^(\S+==\S+)", (ROOT / "requirements.lock").read_text(), re.M)
    assert [f"{one.name}{one.specifier}" for one in wanted] == locked
    assert {"django", "wagtail", "granian", "psycopg"} <= {one.name for one in wanted}
    assert "hash" not in written


def test_installed_in_a_clean_environment_it_serves_a_city_in_two_languages(wheel: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "clean")], check=True, timeout=120)
    programs = tmp_path / "clean" / "bin"
    subprocess.run(
        [programs / "pip", "install", "--quiet", "--no-deps", "--no-index", "--disable-pip-version-check", str(wheel)],
        check=True,
        timeout=120,
    )
    [packages] = (tmp_path / "clean" / "lib").glob("python*/site-packages")
    # Our dependencies as they are installed here. Our source is not: it is named in a .pth file there, which a path
    # that was itself added by a .pth file does not read.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    left_out = ("DATABASE_URL", "CITYHALL_", "DJANGO_", "PYTHON", "VIRTUAL_ENV")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    where = subprocess.run(
        [programs / "python", "-c", "import cityhall; print(cityhall.__file__)"],
        env=environment, cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert Path(where.stdout.strip()).is_relative_to(packages), where.stderr
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    told = tmp_path / "told"
    with told.open("wb") as out:
        city = subprocess.Popen(
            [programs / "cityhall", "--data", str(tmp_path / "city"), "serve", "--port", str(port), "--workers", "1"],
            env=environment, cwd=tmp_path, stderr=out,
        )  # fmt: skip
    try:
        deadline = time.monotonic() + 150
        while "The city is open" not in told.read_text() and city.poll() is None and time.monotonic() < deadline:
            time.sleep(0.1)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", follow_redirects=True) as client:
            page = client.get("/")
            assert page.status_code == 200, told.read_text()
            assert "Report a problem" in page.text
            assert "Reportar un problema" in client.get("/es/").text
            found = re.search(r'href="(/static/[^"]+\.css)"', page.text)
            assert found
            assert "usa-button" in client.get(found[1]).text
    finally:
        city.send_signal(signal.SIGTERM)
        city.wait(60)
    assert city.returncode == 0, told.read_text()
