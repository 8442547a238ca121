"""The website's addresses. Wagtail answers whatever no other room does."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

localized: list[URLPattern | URLResolver] = [path("", include(wagtail_urls))]
plain: list[URLPattern | URLResolver] = [
    path("cms/", include(wagtailadmin_urls)),
    path("files/", include(wagtaildocs_urls)),
]
