"""Publishing that is killed: whatever it was at, the last good snapshot stays up, and what it left goes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo
from tests.opendata.conftest import TREES
from tests.support import commands
from tests.support.ending import Ended, end
from tests.support.hostile import TIMES

from cityhall.apps.opendata import public, queries, services
from cityhall.apps.opendata.models import Dataset, Snapshot
from cityhall.apps.opendata.services import publishing
from cityhall.kernel.actors import system

ROWS = 4_000
pytestmark = pytest.mark.django_db(transaction=True)


def table(file: Path, rows: int) -> Path:
    lines = (f"{number},Kind {number % 7},{number % 90}\n" for number in range(rows))
    file.write_text("id,kind,height\n" + "".join(lines), encoding="utf-8")
    return file


def shown(client, code: str) -> int:
    answer = client.get(f"/resource/{code}.json?$select=count(*) as n")
    return int(json.loads(answer.getvalue())[0]["n"])


def left() -> list[str]:
    """Return what lies in the folders of snapshots without belonging to one."""
    home = queries.home_of(Dataset.objects.get().id)
    numbers = {str(number) for number in Snapshot.objects.values_list("number", flat=True)}
    aside = [place.name for place in home.iterdir() if place.name not in numbers]
    return aside + [place.name for place in (queries.folder() / "making").iterdir()]


@pytest.mark.parametrize(
    ("step", "is_done"),
    [("_sample", False), ("_written", False), ("_switch", False), ("_move", False), ("Run", True)],
)
def test_ended_before_any_step_it_is_done_or_not_done(client, publish, monkeypatch, step, is_done):
    code = publish().id
    with monkeypatch.context() as ending, pytest.raises(Ended):
        ending.setattr(publishing, step, SimpleNamespace(objects=SimpleNamespace(create=end)) if is_done else end)
        publish(TREES[:-1])
    assert shown(client, code) == (3 if is_done else 4)
    assert queries.dataset(code).number == (2 if is_done else 1)
    assert publish(TREES[:-1]).snapshot == 2
    assert shown(client, code) == 3
    assert left() == []


def test_ended_while_it_writes_at_whatever_it_tells_it_is_not_done(client, publish, tmp_path):
    code = publish().id
    file = tmp_path / "fewer.csv"
    file.write_text("".join(",".join(row) + "\n" for row in TREES[:-1]), encoding="utf-8")
    told: list[str] = []

    def ends_at(step: int) -> Callable[[str], None]:
        def progress(what: str) -> None:
            told.append(what)
            if len(told) == step:
                end()

        return progress

    for step in range(1, 10):
        told.clear()
        try:
            done = public.publish_file(file, actor=system("test"), name="trees", progress=ends_at(step))
        except Ended:
            assert (shown(client, code), left()) == (4, [])
        else:
            break
    assert step > 2
    assert (done.snapshot, shown(client, code)) == (2, 3)


def test_a_process_that_is_killed_leaves_the_last_good_one_up_and_the_next_clears_up_after_it(client, tmp_path):
    """Killed when a file is in its folder; with CITYHALL_FUZZ also when the folder is there, and when most are."""
    file = table(tmp_path / "lamps.csv", ROWS)
    done = public.publish_file(file, actor=system("test"), name="lamps")
    home = queries.folder()
    whole = len([one for one in (home / str(Dataset.objects.get().id) / "1").iterdir() if one.is_file()])
    table(file, ROWS + 500)
    known = connection.get_connection_params()
    wanted = {key: known[key] for key in ("dbname", "user", "password", "host", "port") if known.get(key)}
    city = commands.environment(DATABASE_URL=make_conninfo("", **wanted), CITYHALL_DATA=str(home.parent))
    for files in (1,) if TIMES == 1 else (0, 1, whole - 2):
        process = subprocess.Popen(
            [sys.executable, "-m", "cityhall.cli", "opendata", "publish", str(file), "--name", "lamps"],
            env=city, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            assert seen(home / "making", files, process), "it ended before it could be killed"
        finally:
            process.kill()
            assert process.wait(30) == -9
        assert left() != [], "nothing was under way"
        assert (shown(client, done.id), queries.dataset(done.id).number) == (ROWS, 1)
        long_ago(home / "making")
    services.tidy_all()
    assert list((home / "making").iterdir()) == []
    assert public.publish_file(file, actor=system("test"), name="lamps").snapshot == 2
    assert (shown(client, done.id), left()) == (ROWS + 500, [])


def test_who_still_writes_is_not_cleared_away(publish, tmp_path):
    file = tmp_path / "lamps.jsonl"
    file.write_text('{"id": 1, "kind": "LED"}\n', encoding="utf-8")
    with public.as_csv(file) as made:
        long_ago(made.parent.parent)
        publish()
        services.tidy_all()
        assert public.publish_file(made, actor=system("test"), name="lamps").rows == 1
    assert list((queries.folder() / "making").iterdir()) == []


def seen(making: Path, files: int, process: subprocess.Popen[bytes]) -> bool:
    """Wait until a folder with so many files is there; False when the process ends before."""
    old = set(making.iterdir())
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        for place in set(making.iterdir()) - old:
            try:
                if len(list(place.iterdir())) >= files:
                    return True
            except FileNotFoundError:
                continue
        try:
            process.wait(0.001)
        except subprocess.TimeoutExpired:
            continue
        return False
    return False


def long_ago(making: Path) -> None:
    """Let what was left be older than a moment, without waiting for it."""
    for place in making.iterdir():
        os.utime(place, (time.time() - 60, time.time() - 60))
