"""What fuzzing found, one test for each, so that it stays mended."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest
from django.test import Client
from tests.support.people import sign_in

from cityhall.apps.places.imports import readers as places
from cityhall.apps.service_requests.imports.readers import open_file
from cityhall.apps.service_requests.imports.records import Unusable
from cityhall.kernel.errors import Invalid

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "back", ["report", "-1", "javascript:alert(1)", "//evil.example/", "https://evil.example/", ""]
)
def test_the_theme_leads_back_to_addresses_of_ours_only(client: Client, back: str) -> None:
    answer = client.post("/theme/", {"theme": "dark", "next": back})
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_a_version_of_five_thousand_digits_is_an_incomplete_page(client: Client, number: str) -> None:
    sign_in(client, "dispatcher")
    answer = client.post(f"/desk/requests/{number}/start/", {"version": "9" * 5000, "sentence": "Begun"})
    assert answer.status_code == 400
    picked = {"pick": f"00000000-0000-0000-0000-000000000000:{'9' * 5000}", "change": "start"}
    assert client.post("/desk/bulk/", picked).status_code == 302


@pytest.mark.parametrize("address", ["/cms/images/chooser/chosen/x/", "/cms/api/main/pages/find/?id=x"])
def test_made_up_ids_at_the_content_editor_are_refused(client: Client, address: str) -> None:
    sign_in(client, "editor")
    answer = client.get(address)
    assert answer.status_code == 400
    assert b"Field &#x27;id&#x27;" not in answer.content


def test_the_language_cookie_is_no_scripts_business(client: Client) -> None:
    sign_in(client, "resident")
    answer = client.post("/account/language/", {"language": "es"})
    assert answer.cookies["django_language"]["httponly"]


def test_a_line_break_in_an_address_of_open311_is_refused_in_the_protocols_form(client: Client) -> None:
    answer = client.get("/open311/v2/requests.%0Ajson")
    assert (answer.status_code, answer["Content-Type"]) == (404, "text/xml; charset=utf-8")


def test_a_zip_whose_directory_points_before_its_beginning_is_damaged(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as out:
        out.writestr("a.geojson", '{"type": "FeatureCollection", "features": []}')
    body = bytearray(packed.getvalue())
    (start,) = struct.unpack("<L", body[-6:-2])
    body[-6:-2] = struct.pack("<L", start + 1)
    (tmp_path / "file.zip").write_bytes(body)
    with pytest.raises(Invalid) as refused:
        places.read(tmp_path / "file.zip")
    assert "damaged" in str(refused.value.fields["file"])
    with pytest.raises(Unusable, match="cannot be opened"), open_file(tmp_path / "file.zip"):
        pass
