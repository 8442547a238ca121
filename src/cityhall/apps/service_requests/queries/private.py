"""The reporter's own door: a private token instead of a number."""

from __future__ import annotations

import uuid

from cityhall.apps.service_requests.models import Reporter
from cityhall.apps.service_requests.queries.reading import missing, token_hashes


def request_of_token(token: str) -> uuid.UUID:
    """Return the id of the request a private token opens. Raises NotFound."""
    found = (
        Reporter.objects.filter(private_token_hash__in=token_hashes(token)).values_list("request_id", flat=True).first()
    )
    if found is None:
        raise missing()
    return found
