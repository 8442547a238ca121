"""Everything a stranger can fetch, from every public door, joined: it says no more than the publication policy.

Requests are filed under every mix of policies with a secret planted in each field. Then a stranger walks the URL map
(a new public door is walked without anybody remembering to add it here), files, feeds and mail, and the sum of it is
searched for what must not be there.
"""

from __future__ import annotations

import io
import itertools
import random
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.support import city

from cityhall.apps.documents import public as documents
from cityhall.apps.identity.web.access_table import endpoints
from cityhall.apps.notify import public as notify
from cityhall.apps.notify.models import Message
from cityhall.apps.places import public as places
from cityhall.apps.service_requests import public, queries, services
from cityhall.apps.service_requests.contracts import (
    Contact,
    Detail,
    Filed,
    NewRequest,
    Outcome,
    Place,
    RequestFilter,
    Visibility,
)
from cityhall.apps.service_requests.exports import FORMATS
from cityhall.apps.service_requests.models import Category, ServiceRequest
from cityhall.kernel import clock
from cityhall.kernel.actors import ANONYMOUS, Actor
from cityhall.kernel.django import outbox

pytestmark = [pytest.mark.django_db]

WEST, SOUTH, EAST, NORTH = -117.30, 32.60, -117.00, 32.90
APART = 2.2e-4
NEAR = 1e-4
DETAILS = tuple(Detail)
STREET = "Quietwood Ln"


@dataclass
class Planted:
    """One request, what it must keep to itself, and what it may say."""

    index: int
    category: str
    place: Detail
    text: bool
    photo: bool
    hidden: bool
    at: tuple[float, float]
    house: str
    documents: list[Any] = field(default_factory=list)
    filed: Any = None

    @property
    def number(self) -> str:
        return str(self.filed.number)

    def secret(self, where: str) -> str:
        """A word found nowhere else."""
        return f"zq{where}{self.index:03d}x"

    @property
    def untold(self) -> list[str]:
        """The words that no stranger may ever read."""
        always = ("first", "last", "mail", "noted", "private", "exif", "file", "author", "abuse", "who")
        text = () if self.text else ("words", "answer", "contest")
        address = () if self.place is Detail.EXACT and not self.hidden else ("flat",)
        return [self.secret(where) for where in (*always, *text, *address)]


@pytest.fixture
def doors(db: None) -> None:
    """A city wide enough that no two places can be taken for each other."""
    city.build()
    ring = [[WEST, SOUTH], [EAST, SOUTH], [EAST, NORTH], [WEST, NORTH], [WEST, SOUTH]]
    places.set_city(boundary={"type": "Polygon", "coordinates": [ring]})


def mixes() -> Iterator[tuple[dict[str, str], str]]:
    """Every mix of policies at once; waiting and hidden ones for each policy of the place."""
    for place, text, photo in itertools.product(DETAILS, DETAILS, DETAILS):
        yield {"place_policy": place, "text_policy": text, "photo_policy": photo}, ""
    for place in DETAILS:
        yield {"place_policy": place, "moderation": "waits"}, ""
        yield {"place_policy": place, "moderation": "waits"}, "withheld"
        yield {"place_policy": place}, "withheld"
        yield {"place_policy": place}, "hidden"


def spots() -> Iterator[tuple[float, float]]:
    """Points whose latitudes and longitudes are far from each other's, and from the centres of all their cells."""
    chance = random.Random(7)
    taken: tuple[list[float], list[float]] = ([], [])
    while True:
        at = (round(chance.uniform(SOUTH + 0.01, NORTH - 0.01), 6), round(chance.uniform(WEST + 0.01, EAST - 0.01), 6))
        centre = places.generalise(*at)
        if all(abs(mine - other) > APART for axis in (0, 1) for mine in (at[axis], centre[axis])
               for other in taken[axis]) and all(abs(at[axis] - centre[axis]) > APART for axis in (0, 1)):  # fmt: skip
            for axis in (0, 1):
                taken[axis].extend((at[axis], centre[axis]))
            yield at


def picture(one: Planted, at: tuple[float, float]) -> bytes:
    """A JPEG that says where it was taken and by whom."""
    exif = Image.Exif()
    exif[0x010E] = one.secret("exif")
    exif[0x013B] = one.secret("author")
    exif[0x8825] = {1: "N", 2: dms(at[0]), 3: "W", 4: dms(-at[1])}
    out = io.BytesIO()
    Image.new("RGB", (400, 300), (one.index * 5 % 255, 90, 160)).save(out, "JPEG", exif=exif)
    return out.getvalue()


