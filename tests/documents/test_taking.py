"""What happens to an upload: refused with a mend, or made anew without metadata."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageDraw, PngImagePlugin

from cityhall.apps.documents import public
from cityhall.apps.documents.models import Document
from cityhall.apps.documents.rules import pictures, sniffing
from cityhall.kernel import clock, ports
from cityhall.kernel.actors import ANONYMOUS
from cityhall.kernel.errors import Invalid

pytestmark = pytest.mark.django_db

SECRET = "MariaLopez-417-Elm-Street"
NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nxref\n0 1\ntrailer\n<<>>\nstartxref\n9\n%%EOF\n"


def drawing(size: tuple[int, int] = (640, 480), mode: str = "RGB") -> Image.Image:
    image = Image.new("RGB", size, "#8899aa")
    draw = ImageDraw.Draw(image)
    draw.rectangle([0, 0, size[0] // 2, size[1] // 2], fill="#cc2200")
    return image.convert(mode)


def exif(orientation: int = 1, *, offset: str = "-07:00") -> Image.Exif:
    found = Image.Exif()
    found[0x0112] = orientation
    found[0x010F] = SECRET
    found[0x013B] = SECRET
    inner = found.get_ifd(0x8769)
    inner[0x9003] = "2026:05:01 08:30:00"
    if offset:
        inner[0x9011] = offset
    gps = found.get_ifd(0x8825)
    gps.update({1: "N", 2: (32.0, 43.0, 12.0), 3: "W", 4: (117.0, 9.0, 36.0)})
    return found


def file_of(form: str, image: Image.Image | None = None, **options: Any) -> bytes:
    out = io.BytesIO()
    (image or drawing()).save(out, form, **options)
    return out.getvalue()


def planted(form: str) -> bytes:
    """A picture of the format with a secret in every place the format has for one."""
    xmp = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF>{SECRET}</rdf:RDF></x:xmpmeta>'.encode()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    if form == "PNG":
        texts = PngImagePlugin.PngInfo()
        texts.add_text("Author", SECRET)
        texts.add_itxt("XML:com.adobe.xmp", xmp.decode(), zip=False)
        return file_of("PNG", exif=exif(), pnginfo=texts, icc_profile=profile)
    if form == "JPEG":
        plain = file_of("JPEG", exif=exif(), xmp=xmp, icc_profile=profile, comment=SECRET.encode())
        iptc = b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0\0\0\0\x20\x1c\x02\x50\0\x19" + SECRET.encode()
        segment = b"\xff\xed" + (len(iptc) + 2).to_bytes(2, "big") + iptc
        return plain[:2] + segment + plain[2:] + SECRET.encode()  # and after the end, as phones do
    return file_of(form, exif=exif(), xmp=xmp, icc_profile=profile)


def served(document_id: Any) -> list[bytes]:
    store = ports.blob_store.get()
    sizes = Document.objects.get(id=document_id).sizes
    return [store.open(size["key"]).read() for size in sizes.values()]


@pytest.mark.parametrize(
    ("form", "name"), [("JPEG", "a.jpg"), ("PNG", "a.png"), ("WEBP", "a.webp"), ("HEIF", "a.heic")]
)
def test_no_metadata_survives_in_any_format(form: str, name: str) -> None:
    original = planted(form)
    assert SECRET.encode() in original
    with clock.held_at(NOW):
        taken = public.take(original, filename=name, actor=ANONYMOUS)
    assert (taken.lat, taken.lon) == (pytest.approx(32.72), pytest.approx(-117.16))
    assert taken.taken_at == datetime(2026, 5, 1, 15, 30, tzinfo=UTC)
    blobs = served(taken.id)
    assert len(blobs) == 3
    for blob in blobs:
        for trace in (SECRET.encode(), b"Exif", b"GPS", b"xmpmeta", b"adobe", b"8BIM", b"ICC", b"tEXt", b"iTXt"):
            assert trace not in blob
        assert sniffing.is_bare(blob, sniffing.sniff(blob))
    row = Document.objects.values().get(id=taken.id)
    assert SECRET not in str(row) and "32.7" not in str(row)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    secret=st.text(st.characters(min_codepoint=48, max_codepoint=122), min_size=12, max_size=80),
    form=st.sampled_from(["JPEG", "PNG", "WEBP"]),
    mode=st.sampled_from(["RGB", "L", "RGBA", "P", "LA", "1", "CMYK", "I;16"]),
    orientation=st.integers(0, 9),
    width=st.integers(1, 90),
    height=st.integers(1, 90),
)
def test_a_planted_word_never_survives(
    secret: str, form: str, mode: str, orientation: int, width: int, height: int
) -> None:
    image = drawing((width, height)).convert("L").convert(mode) if mode == "I;16" else drawing((width, height), mode)
    if (form == "JPEG" and mode not in {"RGB", "L", "CMYK"}) or (form == "PNG" and mode == "CMYK"):
        image = image.convert("RGB")
    elif form == "WEBP":
        image = image.convert("RGBA" if mode == "RGBA" else "RGB")
    described = Image.Exif()
    described[0x0112] = orientation
    described[0x010E] = secret
    data = file_of(form, image, exif=described)
    found = sniffing.sniff(data)
    sniffing.check_whole(data, found)
    picture = pictures.read(data, found, most_pixels=10**6, longest=2560, zone=UTC, now=NOW)
    turned = orientation in {5, 6, 7, 8}
    assert picture.pixels.size == ((height, width) if turned else (width, height))
    for encoded in pictures.web_sizes(picture.pixels).values():
        assert secret.encode() not in encoded.data
        assert sniffing.is_bare(encoded.data, sniffing.sniff(encoded.data))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_shown_upright(orientation: int) -> None:
    undo: dict[int, Callable[[Image.Image], Image.Image]] = {
        2: lambda i: i.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        3: lambda i: i.transpose(Image.Transpose.ROTATE_180),
        4: lambda i: i.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        5: lambda i: i.transpose(Image.Transpose.TRANSPOSE),
        6: lambda i: i.transpose(Image.Transpose.ROTATE_90),
        7: lambda i: i.transpose(Image.Transpose.TRANSVERSE),
        8: lambda i: i.transpose(Image.Transpose.ROTATE_270),
    }
    stored = undo.get(orientation, lambda i: i)(drawing())
    taken = public.take(file_of("JPEG", stored, exif=exif(orientation)), filename="x.JPG", actor=ANONYMOUS)
    assert (taken.width, taken.height) == (640, 480)
    with Image.open(io.BytesIO(served(taken.id)[0])) as shown:
        corner, opposite = shown.getpixel((20, 20)), shown.getpixel((620, 460))
    assert isinstance(corner, tuple) and isinstance(opposite, tuple)
    assert corner[0] > 180 and corner[2] < 60 and abs(opposite[0] - 0x88) < 12


def test_sizes_are_no_longer_than_promised_and_never_scaled_up() -> None:
    big = public.take(file_of("JPEG", drawing((3000, 1500))), filename="x.jpg", actor=ANONYMOUS)
    assert (big.width, big.height) == (2560, 1280)
    lengths = [max(Image.open(io.BytesIO(blob)).size) for blob in served(big.id)]
    assert sorted(lengths) == [320, 1280, 2560]
    small = public.take(file_of("PNG", drawing((40, 30))), filename="x.png", actor=ANONYMOUS)
    assert {Image.open(io.BytesIO(blob)).size for blob in served(small.id)} == {(40, 30)}


def test_a_wide_gamut_profile_is_applied_before_it_is_dropped() -> None:
    swapped = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    taken = public.take(file_of("JPEG", icc_profile=swapped), filename="x.jpg", actor=ANONYMOUS)
    assert taken.width == 640  # a profile that does not fit the picture does not stop it


def test_transparency_is_laid_on_white() -> None:
    taken = public.take(file_of("PNG", Image.new("RGBA", (50, 50), (0, 0, 0, 0))), filename="a.png", actor=ANONYMOUS)
    with Image.open(io.BytesIO(served(taken.id)[0])) as shown:
        assert shown.getpixel((25, 25)) == (255, 255, 255)


def animated(form: str) -> bytes:
    return file_of(form, drawing((60, 60)), save_all=True, append_images=[Image.new("RGB", (60, 60), "blue")])


BAD: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "a.jpg"),
    "text": (b"hello, not a photo", "a.jpg"),
    "gif": (animated("GIF"), "a.gif"),
    "moving-png": (animated("PNG"), "a.png"),
    "moving-webp": (animated("WEBP"), "a.webp"),
    "truncated-jpeg": (file_of("JPEG")[:-300], "a.jpg"),
    "jpeg-without-its-end": (file_of("JPEG")[:-2], "a.jpg"),
    "truncated-png": (file_of("PNG")[:-20], "a.png"),
    "truncated-webp": (file_of("WEBP")[:-20], "a.webp"),
    "truncated-heic": (file_of("HEIF")[:-400], "a.heic"),
    "png-with-a-wrong-checksum": (file_of("PNG").replace(b"IDAT", b"IDAU", 1), "a.png"),
    "wrong-extension": (file_of("PNG"), "a.jpg"),
    "executable-extension": (file_of("JPEG"), "a.php"),
    "zip-behind": (file_of("JPEG") + b"PK\x03\x04stuffPK\x05\x06" + bytes(18), "a.jpg"),
    "script-behind": (file_of("PNG") + b"<script>alert(1)</script>", "a.png"),
    "script-in-front": (file_of("JPEG", comment=b"<script>alert(1)</script>"), "a.jpg"),
    "pdf-in-front": (file_of("JPEG", comment=b"%PDF-1.4"), "a.jpg"),
    "pdf": (PDF, "a.pdf"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "a.svg"),
}


@pytest.mark.parametrize("case", BAD)
def test_an_unfit_file_is_refused_with_a_mend_and_leaves_nothing(case: str) -> None:
    data, name = BAD[case]
    before = set(ports.blob_store.get().keys())
    with pytest.raises(Invalid) as refused:
        public.take(io.BytesIO(data), filename=name, actor=ANONYMOUS)
    assert str(refused.value.fields["photo"]).endswith(".")
    assert not Document.objects.exists()
    assert set(ports.blob_store.get().keys()) == before


def test_a_file_or_picture_too_large_is_refused(settings: Any) -> None:
    settings.CITYHALL_PHOTO_PIXELS = 640 * 480 - 1
    with pytest.raises(Invalid, match="megapixels"):
        public.take(file_of("JPEG"), filename="a.jpg", actor=ANONYMOUS)
    settings.CITYHALL_PHOTO_BYTES = 1000
    with pytest.raises(Invalid, match="smaller photo"):
        public.take(io.BytesIO(file_of("JPEG")), filename="a.jpg", actor=ANONYMOUS)


def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    bomb = file_of("PNG", Image.new("1", (20_000, 20_000)))
    assert len(bomb) < 100_000
    with pytest.raises(Invalid, match="megapixels"):
        public.take(bomb, filename="a.png", actor=ANONYMOUS)


def test_a_second_picture_behind_the_first_is_no_reason_to_refuse() -> None:
    phone = file_of("JPEG") + file_of("JPEG", drawing((100, 80)))
    assert public.take(phone, filename="IMG_0001.jpeg", actor=ANONYMOUS).width == 640


def test_a_pdf_is_taken_only_where_asked_for() -> None:
    taken = public.take(PDF, filename="plan.pdf", actor=ANONYMOUS, kinds=("image", "pdf"))
    assert (taken.kind, taken.width) == ("pdf", None)
    with pytest.raises(Invalid):
        public.take(PDF[:-20], filename="plan.pdf", actor=ANONYMOUS, kinds=("pdf",))


def test_a_refusal_is_in_the_readers_language_and_by_code() -> None:
    with pytest.raises(Invalid) as refused:
        public.take(b"", filename="", actor=ANONYMOUS)
    assert refused.value.code == "document_empty"


HEADS = [b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\x10\0\0\0WEBP", b"\0\0\0\x18ftypheic", b"%PDF-1.4\n"]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(head=st.sampled_from(HEADS), tail=st.binary(max_size=600))
def test_random_bytes_are_refused_and_never_crash(head: bytes, tail: bytes) -> None:
    with pytest.raises(Invalid):
        public.take(head + tail, filename="", actor=ANONYMOUS)


GOOD = {form: planted(form) for form in ("JPEG", "PNG", "WEBP", "HEIF")}


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(form=st.sampled_from(sorted(GOOD)), data=st.data())
def test_damage_anywhere_is_refused_or_made_good(form: str, data: st.DataObject) -> None:
    original = bytearray(GOOD[form])
    for _ in range(data.draw(st.integers(1, 6))):
        original[data.draw(st.integers(0, len(original) - 1))] = data.draw(st.integers(0, 255))
    damaged = bytes(original)
    try:
        found = sniffing.sniff(damaged)
        sniffing.check_whole(damaged, found)
        picture = pictures.read(damaged, found, most_pixels=10**6, longest=320, zone=UTC, now=NOW)
    except sniffing.Unfit:
        return
    for encoded in pictures.web_sizes(picture.pixels).values():
        assert sniffing.is_bare(encoded.data, sniffing.sniff(encoded.data))
