"""The middleware that only pages need, by the names `settings.MIDDLEWARE` gives; and a cheaper content policy."""

from __future__ import annotations

from csp.constants import HEADER
from csp.middleware import CSPMiddleware as _CSPMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from cityhall.kernel.django.programs import for_pages

Sessions = for_pages("django.contrib.sessions.middleware.SessionMiddleware")
Languages = for_pages("django.middleware.locale.LocaleMiddleware")
Csrf = for_pages("django.middleware.csrf.CsrfViewMiddleware")
Authentication = for_pages("django.contrib.auth.middleware.AuthenticationMiddleware")
Messages = for_pages("django.contrib.messages.middleware.MessageMiddleware")
UserSessions = for_pages("allauth.usersessions.middleware.UserSessionsMiddleware")
Htmx = for_pages("django_htmx.middleware.HtmxMiddleware")
_OWN_POLICY = ("_csp_config", "_csp_update", "_csp_replace", "_csp_exempt")


class ContentPolicy(_CSPMiddleware):
    """Writes the policy out once, not for every answer, where neither a nonce nor a policy of its own was asked for."""

    _written = ""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Add the header."""
        plain = not any(hasattr(response, name) for name in _OWN_POLICY) and not hasattr(request, "_csp_nonce")
        if plain and self._written and HEADER not in response:
            response[HEADER] = self._written
            return response
        response = super().process_response(request, response)
        if plain and response.status_code == 200:
            self._written = response.get(HEADER, "")
        return response
