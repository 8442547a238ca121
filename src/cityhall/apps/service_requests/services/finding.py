"""Keeping the words a request is found by in step with what the public may read of it."""

from __future__ import annotations

from cityhall.apps.service_requests import rules
from cityhall.apps.service_requests.contracts import Showing
from cityhall.apps.service_requests.models import ServiceRequest
from cityhall.apps.service_requests.queries.catalogue import policy_of


def index(request: ServiceRequest) -> None:
    """Set the words of a request anew. Does not save."""
    request.words = rules.public_words(
        number=request.number,
        category=rules.names_of(request.category.name),
        address=request.public_address,
        description=request.description,
        outcome_sentence=request.outcome_sentence,
        policy=policy_of(request.category),
        showing=Showing(request.showing),
        duplicate_of=request.duplicate_of.number if request.duplicate_of is not None else None,
    )
