"""The crews room's addresses. `localized` ones get a language prefix, `plain` ones never."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from cityhall.apps.crews.web import acts, desk, field

localized: list[URLPattern | URLResolver] = [
    path("crew/", field.day, name="crew-day"),
    path("crew/points.json", field.points, name="crew-points"),
    path("crew/<str:number>/", field.job, name="crew-job"),
    path("crew/<str:number>/start/", acts.start, name="crew-start"),
    path("crew/<str:number>/finish/", acts.finish, name="crew-finish"),
    path("crew/<str:number>/back/", acts.send_back, name="crew-back"),
    path("desk/field-work/", desk.totals, name="desk-visits"),
    path("desk/field-work/totals.csv", desk.totals_csv, name="desk-visits-csv"),
    path("desk/field-work/materials/", desk.materials, name="desk-materials"),
    path("desk/field-work/materials/new/", desk.new_material, name="desk-material-new"),
    path("desk/field-work/materials/<uuid:material_id>/", desk.material, name="desk-material"),
]
plain: list[URLPattern | URLResolver] = []
