"""From an earlier release, or an earlier PostgreSQL, to this one and back, with kills on the way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
import pytest
from tests.support.commands import environment

from cityhall.adapters.database.embedded import DatabaseProblem, EmbeddedPostgres
from cityhall.config import archive

from .conftest import RELEASES, copied
from .test_serving import free_port

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("upgrading")]
Run = Callable[..., subprocess.CompletedProcess[str]]


def ask(data: Path, question: str, major: str = "18") -> list[tuple[object, ...]]:
    server = EmbeddedPostgres(data, major=major)
    server.start()
    try:
        with psycopg.connect(server.url) as connection:
            done = connection.execute(question)
            return done.fetchall() if done.description else []
    finally:
        server.stop()


def numbers(data: Path, major: str = "18") -> list[tuple[object, ...]]:
    return ask(data, "select number, description from service_requests_servicerequest order by number", major)


#: Takes back what is said to have been done, of a migration that does no harm when it is done again.
EARLIER = "delete from django_migrations where app = 'subscriptions' and name = '0002_area_code'"
#: What it takes to have this release's commands look into it again.
LATER = "insert into django_migrations (app, name, applied) values ('subscriptions', '0002_area_code', now())"


def earlier(restored_city: Path, to: Path) -> Path:
    """Copy the city as one that lacks a migration of this release."""
    city = copied(restored_city, to)
    ask(city, EARLIER)
    return city


def on_16(data: Path, backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a data folder as a release that ran PostgreSQL 16 would have left it."""
    monkeypatch.setenv("CITYHALL_DATA", str(data))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    data.mkdir()
    archive.restore_files(backup)
    server = EmbeddedPostgres(data, major="16", options={"shared_buffers": "16MB"})
    server.start()
    try:
        archive.restore_database(backup, url=server.url)
    finally:
        server.stop()
    monkeypatch.undo()


@pytest.mark.parametrize("backup", RELEASES, ids=lambda path: path.stem)
def test_each_earlier_releases_backup_is_restored_and_brought_to_this_release(
    cityhall: Run, old_backup: Path, restored_city: Path, backup: Path, tmp_path: Path
) -> None:
    city = tmp_path / "city"
    if backup == old_backup:
        copied(restored_city, city)  # it was restored so, for many tests
    else:
        answer = cityhall(city, "restore", str(backup))
        assert answer.returncode == 0, answer.stderr
    assert [text for _, text in numbers(city)] == ["A deep hole", "Another hole"]
    assert json.loads(cityhall(city, "audit", "verify", "--json").stdout)["problem"] == ""
    assert json.loads(cityhall(city, "doctor", "--json").stdout)["wrong"] == {}


