"""The service_requests room's addresses. `localized` ones get a language prefix, `plain` ones never."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

from cityhall.apps.service_requests.open311 import routes as open311
from cityhall.apps.service_requests.web import desk_urls, resident_routes

localized: list[URLPattern | URLResolver] = [*resident_routes.localized, *desk_urls.localized]
plain: list[URLPattern | URLResolver] = [*open311.plain]
