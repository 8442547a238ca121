"""Sessions, cookies, hosts, passwords, error pages and log lines, as an attacker would try them."""

from __future__ import annotations

import io
import json
import logging
import logging.config
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client, RequestFactory
from django.urls import reverse
from tests.support.people import make_person, sign_in

from cityhall.kernel.django.logs import logging_config
from cityhall.kernel.django.pages import server_error

PASSWORD = "a-long-and-odd-phrase"


@pytest.mark.django_db
def test_a_session_planted_before_signing_in_is_worth_nothing_after(client: Client) -> None:
    user = make_person("dispatcher", password=PASSWORD, second_factor=False)
    client.get(reverse("staff-sign-in"))
    session = client.session
    session["planted"] = "yes"
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = planted
    answer = client.post(reverse("staff-sign-in"), {"login": user.email, "password": PASSWORD})
    assert answer.status_code == 302
    assert client.cookies["sessionid"].value != planted
    thief = Client()
    thief.cookies["sessionid"] = planted
    assert thief.get(reverse("account")).status_code == 302


@pytest.mark.django_db
def test_no_script_reads_the_session_and_no_other_site_sends_it(client: Client) -> None:
    user = make_person("dispatcher", password=PASSWORD, second_factor=False)
    client.post(reverse("staff-sign-in"), {"login": user.email, "password": PASSWORD})
    cookie = client.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"], cookie["domain"]) == (True, "Lax", "")


@pytest.mark.django_db
def test_the_other_cookies_are_as_careful(client: Client, settings: Any) -> None:
    settings.SECURE = True
    sign_in(client, "resident")
    client.post("/theme/", {"theme": "dark"})
    client.post("/account/language/", {"language": "es"})
    for name in ("theme", "django_language"):
        cookie = client.cookies[name]
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax"), name


ASK = """
import django, json
django.setup()
from django.conf import settings
from django.test import Client
live = Client(HTTP_HOST="city.example", raise_request_exception=False)
plain, safe = live.get("/static/none"), live.get("/static/none", secure=True)
print(json.dumps({
    "plain": [plain.status_code, plain.get("Location")],
    "hsts": safe.get("Strict-Transport-Security"),
    "session": settings.SESSION_COOKIE_SECURE, "csrf": settings.CSRF_COOKIE_SECURE,
    "names": [settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME],
    "others": settings.SECURE, "debug": settings.DEBUG,
}))
"""


def test_behind_https_nothing_is_said_in_the_clear(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "CITYHALL_DATA": str(tmp_path),
        "CITYHALL_PUBLIC_URL": "https://city.example",
        "CITYHALL_HOSTS": "city.example",
    }
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ASK], env=environment, capture_output=True, text=True, timeout=120
    )
    told = json.loads(ran.stdout.splitlines()[-1])
    assert told["plain"] == [301, "https://city.example/static/none"]
    assert int(told["hsts"].partition("max-age=")[2].partition(";")[0]) >= 31_536_000
    assert all(name.startswith("__Host-") for name in told["names"])
    assert (told["session"], told["csrf"], told["others"], told["debug"]) == (True, True, True, False)


@pytest.mark.django_db
@pytest.mark.parametrize("host", ["evil.example", "testserver@evil.example", "", "a b"])
def test_another_host_name_is_refused_before_any_link_is_made_of_it(host: str) -> None:
    answer = Client(raise_request_exception=False).get("/open311/v2/discovery.json", HTTP_HOST=host)
    assert answer.status_code == 400
    assert b"evil" not in answer.content
    answer = Client().get("/open311/v2/discovery.json", HTTP_X_FORWARDED_HOST="evil.example")
    assert b"evil" not in answer.content


@pytest.mark.parametrize("password", ["elevenchars", "password1234", "1234567890123", "rosamund.lee@c", "", "x7" * 65])
def test_passwords_that_others_guess_are_refused(password: str) -> None:
    from cityhall.apps.identity.models import User

    with pytest.raises(ValidationError):
        validate_password(password, User(email="rosamund.lee@city.example", name="Rosamund Lee"))


@pytest.mark.parametrize("password", ["correct horse battery", "ñandú y güiro 🎵 largo", "x7" * 64])
def test_long_passwords_of_any_signs_are_taken(password: str) -> None:
    validate_password(password)


def test_an_error_page_tells_its_number_and_nothing_else(rf: RequestFactory) -> None:
    request = rf.get("/")
    try:
        raise RuntimeError("the-inner-detail")
    except RuntimeError:
        page = server_error(request).content.decode()
    assert "the-inner-detail" not in page
    assert "Traceback" not in page


def test_no_input_begins_a_line_of_its_own_in_the_log() -> None:
    out = io.StringIO()
    config = logging_config("INFO")
    config["handlers"]["stderr"]["stream"] = out
    config |= {"root": {}, "loggers": {"injected": {"handlers": ["stderr"], "level": "INFO"}}}
    logging.config.dictConfig(config)
    forged = 'x\r\n{"event": "signed in", "level": "info"}\u2028\x1b[31m'
    logging.getLogger("injected").info("failed for %s", forged, extra={"view": forged})
    [line] = out.getvalue().splitlines()
    assert json.loads(line)["view"].startswith("x\r\n")
    assert "\x1b" not in line