def test_a_database_of_postgresql_16_is_carried_over_and_back(
    cityhall: Run, old_backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    city = tmp_path / "city"
    on_16(city, old_backup, monkeypatch)
    before = numbers(city, "16")
    refused = cityhall(city, "doctor")
    assert refused.returncode == 1
    assert "cityhall upgrade" in refused.stderr

    done = cityhall(city, "upgrade")
    assert done.returncode == 0, done.stderr
    assert "the audit chain is whole" in " ".join(done.stderr.split())
    assert numbers(city) == before
    assert (city / "postgres" / "PG_VERSION").read_text().strip() == "18"
    assert json.loads(cityhall(city, "doctor", "--json").stdout)["wrong"] == {}

    returned = cityhall(city, "upgrade", "--return")
    assert returned.returncode == 0, returned.stderr
    assert numbers(city, "16") == before
    assert not list(city.glob("scratch-*"))


def test_the_way_back_loses_what_came_after_and_keeps_it_in_a_backup(
    cityhall: Run, restored_city: Path, tmp_path: Path
) -> None:
    city = earlier(restored_city, tmp_path / "city")
    assert cityhall(city, "upgrade").returncode == 0
    ask(city, "update service_requests_servicerequest set description = 'Wrong'")
    returned = cityhall(city, "upgrade", "--return")
    assert returned.returncode == 0, returned.stderr
    assert [text for _, text in numbers(city)] == ["A deep hole", "Another hole"]
    ask(city, LATER)
    assert json.loads(cityhall(city, "audit", "verify", "--json").stdout)["problem"] == ""
    [left] = (city / "upgrades").glob("before-return-*.tar")
    assert cityhall(tmp_path / "left", "restore", str(left)).returncode == 0
    assert {text for _, text in numbers(tmp_path / "left")} == {"Wrong"}
    again = cityhall(city, "upgrade", "--return")
    assert again.returncode == 1
    assert "no upgrade is written down" in " ".join(again.stderr.split())


def test_with_a_server_of_ones_own_a_role_that_only_owns_its_database_is_enough(
    cityhall: Run, new_backup: Path, tmp_path: Path
) -> None:
    theirs = EmbeddedPostgres(tmp_path / "theirs", major="16", options={"fsync": "off", "shared_buffers": "16MB"})
    theirs.start()
    try:
        keeper = (theirs.data / "secrets" / "database_keeper").read_text()
        with psycopg.connect(theirs.url, user="postgres", password=keeper, autocommit=True) as connection:
            connection.execute("create role city login password 'city'")
            connection.execute("create database city owner city")
        url = f"postgresql://city:city@/city?host={quote(str(theirs.sockets), safe='')}"
        city = tmp_path / "city"
        for arguments in (["restore", str(new_backup)], ["upgrade"], ["upgrade", "--return"]):
            done = cityhall(city, *arguments, DATABASE_URL=url)
            assert done.returncode == 0, (arguments, done.stderr)
            if arguments != ["upgrade"]:
                with psycopg.connect(url) as connection:
                    connection.execute(EARLIER if arguments[0] == "restore" else LATER)
        assert json.loads(cityhall(city, "audit", "verify", "--json", DATABASE_URL=url).stdout)["problem"] == ""
        with psycopg.connect(url) as connection:
            assert archive.count_rows(connection)["service_requests_servicerequest"] == 2
    finally:
        theirs.stop()


def test_a_city_of_an_earlier_release_is_refused_by_all_but_its_upgrade_and_nothing_migrates_it_in_passing(
    cityhall: Run, restored_city: Path, tmp_path: Path
) -> None:
    city = earlier(restored_city, tmp_path / "city")
    said = "This city belongs to an earlier release. Close it and run `cityhall upgrade`."
    server = EmbeddedPostgres(city)
    server.start()
    try:
        for arguments, status in (
            (["serve", "--port", str(free_port())], 78),
            (["serve", "--port", str(free_port()), "--copy"], 78),
            (["web", "--port", str(free_port())], 78),
            (["worker"], 78),
            (["init", "--name", "Other"], 78),
            (["doctor"], 1),
            (["categories", "export", str(tmp_path / "pack.toml")], 1),
        ):
            refused = cityhall(city, *arguments)
            assert refused.returncode == status, (arguments, refused.stderr)
            assert said in refused.stderr, arguments
            assert "Traceback" not in refused.stderr
            assert "is open" not in refused.stderr
        assert cityhall(city, "backup", str(tmp_path / "before.tar")).returncode == 0
    finally:
        server.stop()
    assert ask(city, EARLIER.replace("delete", "select name")) == [], "still lacking"
    done = cityhall(city, "upgrade")
    assert done.returncode == 0, done.stderr
    assert json.loads(cityhall(city, "doctor", "--json").stdout)["wrong"] == {}


def test_an_upgrade_without_anything_to_do_says_so_and_leaves_the_way_back(
    cityhall: Run, restored_city: Path, tmp_path: Path
) -> None:
    city = earlier(restored_city, tmp_path / "city")
    assert cityhall(city, "upgrade").returncode == 0
    kept = {path: path.read_bytes() for path in [city / "upgrade.json", *(city / "upgrades").iterdir()]}
    again = cityhall(city, "upgrade")
    assert again.returncode == 0
    assert "Nothing to do: this city is on this release" in " ".join(again.stderr.split())
    assert "rows kept" not in again.stderr
    assert kept == {path: path.read_bytes() for path in [city / "upgrade.json", *(city / "upgrades").iterdir()]}


def test_an_upgrade_keeps_its_own_way_back_alone_and_the_doctor_names_an_old_one(
    cityhall: Run, restored_city: Path, tmp_path: Path
) -> None:
    city = earlier(restored_city, tmp_path / "city")
    (city / "upgrades").mkdir()
    stale = [city / "upgrades" / "before-0.0.9-20260101-000000.tar", city / "upgrades" / "before-return-20260101.tar"]
    for path in stale:
        path.write_text("of an earlier upgrade")
    for name in ("postgres.16", "postgres.left-18"):
        (city / name).mkdir()
        (city / name / "PG_VERSION").write_text("16")
        stale.append(city / name)
    assert cityhall(city, "upgrade", CITYHALL_BACKUP_RECIPIENTS=archive.new_key()[1]).returncode == 0
    assert not [path for path in stale if path.exists()]
    [kept] = (city / "upgrades").iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600
    assert (city / "postgres" / "PG_VERSION").exists()
    assert "upgrades" not in json.loads(cityhall(city, "doctor", "--json").stdout)["missing"]
    old = time.time() - 31 * 86400
    os.utime(kept, (old, old))
    [told] = json.loads(cityhall(city, "doctor", "--json").stdout)["missing"]["upgrades"]
    assert "older than 30 days, is not encrypted" in told
    assert f"rm -r {kept}" in told


def test_an_upgrade_beside_an_open_city_is_refused(cityhall: Run, restored_city: Path, tmp_path: Path) -> None:
    city = copied(restored_city, tmp_path / "city")
    server = EmbeddedPostgres(city)
    server.start()
    try:
        with psycopg.connect(server.url, application_name="cityhall"):
            refused = cityhall(city, "upgrade")
        assert refused.returncode == 1
        assert "Close it first" in " ".join(refused.stderr.split())
        assert not (city / "upgrade.json").exists()
    finally:
        server.stop()


# Killed before it migrates there must be something left to migrate; while it carries the database, there need not.
@pytest.mark.parametrize(
    ("sign", "backup"), [("postgres.carrying/PG_VERSION", "new_backup"), ("postgres.16", "old_backup")]
)
def test_an_upgrade_that_is_killed_loses_nothing_and_is_taken_up_again(
    cityhall: Run,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    sign: str,
    backup: str,
) -> None:
    city = tmp_path / "city"
    on_16(city, request.getfixturevalue(backup), monkeypatch)
    before = numbers(city, "16")
    upgrade = subprocess.Popen(
        [sys.executable, "-m", "cityhall.cli", "--data", str(city), "upgrade"],
        env=environment(),
        stderr=subprocess.DEVNULL,
    )
    while not (city / sign).exists() and upgrade.poll() is None:
        time.sleep(0.002)
    upgrade.kill()
    assert upgrade.wait() == -9, "it ended before it could be killed"
    again = cityhall(city, "upgrade")
    assert again.returncode == 0, again.stderr
    assert numbers(city) == before
    assert cityhall(city, "upgrade", "--return").returncode == 0
    assert numbers(city, "16") == before
    assert not [p for p in psutil.process_iter(["cmdline"]) if str(city) in " ".join(p.info["cmdline"] or [])]


@pytest.mark.parametrize("step", [0, 1, 2, 3])
def test_whichever_rename_a_kill_comes_after_one_whole_cluster_is_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    old, new = EmbeddedPostgres(tmp_path, major="16"), EmbeddedPostgres(tmp_path, name="postgres.carrying")
    for server in (old, new):
        server.cluster.mkdir()
        (server.cluster / "PG_VERSION").write_text(server.major)
    real, calls = Path.rename, iter([True] * step + [False] * 9)

    def rename(self: Path, target: Path) -> Path:
        if not next(calls):
            raise SystemExit
        return real(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    if step < 3:
        with pytest.raises(SystemExit):
            old.replace_by(new, keep_as="postgres.16")
    else:
        old.replace_by(new, keep_as="postgres.16")
    monkeypatch.undo()
    found = EmbeddedPostgres(tmp_path)
    found.mend()
    assert found.found_major() == ("16" if step < 2 else "18")
    kept = tmp_path / ("postgres" if step < 2 else "postgres.16")
    assert (kept / "PG_VERSION").read_text() == "16"


def test_a_cluster_of_another_major_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("15\n")
    with pytest.raises(DatabaseProblem, match="cityhall upgrade"):
        EmbeddedPostgres(tmp_path).start()
    assert [path.name for path in (tmp_path / "postgres").iterdir()] == ["PG_VERSION"]


def test_a_load_that_stops_early_takes_everything_back(
    old_backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CITYHALL_DATA", str(tmp_path))
    server = EmbeddedPostgres(tmp_path)
    server.start()
    try:
        archive.restore_database(old_backup, url=server.url)
        cut = tmp_path / "cut.dump"
        with tarfile.open(old_backup) as tar:
            body = tar.extractfile("database.dump")
            assert body
            cut.write_bytes(body.read()[:300_000])
        with pytest.raises(archive.ArchiveProblem, match="not loaded"):
            archive._load(cut, server.url, archive._ANEW)
        with psycopg.connect(server.url) as connection:
            assert archive.count_rows(connection)["service_requests_servicerequest"] == 2
    finally:
        server.stop()
