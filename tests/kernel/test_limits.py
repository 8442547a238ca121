from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cityhall.kernel import clock
from cityhall.kernel.django import limits
from cityhall.kernel.errors import TooMany

NOON = datetime(2026, 3, 5, 12, 0, 10, tzinfo=UTC)


@pytest.mark.django_db
def test_the_limit_is_reached_and_passes_with_its_window() -> None:
    with clock.held_at(NOON):
        for _ in range(3):
            limits.spend("door:1", limit=3, per=timedelta(minutes=1))
        limits.spend("door:2", limit=3, per=timedelta(minutes=1))
        with pytest.raises(TooMany) as refused:
            limits.spend("door:1", limit=3, per=timedelta(minutes=1))
    assert 50 <= refused.value.retry_after <= 51
    with clock.held_at(NOON + timedelta(seconds=refused.value.retry_after)):
        limits.spend("door:1", limit=3, per=timedelta(minutes=1))


@pytest.mark.django_db
def test_old_windows_are_forgotten() -> None:
    with clock.held_at(NOON):
        limits.spend("door", limit=1, per=timedelta(minutes=1))
    with clock.held_at(NOON + timedelta(days=3)):
        assert limits.forget_old() == 1


@pytest.mark.django_db
def test_nobody_takes_more_than_their_share_of_the_places() -> None:
    first, second = (limits.Occupied("download", places=3, whose="a", each=2) for _ in range(2))
    with pytest.raises(TooMany, match="as many"):
        limits.Occupied("download", places=3, whose="a", each=2)
    third = limits.Occupied("download", places=3, whose="b", each=2)
    with pytest.raises(TooMany, match="Others"):
        limits.Occupied("download", places=3, whose="b", each=2)
    second.close()
    again = limits.Occupied("download", places=3, whose="a", each=2)
    for one in (first, third, again):
        one.close()
