"""The set-up room's addresses. `localized` ones get a language prefix, `plain` ones never."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from cityhall.apps.setup.web import pages

localized: list[URLPattern | URLResolver] = [
    path("setup/", pages.start, name="setup"),
    path("setup/city/", pages.city, name="setup-city"),
    path("setup/map/", pages.map_files, name="setup-map"),
    path("setup/map/files/", pages.map_progress, name="setup-map-files"),
    path("setup/map/<uuid:upload_id>/remove/", pages.map_remove, name="setup-map-remove"),
    path("setup/categories/", pages.categories, name="setup-categories"),
    path("setup/departments/", pages.departments, name="setup-departments"),
    path("setup/mail/", pages.mail, name="setup-mail"),
    path("setup/administrator/", pages.administrator, name="setup-administrator"),
    path("setup/check/", pages.check, name="setup-check"),
]
plain: list[URLPattern | URLResolver] = []
