from __future__ import annotations

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from cityhall.kernel.django.client_address import UNKNOWN, client_address, counted_sender

get = RequestFactory().get


def test_without_a_proxy_nobody_can_claim_another_address(settings: Settings) -> None:
    settings.BEHIND_PROXY = False
    request = get("/", REMOTE_ADDR="198.51.100.7", HTTP_X_FORWARDED_FOR="203.0.113.9")
    assert client_address(request) == "198.51.100.7"


def test_behind_our_proxy_only_what_it_appended_is_believed(settings: Settings) -> None:
    settings.BEHIND_PROXY = True
    request = get("/", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="192.0.2.1, made up, 203.0.113.9")
    assert client_address(request) == "203.0.113.9"
    assert client_address(get("/", REMOTE_ADDR="127.0.0.1")) == "127.0.0.1"


@given(claimed=st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=40))
def test_whatever_a_sender_writes_in_front_changes_nothing(claimed: str) -> None:
    from django.test import override_settings

    with override_settings(BEHIND_PROXY=True):
        request = get("/", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=f"{claimed}, 203.0.113.9")
        assert counted_sender(request) == "203.0.113.9"


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("203.0.113.9", "203.0.113.9"),
        ("", UNKNOWN),
        ("not an address", UNKNOWN),
    ],
)
def test_one_household_is_one_sender(address: str, counted: str, settings: Settings) -> None:
    settings.BEHIND_PROXY = False
    assert counted_sender(get("/", REMOTE_ADDR=address)) == counted
