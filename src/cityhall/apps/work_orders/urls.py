"""The work-orders room's addresses. `localized` ones get a language prefix, `plain` ones never."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from cityhall.apps.work_orders.web import connections, deliveries, hooks

localized: list[URLPattern | URLResolver] = [
    path("desk/connections/", connections.page, name="desk-connections"),
    path("desk/connections/new/", connections.new, name="desk-connection-new"),
    path("desk/connections/<uuid:connection_id>/", connections.one, name="desk-connection"),
    path("desk/connections/<uuid:connection_id>/change/", connections.change, name="desk-connection-change"),
    path("desk/connections/<uuid:connection_id>/replay/", deliveries.replay_failed, name="desk-replay-failed"),
    path("desk/connections/deliveries/", deliveries.page, name="desk-deliveries"),
    path("desk/connections/deliveries/<uuid:delivery_id>/", deliveries.one, name="desk-delivery"),
    path("desk/connections/deliveries/<uuid:delivery_id>/replay/", deliveries.replay, name="desk-replay"),
]
plain: list[URLPattern | URLResolver] = [
    path("hooks/work-orders/<uuid:connection_id>/", hooks.work_orders, name="work-orders-hook")
]
