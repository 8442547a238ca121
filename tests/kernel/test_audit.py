from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import translation

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


@contextmanager
def owner_of_the_database() -> Iterator[None]:
    """Somebody who can take the guard away, as the database's owner can."""
    with connection.cursor() as cursor:
        for word in ("disable", "enable"):
            for table in ("kernel_auditentry", "kernel_auditseal"):
                cursor.execute(f"alter table {table} {word} trigger user")
            if word == "disable":
                yield


def test_entries_and_seals_can_only_be_added() -> None:
    write("one", "two")
    for change in (
        lambda: AuditEntry.objects.filter(action="one").update(action="none"),
        lambda: AuditEntry.objects.filter(action="one").update(action="none", waiting=False),
        lambda: AuditEntry.objects.filter(action="one").delete(),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    seal_all()
    for change in (
        lambda: AuditEntry.objects.update(waiting=True),
        lambda: AuditSeal.objects.update(hash="0" * 64),
        lambda: AuditSeal.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    assert audit.verify().problem == ""


def test_an_anchor_that_is_gone_is_a_problem() -> None:
    write("one")
    seal_all()
    audit._anchor_file().unlink()
    assert "is gone" in audit.verify().problem


def test_an_anchor_line_cut_short_by_a_crash_is_no_problem_but_nonsense_is() -> None:
    write("one")
    seal_all()
    with audit._anchor_file().open("a") as file:
        file.write('{"position": 2, "ha')
    assert audit.verify().problem == ""
    write("two")
    seal_all()
    assert audit.verify() == audit.Verdict(2, audit.verify().head, "")
    audit._anchor_file().write_text('{"position": 1}\n')
    assert "line 1" in audit.verify().problem


def test_an_anchor_cut_back_further_than_one_batch_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "SEAL_BATCH", 1)
    write("one", "two", "three")
    seal_all()
    lines = audit._anchor_file().read_text().splitlines(keepends=True)
    audit._anchor_file().write_text("".join(lines[:-1]))
    assert audit.verify().problem == ""
    audit._anchor_file().write_text("".join(lines[:-2]))
    assert "the anchor ends at entry 1" in audit.verify().problem


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
    with owner_of_the_database():
        AuditEntry.objects.filter(action="two").update(data={"a": "never mind"})
    assert "was changed" in audit.verify().problem
    with translation.override("es"):
        assert audit.verify().problem.endswith("en la posición 2 fue modificado")


def test_an_entry_beside_the_chain_is_found() -> None:
    write("one")
    seal_all()
    write("two")
    AuditEntry.objects.filter(action="two").update(waiting=False)
    write("three")
    seal_all()
    assert "neither stands in the chain nor waits for it" in audit.verify().problem
    with translation.override("es"):
        assert "no está en la cadena" in audit.verify().problem


def test_removed_newest_entries_are_found_by_the_anchor_outside() -> None:
    write("one", "two")
    seal_all()
    last = AuditSeal.objects.order_by("-position").first()
    assert last is not None
    with owner_of_the_database():
        last.delete()
        AuditEntry.objects.filter(id=last.entry_id).delete()
    assert "the anchor knows 2 entries" in audit.verify().problem


def test_a_chain_forged_from_the_start_differs_from_the_anchor() -> None:
    write("one")
    seal_all()
    with owner_of_the_database():
        AuditSeal.objects.all().delete()
        AuditEntry.objects.update(data={"a": "forged"}, waiting=True)
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


def test_a_head_that_met_a_full_disk_is_anchored_before_more_is_sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    anchored: list[int] = []
    full = True

    def anchor(position: int, head: str) -> None:
        if full and position:
            raise OSError(errno.ENOSPC, "no space left on device")
        anchored.append(position)

    monkeypatch.setattr(audit, "_anchor", anchor)
    write("one", "two")
    for _ in range(2):
        with pytest.raises(OSError, match="no space"):
            audit.seal()
        write("more")
    assert AuditEntry.objects.filter(waiting=True).count() == 2, "nothing more is sealed meanwhile"
    full = False
    seal_all()
    assert anchored == [0, 2, 4]