def dms(value: float) -> tuple[float, float, float]:
    return (int(value), int(value % 1 * 60), round(value * 60 % 1 * 60, 4))


QUESTIONS = [
    {"code": "free", "datatype": "string"},
    {"code": "inner", "datatype": "string", "is_public": False},
]


@pytest.fixture
def planted(doors: None, make_category: Callable[..., Category], dispatcher: Actor) -> list[Planted]:
    """One request per mix, with a life behind it: noted, closed, contested."""
    found = []
    for index, ((policy, fate), at) in enumerate(zip(mixes(), spots(), strict=False)):
        code = f"kind-{index:03d}"
        make_category(code, questions=QUESTIONS, target_days=3, **policy)
        shown = policy.get("moderation") != "waits" and not fate
        one = Planted(
            index,
            code,
            place=policy["place_policy"],  # type: ignore[arg-type]
            text=shown and policy.get("text_policy", "exact") == "exact",
            photo=shown and policy.get("photo_policy", "exact") == "exact",
            hidden=fate == "hidden",
            at=at,
            house=str(90000 + 100 * index + 37),
        )
        file_it(one)
        live(one, fate, dispatcher)
        found.append(one)
    outbox.drain()
    return found


def file_it(one: Planted) -> None:
    name = f"{one.secret('file')}.jpg"
    photo = documents.take(picture(one, one.at), filename=name, actor=ANONYMOUS)
    one.documents.append(photo.id)
    one.filed = services.file_request(
        NewRequest(
            one.category,
            Place(*one.at, address=f"{one.house} {STREET} Apt {one.secret('flat')}"),
            description=f"Look here {one.secret('words')}",
            answers={"free": one.secret("answer"), "inner": one.secret("private")},
            photos=(photo.id,),
            contact=Contact(one.secret("first"), one.secret("last"), f"{one.secret('mail')}@example.org", "5550100"),
        ),
        actor=ANONYMOUS,
        who=one.secret("who"),
    )


def live(one: Planted, fate: str, dispatcher: Actor) -> None:
    """Let things happen to it; two in three end contested by a stranger with words and a photo of their own."""
    key = one.filed.id
    notify.follow("service_request", key, email=f"stranger{one.index}@example.net", vouched=True, language="es")
    services.add_note(key, actor=dispatcher, text=one.secret("noted"), visibility=Visibility.INTERNAL)
    services.add_note(key, actor=dispatcher, text=f"Public word {one.index}", visibility=Visibility.PUBLIC)
    services.report_abuse(key, actor=ANONYMOUS, reason=one.secret("abuse"), who=one.secret("who"))
    services.close(key, actor=dispatcher, outcome=Outcome.FIXED, sentence="Done, says the city.")
    if one.index % 3:
        photo = documents.take(picture(one, one.at), filename="after.jpg", actor=ANONYMOUS)
        one.documents.append(photo.id)
        services.contest(key, actor=ANONYMOUS, sentence=one.secret("contest"), evidence=[photo.id], who=f"n{one.index}")
    # What waits to be told of is told as it stands after this, not as it stood before.
    if fate:
        options = {"hidden": True} if fate == "hidden" else {"show_text": False, "show_photos": False}
        services.moderate(key, actor=dispatcher, **options)


def walk(planted: list[Planted], folder: Path) -> Iterator[tuple[str, str]]:
    """Everything a stranger can have as (where, text)."""
    stranger = Client(headers={"Accept-Language": "en"})
    yield from pages(stranger, planted)
    for one in planted:
        yield from report_flow(one)
    for form in FORMATS:
        path = folder / f"export.{form}"
        public.export_file(path, form)
        yield f"export {form}", path.read_text(encoding="utf-8")
    for message in Message.objects.all():
        # Whoever it is sent to knows their own address; a reporter's own name and words are tried below.
        yield f"mail to {message.to}", f"{message.subject}\n{message.text}\n{message.html}"


