"""Every parser takes bytes nobody meant for it: it reads them or refuses them in words, and grows no larger for it.

docs/reference/limits.md names the parsers and the test of each; a test of the docs compares.
"""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
import tarfile
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.hostile import TIMES, VALUES

from cityhall.apps.documents.contracts import Kind
from cityhall.apps.documents.rules import sniffing
from cityhall.apps.places.imports import readers as places
from cityhall.apps.service_requests.imports import dates, profiles
from cityhall.apps.service_requests.imports.readers import opening
from cityhall.apps.service_requests.imports.records import Unusable
from cityhall.apps.service_requests.rules import packs
from cityhall.apps.service_requests.web import desk_filters
from cityhall.apps.setup import rules as setup
from cityhall.config import archive, settings_file
from cityhall.kernel.errors import CityhallError, Invalid
from cityhall.kernel.georeport import parse

BOUND = settings(
    max_examples=60 * TIMES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
CSV = b"service_request_id,requested_datetime,lat,long\n1,2026-01-31,32.7,-117.1\n"
JSON = b'[{"service_request_id": "1", "requested_datetime": "2026-01-31T13:00:00Z", "lat": 32.7, "long": -117.1}]'
XML = b"<service_requests><request><service_request_id>1</service_request_id></request></service_requests>"
GEOJSON = (
    b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"a"},'
    b'"geometry":{"type":"Point","coordinates":[-117.1,32.7]}}]}'
)
ENTITIES = b"""<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>
<r><request><service_request_id>&c;</service_request_id></request></r>"""
OUTSIDE = b"""<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r><request><d>&x;</d></request></r>"""


def damaged(*whole: bytes) -> st.SearchStrategy[bytes]:
    """A whole file cut short, with bytes changed, in another encoding, or nothing but noise."""

    def spoil(given: tuple[bytes, int, bytes, str]) -> bytes:
        body, place, noise, how = given
        place %= len(body) + 1
        match how:
            case "cut":
                return body[:place]
            case "change":
                return body[:place] + noise + body[place + len(noise) :]
            case "insert":
                return body[:place] + noise + body[place:]
            case "noise":
                return noise
        return body.decode("latin-1").encode(how, "surrogatepass")

    how = st.sampled_from(["cut", "change", "insert", "noise", "utf-16", "utf-16-le", "utf-32", "utf-8-sig", "latin-1"])
    return st.tuples(st.sampled_from(whole), st.integers(0, 10_000), st.binary(max_size=40), how).map(spoil)


def zipped(name: str, body: bytes, *, times: int = 1) -> bytes:
    for _ in range(times):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr(name, body)
        body = out.getvalue()
    return body


def read_requests(file: Path, body: bytes) -> None:
    file.write_bytes(body)
    with contextlib.suppress(Unusable), opening.open_file(file) as opened:
        for _row in opened.rows:
            pass


@BOUND
@given(body=damaged(CSV, JSON, JSON[1:-1] * 2, XML, GEOJSON, zipped("a.csv", CSV), zipped("a", CSV, times=3)))
def test_files_of_requests(body: bytes, tmp_path: Path) -> None:
    read_requests(tmp_path / "file", body)


@pytest.mark.parametrize("body", [ENTITIES, OUTSIDE, zipped("a.xml", ENTITIES)])
def test_entities_are_neither_expanded_nor_fetched(body: bytes, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(body)
    with pytest.raises(Unusable, match="entities"), opening.open_file(tmp_path / "file") as opened:
        list(opened.rows)
    with contextlib.suppress(ValueError, CityhallError):
        assert parse.requests(body) == []


def test_a_header_of_a_million_columns_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b",".join(b"c%d" % n for n in range(1_000_000)) + b"\n1,2\n")
    with pytest.raises(Unusable, match="columns"), opening.open_file(tmp_path / "file") as opened:
        list(opened.rows)


def test_nesting_without_an_end_is_refused(tmp_path: Path) -> None:
    for body in (b"[" * 200_000, b'{"a":' * 200_000, b"<a>" * 200_000, b'[{"a":' + b"[" * 200_000):
        read_requests(tmp_path / "file", body)
        with contextlib.suppress(Invalid):
            (tmp_path / "place").write_bytes(body)
            places.read(tmp_path / "place")


