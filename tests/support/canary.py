"""Somebody who leaves traces by every door there is, in a small city."""

from __future__ import annotations

import io
import json
import re
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.support import city, scanning, systems

from cityhall.apps.documents import public as documents
from cityhall.apps.notify.services import delivering
from cityhall.apps.places import public as places
from cityhall.apps.places.contracts import AddressRow
from cityhall.apps.service_requests import services
from cityhall.apps.service_requests.contracts import (
    CallKind,
    Contact,
    NewCall,
    NewFile,
    NewRequest,
    Outcome,
    Place,
    Visibility,
    number_value,
)
from cityhall.apps.service_requests.models import Category, CategoryGroup, Question, ServiceRequest
from cityhall.apps.service_requests.public import import_file
from cityhall.apps.work_orders import services as work_orders
from cityhall.apps.work_orders.contracts import Kind, Terms
from cityhall.apps.work_orders.rules import sign
from cityhall.kernel import clock
from cityhall.kernel.actors import ANONYMOUS, Actor, ActorKind, system
from cityhall.kernel.django import outbox
from cityhall.kernel.ids import new_id

EMAIL, PHONE = "quillonia.v@canary.example", "(619) 555-0143"
NAME, SURNAME = "Quillonia", "Vandermoot"
EXIF = "snurflewidget"
#: What says who she is, and her words. All in lower case, as the scanner compares.
WHO = (EMAIL, "619) 555-0143", "6195550143", NAME.lower(), SURNAME.lower())
HOME = ("1204 grand ave", "32.7202", "-117.1593")
WORDS = ("xylocarpine", "zibbelthwaite", "grumblefex", "plimsoulger", "brackenflit", "quibblewright")
TRACES = (*WHO, *HOME, *WORDS, scanning.PICTURE)


@dataclass
class Planted:
    """What the canary left.

    Args:
        home: the report by the pages, of a category that shows its place only roughly, with photo, text and answers.
        door: the report by GeoReport.
        other: somebody else's request, which she follows.
        link: her private link of `home`.
        resident: her browser, signed in by e-mail.
    """

    home: str
    door: str
    other: str
    link: str
    resident: Client
    by_phone: Client
    log: io.StringIO = field(default_factory=io.StringIO)

    def ids(self) -> list[Any]:
        numbers = [number_value(one) for one in (self.home, self.door)]
        return list(ServiceRequest.objects.filter(number__in=numbers).values_list("id", flat=True))


def build() -> None:
    """Make the city, and empty what earlier tests left in the data folder."""
    for folder in ("blobs", "outbox", "sms-outbox", "snapshots"):
        for path in (django_settings.CITYHALL_DATA / folder).rglob("*"):
            if path.is_file():
                path.unlink()
    (django_settings.CITYHALL_DATA / "erasures.jsonl").unlink(missing_ok=True)
    city.build()
    places.load_addresses([AddressRow("1204", "Grand Ave", 32.7202, -117.1593)])
    group = CategoryGroup.objects.create(code="streets", name={"en": "Streets", "es": "Calles"})
    Category.objects.create(code="pothole", group=group, name={"en": "Pothole", "es": "Bache"})
    housing = Category.objects.create(
        code="housing", group=group, name={"en": "Housing trouble", "es": "Vivienda"}, place_policy="generalised"
    )
    Question.objects.create(category=housing, code="who", text={"en": "Who lives there?"}, datatype="string")


def plant(log: io.StringIO, folder: Path) -> Planted:
    """Let the canary come by every door; deliver everything; close every request but somebody else's."""
    with systems.running() as theirs:
        clerk = Actor(ActorKind.STAFF, new_id(), permissions=frozenset({"work_orders.manage", "requests.contact"}))
        terms = Terms("Works", Kind.WEBHOOK, theirs.url, categories=frozenset({"housing"}), contact=True)
        connection, secret = work_orders.make_connection(actor=clerk, terms=terms)
        planted = _leave_traces(log, folder)
        _hand_over(theirs, connection, secret)
    return planted


def _hand_over(theirs: systems.System, connection: uuid.UUID, secret: str) -> None:
    """Let a work-order system repeat what it was told of her, and name her where a number belongs."""
    said = f"{NAME} {SURNAME}, {EMAIL}, {PHONE}, 1204 Grand Ave, xylocarpine, zibbelthwaite"
    theirs.answers = [(200, {}, said)] * 20
    assert work_orders.deliver_due() >= 2
    assert EMAIL.encode() in theirs.calls[0]["body"]
    told = {"type": "work_order.updated", "timestamp": clock.now().isoformat()}
    body = json.dumps({**told, "data": {"request": f"{NAME} {SURNAME}", "status": "in_progress"}}).encode()
    moment = str(int(clock.now().timestamp()))
    headers = {"webhook-id": "msg_1", "webhook-timestamp": moment,
               "webhook-signature": sign([secret], "msg_1", moment, body)}  # fmt: skip
    answer = Client().post(f"/hooks/work-orders/{connection}/", body, "application/json", headers=headers)
    assert answer.status_code == 404, answer.content


