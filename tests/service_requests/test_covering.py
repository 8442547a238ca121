"""Parts of a photo are covered: no door gives the old pixels any more, and it can be taken back while they are kept."""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from PIL import Image, ImageChops, ImageDraw, ImageStat
from tests.support.people import sign_in

from cityhall.apps.documents import public as documents
from cityhall.apps.documents.contracts import Box
from cityhall.apps.documents.models import Document
from cityhall.apps.documents.rules import pictures
from cityhall.apps.records.contracts import HoldTerms
from cityhall.apps.records.services import holds
from cityhall.apps.service_requests import queries, services
from cityhall.apps.service_requests.contracts import Filed
from cityhall.apps.service_requests.models import Category, HistoryEvent, RequestPhoto
from cityhall.apps.service_requests.services import keeping, personal
from cityhall.kernel import clock, ports
from cityhall.kernel.actors import ANONYMOUS, Actor, system
from cityhall.kernel.django.models import AuditEntry
from cityhall.kernel.errors import Invalid, NotAllowed, NotFound
from cityhall.kernel.offers import Held

File = Callable[..., Filed]
BOX = Box(25, 25, 25, 25)


def plate(text: str = "7ABC123") -> Image.Image:
    """A grey picture with dark words on white inside the box."""
    image = Image.new("RGB", (800, 600), (90, 120, 90))
    draw = ImageDraw.Draw(image)
    draw.rectangle((200, 150, 400, 300), fill="white")
    draw.text((215, 190), text, fill="black", font_size=40)
    return image


def taken(image: Image.Image) -> uuid.UUID:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=95)
    return documents.take(out.getvalue(), filename="photo.jpg", actor=ANONYMOUS).id


