"""The records room's addresses. `localized` ones get a language prefix, `plain` ones never."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from cityhall.apps.records.web import holds, people, schedule

localized: list[URLPattern | URLResolver] = [
    path("desk/records/", schedule.schedule, name="desk-records"),
    path("desk/records/start/", schedule.start, name="desk-records-start"),
    path("desk/records/kept/<str:kind>/", schedule.period, name="desk-records-period"),
    path("desk/records/holds/", holds.holds, name="desk-records-holds"),
    path("desk/records/holds/<uuid:hold_id>/lift/", holds.lift, name="desk-records-hold-lift"),
    path("desk/records/people/", people.people, name="desk-records-people"),
    path("desk/records/people/erase/", people.erase, name="desk-records-erase"),
    path("desk/records/people/file/", people.make_file, name="desk-records-file-make"),
    path("desk/records/files/<uuid:file_id>/", people.fetch_file, name="desk-records-file"),
]
plain: list[URLPattern | URLResolver] = []
