"""What comes from elsewhere is told apart from the city's own, in both languages and modes, at both widths."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import axe, fits, small_targets
from tests.support import city
from tests.support.shelf import Shelf

from cityhall.apps.opendata import public
from cityhall.kernel.actors import system
from cityhall.kernel.downloads import downloader
from cityhall.kernel.errors import Invalid

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
CONTRACT = """
name = "trees"
title = "Trees"
[[columns]]
name = "id"
[source]
url = "https://data.example.org/trees"
schedule = "P1D"
"""
ENTRY = {
    "identifier": "lakes", "title": "Lakes of the county", "description": "Every lake there is.",
    "publisher": {"name": "The county"}, "landingPage": "https://data.example.org/lakes",
    "license": "https://creativecommons.org/publicdomain/zero/1.0/",
    "distribution": [
        {"downloadURL": "https://data.example.org/lakes.csv", "format": "CSV"},
        {"accessURL": "https://data.example.org/a-very-long-address-without-any-place-to-break-it"},
    ],
}  # fmt: skip


def test_data_from_elsewhere_is_for_everybody(
    new_page: Callable[..., Page], transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    city.build()
    shelf = Shelf()
    monkeypatch.setattr(downloader, "_make", lambda: shelf)
    shelf.put("/data.json", json.dumps({"dataset": [ENTRY, {**ENTRY, "identifier": "rivers", "title": "Rivers"}]}))
    shelf.put("/trees", "id\n1\n")
    public.harvest("https://data.example.org", actor=system("test"))
    terms = public.read_contract(CONTRACT)
    done = public.publish_source(terms, actor=system("test"))
    assert done is not None
    shelf.put("/trees", "<html>")
    with pytest.raises(Invalid, match="web page"):
        public.refresh("trees", actor=system("test"))
    for width, dark, prefix in ((390, True, "/es"), (1280, False, "")):
        page = new_page(width=width, dark=dark)
        for path in ("/data/?q=lake", "/data/elsewhere/", f"/data/{done.id}/"):
            page.goto(prefix + path)
            assert axe(page) == []
            assert fits(page)
            assert small_targets(page) == []
    expect(page.get_by_text("What the source gave could not be read.")).to_be_visible()
    page.goto("/data/?q=rivers")
    page.get_by_role("link", name="1 dataset from other publishers").click()
    expect(page.get_by_role("link", name="Rivers", exact=True)).to_have_attribute(
        "href", "https://data.example.org/lakes"
    )