def pages(stranger: Client, planted: list[Planted]) -> Iterator[tuple[str, str]]:
    for path in paths(planted):
        answer = stranger.get(path)
        while answer.status_code in (301, 302):
            path = f"{path} > {answer['Location']}"
            answer = stranger.get(answer["Location"])
        assert answer.status_code < 500, path
        if answer.streaming:
            body = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        else:
            body = answer.content
        headers = "\n".join(f"{name}: {value}" for name, value in answer.items())
        if answer.get("Content-Type", "").startswith("image/"):
            assert not dict(Image.open(io.BytesIO(body)).getexif()), path
        # Latin-1 reads any byte, so that a secret inside a picture would be found too.
        yield path, f"{headers}\n{body.decode('utf-8', 'replace')}\n{body.decode('latin-1')}"


def paths(planted: list[Planted]) -> Iterator[str]:
    """Every public address: those of the URL map, then those with filters a stranger might think of."""
    box = f"{WEST},{SOUTH},{EAST},{NORTH}"
    for endpoint in endpoints():
        if endpoint.module.startswith(("wagtail.", "allauth.")) or endpoint.route.startswith(("cms/", "open311/test/")):
            continue
        if endpoint.access and endpoint.access.kind in {"resident", "staff"}:
            continue  # another test tries every role at every address
        route = re.sub(r"^\^|\\Z|\$$", "", endpoint.route)
        if "<str:number>" in route or "<number>" in route:
            for one in planted:
                filled = re.sub(r"<(str:)?number>", one.number, route)
                for fmt in ("json", "xml") if "georeport:fmt" in filled else ("",):
                    path = filled.replace("<georeport:fmt>", fmt)
                    yield f"/{path}?extensions=true" if fmt else f"/{path}"
                    if not fmt:
                        yield f"/es/{path}"
        elif "<" not in route and "(" not in route:
            yield f"/{route}"
        elif re.fullmatch(r"[^<(]*<georeport:fmt>", route):
            for fmt in ("json", "xml"):
                yield f"/{route.replace('<georeport:fmt>', fmt)}?extensions=true"
    for prefix in ("", "/es"):
        yield f"{prefix}/requests/?view=map"
        for zoom in (8, 11, 13, 15, 18):
            yield f"{prefix}/requests/points.json?bbox={box}&zoom={zoom}"
        for one in planted:
            for door in ("requests/", "requests/feed.rss", "requests/feed.json"):
                yield f"{prefix}/{door}?category={one.category}"
            yield f"{prefix}/requests/?q={one.number}"
    for fmt in ("json", "xml"):
        for one in planted:
            yield f"/open311/v2/services/{one.category}.{fmt}"
            yield f"/open311/v2/requests.{fmt}?service_code={one.category}&extensions=true"
            yield f"/open311/v2/tokens/{one.filed.id}.{fmt}"
        yield f"/open311/v2/requests.{fmt}?bbox={box}&extensions=true"
    for one in planted:
        yield f"/places/reverse?lat={one.at[0]:.3f}&lon={one.at[1]:.3f}"
        for document in one.documents:
            for size in ("thumb", "web", "full"):
                yield f"/documents/{document}/{size}"
    yield from (f"/places/suggest?q={text}" for text in ("Quietwood", "zq", "90037"))
    yield from ("/sitemap.xml", "/robots.txt", "/api/", "/outbox/", "/es/")


def report_flow(one: Planted) -> Iterator[tuple[str, str]]:
    """What the report flow says of its neighbours to somebody who pretends to report the same, right there."""
    stranger = Client(headers={"Accept-Language": "en"})
    # A little off the truth, so that the prober's own words are not taken for the city's.
    lat, lon = one.at[0] + 3e-4, one.at[1] - 3e-4
    stranger.post("/report/", {"begin": "photo"})
    stranger.post("/report/photo/")
    stranger.post("/report/place/", {"lat": str(lat), "lon": str(lon)})
    stranger.post("/report/what/", {"category": one.category})
    answer = stranger.get("/report/nearby/", follow=True)
    text = answer.text.replace(f"{lat:.5f}", "").replace(f"{lon:.5f}", "")
    yield f"report flow at {one.category}", text


def near_numbers(text: str) -> Iterable[float]:
    """The numbers of a text that could be degrees of this city. The seconds of a time are none."""
    for found in re.findall(r"-?\d{2,3}\.\d{3,}", re.sub(r"\d{2}:\d{2}:\d{2}\.\d+", "", text)):
        value = float(found)
        if SOUTH < value < NORTH or WEST < value < EAST:
            yield value


