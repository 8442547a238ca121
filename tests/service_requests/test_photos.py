"""A real JPEG from the upload to the page: who may fetch its bytes, and when."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from PIL import Image

from cityhall.apps.documents import public as documents
from cityhall.apps.service_requests import queries, services
from cityhall.apps.service_requests.contracts import Filed, Outcome
from cityhall.apps.service_requests.models import Category
from cityhall.kernel.actors import ANONYMOUS, Actor
from cityhall.kernel.errors import Invalid

pytestmark = pytest.mark.django_db
File = Callable[..., Filed]
SIZES = ("thumb", "web", "full")


def take(actor: Actor = ANONYMOUS) -> uuid.UUID:
    exif = Image.Exif()
    exif[0x010E] = "taken in Rosa's yard"
    exif[0x8825] = {1: "N", 2: (32.0, 42.0, 56.5), 3: "W", 4: (117.0, 9.0, 40.0)}
    out = io.BytesIO()
    Image.new("RGB", (600, 400), "#667788").save(out, "JPEG", exif=exif)
    return documents.take(out.getvalue(), filename="rosa.jpg", actor=actor).id


def is_public(photo: uuid.UUID) -> bool:
    """Fetch every size as a stranger; all or none of them must be there."""
    answers = {Client().get(documents.url(photo, size)).status_code for size in SIZES}
    assert answers in ({200}, {404})
    return answers == {200}


def test_a_shown_photo_is_everybodys_without_what_the_camera_knew(pothole: Category, file_one: File) -> None:
    photo = take()
    assert not is_public(photo), "nobody sees an upload that was not sent yet"
    filed = file_one(photos=(photo,))
    assert is_public(photo)
    assert queries.one(filed.number, ANONYMOUS).photos == (photo,)
    for size in SIZES:
        body = b"".join(Client().get(documents.url(photo, size)).streaming_content)  # type: ignore[attr-defined]
        picture = Image.open(io.BytesIO(body))
        assert not dict(picture.getexif())
        assert b"Rosa" not in body


@pytest.mark.parametrize("policy", ["generalised", "withheld"])
def test_a_withheld_photo_opens_for_staff_with_a_signed_address_only(
    make_category: Callable[..., Category], file_one: File, dispatcher: Actor, policy: str
) -> None:
    make_category("welfare", photo_policy=policy)
    photo, proof = take(), take(dispatcher)
    filed = file_one("welfare", photos=(photo,))
    services.close(filed.id, actor=dispatcher, outcome=Outcome.FIXED, sentence="Done.", evidence=[proof])
    seen = queries.one(filed.number, ANONYMOUS)
    assert (seen.photos, seen.evidence, seen.photo_state) == ((), (), "withheld")
    assert not is_public(photo)
    assert not is_public(proof), "evidence of a private matter is as private"
    theirs = queries.desk_one(filed.number, dispatcher).row.request
    assert (theirs.photos, theirs.evidence) == ((photo,), (proof,))
    for size in SIZES:
        signed = documents.url(photo, size, signed=True)
        answer = Client().get(signed)
        assert answer.status_code == 200
        assert "private" in answer["Cache-Control"]
        assert Client().get(signed.replace(str(photo), str(proof))).status_code == 404, "a key opens one document"
    with pytest.raises(Invalid):
        services.close(file_one("welfare").id, actor=dispatcher, outcome=Outcome.FIXED, sentence="x", evidence=[photo])


def test_a_waiting_photo_shows_after_a_person_looked_and_goes_again(
    make_category: Callable[..., Category], file_one: File, dispatcher: Actor
) -> None:
    make_category("pothole", moderation="waits")
    photo = take()
    filed = file_one(photos=(photo,))
    assert queries.one(filed.number, ANONYMOUS).photo_state == "waiting"
    assert not is_public(photo)
    services.moderate(filed.id, actor=dispatcher, show_photos=True)
    assert is_public(photo)
    assert queries.one(filed.number, ANONYMOUS).photos == (photo,)
    services.moderate(filed.id, actor=dispatcher, show_photos=False)
    assert not is_public(photo)
    services.moderate(filed.id, actor=dispatcher, show_photos=True)
    services.moderate(filed.id, actor=dispatcher, hidden=True)
    assert not is_public(photo), "taken down with its request"
    services.moderate(filed.id, actor=dispatcher, hidden=False)
    assert is_public(photo)


def test_photos_follow_the_request_into_another_category_and_back(
    pothole: Category, secret: Category, file_one: File, dispatcher: Actor
) -> None:
    photo = take()
    filed = file_one(photos=(photo,))
    services.change_category(filed.id, actor=dispatcher, category_code="welfare")
    assert not is_public(photo)
    services.moderate(filed.id, actor=dispatcher, show_photos=True)
    assert not is_public(photo), "no person shows what the policy withholds"
    services.change_category(filed.id, actor=dispatcher, category_code="pothole")
    assert is_public(photo)


def test_a_strangers_proof_that_it_is_not_fixed_waits_like_their_report(
    make_category: Callable[..., Category], file_one: File, dispatcher: Actor
) -> None:
    make_category("pothole", moderation="waits")
    filed = file_one()
    services.close(filed.id, actor=dispatcher, outcome=Outcome.FIXED, sentence="Done.")
    photo = take()
    services.contest(filed.id, actor=ANONYMOUS, sentence="No.", evidence=[photo], who="x")
    assert not is_public(photo)
    services.moderate(filed.id, actor=dispatcher, show_photos=True)
    assert is_public(photo)


def test_the_reporters_own_page_shows_their_own_photo(home: Category, file_one: File) -> None:
    photo = take()
    filed = file_one("housing", photos=(photo,))
    page = Client().get(f"/requests/private/{filed.private_token}/").text
    signed = documents.url(photo, "thumb", signed=True)
    assert signed.split("?")[0] in page
    assert Client().get(signed).status_code == 200
    assert str(photo) not in Client().get(f"/requests/{filed.number}/").text
