"""Pruning by policy: what stays, what a reader of a pruned version is told, and a kill in between."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from tests.opendata.conftest import TREES
from tests.support.ending import Ended, end

from cityhall.apps.opendata import public, queries, services
from cityhall.apps.opendata.models import Dataset, Run, Snapshot
from cityhall.apps.opendata.rules.keeping import Kept, to_prune
from cityhall.apps.opendata.services import pruning
from cityhall.kernel import clock
from cityhall.kernel.actors import system

NOW = datetime(2026, 6, 20, 12)


def kept(*days: str) -> list[Kept]:
    return [Kept(number, datetime.fromisoformat(day)) for number, day in enumerate(days, 1)]


class TestPolicy:
    def test_all_of_a_while_then_the_last_of_each_month(self):
        there = kept("2026-03-01", "2026-03-31T23:59", "2026-04-01", "2026-04-09", "2026-06-11", "2026-06-12")
        assert to_prune(there, 6, NOW, days=10) == (1, 3)
        assert to_prune(there, 6, NOW, days=9) == (1, 3, 5)

    def test_never_the_current_one_though_a_later_of_its_month_was_there(self):
        assert to_prune(kept("2026-03-01", "2026-03-02"), 1, NOW, days=10) == ()

    def test_of_a_live_dataset_a_day_and_no_month(self):
        there = kept("2026-05-31", "2026-06-19T11:59", "2026-06-19T12:00", "2026-06-20T11:59")
        assert to_prune(there, 4, NOW, days=90, is_live=True) == (1, 2)
        assert to_prune(there, 1, NOW, days=90, is_live=True) == (2,)


@pytest.fixture
def four(publish) -> str:
    """A dataset whose first three snapshots are of one month long ago; the third was recalled."""
    for rows in range(2, 5):
        code = publish(TREES[:rows]).id
    long_ago = datetime.fromisoformat("2020-05-10T12:00Z")
    for number in (1, 2, 3):
        at = long_ago + timedelta(days=number)
        Snapshot.objects.filter(number=number).update(published_at=at)
        Run.objects.filter(snapshot__number=number).update(started_at=at, ended_at=at)
    public.recall("trees", actor=system("test"), reason="A leak.", snapshots=[3])
    publish(TREES)
    return code


@pytest.mark.django_db
def test_what_is_pruned_answers_410_with_the_nearest_and_leaves_the_disk(client, four):
    home = queries.home_of(Dataset.objects.get().id)
    assert services.prune_all() == 1
    told = client.get(f"/resource/{four}.json?$$snapshot=1")
    assert told.status_code == 410
    assert "nearest that is kept is 2" in told.json()["message"]
    assert not (home / "1").exists()
    for number in (2, 4):
        assert client.get(f"/resource/{four}.json?$$snapshot={number}").status_code == 200
    assert [one.number for one in queries.history(four).versions] == [4, 3, 2]
    assert Run.objects.count() == 1
    assert services.prune_all() == 0


@pytest.mark.django_db
def test_the_current_one_stays_however_old(client, publish):
    code = publish().id
    with clock.held_at(clock.now() + timedelta(days=4000)):
        assert services.prune_all() == 0
    assert client.get(f"/resource/{code}.json").status_code == 200


@pytest.mark.django_db
def test_whoever_reads_a_version_that_goes_reads_it_to_its_end(client, four):
    begun = client.get(f"/resource/{four}.json?$$snapshot=1&$limit=2000")  # so many are sent piece by piece
    services.prune_all()
    assert begun.getvalue().count(b'"species"') == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("step", "is_pruned"), [("to_prune", False), ("tidy", True)])
def test_ended_at_any_step_it_is_done_or_not_done(four, monkeypatch, step, is_pruned):
    with monkeypatch.context() as ending, pytest.raises(Ended):
        ending.setattr(pruning, step, end)
        services.prune_all()
    assert Snapshot.objects.filter(number=1).exists() is not is_pruned
    assert services.tidy_all() == (1 if is_pruned else 0)
    assert queries.dataset(four).number == 4
