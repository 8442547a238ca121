"""The notify room's addresses. `localized` ones get a language prefix, `plain` ones never."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from cityhall.apps.notify.web import views

localized: list[URLPattern | URLResolver] = [
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("follow/confirm/<str:token>/", views.confirm, name="follow-confirm"),
    path("outbox/", views.outbox, name="outbox"),
    path("outbox/<uuid:mail_id>/", views.outbox_mail, name="outbox-mail"),
]
plain: list[URLPattern | URLResolver] = [path("sms/inbound/", views.sms_inbound, name="sms-inbound")]
