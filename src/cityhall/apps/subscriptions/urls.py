"""The subscriptions room's addresses. `localized` ones get a language prefix, `plain` ones never."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from cityhall.apps.subscriptions.web import calendar, following, widget

localized: list[URLPattern | URLResolver] = [
    path("near/", following.near, name="near"),
    path("near/widget/", widget.widget, name="near-widget"),
    path("near/calendar.ics", calendar.feed, name="near-calendar"),
    path("near/mine/", following.mine, name="near-mine"),
    path("near/mine/leave/", following.leave, name="near-leave"),
    path("near/<uuid:subscription_id>/", following.one, name="near-one"),
]
plain: list[URLPattern | URLResolver] = []
