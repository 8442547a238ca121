"""Every set of scopes at every Open311 address, both read from the code."""

from __future__ import annotations

import re
from itertools import combinations
from typing import Any

import pytest
from django.test import Client

from cityhall.apps.identity.contracts import SCOPES
from cityhall.apps.identity.web.access_table import endpoints

pytestmark = pytest.mark.django_db

ADDRESSES = sorted({re.sub(r"\.\w+$", ".json", e.path) for e in endpoints() if e.route.startswith("open311/")})
GRANTS = [grant for size in range(1, len(SCOPES) + 1) for grant in combinations(SCOPES, size)]
WRITING = ("/v2/requests.json", "/v2/servicerequestupdates.json")


@pytest.mark.parametrize("grant", [None, (), *GRANTS], ids=str)
def test_a_key_opens_what_its_scopes_say_and_nothing_else(
    client: Client, key: Any, grant: tuple[str, ...] | None
) -> None:
    """None is no key at all, () a wrong one."""
    headers = (
        {} if grant is None else {"Authorization": f"Bearer {key(*grant, per_minute=1000) if grant else 'ch_no_key'}"}
    )
    assert sum(address.endswith(WRITING) for address in ADDRESSES) == 4, "the live and the test endpoint"
    for address in ADDRESSES:
        assert client.get(address, headers=headers).status_code not in {401, 403}, address
        answer = client.post(address, headers=headers)
        if not address.endswith(WRITING):
            assert answer.status_code in {404, 405}, address
        elif grant is None:
            assert answer.status_code == (403 if "updates" in address else 400), address
        else:
            assert answer.status_code == (400 if "open311.write" in grant else 403), address
