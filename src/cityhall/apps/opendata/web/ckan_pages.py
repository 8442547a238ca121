"""Addresses of CKAN's pages, which harvesters and clients make by themselves: they lead to ours."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cityhall.apps.opendata.ckan.errors import NotFoundError
from cityhall.apps.opendata.web.ckan_catalogue import find
from cityhall.kernel.django.access import public
from cityhall.kernel.errors import NotFound


@public
@require_safe
def catalogue(request: HttpRequest) -> HttpResponseRedirect:
    """Lead to the catalogue, with what is searched for."""
    asked = request.GET.urlencode()
    return redirect(f"{reverse('opendata')}{'?' if asked else ''}{asked}")


@public
@require_safe
def package(_request: HttpRequest, name: str, resource: str = "") -> HttpResponseRedirect:
    """Lead to a dataset's page, which has all its resources.

    Args:
        name: the dataset's name or 4x4, or the package's id.
        resource: the id of one of its resources.
    """
    try:
        found = find(name)
    except NotFoundError as problem:
        raise NotFound(_("There is no such dataset.")) from problem
    return redirect("opendata-dataset", code=found.code)
