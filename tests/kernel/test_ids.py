from __future__ import annotations

import uuid
from datetime import UTC, datetime

from cityhall.kernel.ids import id_at, new_id, new_ids


def test_ids_of_one_process_grow_and_are_version_7() -> None:
    ids = [new_id() for _ in range(5000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)
    assert {(i.version, i.variant) for i in ids} == {(7, "specified in RFC 4122")}


def test_many_ids_at_once_are_as_good_as_one_by_one() -> None:
    before = new_id()
    ids = [uuid.UUID(text) for text in new_ids(5000)]
    assert ids == sorted(ids)
    assert before < ids[0]
    assert ids[-1] < new_id()
    assert len(set(ids)) == len(ids)
    assert {(i.version, i.variant) for i in ids} == {(7, "specified in RFC 4122")}


def test_id_at_sorts_by_moment() -> None:
    early = id_at(datetime(2025, 1, 1, tzinfo=UTC), salt=9)
    late = id_at(datetime(2025, 1, 2, tzinfo=UTC), salt=1)
    assert early < late
    assert early.version == 7