BOMB = """
import gzip, resource, sys, zipfile
from pathlib import Path
import django
django.setup()
from cityhall.apps.places.imports import readers as places
from cityhall.apps.service_requests.imports.readers import opening
from cityhall.apps.service_requests.imports.records import Unusable
from cityhall.kernel.errors import Invalid

file, piece = Path(sys.argv[1]) / "bomb", b"a" * 1_000_000

def gzipped():  # members of one file follow each other, so that a gigabyte is packed once
    file.write_bytes(gzip.compress(head) + gzip.compress(piece) * 1000 + gzip.compress(tail))

def zipped():
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed, packed.open("a", "w") as out:
        out.write(head)
        for _ in range(200):
            out.write(piece)
        out.write(tail)

base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
said = []
wholes = (b"id,text\\n1,", b"\\n"), (b'[{"a":"', b'"}]'), (b'{"a":"', b'"}'), (b"<r><q><d>", b"</d></q></r>")
for head, tail in wholes:
    for make in (gzipped, zipped) if head[:1] == b"i" else (gzipped,):
        make()
        try:
            with opening.open_file(file) as opened:
                said.append(all(row.broken for row in opened.rows))
        except Unusable:
            said.append(True)
        try:
            places.read(file)
            said.append(False)
        except Invalid:
            said.append(True)
grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - base) / 1024
print(said, round(grown))
assert all(said) and grown < 400, (said, grown)
"""


