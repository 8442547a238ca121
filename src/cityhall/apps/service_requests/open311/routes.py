"""The addresses of the protocol, once for what counts and once for trying out."""

from __future__ import annotations

from functools import partial

from django.urls import URLPattern, URLResolver, re_path

from cityhall.apps.service_requests.open311 import filing, updates, views
from cityhall.apps.service_requests.open311.answers import endpoint

_FORMAT = r"\.(?P<fmt>[A-Za-z0-9]{1,10})$"


def _routes(base: str, name: str, *, trial: bool) -> list[URLPattern | URLResolver]:
    """Return the endpoints below `base`. With `trial`, what is posted is checked, answered and not kept."""
    requests = endpoint(get=views.read_requests, post=partial(filing.file_request, trial=trial))
    changes = endpoint(get=updates.read_updates, post=partial(updates.post_update, trial=trial))
    return [
        re_path(rf"^{base}discovery{_FORMAT}", endpoint(get=views.read_discovery), name=f"{name}-discovery"),
        re_path(rf"^{base}services{_FORMAT}", endpoint(get=views.read_services), name=f"{name}-services"),
        re_path(
            rf"^{base}services/(?P<code>[^/]+){_FORMAT}", endpoint(get=views.read_definition), name=f"{name}-definition"
        ),
        re_path(rf"^{base}requests{_FORMAT}", requests, name=f"{name}-requests"),
        re_path(
            rf"^{base}requests/(?P<number>[^/]+){_FORMAT}", endpoint(get=views.read_request), name=f"{name}-request"
        ),
        re_path(rf"^{base}tokens/(?P<token>[^/]+){_FORMAT}", endpoint(get=views.read_token), name=f"{name}-token"),
        re_path(rf"^{base}servicerequestupdates{_FORMAT}", changes, name=f"{name}-updates"),
        # Whatever else is asked below the base is refused in the protocol's own form.
        re_path(
            rf"^{base}(?P<rest>.*){_FORMAT}",
            endpoint(get=views.read_nothing, post=views.read_nothing),
            name=f"{name}-unknown",
        ),
        re_path(
            rf"^{base}(?P<rest>.*)$", endpoint(get=views.read_nothing, post=views.read_nothing), name=f"{name}-none"
        ),
    ]


plain: list[URLPattern | URLResolver] = [
    *_routes("open311/v2/", "open311", trial=False),
    *_routes("open311/test/v2/", "open311-trial", trial=True),
]