@pytest.mark.slow
def test_all_doors_joined_tell_no_more_than_the_policy(planted: list[Planted], tmp_path: Path) -> None:
    keepers = [one for one in planted if one.place is not Detail.EXACT or one.hidden]
    truths = [(axis, one) for one in keepers for axis in one.at]
    houses = {one.house: one for one in keepers}
    secrets = {word: one for one in planted for word in one.untold}
    told: list[str] = []
    everything: list[str] = []
    for where, text in walk(planted, tmp_path):
        told += [f"{where}: {word} of {secrets[word].category}" for word in re.findall(r"zq[a-z]+\d{3}x", text)
                 if word in secrets]  # fmt: skip
        told += [f"{where}: house {word}" for word in set(re.findall(r"\b9\d{4}\b", text)) if word in houses]
        for value in set(near_numbers(text)):
            told += [f"{where}: {value} is the place of {one.category}" for truth, one in truths
                     if abs(value - truth) < NEAR]  # fmt: skip
        everything.append(text)
    assert told == []

    # The walk was worth something: what may be known was found, at many doors.
    union = "\n".join(everything)
    for one in planted:
        if one.text and not one.hidden:
            assert union.count(one.secret("words")) >= 6
        if one.place is Detail.EXACT and not one.hidden:
            assert union.count(one.house) >= 6
            assert str(one.at[0]) in union
        assert bool(re.search(rf"Public word {one.index}\b", union)) != one.hidden


def test_photos_are_had_only_where_the_policy_shows_them(planted: list[Planted]) -> None:
    stranger = Client()
    for one in planted:
        statuses = {
            stranger.get(documents.url(document, size)).status_code
            for document in one.documents[:1]
            for size in ("thumb", "web", "full")
        }
        assert statuses == ({200} if one.photo and not one.hidden else {404}), one


def test_words_find_only_what_may_be_read(planted: list[Planted]) -> None:
    def found(words: str) -> set[str]:
        return {one.number for one in queries.published(RequestFilter(words=words), ANONYMOUS).items}

    for one in planted:
        for word in one.untold:
            assert found(word) == set(), word
        visible = {one.number}
        assert found(one.secret("words")) == (visible if one.text and not one.hidden else set())
        exact = one.place is Detail.EXACT and not one.hidden
        assert found(one.house) == (visible if exact else set())


def test_the_withheld_are_found_by_no_place(planted: list[Planted]) -> None:
    stranger = Client()
    gone = {one.number for one in planted if one.place is Detail.WITHHELD or one.hidden}
    district = places.areas("district")[0].id
    answers = [
        {one.number for one in queries.published(RequestFilter(bbox=(-180, -90, 180, 90)), ANONYMOUS, limit=999).items},
        {one.number for one in queries.published(RequestFilter(areas=(district,)), ANONYMOUS, limit=999).items},
        {point.number for point in queries.map_points((-180, -90, 180, 90), 18)},
    ]
    for one in planted:
        lat, lon = one.at
        listed = stranger.get(
            f"/open311/v2/requests.json?lat={lat}&long={lon}&radius=20000&service_code={one.category}"
        )
        answers.append({each["service_request_id"] for each in listed.json()})
        answers.append({each.request.number for each in queries.nearby_open(one.category, lat, lon, metres=1000)})
    assert all(answer.isdisjoint(gone) for answer in answers)


def pairs() -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """Every two policies of a place, both ways round, and what differs in texts or photos only.

    test_rules.py tries the rule with every two policies; here it is tried at the doors.
    """
    for mine, theirs in itertools.product(DETAILS, DETAILS):
        yield {"place_policy": mine}, {"place_policy": theirs}
    for name in ("text_policy", "photo_policy"):
        yield {name: "exact"}, {name: "withheld"}
        yield {name: "withheld"}, {name: "exact"}


def shows_alike(mine: dict[str, str], theirs: dict[str, str]) -> bool:
    def shown(policy: dict[str, str]) -> tuple[object, ...]:
        text, photo = (policy.get(f"{one}_policy", "exact") == "exact" for one in ("text", "photo"))
        return policy.get("place_policy", "exact"), text, photo

    return shown(mine) == shown(theirs)


