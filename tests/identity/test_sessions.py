"""Where people are signed in: seen and ended, one by one or all, by themselves and by an administrator."""

from __future__ import annotations

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse
from tests.support.people import make_person, sign_in

from cityhall.apps.identity import queries, services
from cityhall.apps.identity.models import User
from cityhall.kernel.actors import ANONYMOUS
from cityhall.kernel.django.models import AuditEntry
from cityhall.kernel.errors import NotAllowed, NotFound

pytestmark = pytest.mark.django_db
PASSWORD = "long enough to be taken"


def browser_of(user: User, name: str) -> Client:
    """A signed-in browser that the list of sessions knows."""
    client = Client(HTTP_USER_AGENT=name)
    sign_in(client, user=user)
    UserSession.objects.create(user=user, ip="127.0.0.1", session_key=client.session.session_key, user_agent=name)
    return client


def is_in(client: Client) -> bool:
    return client.get(reverse("account")).status_code == 200


def test_a_person_sees_their_browsers_and_ends_one() -> None:
    user = make_person()
    phone, laptop = browser_of(user, "Phone"), browser_of(user, "Laptop")
    stranger = browser_of(make_person(), "Stranger's")
    page = laptop.get(reverse("usersessions_list")).text
    assert "Phone" in page
    assert "This browser" in page
    assert "Stranger" not in page
    row = next(one for one in queries.sessions_of(user.id) if one.browser == "Phone")
    laptop.post(reverse("usersessions_list"), {"end": str(row.id)})
    assert not is_in(phone)
    assert is_in(laptop)
    assert is_in(stranger)


def test_a_person_ends_all_others_or_all() -> None:
    user = make_person("crew")
    phone, laptop, tablet = (browser_of(user, name) for name in ("Phone", "Laptop", "Tablet"))
    laptop.post(reverse("usersessions_list"), {"end": "others"})
    assert [is_in(one) for one in (phone, laptop, tablet)] == [False, True, False]
    again = browser_of(user, "Phone")
    answer = laptop.post(reverse("usersessions_list"), {"end": "all"}, follow=True)
    assert "You are signed out everywhere." in answer.text
    assert [is_in(one) for one in (again, laptop)] == [False, False]
    assert AuditEntry.objects.filter(action="identity.sessions_ended").count() == 2


@pytest.mark.parametrize("end", ["", "rubbish", "99999999", "²"])
def test_a_session_that_is_not_theirs_is_not_found(client: Client, end: str) -> None:
    stranger = browser_of(make_person(), "Stranger's")
    sign_in(client)
    theirs = str(UserSession.objects.get().pk)
    for one in (end, theirs):
        assert client.post(reverse("usersessions_list"), {"end": one}).status_code == 404
    assert is_in(stranger)


def test_an_administrator_ends_a_colleagues_sessions(client: Client) -> None:
    sign_in(client, "administrator")
    user = make_person("crew", name="Tom")
    phone, laptop = browser_of(user, "Phone"), browser_of(user, "Laptop")
    address = reverse("desk-person-sessions", args=[user.id])
    assert "Phone" in client.get(address).text
    row = next(one for one in queries.sessions_of(user.id) if one.browser == "Phone")
    client.post(address, {"end": str(row.id)})
    assert [is_in(phone), is_in(laptop)] == [False, True]
    client.post(address, {"end": "others"})
    assert not is_in(laptop)
    assert "signed in nowhere" in client.get(address).text
    assert client.get(reverse("desk-person-sessions", args=[make_person().id])).status_code == 404


def test_an_administrator_stays_signed_in_here_when_they_end_their_own(client: Client) -> None:
    admin = make_person("administrator")
    here, there = browser_of(admin, "Here"), browser_of(admin, "There")
    here.post(reverse("desk-person-sessions", args=[admin.id]), {"end": "others"})
    assert [is_in(here), is_in(there)] == [True, False]


def test_nobody_else_ends_sessions() -> None:
    user = make_person("crew")
    boss = queries.actor_of_account(make_person("supervisor"))
    with pytest.raises(NotAllowed):
        services.end_sessions(actor=boss, user_id=user.id)
    with pytest.raises(NotAllowed):
        services.end_sessions(actor=ANONYMOUS, user_id=user.id)
    admin = queries.actor_of_account(make_person("administrator"))
    with pytest.raises(NotFound):
        services.end_sessions(actor=admin, user_id=admin.id, session_id=1)


def test_a_new_password_signs_out_everywhere() -> None:
    user = make_person("crew", password=PASSWORD)
    phone, laptop = browser_of(user, "Phone"), browser_of(user, "Laptop")
    form = {"oldpassword": PASSWORD, "password1": "quite another one", "password2": "quite another one"}
    assert laptop.post(reverse("account_change_password"), form).status_code == 302
    user.refresh_from_db()
    assert user.check_password("quite another one")
    assert [is_in(phone), is_in(laptop)] == [False, False]
    assert queries.sessions_of(user.id) == []
