"""The estimates room's addresses. `localized` ones get a language prefix, `plain` ones never."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from cityhall.apps.estimates.web import pages

localized: list[URLPattern | URLResolver] = [path("dates/", pages.dates, name="dates")]
plain: list[URLPattern | URLResolver] = []
