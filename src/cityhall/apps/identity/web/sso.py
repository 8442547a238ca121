"""Staff sign in at the city's OpenID Connect provider: authorization code with PKCE, state, nonce, signed ID token."""

from __future__ import annotations

import logging
import secrets
from typing import Any, cast

import jwt
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.stages import AuthenticateStage
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base.constants import AuthError, AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cityhall.apps.identity import queries, services
from cityhall.apps.identity.queries.sso import PROVIDER
from cityhall.apps.identity.rules import sso
from cityhall.kernel.django.access import public
from cityhall.kernel.errors import NotAllowed

log = logging.getLogger(__name__)
#: The signatures taken: those with a public key.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
_NEEDED = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
_LEEWAY = 60


def _config() -> sso.SingleSignOn:
    found = queries.single_sign_on()
    if found is None:
        raise Http404
    return found


class OidcAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # the library has no types
    """The library's client, made strict: the ID token is there, signed, ours and of this sign-in."""

    def get_provider(self) -> StaffProvider:
        """Return the one provider there is."""
        return StaffProvider(self.request, app=get_adapter().get_app(self.request, PROVIDER))

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Return the one address the provider sends people back to, whatever language they read."""
        return request.build_absolute_uri(reverse("sso-callback"))

    @property
    def openid_config(self) -> dict[str, Any]:
        """The provider's document, checked: whole, and of the issuer the city's file names."""
        found = cast(dict[str, Any], super().openid_config)
        if not all(isinstance(found.get(key), str) for key in _NEEDED):
            raise OAuth2Error("the discovery document is not whole")
        if found["issuer"] != _config().issuer:
            raise OAuth2Error("the discovery document is another issuer's")
        return found

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        """Return who signed in, with their claims: the signed ones, and what the provider tells besides."""
        raw = kwargs["response"].get("id_token")
        if not raw:
            raise OAuth2Error("there is no ID token")
        signed = self.verified(app, raw)
        told: dict[str, Any] = {}
        if self.openid_config.get("userinfo_endpoint"):
            told = self._fetch_user_info(token.token)
            if told.get("sub") != signed["sub"]:
                raise OAuth2Error("the user info is another person's")
        claims = {**told, **signed}
        login = self.get_provider().sociallogin_from_response(request, {"sub": signed["sub"]})
        login.claims = claims
        return login

    def verified(self, app: SocialApp, raw: str) -> dict[str, Any]:
        """Return an ID token's claims. Raises OAuth2Error unless the provider signed it, for us, a moment ago."""
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
            keys = answer.json()
        try:
            header = jwt.get_unverified_header(raw)
            if header.get("alg") not in ALGORITHMS:
                raise OAuth2Error("the ID token is signed in a way that is not taken")
            found = [key for key in jwt.PyJWKSet.from_dict(keys).keys if header.get("kid") in {None, key.key_id}]
            if len(found) != 1:
                raise OAuth2Error("the ID token names no key of the provider's")
            claims: dict[str, Any] = jwt.decode(
                raw,
                found[0],
                algorithms=[header["alg"]],
                issuer=self.openid_config["issuer"],
                audience=app.client_id,
                leeway=_LEEWAY,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )
        except (jwt.PyJWTError, TypeError, ValueError, KeyError) as problem:
            raise OAuth2Error(f"the ID token is not good: {problem}") from problem
        if claims.get("azp", app.client_id) != app.client_id:
            raise OAuth2Error("the ID token was made for another program")
        return claims


