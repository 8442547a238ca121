"""The places room's addresses. `localized` ones get a language prefix, `plain` ones never."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from cityhall.apps.places import web

localized: list[URLPattern | URLResolver] = []
plain: list[URLPattern | URLResolver] = [
    path("places/suggest", web.suggest, name="places-suggest"),
    path("places/reverse", web.reverse, name="places-reverse"),
    path("places/assets", web.assets, name="places-assets"),
    path("places/layers/<slug:name>.geojson", web.layer, name="places-layer"),
]
