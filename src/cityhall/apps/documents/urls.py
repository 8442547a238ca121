"""The documents room's addresses. `localized` ones get a language prefix, `plain` ones never."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from cityhall.apps.documents.web import views

localized: list[URLPattern | URLResolver] = []
plain: list[URLPattern | URLResolver] = [
    path("documents/cms/<path:name>", views.cms_file, name="cms-file"),
    path("documents/<uuid:document_id>/<slug:size>", views.document, name="document"),
]
