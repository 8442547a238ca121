"""The set-up room's addresses. `localized` ones get a language prefix, `plain` ones never."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

localized: list[URLPattern | URLResolver] = []
plain: list[URLPattern | URLResolver] = []
