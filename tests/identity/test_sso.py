"""Staff come by a real OpenID Connect provider on loopback."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount, SocialToken
from allauth.usersessions.models import UserSession
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from joserfc import jwt as tokens
from joserfc.jwk import OctKey
from tests.support import oidc
from tests.support.people import TOTP_SECRET, make_person, sign_in

from cityhall.apps.identity import public, queries, services
from cityhall.apps.identity.contracts import Terms
from cityhall.apps.identity.models import User
from cityhall.apps.identity.queries.sso import PROVIDER
from cityhall.apps.identity.rules import sso
from cityhall.kernel import clock
from cityhall.kernel.django.models import AuditEntry
from cityhall.kernel.offers import Person

pytestmark = pytest.mark.django_db
DANA = {
    "sub": "4711",
    "name": "Dana Whitfield",
    "email": "dana@city.example",
    "email_verified": True,
    "groups": ["cityhall-dispatch"],
    "amr": ["pwd", "mfa"],
}


@pytest.fixture(scope="module")
def provider() -> Iterator[oidc.Provider]:
    with oidc.running() as found:
        yield found


@pytest.fixture(autouse=True)
def city(provider: oidc.Provider, settings: Any) -> dict[str, Any]:
    """A city that has the provider, and maps three groups."""
    provider.claims, provider.told = dict(DANA), None
    provider.spoil, provider.sign_with = (lambda claims: claims), provider.key
    public.ensure_default_roles()
    public.ensure_department("streets", {"en": "Streets"})
    public.ensure_team("paving", {"en": "Paving"}, department="streets")
    settings.CITYHALL_SSO_CLIENT_SECRET = oidc.SECRET
    settings.CITYHALL_SSO = {
        "name": "City login",
        "discovery_url": f"{provider.url}/.well-known/openid-configuration",
        "client_id": oidc.CLIENT_ID,
        "role": [
            {"claim": "groups", "value": "cityhall-dispatch", "role": "dispatcher", "department": "streets"},
            {"claim": "groups", "value": "cityhall-paving", "role": "crew", "team": "paving"},
            {"claim": "realm.roles", "value": "chief", "role": "administrator"},
        ],
    }
    return settings.CITYHALL_SSO


def come(client: Client, **start: str) -> HttpResponse:
    """Go through the whole sign-in; return the answer of our callback."""
    sent = client.get(reverse("sso-start"), start)
    assert sent.status_code == 302, sent.text
    back = oidc.follow(sent["Location"])
    return client.get(urlsplit(back).path, dict(parse_qs(urlsplit(back).query)))


def is_in(client: Client) -> bool:
    return client.get(reverse("desk-queue")).status_code == 200


# Coming in


def test_a_newcomer_comes_in_with_the_roles_of_the_claims_and_no_second_question(client: Client) -> None:
    assert "Sign in with City login" in client.get(reverse("staff-sign-in")).text
    answer = come(client)
    assert (answer.status_code, answer["Location"]) == (302, reverse("desk-queue"))
    assert is_in(client)
    user = User.objects.get(email="dana@city.example")
    actor = queries.actor_of_account(user)
    assert actor.departments == {row.id for row in public.departments() if row.code == "streets"}
    assert actor.may("requests.assign")
    assert not actor.may("identity.manage")
    assert (user.name, user.has_usable_password()) == ("Dana Whitfield", False)
    assert AuditEntry.objects.filter(action="identity.signed_in", subject_id=user.id).exists()
    assert UserSession.objects.filter(user=user).count() == 1


def test_who_works_and_hands_out_nothing_begins_with_their_day(client: Client, provider: oidc.Provider) -> None:
    provider.claims["groups"] = ["cityhall-paving"]
    assert come(client)["Location"] == reverse("crew-day")


def test_pkce_state_and_nonce_travel_with_the_sign_in(client: Client) -> None:
    asked = parse_qs(urlsplit(client.get(reverse("sso-start"))["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["response_type"] == ["code"]
    assert len(asked["nonce"][0]) >= 32
    assert len(asked["state"][0]) >= 16
    assert asked["redirect_uri"] == ["http://testserver/account/sso/callback/"]
    assert "openid" in asked["scope"][0]


def test_nothing_the_provider_says_is_kept_but_the_link(client: Client) -> None:
    come(client)
    assert SocialAccount.objects.get().extra_data == {}
    assert not SocialToken.objects.exists()


def test_they_go_where_they_wanted_but_never_elsewhere(client: Client) -> None:
    assert come(client, next="/desk/queues/")["Location"] == "/desk/queues/"
    assert come(Client(), next="https://evil.example/")["Location"] == reverse("desk-queue")


def test_the_session_ends_after_the_hours_of_the_file(client: Client, city: dict[str, Any]) -> None:
    city["hours"] = 3
    come(client)
    assert client.session.get_expiry_age() == pytest.approx(3 * 3600, abs=5)


# The second factor


def test_without_the_providers_word_our_own_second_factor_is_asked(client: Client, provider: oidc.Provider) -> None:
    provider.claims["amr"] = ["pwd"]
    answer = come(client)
    assert answer["Location"].startswith("/account/second-factor/")
    assert not is_in(client)


def test_a_factor_set_up_here_is_asked_for_or_spared(client: Client, provider: oidc.Provider) -> None:
    make_person("crew", email="dana@city.example")
    assert come(client)["Location"] == reverse("desk-queue")
    provider.claims["amr"] = ["pwd"]
    again = Client()
    assert come(again)["Location"] == reverse("mfa_authenticate")
    assert not is_in(again)


@pytest.mark.parametrize(
    ("policy", "claims", "counts"),
    [
        ({}, {"amr": ["mfa"]}, True),
        ({}, {"amr": ["otp"]}, False),
        ({}, {"amr": "mfa"}, True),
        ({"amr": ["otp"]}, {"amr": ["pwd", "otp"]}, True),
        ({"acr": ["phr"]}, {"acr": "phr"}, True),
        ({"acr": ["phr"]}, {"acr": "pwd"}, False),
        ({"second_factor": "trusted"}, {}, True),
        ({"second_factor": "local"}, {"amr": ["mfa"]}, False),
    ],
)
def test_what_counts_as_two_factors(city: dict[str, Any], policy: dict, claims: dict, counts: bool) -> None:
    assert sso.second_factor_shown(sso.read({**city, **policy}), claims) is counts


@pytest.mark.parametrize(("policy", "said"), [("asserted", "Through City login"), ("local", "Not yet")])
def test_the_pages_say_where_the_second_factor_is_asked_for(
    client: Client, city: dict[str, Any], policy: str, said: str
) -> None:
    come(client)
    city["second_factor"] = policy
    head = Client()
    sign_in(head, "administrator")
    row = next(row for row in head.get(reverse("desk-people")).text.split("<tr>") if "dana@city.example" in row)
    assert said in row
    own = client.get(reverse("account")).text
    assert ("(through City login)" in own) is (policy == "asserted")


# Roles follow the claims


def test_roles_are_read_again_at_each_sign_in_and_go_with_the_claim(client: Client, provider: oidc.Provider) -> None:
    come(client)
    user = User.objects.get(email="dana@city.example")
    provider.claims["groups"] = ["cityhall-paving"]
    provider.claims["realm"] = {"roles": ["chief"]}
    come(client)
    assert {row.role.code for row in user.memberships.all()} == {"crew", "administrator"}
    del provider.claims["realm"]
    come(client)
    assert {row.role.code for row in user.memberships.all()} == {"crew"}
    actions = list(AuditEntry.objects.filter(subject_id=user.id).values_list("action", flat=True))
    assert actions.count("identity.membership_added") == 3
    assert actions.count("identity.membership_removed") == 2


def test_who_lost_every_role_is_refused_and_signed_out_everywhere(client: Client, provider: oidc.Provider) -> None:
    come(client)
    assert is_in(client)
    provider.claims["groups"] = ["somebody-elses"]
    answer = come(Client())
    assert answer.status_code == 403
    assert "has no role at this desk" in answer.text
    assert not is_in(client)
    user = User.objects.get(email="dana@city.example")
    assert not user.is_staff
    assert {"kind": "single_sign_on", "subject": "4711"} in queries.account_data(Person(account=user.id))
    services.erase_person(Person(account=user.id))
    assert not SocialAccount.objects.exists()


def test_a_role_given_by_hand_stays(client: Client, provider: oidc.Provider) -> None:
    come(client)
    user = User.objects.get(email="dana@city.example")
    admin = queries.actor_of_account(make_person("administrator"))
    services.add_membership(actor=admin, user_id=user.id, role="editor")
    provider.claims["groups"] = []
    assert come(client)["Location"] == reverse("wagtailadmin_home")
    assert {row.role.code for row in user.memberships.all()} == {"editor"}


def test_a_stranger_without_a_role_leaves_no_account(client: Client, provider: oidc.Provider) -> None:
    provider.claims["groups"] = []
    assert come(client).status_code == 403
    assert not User.objects.filter(email="dana@city.example").exists()


def test_a_contractors_team_makes_a_contractors_person(client: Client, provider: oidc.Provider) -> None:
    today = clock.now().date()
    company = public.ensure_contractor(Terms("Pavers", today, today), teams=["paving"])
    provider.claims["groups"] = ["cityhall-paving"]
    come(client)
    actor = queries.actor_of_account(User.objects.get(email="dana@city.example"))
    assert actor.contractor == company
    assert actor.teams
    public.ensure_contractor(Terms("Pavers", today.replace(year=2001), today.replace(year=2001)), teams=["paving"])
    assert "Your access has ended" in come(Client()).text


# Whose account it is


def test_an_account_of_the_same_address_is_taken_over_only_when_the_provider_vouches_for_it(
    client: Client, provider: oidc.Provider
) -> None:
    chief = make_person("administrator", email="dana@city.example", password="long enough to be taken")
    for claim in (False, None, "true", 1):
        provider.claims["email_verified"] = claim
        if claim is None:
            del provider.claims["email_verified"]
        answer = come(client)
        assert answer.status_code == 403, claim
        assert "does not vouch for your e-mail address" in answer.text
    assert not SocialAccount.objects.exists()
    provider.claims["email_verified"] = True
    old = Client()
    sign_in(old, user=chief)
    come(client)
    assert SocialAccount.objects.get().user_id == chief.id
    assert not is_in(old), "sessions from before the link are over"


@pytest.mark.parametrize("here", [True, False])
def test_a_resident_whom_the_provider_makes_staff_comes_in_and_their_other_browsers_do_not(
    client: Client, provider: oidc.Provider, here: bool
) -> None:
    provider.claims["groups"] = []
    user = make_person(email="dana@city.example")
    SocialAccount.objects.create(user=user, provider=PROVIDER, uid=DANA["sub"])
    TOTP.activate(user, TOTP_SECRET)
    old = Client()
    for browser in (old, client) if here else (old,):
        sign_in(browser, user=user)
        own = browser.session.session_key
        UserSession.objects.create(user=user, ip="127.0.0.1", session_key=own, user_agent="x")
    provider.claims["groups"] = ["cityhall-dispatch"]
    come(client)
    assert is_in(client)
    assert old.get(reverse("account")).status_code == 302
    assert not queries.has_second_factor(user.id)


def test_a_second_person_with_the_same_address_gets_nothing(client: Client, provider: oidc.Provider) -> None:
    come(client)
    provider.claims["sub"] = "4712"
    answer = come(Client())
    assert answer.status_code == 403
    assert "Another person signs in with this e-mail address" in answer.text


def test_the_subject_counts_and_not_a_changed_address(client: Client, provider: oidc.Provider) -> None:
    come(client)
    make_person("administrator", email="chief@city.example")
    provider.claims["email"] = "chief@city.example"
    come(client)
    assert client.get(reverse("account")).context["person"].email == "dana@city.example"


def test_a_demo_account_is_nobodys(client: Client, provider: oidc.Provider) -> None:
    make_person("administrator", email="dana@city.example", is_demo=True)
    assert come(client).status_code == 403


def test_the_provider_is_then_the_only_way_in(client: Client) -> None:
    come(client)
    user = User.objects.get(email="dana@city.example")
    user.set_password("long enough to be taken")
    user.save()
    other = Client()
    form = {"login": user.email, "password": "long enough to be taken"}
    answer = other.post(reverse("staff-sign-in"), form, follow=True)
    assert "Use its button" in answer.text
    assert "_auth_user_id" not in other.session
    assert "Change the password" not in client.get(reverse("account")).text
    other.post(reverse("account_reset_password"), {"email": user.email})
    assert not [one for one in mail.outbox if "password/new" in one.body]


# What is refused


def later(**changes: Any) -> Any:
    return lambda claims: {**claims, **changes}


def unsigned(claims: dict[str, Any]) -> str:
    import base64
    import json

    parts = ({"alg": "none"}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in parts) + "."


@pytest.mark.parametrize(
    "spoil",
    [
        later(nonce="another"),
        later(iss="https://evil.example"),
        later(aud=["another"]),
        later(exp=int(time.time()) - 3600),
        later(azp="another"),
        lambda claims: {key: value for key, value in claims.items() if key != "nonce"},
        lambda claims: {key: value for key, value in claims.items() if key != "exp"},
        unsigned,
        lambda claims: tokens.encode({"alg": "HS256", "kid": "one"}, claims, OctKey.import_key(oidc.SECRET)),
        lambda claims: "rubbish",
    ],
)
def test_an_id_token_that_is_not_ours_lets_nobody_in(client: Client, provider: oidc.Provider, spoil: Any) -> None:
    provider.spoil = spoil
    answer = come(client)
    assert answer.status_code == 403
    assert "You are not signed in" in answer.text
    assert "_auth_user_id" not in client.session
    assert not User.objects.filter(email="dana@city.example").exists()


def test_a_token_signed_with_another_key_lets_nobody_in(client: Client, provider: oidc.Provider) -> None:
    provider.sign_with = oidc.new_key()
    assert come(client).status_code == 403


def test_user_info_of_another_person_lets_nobody_in(client: Client, provider: oidc.Provider) -> None:
    provider.told = {"sub": "999", "groups": ["cityhall-dispatch"]}
    assert come(client).status_code == 403


def test_user_info_cannot_overrule_what_is_signed(client: Client, provider: oidc.Provider) -> None:
    provider.told = {"sub": "4711", "groups": ["cityhall-dispatch"], "realm": {"roles": ["chief"]}, "email": "x@y.zz"}
    come(client)
    assert {row.role.code for row in User.objects.get(email="dana@city.example").memberships.all()} == {
        "dispatcher",
        "administrator",
    }


def test_a_callback_that_was_not_asked_for_lets_nobody_in(client: Client) -> None:
    back = oidc.follow(client.get(reverse("sso-start"))["Location"])
    query = dict(parse_qs(urlsplit(back).query))
    assert Client().get(urlsplit(back).path, query).status_code == 403, "another browser"
    assert client.get(urlsplit(back).path, {**query, "state": "rubbish"}).status_code == 403
    assert client.get(urlsplit(back).path, {"error": "access_denied", "state": query["state"]}).status_code == 403
    assert "_auth_user_id" not in client.session


def test_a_code_works_once(client: Client) -> None:
    back = oidc.follow(client.get(reverse("sso-start"))["Location"])
    query = dict(parse_qs(urlsplit(back).query))
    assert client.get(urlsplit(back).path, query).status_code == 302
    assert client.get(urlsplit(back).path, query).status_code == 403


def test_a_provider_that_is_away_is_said(client: Client, city: dict[str, Any]) -> None:
    city["discovery_url"] = "http://127.0.0.1:9/.well-known/openid-configuration"
    answer = client.get(reverse("sso-start"))
    assert answer.status_code == 503
    assert "cannot be reached right now" in answer.text


def test_who_did_not_finish_is_told_to_try_again_and_who_cannot_is_told_whom_to_ask(
    client: Client, provider: oidc.Provider, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("WARNING")
    state = parse_qs(urlsplit(client.get(reverse("sso-start"))["Location"]).query)["state"][0]
    stopped = client.get(reverse("sso-callback"), {"error": "access_denied", "state": state})
    assert "The sign-in was not completed. Try it again." in stopped.text
    provider.spoil = later(exp=int(time.time()) - 3600)
    late = come(client)
    assert "Tell your administrator: the city’s log says why." in late.text
    assert "Signature has expired" in caplog.text
    settings.CITYHALL_SSO_CLIENT_SECRET = "another secret"
    caplog.clear()
    assert "City login and this city do not agree" in come(client).text
    assert "invalid_client" in caplog.text


def test_a_provider_that_goes_away_meanwhile_is_said(client: Client, city: dict[str, Any]) -> None:
    back = oidc.follow(client.get(reverse("sso-start"))["Location"])
    city["discovery_url"] = "http://127.0.0.1:9/.well-known/openid-configuration"
    answer = client.get(urlsplit(back).path, dict(parse_qs(urlsplit(back).query)))
    assert (answer.status_code, "cannot be reached right now" in answer.text) == (503, True)


def test_they_come_back_into_their_own_language(client: Client, provider: oidc.Provider) -> None:
    provider.claims["groups"] = []
    client.cookies["django_language"] = "es"
    assert "No ha iniciado sesión" in come(client).text


def test_a_document_of_another_issuer_is_refused(client: Client, city: dict[str, Any]) -> None:
    city["issuer"] = "https://login.city.example"
    assert client.get(reverse("sso-start")).status_code == 503


def test_without_a_file_there_is_no_such_door(client: Client, settings: Any) -> None:
    settings.CITYHALL_SSO = {}
    assert client.get(reverse("sso-start")).status_code == 404
    assert client.get(reverse("sso-callback"), {"code": "x", "state": "y"}).status_code == 404
    assert "Or with a password" not in client.get(reverse("staff-sign-in")).text


# The file


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": ""}, "name is missing"),
        ({"discovery_url": "http://login.example/.well-known/openid-configuration"}, "must begin with https://"),
        ({"discovery_url": "https://login.example/"}, "must end with /.well-known/openid-configuration"),
        ({"second_factor": "never"}, "second_factor must be one of"),
        ({"email": "any"}, "email must be one of"),
        ({"hours": 0}, "hours must be a whole number"),
        ({"rolle": []}, "rolle is no key of it"),
        ({"role": []}, "without a [[role]]"),
        ({"role": [{"claim": "groups", "value": "x"}]}, "role is missing"),
        ({"role": [{"claim": "groups", "value": "x", "role": "crew", "tema": "x"}]}, "tema is no key of it"),
        ({"role": [{"claim": "groups", "value": 7, "role": "crew"}]}, "every value must be text"),
        ({"role": [{"claim": "groups", "value": "x", "role": "king"}]}, "there is no role 'king'"),
        ({"role": [{"claim": "g", "value": "x", "role": "crew", "team": "none"}]}, "there is no team 'none'"),
    ],
)
def test_doctor_says_what_is_wrong_with_the_file(settings: Any, city: dict[str, Any], change: dict, said: str) -> None:
    settings.CITYHALL_SSO = {**city, **change}
    assert any(said in problem for problem in queries.sso_problems()), queries.sso_problems()


def test_a_good_file_has_no_problems(settings: Any) -> None:
    assert queries.sso_problems() == []
    settings.CITYHALL_SSO_CLIENT_SECRET = ""
    assert "no client secret" in queries.sso_problems()[0]
