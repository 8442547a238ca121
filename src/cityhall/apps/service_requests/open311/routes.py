"""The addresses of the protocol, once for what counts and once for trying out."""

from __future__ import annotations

from functools import partial

from django.urls import URLPattern, URLResolver, path, register_converter

from cityhall.apps.service_requests.open311 import filing, openapi, updates, views
from cityhall.apps.service_requests.open311.answers import endpoint


class Format:
    """The ending that says which format is wanted."""

    regex = "[A-Za-z0-9]{1,10}"

    def to_python(self, value: str) -> str:
        """Return the ending."""
        return value

    def to_url(self, value: str) -> str:
        """Return the ending."""
        return value


class Anything(Format):
    """Whatever else stands there, line breaks too."""

    regex = r"[\s\S]+"


register_converter(Format, "georeport")
register_converter(Anything, "anything")


def _routes(base: str, name: str, *, trial: bool) -> list[URLPattern | URLResolver]:
    """Return the endpoints below `base`. With `trial`, what is posted is checked, answered and not kept."""
    requests = endpoint(get=views.read_requests, post=partial(filing.file_request, trial=trial))
    changes = endpoint(get=updates.read_updates, post=partial(updates.post_update, trial=trial))
    nothing = endpoint(get=views.read_nothing, post=views.read_nothing)
    return [
        path(f"{base}discovery.<georeport:fmt>", endpoint(get=views.read_discovery), name=f"{name}-discovery"),
        path(f"{base}services.<georeport:fmt>", endpoint(get=views.read_services), name=f"{name}-services"),
        path(
            f"{base}services/<str:code>.<georeport:fmt>",
            endpoint(get=views.read_definition),
            name=f"{name}-definition",
        ),
        path(f"{base}requests.<georeport:fmt>", requests, name=f"{name}-requests"),
        path(f"{base}requests/<str:number>.<georeport:fmt>", endpoint(get=views.read_request), name=f"{name}-request"),
        path(f"{base}tokens/<str:token>.<georeport:fmt>", endpoint(get=views.read_token), name=f"{name}-token"),
        path(f"{base}servicerequestupdates.<georeport:fmt>", changes, name=f"{name}-updates"),
        path(f"{base}openapi.json", endpoint(get=openapi.describe), {"fmt": "json"}, name=f"{name}-openapi"),
        # Whatever else is asked below the base is refused in the protocol's own form.
        path(f"{base}<anything:rest>.<georeport:fmt>", nothing, name=f"{name}-unknown"),
        path(f"{base}<anything:rest>", nothing, name=f"{name}-none"),
        path(base, nothing, name=f"{name}-root"),
    ]


plain: list[URLPattern | URLResolver] = [
    *_routes("open311/v2/", "open311", trial=False),
    *_routes("open311/test/v2/", "open311-trial", trial=True),
]
