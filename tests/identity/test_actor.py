from __future__ import annotations

import pytest
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, TestCase
from tests.support.people import make_person, sign_in

from cityhall.apps.identity import public
from cityhall.apps.identity.web.middleware import ActorMiddleware
from cityhall.kernel.actors import Actor, ActorKind
from cityhall.kernel.django.access import actor_of

pytestmark = pytest.mark.django_db


def act(client: Client, path: str = "/anywhere/", **extra: str) -> tuple[Actor, HttpRequest]:
    """Run the middleware over a request with the client's session; return whom a view would see."""
    from django.contrib.auth.middleware import AuthenticationMiddleware

    request = RequestFactory().get(path, **{"HTTP_HOST": "localhost", **extra})
    request.COOKIES = {name: morsel.value for name, morsel in client.cookies.items()}
    seen: list[Actor] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(actor_of(request))
        return HttpResponse()

    inner = ActorMiddleware(view)
    SessionMiddleware(AuthenticationMiddleware(inner))(request)
    return seen[0], request


def test_a_stranger_is_nobody(client: Client) -> None:
    actor, _ = act(client)
    assert actor.kind is ActorKind.ANONYMOUS
    assert actor.permissions == frozenset()


def test_a_resident_has_an_account_and_no_permissions(client: Client) -> None:
    user = sign_in(client)
    actor, _ = act(client)
    assert (actor.kind, actor.id, actor.label) == (ActorKind.RESIDENT, user.id, "Resident")
    assert actor.permissions == frozenset()


def test_a_dispatcher_is_limited_to_the_department(client: Client) -> None:
    sign_in(client, "dispatcher", department="streets")
    actor, _ = act(client)
    assert actor.kind is ActorKind.STAFF
    assert actor.may("requests.assign")
    assert not actor.may("requests.configure")
    assert actor.departments == {row.id for row in public.departments() if row.code == "streets"}


def test_a_crew_is_limited_to_its_team(client: Client) -> None:
    sign_in(client, "crew", team="pothole-crew")
    actor, _ = act(client)
    assert actor.teams == {row.id for row in public.teams() if row.code == "pothole-crew"}
    assert actor.departments == frozenset()


def test_an_administrator_may_everything_everywhere(client: Client) -> None:
    sign_in(client, "administrator")
    actor, _ = act(client)
    assert actor.may("identity.manage")
    assert actor.may("requests.configure")
    assert not actor.departments
    assert not actor.teams


def test_staff_without_the_second_factor_are_nobody_and_even_the_plain_user_is_hidden(client: Client) -> None:
    sign_in(client, "administrator", second_factor=False)
    actor, request = act(client)
    assert actor.kind is ActorKind.ANONYMOUS
    assert not request.user.is_authenticated


def test_the_account_pages_still_know_them_so_that_they_can_set_one_up(client: Client) -> None:
    user = sign_in(client, "administrator", second_factor=False)
    for path in ("/account/second-factor/", "/es/account/second-factor/"):
        actor, request = act(client, path)
        assert request.user == user
        assert actor.kind is ActorKind.ANONYMOUS


def test_a_closed_account_is_nobody(client: Client) -> None:
    user = sign_in(client)
    user.is_active = False
    user.save()
    assert act(client)[0].kind is ActorKind.ANONYMOUS


def test_finding_the_actor_takes_session_user_and_memberships_and_nothing_when_unused(client: Client) -> None:
    sign_in(client, "dispatcher", department="streets")
    with TestCase().assertNumQueries(3):
        act(client)
    stranger = Client()
    with TestCase().assertNumQueries(0):
        act(stranger)


@pytest.mark.parametrize(
    "where",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"HTTP_HOST": "city.example"},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
    ],
)
def test_a_demo_account_is_refused_from_elsewhere_at_every_request(client: Client, settings, where) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    user = make_person("dispatcher", is_demo=True)
    sign_in(client, user=user)
    refused = client.get("/healthz", **where)
    assert refused.status_code == 403
    assert "Demo accounts work on this computer only" in refused.text


def test_a_demo_account_works_on_loopback(client: Client) -> None:
    sign_in(client, user=make_person("dispatcher", is_demo=True))
    assert client.get("/healthz", HTTP_HOST="127.0.0.1:8000").status_code == 200
    assert act(client)[0].kind is ActorKind.STAFF
