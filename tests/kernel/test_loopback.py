"""What counts as this very machine."""

from __future__ import annotations

import pytest

from cityhall.kernel.django import loopback


@pytest.mark.parametrize(
    ("address", "host", "forwarded", "local"),
    [
        ("127.0.0.1", "127.0.0.1:8000", False, True),
        ("127.0.0.1", "localhost", False, True),
        ("::1", "[::1]:8000", False, True),
        ("::ffff:127.0.0.1", "localhost:8000", False, True),
        ("127.0.0.1", "city.example", False, False),
        ("192.0.2.7", "localhost", False, False),
        ("127.0.0.1", "localhost", True, False),
        ("", "localhost", False, False),
        ("127.0.0.1", "localhost.city.example", False, False),
        ("127.0.0.1", "", False, False),
    ],
)
def test_loopback_needs_both_ends_on_this_machine(address: str, host: str, forwarded: bool, local: bool) -> None:
    assert loopback.is_loopback(address, host, forwarded) is local