def _leave_traces(log: io.StringIO, folder: Path) -> Planted:
    browser = Client()
    now = clock.now()
    send(browser, "", {"begin": "photo"})
    send(browser, "photo", {"photo": upload()})
    send(browser, "place", {"q": "1204 Grand Ave"})
    send(browser, "what", {"category": "housing"})
    browser.get("/report/questions/")
    send(
        browser, "questions", {"shown": ["who"], "description": "A xylocarpine smell.", "answers.who": "Zibbelthwaite"}
    )
    send(
        browser, "contact", {"first_name": NAME, "last_name": SURNAME, "email": EMAIL, "phone": PHONE, "follow": "yes"}
    )
    with clock.held_at(now + timedelta(minutes=1)):
        command = re.search(r'name="command_id" value="([^"]+)"', browser.get("/report/check/").text)
        assert command
        receipt = browser.get(send(browser, "check", {"command_id": command[1]})).text
    link = re.search(r'id="private-link">https?://[^/]+(/[^<]+)<', receipt)
    assert link
    home = re.search(r"\b\d+-\d{3}\b", receipt)
    assert home

    begun = Client()  # a report that is never sent
    send(begun, "", {"begin": "photo"})
    send(begun, "contact", {"first_name": NAME, "email": EMAIL, "phone": PHONE})

    form = {"service_code": "housing", "lat": "32.7202", "long": "-117.1593", "description": "Brackenflit again",
            "first_name": NAME, "last_name": SURNAME, "email": EMAIL.upper(), "phone": "619.555.0143"}  # fmt: skip
    [made] = json.loads(Client().post("/open311/v2/requests.json", form).content)
    door = made["service_request_id"]
    outbox.drain()  # connected systems hear of requests that are open
    other = services.file_request(
        NewRequest("pothole", Place(32.7205, -117.1605), contact=Contact("Rosa", "Lee", "rosa@example.org")),
        actor=ANONYMOUS,
    )
    Client().post(reverse("request-follow", args=[other.number]), {"email": EMAIL})
    delivering.deliver_due()
    for mail in kept("outbox"):
        for path in re.findall(r"(/follow/confirm/\S+|/\S*confirm\S*/)", mail["text"]):
            Client().post(re.sub(r"^https?://[^/]+", "", path))

    resident = Client()
    resident.post(reverse("account_login"), {"email": EMAIL})
    resident.post(reverse("sign-in-code"), {"code": code("outbox")})
    by_phone = Client()
    by_phone.post(reverse("sign-in-phone"), {"phone": PHONE})
    by_phone.post(reverse("sign-in-code"), {"code": code("sms-outbox")})
    by_phone.post(reverse("request-follow", args=[other.number]))

    by = system("Streets")
    for number in (home[0], door):
        one = ServiceRequest.objects.get(number=number_value(number))
        services.close(one.id, actor=by, outcome=Outcome.FIXED, sentence="Aired out.")
    Client().post(
        reverse("request-not-fixed", args=[home[0]]), {"sentence": "Grumblefex, it still smells.", "photo": upload()}
    )
    one = ServiceRequest.objects.get(number=number_value(home[0]))
    Client().post(reverse("request-report-abuse", args=[home[0]]), {"reason": "Plimsoulger lives there."})
    services.settle(one.id, actor=system("Supervisor"), upheld=True, sentence="It does smell.")
    services.close(one.id, actor=by, outcome=Outcome.FIXED, sentence="Aired out again.")
    services.start(other.id, actor=by, sentence="On our way.")
    outbox.drain()
    with clock.held_at(now + timedelta(minutes=5)):
        delivering.deliver_due()

    letter = documents.take(scanning.picture(EXIF), filename="letter.jpg", actor=by)
    files = [NewFile(letter.id, f"Letter of {NAME}.jpg")]
    services.add_note(one.id, actor=by, text="A letter came.", visibility=Visibility.INTERNAL, files=files)

    taker = Actor(ActorKind.STAFF, new_id(), permissions=frozenset({"requests.calls"}))
    caller = Contact(NAME, SURNAME, EMAIL, "1 619 555 0143")
    services.log_call(NewCall(CallKind.COMPLAINT, note="Quibblewright, she said.", caller=caller), actor=taker)

    rows = folder / "history.csv"
    rows.write_text(
        "service_request_id,service_request_parent_id,date_requested,service_name,date_closed,status,lat,lng,"
        "street_address,referred,public_description\n"
        f"1,,no date,Pothole,,New,32.7157,-117.1611,1 C St,,{NAME} {SURNAME} {EMAIL} brackenflit\n",
        encoding="utf-8",
    )
    import_file(rows, actor=system("Import"))
    rows.unlink()
    assert resident.get("/account/").status_code == by_phone.get("/account/").status_code == 200
    return Planted(home[0], door, other.number, link[1], resident, by_phone, log)


def upload() -> SimpleUploadedFile:
    return SimpleUploadedFile("photo.jpg", scanning.picture(EXIF), "image/jpeg")


def send(browser: Client, step: str, data: dict[str, Any]) -> str:
    answer = browser.post(f"/report/{step}/" if step else "/report/", data)
    assert answer.status_code == 302, answer.text[:3000]
    return str(answer["Location"])


def kept(folder: str) -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in sorted((django_settings.CITYHALL_DATA / folder).glob("*.json"))]


def code(folder: str) -> str:
    found = [
        code for one in kept(folder) if (code := re.search(r"\b(\d{6})\b", f"{one.get('subject', '')} {one['text']}"))
    ]
    return found[-1][1]
