"""`cityhall init`, `categories` and what `doctor` says of a new city, run as whoever starts a city runs them."""

from __future__ import annotations

import json
import os
import pty
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from tests.cli.test_serving import free_port
from tests.support import commands

from cityhall.adapters.database.embedded import EmbeddedPostgres

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("init")]
PASSWORD = "harbor lantern 57 quiet"


def cityhall(data: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return commands.cityhall("--data", str(data), *arguments, **more)


def said(data: Path, *arguments: str, **more: str) -> dict[str, Any]:
    answer = cityhall(data, *arguments, "--json", **more)
    assert answer.stdout, answer.stderr
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def square(path: Path, geometry: str = "Polygon") -> None:
    ring = [[-76.3, 36.8], [-76.2, 36.8], [-76.2, 36.9], [-76.3, 36.9], [-76.3, 36.8]]
    shape = {"type": geometry, "coordinates": [ring] if geometry == "Polygon" else ring[:2]}
    features = [{"type": "Feature", "properties": {"id": "1", "name": "Grand Ave"}, "geometry": shape}]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    square(folder / "edge.geojson")
    square(folder / "streets.geojson", "LineString")
    (folder / "addresses.csv").write_text(
        "number,street,lat,lon\n12,Grand Ave,36.85,-76.25\n14,Grand Ave,36.85,-76.26\n"
    )
    (folder / "city.toml").write_text(
        'name = "Norfolk"\ntime_zone = "America/New_York"\nholidays = "US-VA"\ncategories = "default"\n'
        'boundary = "edge.geojson"\nstreets = "streets.geojson"\naddresses = { file = "addresses.csv" }\n'
        'public_url = "https://311.norfolk.example"\n'
        '[[departments]]\ncode = "streets"\nname = { en = "Public Works", es = "Obras Públicas" }\n'
        f'[administrator]\nemail = "ana@norfolk.example"\nname = "Ana Ruiz"\npassword = "{PASSWORD}"\n'
    )
    return folder


@pytest.fixture(scope="module")
def city(files: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    data = tmp_path_factory.mktemp("init") / "city"
    made = cityhall(data, "init", "--answers", str(files / "city.toml"))
    assert made.returncode == 0, made.stderr
    server = EmbeddedPostgres(data)  # runs on, so that each command need not start it
    server.start()
    yield data
    server.stop()


@pytest.fixture
def smtp() -> Iterator[tuple[int, list[str]]]:
    """A mail server on this machine, and what it was sent."""
    taken: list[str] = []

    class Handler:
        async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # aiosmtpd's name
            taken.append(f"{envelope.mail_from} {envelope.rcpt_tos} {envelope.content.decode()}")
            return "250 taken"

    controller = Controller(Handler(), hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller.port, taken
    controller.stop()


def test_an_answers_file_makes_a_whole_city_and_a_second_run_changes_nothing(city: Path, files: Path) -> None:
    again = said(city, "init", "--answers", str(files / "city.toml"))
    assert again["changed"] == []
    there = again["set"]
    assert (there["name"], there["time_zone"], there["holidays"]) == ("Norfolk", "America/New_York", "US-VA")
    assert (there["boundary"], there["segments"], there["addresses"], there["categories"]) == (True, 1, 2, 40)
    assert there["administrators"] == 1
    assert there["public_url"] == "https://311.norfolk.example"


def test_only_what_is_named_is_changed(city: Path) -> None:
    before = said(city, "init")["set"]
    changed = said(city, "init", "--holidays", "US-NC")
    assert [one["what"] for one in changed["changed"]] == ["city"]
    assert changed["set"] == {**before, "holidays": "US-NC"}
    said(city, "init", "--holidays", "US-VA")


def test_the_doctor_names_what_a_new_city_lacks_each_with_its_mend(city: Path, tmp_path: Path) -> None:
    assert "second factor" in " ".join(said(city, "doctor")["missing"]["administrator"])
    empty = tmp_path / "empty"
    said(empty, "init")
    (empty / "secrets" / "secret_key").chmod(0o644)
    missing = said(empty, "doctor")["missing"]
    told = " ".join(text for texts in missing.values() for text in texts)
    for lack in ("no name", "no boundary", "streets or addresses", "no active category", "cityhall people", "e-mail",
                 "not https", "No backups are scheduled"):  # fmt: skip
        assert lack in told
    assert told.count("chmod 600") == 1


def test_a_refusal_names_the_file_and_says_whether_anything_was_set(city: Path, files: Path) -> None:
    refused = cityhall(city, "init", "--boundary", str(files / "edge.geojson"), "--boundary-where", "nope=1")
    assert refused.returncode == 2
    assert "boundary: there is no column 'nope'; there are id, name" in refused.stderr
    assert "Nothing was changed." in refused.stderr
    assert "There are en, es." in said(city, "init", "--languages", "en,xx")["refused"]["languages"]


def test_mail_is_set_and_tried_and_its_password_stays_in_a_file_of_the_owner(
    city: Path, smtp: tuple[int, list[str]], tmp_path: Path
) -> None:
    port, taken = smtp
    arguments = ["--mail-host", "127.0.0.1", "--mail-port", str(port), "--mail-plain", "--mail-from", "311@n.example"]
    set_up = said(city, "init", *arguments)
    assert set_up["set"]["mail"] == f"127.0.0.1:{port}"
    assert "No test message" in " ".join(set_up["missing"]["mail test"])
    tried = said(city, "init", "--test-mail", "ana@norfolk.example")
    assert tried["set"]["mail_tested_at"]
    assert "mail test" not in tried["missing"]
    assert len(taken) == 1
    assert "311@n.example ['ana@norfolk.example']" in taken[0]
    kept = city / "secrets" / "settings.toml"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert f"127.0.0.1:{port}" in kept.read_text()
    # Another server is untested, and what the environment says wins and is not written over.
    other = said(city, "init", CITYHALL_SMTP_URL="smtp://mail.other.example:25")
    assert (other["set"]["mail"], other["set"]["mail_tested_at"]) == ("mail.other.example:25", None)
    refused = said(city, "init", *arguments, CITYHALL_SMTP_URL="smtp://mail.other.example:25")
    assert "CITYHALL_SMTP_URL" in refused["refused"]["mail_host"]
    # A backup carries it, so that the restored city can write too.
    assert cityhall(city, "backup", str(tmp_path / "b.tar")).returncode == 0
    assert cityhall(tmp_path / "again", "restore", str(tmp_path / "b.tar")).returncode == 0
    restored = tmp_path / "again" / "secrets" / "settings.toml"
    assert restored.read_text() == kept.read_text()
    assert stat.S_IMODE(restored.stat().st_mode) == 0o600


def test_a_mail_server_that_does_not_answer_is_told_and_not_counted_as_tried(city: Path) -> None:
    arguments = [
        "--mail-host",
        "127.0.0.1",
        "--mail-port",
        str(free_port()),
        "--mail-plain",
        "--mail-from",
        "a@b.example",
    ]
    refused = said(city, "init", *arguments, "--test-mail", "ana@norfolk.example")
    assert "Check its name, port" in refused["refused"]["test_to"]
    assert [one["what"] for one in refused["changed"]] == ["mail"]
    assert said(city, "init")["set"]["mail_tested_at"] is None


def test_every_wrong_answer_is_named_before_anything_is_written(tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text(
        'name = 7\nlanguages = ["xx"]\nboundary = "nowhere.geojson"\npublic_url = "norfolk"\ncolour = "red"\n'
        '[mail]\nport = 99999\n[administrator]\nemail = "a@b.example"\n'
    )
    answer = cityhall(tmp_path / "city", "init", "--answers", str(bad), "--json")
    assert answer.returncode == 2
    refused = json.loads(answer.stdout)
    expected = {"name", "languages", "boundary", "public_url", "colour", "mail.port", "mail.host", "mail.sender",
                "administrator.name"}  # fmt: skip
    assert set(refused["refused"]) == expected
    assert refused["changed"] == []


def test_what_was_set_before_a_refusal_stays_and_the_next_run_goes_on(files: Path, tmp_path: Path) -> None:
    data = tmp_path / "city"
    arguments = ["init", "--name", "Norfolk", "--boundary", str(files / "edge.geojson"), "--admin-email",
                 "ana@norfolk.example", "--admin-name", "Ana"]  # fmt: skip
    refused = said(data, *arguments, CITYHALL_ADMIN_PASSWORD="password")
    assert "password" in refused["refused"]
    assert [one["what"] for one in refused["changed"]] == ["city", "boundary"]
    done = said(data, *arguments, CITYHALL_ADMIN_PASSWORD=PASSWORD)
    assert [one["what"] for one in done["changed"]] == ["administrator"]
    # The administrator may have changed it since: a later run does not set it back.
    assert said(data, *arguments, CITYHALL_ADMIN_PASSWORD="another lantern 12")["changed"] == []


def test_a_pack_is_exported_edited_and_loaded_and_a_wrong_one_is_refused_whole(city: Path, tmp_path: Path) -> None:
    pack = tmp_path / "pack.toml"
    assert cityhall(city, "categories", "export", str(pack)).returncode == 0
    text = pack.read_text()
    pack.write_text(text.replace("Pothole", "Hole in the road", 1))
    loaded = said(city, "categories", "load", str(pack))
    assert (loaded["categories"], loaded["loaded"]) == (40, True)
    assert loaded["changed"] == ["categories pothole: 'Pothole' becomes 'Hole in the road'"]
    assert cityhall(city, "categories", "export", str(tmp_path / "after.toml")).returncode == 0
    assert (tmp_path / "after.toml").read_text() == pack.read_text()
    pack.write_text(text.replace("Pothole", "Gone", 1).replace("priority = 2", "priority = 9", 1))
    refused = cityhall(city, "categories", "load", str(pack))
    assert refused.returncode == 2
    assert "priority must be a whole number from 1 to 5" in " ".join(refused.stderr.split())
    cityhall(city, "categories", "export", str(tmp_path / "still.toml"))
    assert "Hole in the road" in (tmp_path / "still.toml").read_text()
    # Nobody named the pack that ships, and a file that is there is somebody's work.
    bare = cityhall(city, "categories", "load")
    assert bare.returncode == 2
    assert "'Hole in the road' becomes 'Pothole'" in bare.stderr
    assert "give --yes" in bare.stderr
    over = cityhall(city, "categories", "export", str(pack))
    assert over.returncode == 1
    assert "--force" in over.stderr
    assert "Gone" in pack.read_text()
    assert cityhall(city, "categories", "export", str(pack), "--force").returncode == 0
    assert pack.read_text() == (tmp_path / "still.toml").read_text()
    pack.write_text(
        '[[groups]]\ncode = "streets"\nname = { en = "Streets and sidewalks" }\n'
        '[[categories]]\ncode = "pothole"\ngroup = "streets"\nname = { en = "Pothole" }\n'
    )
    checked = cityhall(city, "categories", "load", str(pack), "--check").stderr
    assert "No es: groups[1] streets: name and 1 more." in checked
    assert "1 category can be loaded." in checked
    assert cityhall(city, "categories", "load", "--yes").returncode == 0
    assert cityhall(city, "categories", "load", str(tmp_path / "still.toml")).returncode == 0  # for the other tests


def test_the_browsers_address_works_until_the_set_up_is_closed_for_ever(files: Path, tmp_path: Path) -> None:
    data = tmp_path / "city"
    first = said(data, "init", "--web")
    assert first["address"].startswith("http://127.0.0.1:8000/setup/?code=")
    assert said(data, "init", "--web")["code"] != first["code"]
    early = said(data, "init", "--finish")
    assert set(early["refused"]) == {"name", "categories", "administrator"}
    done = said(data, "init", "--answers", str(files / "city.toml"), "--finish")
    assert done["set"]["finished"] is True
    assert "closed for ever" in str(said(data, "init", "--web")["refused"])


def talk(data: Path, answers: list[str]) -> tuple[str, list[str]]:
    """Run `cityhall init` on a terminal, answering each question; return what it said and the answers left over."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "cityhall.cli", "--data", str(data), "init"],
        env=commands.environment(),
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # without a terminal of its own the password is read from the one given here
    )
    os.close(theirs)
    assert process.stdout
    told, left = b"", list(answers)
    while piece := os.read(process.stdout.fileno(), 65536):
        told += piece
        if told.endswith(b": "):
            if not left:
                process.terminate()
                raise AssertionError(f"asked more than expected: {told.decode()}")
            os.write(ours, f"{left.pop(0)}\n".encode())
    os.close(ours)
    assert process.wait(180) == 0, told.decode()
    return told.decode(), left


def test_on_a_terminal_it_asks_and_asks_again_for_what_cannot_be(files: Path, tmp_path: Path) -> None:
    city = ["Norfolk", "Norfolk time", "", "US-VA", "", "America/New_York", "", ""]  # Enter keeps what was right
    maps = [str(files / "nowhere.geojson"), str(files / "edge.geojson"), "", ""]
    rest = ["y", "https://311.norfolk.example", "", "n", "ana@norfolk.example", "Ana Ruiz", "password", "password"]
    again = ["", "", PASSWORD, PASSWORD]  # Enter keeps what was right
    told, left = talk(tmp_path / "city", [*city, *maps, *rest, *again])
    assert left == []
    assert "There is no time zone" in told
    assert PASSWORD not in told
    there = said(tmp_path / "city", "init")["set"]
    assert (there["name"], there["boundary"], there["categories"], there["administrators"]) == ("Norfolk", True, 40, 1)
    assert there["behind_proxy"] is True
    # A second time Enter keeps everything.
    told, left = talk(tmp_path / "city", [*[""] * 9, "n"])
    assert "[Norfolk]" in told
    assert said(tmp_path / "city", "init")["set"] == there
