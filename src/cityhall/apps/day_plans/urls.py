"""The day plans room's addresses. `localized` ones get a language prefix, `plain` ones never."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from cityhall.apps.day_plans.web import changes, pages, setting

localized: list[URLPattern | URLResolver] = [
    path("desk/day-plan/", pages.choose, name="desk-day-plan"),
    path("desk/day-plan/<uuid:team_id>/crews/", setting.page, name="desk-day-plan-crews"),
    path("desk/day-plan/<uuid:team_id>/<str:day>/", pages.page, name="desk-day-plan-page"),
    path("desk/day-plan/<uuid:team_id>/<str:day>/make/", pages.make, name="desk-day-plan-make"),
    path("desk/day-plan/<uuid:team_id>/<str:day>/standing/", pages.standing, name="desk-day-plan-standing"),
    path("desk/day-plan/<uuid:team_id>/<str:day>/print/", pages.as_print, name="desk-day-plan-print"),
    path("desk/day-plan/<uuid:team_id>/<str:day>/routes.geojson", pages.routes, name="desk-day-plan-routes"),
    path("desk/day-plan/plans/<uuid:plan_id>/", changes.act, name="desk-day-plan-act"),
]
plain: list[URLPattern | URLResolver] = []
