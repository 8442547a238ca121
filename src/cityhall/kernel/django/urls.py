"""The kernel's own addresses."""

from django.urls import path

from cityhall.kernel.django import health, pages

plain = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("theme/", pages.theme, name="theme"),
    path("favicon.ico", pages.favicon, name="favicon"),
]
localized = [
    path("about/not-built-yet/", pages.not_built_yet, name="not-built-yet"),
    path("about/accessibility/", pages.accessibility, name="accessibility"),
]
