"""The editors' entrance: who may enter /cms/, and the policy its scripts need."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from cityhall.apps.website import services
from cityhall.kernel.actors import ActorKind
from cityhall.kernel.django.access import actor_of, staff_entrance
from cityhall.kernel.django.refusals import answer
from cityhall.kernel.django.request_ids import current_request_id
from cityhall.kernel.errors import NotAllowed

logger = logging.getLogger(__name__)


class CmsMiddleware:
    """Lets staff with `website.edit` into /cms/, and nobody else; Wagtail's own sign-in is never used.

    Wagtail's editor writes inline scripts and styles, so /cms/ alone has a policy that allows them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Guard the entrance, then serve."""
        if not request.path.startswith("/cms/"):
            return self.get_response(request)
        # The editor's addresses have no language in them; who is kept out reads why in their own.
        with translation.override(translation.get_language_from_request(request)):
            if kept_out := _kept_out(request):
                return kept_out
        services.admit(request.user)
        response = self.get_response(request)
        response._csp_replace = settings.CMS_CONTENT_SECURITY_POLICY["DIRECTIVES"]  # type: ignore[attr-defined]
        return response

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """Answer 400 where the editor took a made-up id or a missing field for a whole one; the log has it all."""
        if not request.path.startswith("/cms/") or not isinstance(problem, ValueError | TypeError | AttributeError):
            return None
        logger.warning("the content editor could not read a request", exc_info=problem)
        return render(request, "400.html", {"request_id": current_request_id()}, status=400)


def _kept_out(request: HttpRequest) -> HttpResponse | None:
    """Return what is answered to whoever may not edit the website, None to who may."""
    actor = actor_of(request)
    if actor.kind is ActorKind.ANONYMOUS:
        return staff_entrance(request)
    if actor.kind is not ActorKind.STAFF or not actor.may(services.EDIT):
        services.let_go(request.user)
        said = _("Your account may not edit the website. Ask your administrator for access.")
        return answer(request, NotAllowed(said))
    return None