@pytest.fixture
def merged(
    doors: None, make_category: Callable[..., Category], dispatcher: Actor
) -> list[tuple[Planted, Planted, bool]]:
    """One merge per pair of policies: the duplicate, the one that goes on, and whether the public may know."""
    found = []
    for index, ((mine, theirs), at) in enumerate(zip(pairs(), spots(), strict=False)):
        sides = []
        for side, policy in enumerate((mine, theirs)):
            code = f"pair-{index:02d}-{side}"
            make_category(code, **policy)
            place, text, photo = (policy.get(f"{one}_policy", "exact") for one in ("place", "text", "photo"))
            one = Planted(
                2 * index + side, code, Detail(place), text == "exact", photo == "exact", False, at, str(90037 + index)
            )
            one.filed = services.file_request(
                NewRequest(code, Place(*at, address=f"{one.house} {STREET}"), description="Look here"), actor=ANONYMOUS
            )
            notify.follow("service_request", one.filed.id, email=f"pair{one.index}@example.net", vouched=True)
            sides.append(one)
        gone, stays = sides
        said = "" if index % 2 else f"It is the same as {stays.number}, really."
        with clock.held_at(clock.now() + timedelta(hours=index + 1)):
            services.merge(stays.filed.id, actor=dispatcher, duplicates=[gone.filed.id], sentence=said)
        found.append((gone, stays, shows_alike(mine, theirs)))
    outbox.drain()
    return found


def told_of(one: Planted, folder: Path) -> Iterator[tuple[str, str]]:
    """What a stranger finds of one request alone, at every door."""
    stranger = Client(headers={"Accept-Language": "en"})
    for path in paths([one]):
        if one.number in path or f"={one.category}" in path:
            yield path, stranger.get(path, follow=True).content.decode("utf-8", "replace")
    for path in (f"/requests/{one.number}/not-fixed/", f"/requests/{one.number}/"):
        answer = stranger.get(path, follow=True)
        yield f"{path} > {answer.redirect_chain}", answer.content.decode()
    after = clock.now() + timedelta(days=3)
    updates = stranger.get(f"/open311/v2/servicerequestupdates.json?end_date={after:%Y-%m-%dT%H:%M:%SZ}").json()
    yield "updates", str([each for each in updates if each["service_request_id"] == one.number])
    for form in ("csv", "jsonl", "san-diego"):
        lines = (folder / f"export.{form}").read_text(encoding="utf-8").splitlines()
        yield f"export {form}", "\n".join(line for line in lines if one.category in line or
                                          one.category.replace("-", " ").title() in line)  # fmt: skip
    for form in ("georeport-json", "georeport-xml"):
        records = re.split(r"(?<=\}),\n|(?<=</request>)\n", (folder / f"export.{form}").read_text(encoding="utf-8"))
        yield f"export {form}", "\n".join(record for record in records if one.category in record)
    for message in Message.objects.filter(to=f"pair{one.index}@example.net"):
        yield "mail", f"{message.subject}\n{message.text}"
    private = queries.reading.private_token(one.filed.id)
    yield "the reporter's own page", stranger.get(f"/requests/private/{private}/", follow=True).content.decode()


@pytest.mark.slow
def test_a_merge_gives_away_neither_side_at_any_door(
    merged: list[tuple[Planted, Planted, bool]], tmp_path: Path
) -> None:
    for form in FORMATS:
        public.export_file(tmp_path / f"export.{form}", form)
    assert {alike for _gone, _stays, alike in merged} == {True, False}
    for gone, stays, alike in merged:
        doors_that_say = {}
        for mine, other in ((gone, stays), (stays, gone)):
            bare = other.number.replace("-", "").lstrip("0")
            # A form's token has letters around its digits.
            pattern = re.compile(rf"(?<![\w.-])(?:{other.number}|{bare})(?![\w.])" if len(bare) > 3 else other.number)
            doors_that_say[mine.number] = [where for where, text in told_of(mine, tmp_path) if pattern.search(text)]
        if alike:
            assert len(doors_that_say[gone.number]) >= 8, (gone, stays)
            assert len(doors_that_say[stays.number]) >= 2, (gone, stays)
        else:
            assert doors_that_say == {gone.number: [], stays.number: []}, (gone, stays)
        seen = [queries.one(one.number, ANONYMOUS) for one in (gone, stays)]
        if not alike:
            # Nothing else of the one that goes on moved with the merge: not its time, its supporters, its followers.
            assert seen[1].updated_at == seen[1].requested_at
            assert (seen[1].supporters, notify.followers_count("service_request", stays.filed.id)) == (0, 1)
            assert stays.number not in {
                one.number for one in queries.published(RequestFilter(words=gone.number), ANONYMOUS).items
            }
            assert gone.number not in {
                one.number for one in queries.published(RequestFilter(words=stays.number), ANONYMOUS).items
            }
            done = services.me_too(gone.filed.id, actor=ANONYMOUS, who="somebody")
            assert done.number == gone.number


