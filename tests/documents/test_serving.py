"""Who sees which document, under which headers; what is swept; the website's files."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from cityhall.apps.documents import public
from cityhall.apps.documents.models import Document
from cityhall.apps.documents.rules import sniffing
from cityhall.apps.documents.services import taking
from cityhall.kernel import clock, offers, ports
from cityhall.kernel.actors import ANONYMOUS, Actor, ActorKind
from cityhall.kernel.errors import Invalid
from cityhall.kernel.ids import new_id

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nxref\n0 1\ntrailer\n<<>>\nstartxref\n9\n%%EOF\n"


def photo(form: str = "JPEG", **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (400, 300), "#336699").save(out, form, **options)
    return out.getvalue()


def take(actor: Actor = ANONYMOUS) -> Any:
    return public.take(photo(), filename="a.jpg", actor=actor).id


def test_a_published_photo_is_served_to_everybody(client: Client) -> None:
    document = take()
    assert public.publish([document]) == 1
    for size, kind in (("thumb", "image/webp"), ("web", "image/webp"), ("full", "image/jpeg")):
        answer = client.get(public.url(document, size))
        assert answer.status_code == 200
        assert answer["Content-Type"] == kind
        assert answer["Cache-Control"] == "public, max-age=600"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Disposition"].startswith("inline")
        body = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        assert max(Image.open(io.BytesIO(body)).size) == (320 if size == "thumb" else 400)
    assert client.get(f"/documents/{document}/huge").status_code == 404
    assert client.get(f"/documents/{new_id()}/web").status_code == 404
    assert client.post(public.url(document)).status_code == 405


def test_a_copy_is_asked_for_again_and_not_sent_again_until_it_is_gone(client: Client) -> None:
    document = take()
    public.publish([document])
    first = client.get(public.url(document))
    again = client.get(public.url(document), headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again["Cache-Control"], again.content) == (304, "public, max-age=600", b"")
    public.unpublish([document])
    assert client.get(public.url(document), headers={"If-None-Match": first["ETag"]}).status_code == 404


def test_a_withdrawn_one_opens_with_no_address_given_out_before(client: Client) -> None:
    document = take()
    public.publish([document])
    plain, signed = public.url(document), public.url(document, signed=True)
    assert public.withdraw([document]) == 1
    assert [client.get(one).status_code for one in (plain, signed)] == [404, 404]
    own = public.url(document, signed=True, withdrawn=True)
    assert client.get(own).status_code == 200
    with clock.held_at(clock.now() + timedelta(hours=3, seconds=1)):
        assert client.get(own).status_code == 404
    public.keep([document])
    assert [client.get(one).status_code for one in (plain, signed, own)] == [404, 200, 200]


def test_an_unpublished_one_opens_with_a_key_until_it_runs_out(client: Client) -> None:
    document, other = take(), take()
    signed = public.url(document, "web", signed=True)
    assert client.get(public.url(document)).status_code == 404
    answer = client.get(signed)
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, max-age=600")
    key = signed.partition("?")[2]
    assert client.get(f"{public.url(other)}?{key}").status_code == 404
    until, _, signature = key.removeprefix("key=").partition(".")
    for forged in (f"{int(until) + 3600}.{signature}", f"{until}.", "", "x.y", f"{until}", f"{'9' * 5000}.{signature}"):
        assert client.get(public.url(document), {"key": forged}).status_code == 404
    with clock.held_at(clock.now() + timedelta(hours=3, seconds=1)):
        assert client.get(signed).status_code == 404


def test_a_signed_address_stays_the_same_for_a_while_so_that_browsers_can_keep_the_photo() -> None:
    document = new_id()
    start = clock.now().replace(minute=5)
    with clock.held_at(start):
        first = public.url(document, signed=True)
    with clock.held_at(start + timedelta(minutes=50)):
        assert public.url(document, signed=True) == first


def test_unpublishing_takes_it_out_of_sight(client: Client) -> None:
    document = take()
    public.publish([document])
    public.unpublish([document])
    assert client.get(public.url(document)).status_code == 404


def test_a_pdf_is_a_download(client: Client) -> None:
    document = public.take(PDF, filename="a.pdf", actor=ANONYMOUS, kinds=("pdf",)).id
    public.publish([document])
    answer = client.get(public.url(document, "full"))
    assert answer["Content-Disposition"].startswith("attachment")
    assert client.get(public.url(document, "web")).status_code == 404


def test_what_is_known_of_many_costs_one_query() -> None:
    documents = [take() for _ in range(3)]
    with CaptureQueriesContext(connection) as asked:
        found = public.info([*documents, new_id()])
    assert len(asked) == 1
    assert set(found) == set(documents)
    assert (found[documents[0]].width, found[documents[0]].height) == (400, 300)


def test_discarding_removes_bytes_only_once_it_is_certain(django_capture_on_commit_callbacks: Any) -> None:
    document = take()
    keys = [size["key"] for size in Document.objects.get(id=document).sizes.values()]
    with django_capture_on_commit_callbacks() as waiting:
        assert public.discard([document]) == 1
    store = ports.blob_store.get()
    assert all(store.size(key) for key in keys)
    for run in waiting:
        run()
    for key in keys:
        with pytest.raises(FileNotFoundError):
            store.size(key)


def test_bytes_of_a_write_that_was_rolled_back_are_swept_when_old_and_others_are_not() -> None:
    kept = take()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        lost = take()
        raise ZeroDivisionError
    prefix = f"documents/{lost.hex[-2:]}/{lost}"
    store = ports.blob_store.get()
    taking.sweep_orphans()
    assert len(list(store.keys(prefix))) == 3
    with clock.held_at(clock.now() + timedelta(days=2)):
        assert taking.sweep_orphans() >= 3
    assert list(store.keys(prefix)) == []
    assert len(list(store.keys(f"documents/{kept.hex[-2:]}/{kept}"))) == 3


def test_an_upload_nobody_used_is_removed_after_a_week() -> None:
    unused, used, shown = take(), take(), take()
    public.keep([used])
    public.publish([shown])
    assert taking.sweep_unused(clock.now() - timedelta(days=7)) == 0
    with clock.held_at(clock.now() + timedelta(days=8)):
        assert taking.sweep_unused(clock.now() - timedelta(days=7)) == 1
    assert set(Document.objects.values_list("id", flat=True)) == {used, shown}
    assert unused not in public.info([unused])


def test_a_person_sees_their_uploads_and_is_forgotten() -> None:
    user = get_user_model()._default_manager.create(email="p@example.org")
    actor = Actor(kind=ActorKind.RESIDENT, id=user.pk)
    kept, _unused = take(actor), take(actor)
    public.publish([kept])
    offer = offers.personal_data["documents"]
    person = offers.Person(account=user.pk)
    assert len(list(offer.export(person))) == 2
    assert offer.erase(person) == 2
    assert list(offer.export(person)) == []
    assert list(Document.objects.values_list("id", "owner_id")) == [(kept, None)]


class TestWebsiteFiles:
    """What editors upload goes through the same door."""

    def test_a_picture_is_cleaned_and_served(self, client: Client) -> None:
        described = Image.Exif()
        described[0x010E] = "PlantedSecret"
        storage = public.CleanStorage()
        name = storage.save("original_images/Town Hall (1).JPG", ContentFile(photo(exif=described)))
        again = storage.save("original_images/Town Hall (1).JPG", ContentFile(photo(exif=described)))
        assert name == "original_images/town-hall-1-.jpg" and again != name
        data = storage.open(name).read()
        assert b"PlantedSecret" not in data and sniffing.is_bare(data, sniffing.JPEG)
        answer = client.get(storage.url(name))
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
        assert storage.size(name) == len(data)
        storage.delete(name)
        assert not storage.exists(name) and storage.exists(again)
        assert client.get("/documents/cms/" + name).status_code == 404

    def test_a_heic_becomes_a_jpeg(self) -> None:
        storage = public.CleanStorage()
        name = storage.save("original_images/phone.heic", ContentFile(photo("HEIF")))
        assert name.endswith(".jpg") and sniffing.sniff(storage.open(name).read()) is sniffing.JPEG

    def test_a_clean_picture_is_not_encoded_twice(self) -> None:
        storage = public.CleanStorage()
        data = photo()
        assert storage.open(storage.save("images/a.jpg", ContentFile(data))).read() == data

    def test_transparency_stays(self) -> None:
        out = io.BytesIO()
        Image.new("RGBA", (20, 20), (255, 0, 0, 10)).save(out, "PNG", dpi=(72, 72))
        storage = public.CleanStorage()
        stored = storage.open(storage.save("images/seal.png", ContentFile(out.getvalue()))).read()
        assert Image.open(io.BytesIO(stored)).getpixel((3, 3)) == (255, 0, 0, 10)

    def test_a_download_has_no_address_of_its_own(self, client: Client) -> None:
        storage = public.CleanStorage()
        name = storage.save("documents/budget.pdf", ContentFile(PDF))
        with pytest.raises(NotImplementedError):
            storage.url(name)
        assert client.get("/documents/cms/" + name).status_code == 404

    @pytest.mark.parametrize("name", ["images/a.svg", "images/a.gif", "images/a.png"])
    def test_what_is_no_picture_is_refused(self, name: str) -> None:
        with pytest.raises(Invalid):
            public.CleanStorage().save(name, ContentFile(b"<svg xmlns='http://www.w3.org/2000/svg'/>"))

    def test_nothing_outside_is_reached(self, client: Client) -> None:
        assert client.get("/documents/cms/..%2Fsecrets%2Fsecret_key.jpg").status_code == 404

    def test_wagtail_keeps_and_scales_its_images_through_it(self, client: Client, settings: Any) -> None:
        from wagtail.images import get_image_model

        settings.STORAGES = {
            **settings.STORAGES,
            "default": {"BACKEND": "cityhall.apps.documents.public.CleanStorage"},
        }
        described = Image.Exif()
        described[0x0112] = 6
        described[0x010E] = "PlantedSecret"
        upload = public.cleaned_file(io.BytesIO(photo(exif=described)), "Hall.jpeg")
        image = get_image_model().objects.create(title="Hall", file=upload)
        assert (image.width, image.height) == (300, 400)
        small = image.get_rendition("width-100")
        answer = client.get(small.url)
        body = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        assert Image.open(io.BytesIO(body)).size == (100, 133)
        assert b"PlantedSecret" not in body + image.file.open().read()
