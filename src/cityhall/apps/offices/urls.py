"""The offices room's addresses. `localized` ones get a language prefix, `plain` ones never."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from cityhall.apps.offices.web import manage, report

localized: list[URLPattern | URLResolver] = [
    path("desk/office/", report.page, name="office-report"),
    path("desk/office/week.csv", report.week_csv, name="office-week-csv"),
    path("desk/office/cases.csv", report.cases_csv, name="office-cases-csv"),
    path("desk/offices/", manage.offices, name="offices"),
    path("desk/offices/new/", manage.new, name="office-new"),
    path("desk/offices/<uuid:office_id>/", manage.one, name="office"),
]
plain: list[URLPattern | URLResolver] = []
