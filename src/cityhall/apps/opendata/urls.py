"""The opendata room's addresses. `localized` ones get a language prefix, `plain` ones never."""

from __future__ import annotations

from functools import partial

from django.urls import URLPattern, URLResolver, path, register_converter

from cityhall.apps.opendata.web import pages, soda


class FourByFour:
    """Socrata's name for a dataset: two times four letters or digits."""

    regex = "[a-z0-9]{4}-[a-z0-9]{4}"

    def to_python(self, value: str) -> str:
        """Return the code."""
        return value

    def to_url(self, value: str) -> str:
        """Return the code."""
        return value


register_converter(FourByFour, "fourbyfour")

_view = soda.door(soda.read_view)

localized: list[URLPattern | URLResolver] = [
    path("data/", pages.catalogue, name="opendata"),
    path("data/<fourbyfour:code>/", pages.dataset, name="opendata-dataset"),
]
plain: list[URLPattern | URLResolver] = [
    path("resource/<fourbyfour:code>.<slug:fmt>", soda.door(soda.read_rows), name="soda-rows"),
    path("resource/<fourbyfour:code>/<str:row>.json", soda.door(soda.read_row), name="soda-row"),
    path("api/views/<fourbyfour:code>.json", _view, name="soda-view-json"),
    path("api/views/<fourbyfour:code>", _view, name="soda-view"),
    path(
        "api/views/<fourbyfour:code>/rows.<slug:fmt>",
        soda.door(partial(soda.read_rows, whole=True)),
        name="soda-whole",
    ),
    path("api/catalog/v1", soda.door(soda.read_catalogue), name="soda-catalogue"),
    path("d/<fourbyfour:code>", soda.door(soda.lead_to_page), name="opendata-short"),
]
