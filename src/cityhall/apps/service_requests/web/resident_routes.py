"""The resident's addresses."""

from __future__ import annotations

from django.urls import path

from cityhall.apps.service_requests.web import resident_acts as acts
from cityhall.apps.service_requests.web import resident_browse as browse
from cityhall.apps.service_requests.web import resident_feeds as feeds
from cityhall.apps.service_requests.web import resident_report as report
from cityhall.apps.service_requests.web import resident_sending as sending

localized = [
    path("report/", report.start, name="report"),
    path("report/photo/", report.photo, name="report-photo"),
    path("report/place/", report.place, name="report-place"),
    path("report/what/", report.what, name="report-what"),
    path("report/which/", report.which, name="report-which"),
    path("report/nearby/", report.nearby, name="report-nearby"),
    path("report/questions/", report.questions, name="report-questions"),
    path("report/contact/", report.contact, name="report-contact"),
    path("report/check/", sending.check, name="report-check"),
    path("report/again/", sending.again, name="report-again"),
    path("report/emergency/<slug:code>/", report.emergency, name="report-emergency"),
    path("report/receipt/<str:number>/", sending.receipt, name="report-receipt"),
    path("requests/", browse.browse, name="requests"),
    path("requests/feed.rss", feeds.feed_rss, name="request-feed-rss"),
    path("requests/feed.json", feeds.feed_json, name="request-feed-json"),
    path("requests/points.json", browse.points, name="request-points"),
    path("requests/private/<str:token>/", browse.private, name="request-private"),
    path("requests/private/<str:token>/delete/", acts.forget_me, name="request-forget-me"),
    path("requests/<str:number>/", browse.page, name="request-page"),
    path("requests/<str:number>/me-too/", acts.me_too, name="request-me-too"),
    path("requests/<str:number>/follow/", acts.follow, name="request-follow"),
    path("requests/<str:number>/not-fixed/", acts.not_fixed, name="request-not-fixed"),
    path("requests/<str:number>/report-abuse/", acts.report_abuse, name="request-report-abuse"),
    path("me/", browse.mine, name="my-requests"),
]
