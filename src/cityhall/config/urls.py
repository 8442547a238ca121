"""Every address the program answers."""

from __future__ import annotations

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver

from cityhall.apps.answers import urls as answers
from cityhall.apps.crews import urls as crews
from cityhall.apps.dashboards import urls as dashboards
from cityhall.apps.day_plans import urls as day_plans
from cityhall.apps.documents import urls as documents
from cityhall.apps.estimates import urls as estimates
from cityhall.apps.identity import urls as identity
from cityhall.apps.notify import urls as notify
from cityhall.apps.offices import urls as offices
from cityhall.apps.opendata import urls as opendata
from cityhall.apps.places import urls as places
from cityhall.apps.records import urls as records
from cityhall.apps.referrals import urls as referrals
from cityhall.apps.routing import urls as routing
from cityhall.apps.service_requests import urls as service_requests
from cityhall.apps.setup import urls as setup
from cityhall.apps.subscriptions import urls as subscriptions
from cityhall.apps.website import urls as website
from cityhall.apps.work_orders import urls as work_orders
from cityhall.kernel.django import urls as kernel

ROOMS = (
    identity,
    places,
    documents,
    notify,
    service_requests,
    routing,
    answers,
    offices,
    dashboards,
    estimates,
    work_orders,
    subscriptions,
    day_plans,
    setup,
    records,
    referrals,
    crews,
    opendata,
)

urlpatterns: list[URLPattern | URLResolver] = [
    *kernel.plain,
    *(pattern for room in (*ROOMS, website) for pattern in room.plain),
    # The website answers whatever no other room does, so it comes last.
    *i18n_patterns(
        *(pattern for room in (kernel, *ROOMS, website) for pattern in room.localized), prefix_default_language=False
    ),
]

if settings.CITYHALL_DEMO:
    from cityhall.demo import web as demo

    urlpatterns = [*i18n_patterns(*demo.urlpatterns, prefix_default_language=False), *urlpatterns]

handler400 = "cityhall.kernel.django.pages.bad_request"
handler403 = "cityhall.kernel.django.pages.forbidden"
handler404 = "cityhall.kernel.django.pages.not_found"
handler500 = "cityhall.kernel.django.pages.server_error"
