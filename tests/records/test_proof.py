"""That what was erased, or has come of age, is gone: first that it was everywhere, then that it is nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from tests.support import scanning
from tests.support.canary import EMAIL, EXIF, PHONE, TRACES, WHO, WORDS, Planted
from tests.support.people import sign_in

from cityhall.apps.opendata import public as opendata
from cityhall.apps.opendata.models import Dataset
from cityhall.apps.records import rules
from cityhall.apps.records.contracts import HoldTerms
from cityhall.apps.records.models import Erasure, PersonFile
from cityhall.apps.records.services import holds, office, schedule
from cityhall.apps.service_requests.contracts import RequestFilter
from cityhall.apps.service_requests.exports import FORMATS
from cityhall.apps.service_requests.public import desk_csv, export_file
from cityhall.config import archive, backups
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor, ActorKind, system
from cityhall.kernel.offers import Period, Person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
OFFICER = system("Records")
DESK = frozenset({"requests.view", "requests.export"})


@pytest.fixture
def backed_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, Path]]:
    """The folder of scheduled backups, and the file of the private key they are encrypted for."""
    database = connection.settings_dict
    monkeypatch.setenv(
        "DATABASE_URL",
        f"postgresql://{database['USER']}:{database['PASSWORD']}@/{database['NAME']}?host={database['HOST']}"
        + (f"&port={database['PORT']}" if database["PORT"] else ""),
    )
    private, public = archive.new_key()
    key, folder = tmp_path / "key.txt", tmp_path / "backups"
    key.write_text(private)
    monkeypatch.setenv("CITYHALL_BACKUP_FOLDER", str(folder))
    monkeypatch.setenv("CITYHALL_BACKUP_RECIPIENTS", public)
    yield folder, key


def in_backups(folder: Path, key: Path) -> scanning.Hits:
    found = [scanning.in_folder(folder, TRACES)]
    for _at, file in backups.made(folder):
        with archive.opened(file, key) as plain:
            found.append(scanning.in_backup(plain, TRACES, but_not=_addresses()))
    return scanning.merged(*found)


def given_out(planted: Planted, folder: Path) -> scanning.Hits:
    """What the doors say: exports, feeds, pages, GeoReport, the desk's pages and its export."""
    found = []
    for form in FORMATS:
        export_file(folder / f"out.{form}", form)
        found.append(scanning.in_text((folder / f"out.{form}").read_bytes(), TRACES, f"export {form}"))
    staff, stranger = Client(), Client()
    sign_in(staff, "administrator")
    for client, path in (
        (stranger, f"/requests/{planted.home}/"),
        (stranger, f"/requests/{planted.door}/"),
        (stranger, "/requests/"),
        (stranger, "/requests/?q=xylocarpine"),
        (stranger, "/requests/feed.rss"),
        (stranger, "/requests/feed.json"),
        (stranger, "/open311/v2/requests.json"),
        (stranger, "/open311/v2/requests.xml"),
        (stranger, f"/open311/v2/requests/{planted.home}.json"),
        (stranger, "/open311/v2/servicerequestupdates.json"),
        (stranger, planted.link),
        (staff, f"/desk/requests/{planted.home}/"),
        (staff, "/desk/audit/"),
        (staff, "/desk/calls/log/"),
        (staff, "/desk/connections/deliveries/"),
    ):
        answer = client.get(path)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        body = body.replace(b"xylocarpine&quot;", b"").replace(b'value="xylocarpine"', b"")
        found.append(scanning.in_text(body.replace(b"?q=xylocarpine", b""), TRACES, f"page {path.split('?')[0]}"))
    staff.logout()
    desk = "".join(desk_csv(RequestFilter(), actor=Actor(ActorKind.STAFF, permissions=DESK)))
    found.append(scanning.in_text(desk, TRACES, "export of the desk"))
    return scanning.merged(*found)