class Twins:
    """Two requests in one cell, at its ends: whoever can tell them apart learns more than the cell."""

    def __init__(self, file_one: Callable[..., Filed]) -> None:
        self.middle = places.generalise(32.7157, -117.1611)
        lat, lon = self.middle
        ends = [(lat + 0.0007, lon), (lat - 0.0007, lon)]
        assert {places.generalise(*end) for end in ends} == {self.middle}
        filed = [
            file_one("housing", at=end, place=Place(*end, address=f"12{i}5 Grand Ave")) for i, end in enumerate(ends)
        ]
        self.numbers = {one.number for one in filed}
        self.ends = ends


def test_no_filter_looks_inside_a_cell(home: Category, file_one: Callable[..., Filed]) -> None:
    twins = Twins(file_one)
    lat, lon = twins.middle
    offsets = st.floats(-0.004, 0.004)
    stranger = Client()

    def both_or_none(numbers: Iterable[str]) -> None:
        assert twins.numbers & set(numbers) in (set(), twins.numbers)

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(offsets, offsets, st.floats(0.00001, 0.004), st.floats(1, 900))
    def probe(up: float, aside: float, size: float, metres: float) -> None:
        at = (lat + up, lon + aside)
        box = (at[1] - size, at[0] - size, at[1] + size, at[0] + size)
        for filters in (RequestFilter(bbox=box), RequestFilter(near=(*at, metres))):
            for order in ("requested", "updated"):
                wanted = RequestFilter(bbox=filters.bbox, near=filters.near, order=order)
                both_or_none(one.number for one in queries.published(wanted, ANONYMOUS).items)
        for zoom in (9, 13, 17, 18):
            points = queries.map_points(box, zoom)
            assert sum(point.count for point in points) in (0, 2)
            assert {(round(point.lat, 5), round(point.lon, 5)) for point in points} <= {(round(lat, 5), round(lon, 5))}
        near = queries.nearby_open("housing", *at, metres=metres)
        both_or_none(one.request.number for one in near)
        assert len({one.metres for one in near}) <= 1

    probe()
    for end in twins.ends:
        answer = stranger.get(f"/open311/v2/requests.json?lat={end[0]}&long={end[1]}&radius=30")
        both_or_none(each["service_request_id"] for each in answer.json())


def test_a_stricter_policy_reaches_what_was_filed_before(
    file_one: Callable[..., Filed], make_category: Callable[..., Category]
) -> None:
    make_category("pothole")
    filed = file_one("pothole")
    assert len(queries.map_points((-118, 32, -117, 33), 17)) == 1
    services.category_packs.ensure_category(
        "pothole", group="streets", name={"en": "Pothole"}, place_policy="withheld", text_policy="withheld"
    )
    assert queries.map_points((-118, 32, -117, 33), 17) == ()
    assert ServiceRequest.objects.get(id=filed.id).public_lat is None


def test_mail_tells_a_follower_no_more_than_the_page(home: Category, file_one: Callable[..., Filed]) -> None:
    filed = file_one("housing", description="Zebra words.")
    notify.follow("service_request", filed.id, email="stranger@example.net", vouched=True)
    with clock.held_at(clock.now() + timedelta(minutes=1)):
        services.close(filed.id, actor=staff_of_the_city(), outcome=Outcome.FIXED, sentence="Done.")
        services.contest(filed.id, actor=ANONYMOUS, sentence="Zebra again.", who="x", token=filed.private_token)
    outbox.drain()
    said = "\n".join(f"{message.subject}\n{message.text}" for message in Message.objects.all())
    assert filed.number in said
    assert "Zebra" not in said
    assert "1202" not in said


def staff_of_the_city() -> Actor:
    from cityhall.kernel.actors import ActorKind

    return Actor(ActorKind.STAFF, None, "Dana", frozenset({"requests.view", "requests.work"}))