@pytest.mark.slow
def test_a_gigabyte_in_one_field_is_refused_in_little_memory(tmp_path: Path) -> None:
    ran = subprocess.run([sys.executable, "-c", BOMB, str(tmp_path)], capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, ran.stdout + ran.stderr[-2000:]


@BOUND
@given(body=damaged(GEOJSON, CSV, zipped("a.geojson", GEOJSON), zipped("a.csv", CSV)))
def test_files_of_places(body: bytes, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(body)
    with contextlib.suppress(Invalid):
        places.read(tmp_path / "file")


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    import shapefile

    folder = tmp_path_factory.mktemp("shapes")
    with shapefile.Writer(str(folder / "a")) as out:
        out.field("name", "C")
        for n in range(3):
            out.point(-117.1, 32.7)
            out.record(f"place {n}")
    return {ending: (folder / f"a.{ending}").read_bytes() for ending in ("shp", "shx", "dbf")}


@BOUND
@given(data=st.data())
def test_shapefiles(data: st.DataObject, shapes: dict[str, bytes], tmp_path: Path) -> None:
    spoiled = data.draw(st.sampled_from(sorted(shapes)))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for ending, body in shapes.items():
            packed.writestr(f"a.{ending}", data.draw(damaged(body)) if ending == spoiled else body)
        packed.writestr("a.cpg", data.draw(st.sampled_from(["utf-8", "nonsense", "", "\x00", "utf-16"])))
    (tmp_path / "file.zip").write_bytes(out.getvalue())
    with contextlib.suppress(Invalid):
        places.read(tmp_path / "file.zip")


@BOUND
@given(body=damaged(JSON, XML, ENTITIES, b'{"errors":[{"code":1,"description":"a"}]}'))
def test_answers_of_other_servers(body: bytes) -> None:
    readers: list[Any] = [
        parse.services, parse.definition, parse.requests, parse.receipt, parse.updates, parse.discovery, parse.problems,
    ]  # fmt: skip
    for reader in readers:
        with contextlib.suppress(parse.Unreadable):
            reader(body)


@pytest.mark.django_db
@BOUND
@given(text=st.sampled_from(VALUES) | st.text(max_size=40))
def test_dates_ids_and_filters(text: str) -> None:
    parse.moment(text)
    for form in ("iso", "%m/%d/%Y %H:%M", "epoch", "epoch_ms"):
        with contextlib.suppress(ValueError, OverflowError):
            dates.parser(form)(text)
    desk_filters.desk_filter(desk_filters.asked(dict.fromkeys(desk_filters.NAMES, text)))
    assert desk_filters.as_id(text) is None or uuid.UUID(text)


def tables() -> st.SearchStrategy[Any]:
    leaf = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    return st.recursive(leaf, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner))


@BOUND
@given(value=tables(), name=st.sampled_from(["categories", "groups", "departments", "format", "questions"]))
def test_category_packs(value: Any, name: str) -> None:
    for pack in ({name: value}, {name: [value]}, {"categories": [{name: value, "code": "a", "name": value}]}):
        packs.problems(pack)


@BOUND
@given(value=tables(), name=st.sampled_from(["city", "maps", "mail", "administrator", "departments", "categories"]))
def test_answers_files(value: Any, name: str, tmp_path: Path) -> None:
    for raw in ({name: value}, {name: [value]}, {name: {"name": value, "file": value, "email": value}}):
        setup.read_answers(raw, tmp_path)


@BOUND
@given(body=damaged(b'CITYHALL_HOSTS = "city.example"\n', b"a = " + b"[" * 5000))
def test_the_settings_file(body: bytes, tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir(exist_ok=True)
    (tmp_path / "secrets" / "settings.toml").write_bytes(body)
    with contextlib.suppress(settings_file.SettingsFileProblem):
        settings_file.read(tmp_path)


@BOUND
@given(body=damaged(b'name = "x"\nkind = "csv"\n', b"a = " + b"[" * 3000))
def test_import_profiles(body: bytes) -> None:
    with contextlib.suppress(CityhallError, ValueError):
        profiles.load(body.decode("utf-8", "replace"), where="here")


def backup(manifest: bytes, *members: tuple[str, bytes, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, content, kind in members:
            info = tarfile.TarInfo(name)
            info.size, info.type, info.linkname = len(content), kind, "/etc/passwd"
            tar.addfile(info, io.BytesIO(content))
        info = tarfile.TarInfo("manifest.json")
        info.size = len(manifest)
        tar.addfile(info, io.BytesIO(manifest))
    return out.getvalue()


@BOUND
@given(body=damaged(backup(b'{"sha256":{"a":"b"}}', ("a", b"x", tarfile.REGTYPE))))
def test_backups(body: bytes, tmp_path: Path) -> None:
    (tmp_path / "city.tar").write_bytes(body)
    with pytest.raises(archive.ArchiveProblem):
        archive.check(tmp_path / "city.tar")


@pytest.mark.parametrize(
    "manifest", [b"[]", b"null", b"7", b'{"sha256": [1]}', b'{"sha256": {}}', b'{"rows": 7}', b"[" * 5000, b"\xff"]
)
def test_a_made_up_manifest_is_refused(manifest: bytes, tmp_path: Path) -> None:
    (tmp_path / "city.tar").write_bytes(backup(manifest))
    with pytest.raises(archive.ArchiveProblem):
        archive.check(tmp_path / "city.tar")


@pytest.mark.parametrize("name", ["../out", "/etc/out", "blobs/../../out", "blobs/link", "other/file"])
def test_a_made_up_backup_writes_nowhere_else(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = tarfile.SYMTYPE if name == "blobs/link" else tarfile.REGTYPE
    (tmp_path / "city.tar").write_bytes(backup(b"{}", (name, b"" if kind == tarfile.SYMTYPE else b"x", kind)))
    monkeypatch.setenv("CITYHALL_DATA", str(tmp_path / "data"))
    with pytest.raises(archive.ArchiveProblem):
        archive.restore_files(tmp_path / "city.tar")
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["city.tar"]


@BOUND
@given(body=st.binary(max_size=200), key=st.binary(max_size=100) | st.just(b"AGE-SECRET-KEY-1"))
def test_keys_of_backups(body: bytes, key: bytes, tmp_path: Path) -> None:
    (tmp_path / "sealed").write_bytes(b"age-encryption.org/v1\n" + body)
    (tmp_path / "key").write_bytes(key)
    with pytest.raises(archive.ArchiveProblem), archive.opened(tmp_path / "sealed", tmp_path / "key"):
        pass


def pictures() -> Iterator[bytes]:
    from PIL import Image

    for form in ("JPEG", "PNG", "WEBP", "GIF", "TIFF"):
        out = io.BytesIO()
        Image.new("RGB", (20, 20), "#8899aa").save(out, form)
        yield out.getvalue()


PICTURES = tuple(pictures())


@BOUND
@given(body=damaged(*PICTURES))
@pytest.mark.django_db
def test_pictures(body: bytes) -> None:
    from cityhall.apps.documents import public as documents
    from cityhall.apps.documents.models import Document
    from cityhall.kernel.actors import ANONYMOUS

    before = Document.objects.count()
    try:
        documents.take(body, filename="", actor=ANONYMOUS)
    except Invalid:
        assert Document.objects.count() == before


@pytest.mark.parametrize(
    "body",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        PICTURES[3],
        PICTURES[4],
        b"<?xml version='1.0'?><!DOCTYPE svg [<!ENTITY a 'a'>]><svg>&a;</svg>",
        b"%PDF-1.7\n" + PICTURES[0],
        PICTURES[1] + zipped("a", b"x"),
    ],
)
def test_what_is_no_photo_or_more_than_one_is_refused(body: bytes) -> None:
    with pytest.raises(sniffing.Unfit):
        found = sniffing.sniff(body)
        sniffing.check_whole(body, found)
        assert found.kind is Kind.IMAGE