def everywhere(planted: Planted, folder: Path) -> scanning.Hits:
    """Every place but backups. The log is looked at by itself: it must never have had any of it."""
    log = planted.log.getvalue()
    assert '"view": "report-contact"' in log, "the log is written, and scanned"
    assert scanning.in_text(log, TRACES, "log") == {}
    opendata.publish_live(at_once=True)  # as the worker does within a minute
    own = {one.name: django_settings.CITYHALL_DATA / "snapshots" / str(one.id) for one in Dataset.objects.all()}
    found = scanning.merged(
        scanning.in_tables(TRACES),
        scanning.in_folder(django_settings.CITYHALL_DATA, TRACES, but_not=_addresses()),
        *(_in_dataset(name, own[name]) for name in ("service-requests", "service-request-events")),
        given_out(planted, folder),
    )
    assert scanning.in_tables([EXIF]) == scanning.in_folder(django_settings.CITYHALL_DATA, [EXIF]) == {}
    return found


def _addresses() -> str:
    """Where the city's list of addresses is published: about houses, hers among them, as the tables of places are."""
    return f"snapshots/{Dataset.objects.get(name='addresses').id}"


def _in_dataset(name: str, folder: Path) -> scanning.Hits:
    return {word: {f"dataset {name}"} for word in scanning.in_folder(folder, TRACES)}


def there(found: scanning.Hits) -> None:
    """It was there: each trace, in each kind of place that can have it."""
    assert set(found) == set(TRACES), set(TRACES) - set(found)
    kept = set[str]().union(*found.values())
    for place in (
        "service_requests_servicerequest", "service_requests_reporter", "service_requests_historyevent",
        "service_requests_abusereport", "service_requests_quarantinedrow", "service_requests_call",
        "service_requests_notefile", "notify_message", "notify_follower", "work_orders_try",
        "identity_user", "account_emailaddress", "django_session", "file outbox", "file sms-outbox", "file blobs",
        "file snapshots", "dataset service-requests", "dataset service-request-events",
        "export csv", "export jsonl", "export georeport-json", "export georeport-xml", "export san-diego",
        "export of the desk", "page /requests/feed.rss", "page /requests/feed.json",
        "page /open311/v2/requests.json", "page /open311/v2/requests.xml",
        "page /open311/v2/servicerequestupdates.json",
    ):  # fmt: skip
        assert place in kept, f"nothing was planted in {place}: {sorted(kept)}"


def test_who_is_erased_is_nowhere(planted: Planted, officer: Client, backed_up: Any, tmp_path: Path) -> None:
    made = officer.post("/desk/records/people/file/", {"by": "email", "what": EMAIL, "proof": "License shown"})
    assert made.status_code == 302, made.text
    there(everywhere(planted, tmp_path))
    assert backups.make_if_due() == 1
    assert set(in_backups(*backed_up)) == set(TRACES), "the backup holds all of it"

    for by, what in (("email", f" {EMAIL.upper()}"), ("phone", "+1 619 555 0143")):
        answer = officer.post("/desk/records/people/erase/", {"by": by, "what": what, "confirm": "erase"})
        assert answer.status_code == 302, answer.text
    assert not Erasure.objects.filter(done_at=None).exists()
    assert everywhere(planted, tmp_path) == {}
    assert PersonFile.objects.count() == 0

    # The backup of before is too young to be removed, and knows her. One made now does not.
    assert set(in_backups(*backed_up)) == set(TRACES)
    with clock.held_at(clock.now() + timedelta(days=1)):
        assert backups.make_if_due() == 1
    old, new = backups.made(backed_up[0])
    with archive.opened(new[1], backed_up[1]) as plain:
        assert scanning.in_backup(plain, TRACES, but_not=_addresses()) == {}

    # Restored, the old one brings her back, and the list beside the backups sends her away again.
    with archive.opened(old[1], backed_up[1]) as plain:
        connection.close()
        archive.restore_database(plain, anew=True)
        archive.restore_files(plain)
    assert EMAIL in scanning.in_tables(WHO)
    assert office.reapply() >= 1
    assert everywhere(planted, tmp_path) == {}
    assert office.reapply() == 0, "nobody is erased twice"

    # And once backups are older than their schedule, none has her.
    with clock.held_at(clock.now() + timedelta(days=40)):
        assert backups.make_if_due() == 1
    assert in_backups(*backed_up) == {}