def inside(image: Image.Image) -> Image.Image:
    wide, high = image.size
    return image.convert("RGB").crop((wide // 4, high // 4, wide // 2, high // 2)).resize((100, 75))


@pytest.mark.parametrize("size", [(800, 600), (64, 64), (3000, 20)])
def test_what_is_covered_keeps_neither_letters_nor_edges(size: tuple[int, int]) -> None:
    stripes = Image.new("L", size)
    stripes.putdata([255 * (x // 2 % 2) for _y in range(size[1]) for x in range(size[0])])
    done = pictures.covered(stripes.convert("RGB"), [Box(0, 0, 100, 100)]).convert("L")
    assert done.size == size
    steps = ImageChops.difference(done, ImageChops.offset(done, 1, 0)).crop((2, 0, size[0] - 2, size[1]))
    assert ImageStat.Stat(steps).mean[0] < 20, "two neighbours are nearly the same where they were black and white"


def test_letters_move_what_is_left_less_than_chance_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures.secrets, "randbelow", lambda count: count // 2)  # as if chance moved nothing
    one, other = (inside(pictures.covered(plate(text), [BOX])) for text in ("7ABC123", "4XYZ890"))
    before = ImageStat.Stat(ImageChops.difference(inside(plate("7ABC123")), inside(plate("4XYZ890")))).extrema[0][1]
    after = ImageStat.Stat(ImageChops.difference(one, other)).extrema[0][1]
    assert before > 200
    assert after <= 2 * 24, "chance moves a cell by up to 24 either way"


def test_outside_the_boxes_nothing_changes() -> None:
    done = pictures.covered(plate(), [BOX])
    assert ImageChops.difference(done, plate()).crop((0, 0, 180, 600)).getbbox() is None


@pytest.mark.django_db
def test_what_was_covered_is_not_sent_in_again_as_a_new_photo(
    client: Client, pothole: Category, file_one: File, dispatcher: Actor
) -> None:
    old = taken(plate())
    filed = file_one(photos=(old,))
    services.cover_photo(filed.id, old, boxes=[BOX], actor=dispatcher)
    with pytest.raises(Invalid):
        file_one(photos=(old,))
    assert client.get(documents.url(old, "web")).status_code == 404


@pytest.mark.django_db
def test_no_public_door_serves_the_old_pixels(
    client: Client, pothole: Category, file_one: File, dispatcher: Actor
) -> None:
    old = taken(plate())
    filed = file_one(photos=(old,))
    old_bytes = {client.get(documents.url(old, size)).getvalue() for size in ("thumb", "web", "full")}
    given_out = documents.url(old, signed=True)  # to a crew, another body, a connected system
    assert client.get(given_out).status_code == 200
    services.cover_photo(filed.id, old, boxes=[BOX], actor=dispatcher)
    assert client.get(given_out).status_code == 404
    (new,) = queries.one(filed.number, ANONYMOUS).photos
    assert new != old
    assert documents.info([new])[new].is_public
    for size in ("thumb", "web", "full"):
        assert client.get(documents.url(old, size)).status_code == 404
        body = client.get(documents.url(new, size)).getvalue()
        assert body not in old_bytes
        seen = inside(Image.open(io.BytesIO(body)))
        assert seen.convert("L").getextrema()[0] > 100, "no dark letter is left on the white plate"
    doors = [
        f"/requests/{filed.number}/",
        f"/requests/private/{filed.private_token}/",
        "/requests/",
        f"/open311/v2/requests/{filed.number}.json?jurisdiction_id=",
        f"/open311/v2/requests/{filed.number}.xml",
    ]
    found = [client.get(door, follow=True).content.decode() for door in doors]
    assert all(str(old) not in body for body in found)
    assert str(new) in found[0]
    assert all(str(old) not in str(data) for data in HistoryEvent.objects.values_list("data", flat=True))
    assert AuditEntry.objects.get(action="service_requests.photo_covered").data["covered"] == 1


@pytest.mark.django_db
def test_it_can_be_done_again_and_taken_back_while_the_original_is_there(
    pothole: Category, file_one: File, dispatcher: Actor, crew: Actor
) -> None:
    old = taken(plate())
    filed = file_one(photos=(old,))
    with pytest.raises(NotAllowed):
        services.cover_photo(filed.id, old, boxes=[BOX], actor=crew)
    with pytest.raises(Invalid):
        services.cover_photo(filed.id, old, boxes=[replace(BOX, left=90)], actor=dispatcher)
    services.cover_photo(filed.id, old, boxes=[BOX], actor=dispatcher)
    first = RequestPhoto.objects.get().document_id
    services.cover_photo(filed.id, first, boxes=[Box(0, 0, 10, 10)], actor=dispatcher)
    again = RequestPhoto.objects.get()
    assert (again.original_id, again.covered) == (old, [[0, 0, 10, 10]])
    assert documents.info([first]) == {}, "what was made before is gone"
    with pytest.raises(NotFound):
        services.uncover_photo(filed.id, first, actor=dispatcher)
    services.uncover_photo(filed.id, again.document_id, actor=dispatcher)
    back = RequestPhoto.objects.get()
    assert (back.document_id, back.original_id) == (old, None)
    assert queries.one(filed.number, ANONYMOUS).photos == (old,)
    assert documents.info([again.document_id]) == {}


@pytest.mark.django_db
def test_a_photo_that_waits_goes_on_waiting_when_it_is_covered(
    client: Client, make_category: Callable[..., Category], file_one: File, dispatcher: Actor
) -> None:
    make_category("car", moderation="waits")
    old = taken(plate())
    filed = file_one("car", photos=(old,))
    services.cover_photo(filed.id, old, boxes=[BOX], actor=dispatcher)
    new = RequestPhoto.objects.get().document_id
    assert client.get(documents.url(new, "web")).status_code == 404
    services.moderate(filed.id, actor=dispatcher, show_photos=True)
    assert client.get(documents.url(new, "web")).status_code == 200
    assert client.get(documents.url(old, "web")).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_the_original_goes_when_it_is_erased_or_its_time_is_over(
    pothole: Category, file_one: File, dispatcher: Actor
) -> None:
    def there(one: uuid.UUID, keys: list[str]) -> bool:
        stored = set(ports.blob_store.get().keys("documents/"))
        return bool(documents.info([one])) or any(key in stored for key in keys)

    def covered() -> tuple[Filed, uuid.UUID, list[str]]:
        old = taken(plate())
        keys = [one["key"] for one in Document.objects.get(id=old).sizes.values()]
        filed = file_one(photos=(old,))
        services.cover_photo(filed.id, old, boxes=[BOX], actor=dispatcher)
        assert there(old, keys)
        return filed, old, keys

    filed, old, keys = covered()
    services.erase_original(filed.id, RequestPhoto.objects.get(request_id=filed.id).document_id, actor=dispatcher)
    assert not there(old, keys)
    assert len(queries.one(filed.number, ANONYMOUS).photos) == 1

    filed, old, keys = covered()
    kind = next(one for one in keeping.kept_kinds() if one.key == "originals")
    later: Any = clock.now() + timedelta(days=1)
    assert kind.purge(later, Held(requests=frozenset({filed.id})), 10) == 0
    assert kind.purge(later, Held(), 10) == 1
    assert not there(old, keys)

    filed, old, keys = covered()
    assert personal.discard_photos([filed.id]) == 2
    assert not there(old, keys)


@pytest.mark.django_db
def test_the_original_stays_while_a_legal_hold_is_on_the_request(
    pothole: Category, file_one: File, dispatcher: Actor
) -> None:
    old = taken(plate())
    filed = file_one(photos=(old,))
    services.cover_photo(filed.id, old, boxes=[BOX], actor=dispatcher)
    photo = RequestPhoto.objects.get(request_id=filed.id)
    hold = holds.place(actor=system("Records"), terms=HoldTerms(name="Case 7", reason="x", numbers=(filed.number,)))
    with pytest.raises(Invalid, match="legal hold keeps the original"):
        services.erase_original(filed.id, photo.document_id, actor=dispatcher)
    assert documents.info([old])
    holds.lift(actor=system("Records"), hold_id=hold)
    services.erase_original(filed.id, photo.document_id, actor=dispatcher)
    assert not documents.info([old])


@pytest.mark.django_db
def test_the_page_covers_previews_takes_back_and_erases_without_scripts(
    client: Client, pothole: Category, file_one: File
) -> None:
    sign_in(client, "supervisor")
    old = taken(plate())
    filed = file_one(photos=(old,))
    request_page = f"/desk/requests/{filed.number}/"
    page = f"{request_page}photos/{old}/"
    assert page in client.get(request_page).text

    def hidden(text: str) -> dict[str, str]:
        return dict(re.findall(r'<input type="hidden" name="(version|command_id)" value="([^"]*)"', text)[:2])

    numbers = {"left": ["25", ""], "top": ["25", ""], "width": ["25", ""], "height": ["25", ""]}
    shown = client.get(page).text
    added = client.post(page, {**hidden(shown), **numbers, "step": "add"}).text
    assert added.count('<rect class="cover__area"') == 2
    looked = client.post(page, {**hidden(shown), **numbers, "step": "preview"}).text
    source = re.search(r'<img src="([^"]+preview.jpg[^"]+)"', looked)
    assert source
    answer = client.get(source[1].replace("&amp;", "&"))
    assert (answer["Content-Type"], "no-store" in answer["Cache-Control"]) == ("image/jpeg", True)
    assert Image.open(io.BytesIO(answer.content)).size == (800, 600)
    assert RequestPhoto.objects.get().document_id == old, "a preview changes nothing"
    wrong = client.post(page, {**hidden(shown), **numbers, "left": ["x", ""], "step": "save"})
    assert wrong.status_code == 400
    assert client.post(page, {**hidden(shown), **numbers, "step": "save"}).status_code == 302
    new = RequestPhoto.objects.get().document_id
    assert new != old
    page = f"{request_page}photos/{new}/"
    shown = client.get(page).text
    assert client.post(page, {**hidden(shown), "step": "erase"}).status_code == 400
    assert client.post(page, {**hidden(shown), "step": "undo"}).status_code == 302
    page = f"{request_page}photos/{old}/"
    shown = client.get(page).text
    assert "Show the original again" not in shown
    client.post(page, {**hidden(shown), **numbers, "step": "save"})
    page = f"{request_page}photos/{RequestPhoto.objects.get().document_id}/"
    client.post(page, {**hidden(client.get(page).text), "step": "erase", "sure": "yes"})
    assert documents.info([old]) == {}
    sign_in(crew := Client(), "crew")
    assert crew.get(page).status_code == 403
