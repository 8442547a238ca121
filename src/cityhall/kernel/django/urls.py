"""The kernel's own addresses."""

from django.urls import path

from cityhall.kernel.django import health

plain = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]