def purge_all(years: int) -> None:
    """Let the clock pass every schedule."""
    for kind in ("texts", "photos", "note files", "accounts"):
        schedule.choose(actor=OFFICER, kind=kind, period=Period(3, "years"))
    schedule.start(actor=OFFICER)
    with clock.held_at(rules.before(clock.now(), Period(1, "days")) + timedelta(days=365 * years + 2)):
        schedule.one_night()


def test_what_has_come_of_age_is_nowhere(planted: Planted, tmp_path: Path) -> None:
    there(everywhere(planted, tmp_path))
    schedule.one_night()
    assert set(everywhere(planted, tmp_path)) == set(TRACES), "nothing is old enough yet"
    purge_all(4)
    assert everywhere(planted, tmp_path) == {}


def test_what_is_held_stays_until_the_hold_is_lifted(planted: Planted, officer: Client, tmp_path: Path) -> None:
    def files(found: scanning.Hits) -> scanning.Hits:
        """Sessions and counts of sign-ins are nobody's file."""
        return {word: places - {"django_session", "identity_cache"} for word, places in found.items()}

    before = everywhere(planted, tmp_path)
    terms = HoldTerms(name="Vermin case", reason="Claim 7", email=EMAIL, phone=PHONE, numbers=(planted.home,))
    hold = holds.place(actor=OFFICER, terms=terms)
    told = planted.resident.post("/account/erase/", {"confirm": "erase"}, follow=True).text
    assert "The law makes us keep some of this for now" in told
    told = Client().post(f"{planted.link}delete/", follow=True).text
    assert "The law makes us keep some of this for now" in told
    told = officer.post(
        "/desk/records/people/erase/", {"by": "number", "what": planted.door, "confirm": "erase"}, follow=True
    ).text
    assert "A legal hold is in the way" in told
    assert not office.erase(Person(email=EMAIL), actor=OFFICER)
    purge_all(4)
    on_disk = scanning.in_folder(django_settings.CITYHALL_DATA, TRACES, but_not=_addresses())
    stayed = scanning.merged(scanning.in_tables(TRACES), on_disk)
    for word, places in files(before).items():
        kept = {place for place in places if not place.startswith(("export", "page", "dataset"))}
        # Rows that an import could not use are no record of hers, and came of age.
        assert kept - {"service_requests_quarantinedrow"} <= stayed[word], word
    assert Erasure.objects.filter(done_at=None).count() == 3, "the wish of her account and the officer's are one"

    sign_in(officer, "records")  # the night ended all sessions
    told = officer.post(f"/desk/records/holds/{hold}/lift/", follow=True).text
    assert "3 erasures that waited are done." in told
    assert not Erasure.objects.filter(done_at=None).exists()
    purge_all(4)
    assert everywhere(planted, tmp_path) == {}


def test_the_scanner_sees_a_table_nobody_told_it_of(small_city: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("create table brand_new (a jsonb, b bytea, c text[])")
        cursor.execute(
            "insert into brand_new values (%s, %s, %s)", ['{"x": ["xylocarpine"]}', b"\0grumblefex", ["Plimsoulger"]]
        )
        try:
            found = scanning.in_tables(WORDS)
        finally:
            cursor.execute("drop table brand_new")
    assert found == {word: {"brand_new"} for word in ("xylocarpine", "grumblefex", "plimsoulger")}
    assert scanning.is_the_picture(scanning.picture("x"))
