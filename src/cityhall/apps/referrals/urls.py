"""The referrals room's addresses. `localized` ones get a language prefix, `plain` ones never."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from cityhall.apps.referrals.web import desk, public_pages

localized: list[URLPattern | URLResolver] = [
    path("desk/referrals/", desk.queue, name="desk-referrals"),
    path("desk/referrals/bodies/", desk.bodies, name="desk-bodies"),
    path("desk/referrals/bodies/new/", desk.new, name="desk-body-new"),
    path("desk/referrals/bodies/names/", desk.names, name="desk-body-names"),
    path("desk/referrals/bodies/<uuid:body_id>/", desk.body, name="desk-body"),
    path("desk/referrals/<uuid:referral_id>/", desk.act, name="desk-referral-act"),
    path("referred/", public_pages.page, name="referred-to-others"),
    path("referred/bodies.csv", public_pages.as_csv, name="referred-csv"),
    path("referred/bodies.json", public_pages.as_json, name="referred-json"),
    path("referred/answer/<str:token>/", public_pages.answer, name="referral-answer"),
]
plain: list[URLPattern | URLResolver] = []