class StaffProvider(OpenIDConnectProvider):  # type: ignore[misc]  # the library has no types
    """The city's provider, as its file says."""

    oauth2_adapter_class = OidcAdapter

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Keep no claims: roles are read anew at each sign-in, and the rest is none of ours."""
        return {}


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # the library has no types
    """Who may come in that way, and as whom."""

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        """Return the provider of the city's file; none kept in the database."""
        config = queries.single_sign_on()
        if config is None:
            return []
        return [
            SocialApp(
                provider="openid_connect",
                provider_id=PROVIDER,
                name=config.name,
                client_id=config.client_id,
                secret=settings.CITYHALL_SSO_CLIENT_SECRET,
                settings={
                    "server_url": config.discovery_url,
                    "scope": list(config.scopes),
                    "oauth_pkce_enabled": True,
                },
            )
        ]

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find or make the account, and give it the roles of the claims."""
        config, claims = _config(), sociallogin.claims
        nonce = sociallogin.state.get("nonce")
        if not nonce or not secrets.compare_digest(str(claims.get("nonce", "")), nonce):
            raise ImmediateHttpResponse(_refused(request, _("That sign-in was not begun here. Sign in again.")))
        try:
            sociallogin.user = services.sign_in_by_claims(sociallogin.account.uid, claims, config)
        except NotAllowed as problem:
            log.warning("single sign-on refused somebody: %s", problem.code)
            raise ImmediateHttpResponse(_refused(request, str(problem.message))) from problem
        sociallogin.second_factor_shown = sso.second_factor_shown(config, claims)

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> None:
        """Say in our own page that it did not work, and whether to try again is of use."""
        told = request.GET.get("error", "")
        if isinstance(exception, OSError):
            raise ImmediateHttpResponse(_unreachable(request, exception))
        log.warning("single sign-on failed: %s", str(exception or told or "it was not begun here, or twice")[:300])
        said = _("The sign-in was not completed. Try it again.")
        if exception or (told and error != AuthError.CANCELLED):
            said = _(
                "%(name)s and this city do not agree, so trying again will hardly help. Tell your administrator: the "
                "city’s log says why."
            ) % {"name": _config().name}
        raise ImmediateHttpResponse(_refused(request, said))


class FactorStage(AuthenticateStage):  # type: ignore[misc]  # the library has no types
    """The step that asks for the second factor; not for those who have just shown two at the provider."""

    def _should_handle(self, request: HttpRequest) -> bool:
        login = (self.login.signal_kwargs or {}).get("sociallogin")
        return not getattr(login, "second_factor_shown", False) and bool(super()._should_handle(request))


def limit_session(request: HttpRequest) -> None:
    """Let the session of somebody who came by the provider end, so that the claims are asked for again."""
    if config := queries.single_sign_on():
        request.session.set_expiry(config.hours * 3600)


@public
@never_cache
@require_safe
def sso_start(request: HttpRequest) -> HttpResponse:
    """Send a member of staff to the city's provider."""
    _config()
    wanted = request.GET.get("next", "")
    onward = wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()) else None
    adapter = OidcAdapter(request, PROVIDER)
    nonce = secrets.token_urlsafe(24)
    try:
        answer: HttpResponse = adapter.get_provider().redirect(
            request, AuthProcess.LOGIN, onward, auth_params={"nonce": nonce}, nonce=nonce
        )
    except ImmediateHttpResponse as refused:
        return cast(HttpResponse, refused.response)
    except (OSError, OAuth2Error) as problem:
        return _unreachable(request, problem)
    return answer


@public
@never_cache
@require_safe
def sso_callback(request: HttpRequest) -> HttpResponse:
    """Take back whom the provider sends, and sign them in."""
    _config()
    # The provider sends everybody to one address, which has no language in it.
    translation.activate(translation.get_language_from_request(request))
    view = OAuth2CallbackView.adapter_view(OidcAdapter(request, PROVIDER))
    try:
        return cast(HttpResponse, view(request))
    except (OSError, OAuth2Error) as problem:  # its document is read before the library expects trouble
        return _unreachable(request, problem)


def _unreachable(request: HttpRequest, problem: Exception) -> HttpResponse:
    log.warning("single sign-on: the provider cannot be used: %s", str(problem)[:300])
    said = _("%(name)s cannot be reached right now. Try again in a few minutes.") % {"name": _config().name}
    return _refused(request, said, status=503)


def _refused(request: HttpRequest, said: str, status: int = 403) -> HttpResponse:
    return render(request, "identity/sso_refused.html", {"said": said}, status=status)
