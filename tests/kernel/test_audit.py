from __future__ import annotations

import pytest
from django.db import connection, transaction

from cityhall.kernel.actors import system
from cityhall.kernel.django import audit
from cityhall.kernel.django.models import AuditEntry, AuditSeal

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_anchor(settings, tmp_path):  # type: ignore[no-untyped-def]
    settings.CITYHALL_DATA = tmp_path


def write(*actions: str) -> None:
    with transaction.atomic():
        for action in actions:
            audit.record(system("test"), action, subject_kind="thing", subject_id=None, data={"a": action})


def seal_all() -> None:
    while audit.seal():
        pass


def test_a_whole_chain_verifies() -> None:
    write("one", "two")
    seal_all()
    write("three")
    seal_all()
    verdict = audit.verify()
    assert (verdict.entries, verdict.problem) == (3, "")


def test_a_changed_entry_is_found() -> None:
    write("one", "two", "three")
    seal_all()
    AuditEntry.objects.filter(action="two").update(data={"a": "never mind"})
    assert "was changed" in audit.verify().problem


def test_removed_newest_entries_are_found_by_the_anchor_outside() -> None:
    write("one", "two")
    seal_all()
    last = AuditSeal.objects.order_by("-position").first()
    assert last is not None
    last.delete()
    AuditEntry.objects.filter(id=last.entry_id).delete()
    assert "the anchor knows 2 entries" in audit.verify().problem


def test_a_chain_forged_from_the_start_differs_from_the_anchor() -> None:
    write("one")
    seal_all()
    AuditSeal.objects.all().delete()
    AuditEntry.objects.update(data={"a": "forged"})
    anchor = audit._anchor_file().read_text()
    seal_all()
    audit._anchor_file().write_text(anchor)
    assert "differs from the anchor" in audit.verify().problem


def test_only_one_sealer_works_at_a_time() -> None:
    write("one")
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("begin")
            cursor.execute("select pg_advisory_xact_lock(%s)", [audit._SEALER_LOCK])
            assert audit.seal() == 0
            cursor.execute("rollback")
    finally:
        other.close()
    assert audit.seal() == 1
