"""What rooms above service requests know of one: panels, finders, advice, bodies, offices."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cityhall.kernel.actors import Actor
from cityhall.kernel.registry import Registry
from cityhall.kernel.slots import Slot


@dataclass(frozen=True, slots=True)
class RequestPanel:
    """A part that a room adds to a service request's page at the desk.

    Args:
        key: unique name.
        template: what draws it: a section with a heading of the class "as-h3".
        context: what the template is given, by the request's id and whoever looks; None leaves the panel out.
        order: lower comes first.
    """

    key: str
    template: str
    context: Callable[[uuid.UUID, Actor], Mapping[str, Any] | None]
    order: int = 50


request_panels: Registry[RequestPanel] = Registry("request panels", key=lambda panel: panel.key)


#: What rooms add to a request's public page: the same as at the desk, for whoever looks.
public_request_panels: Registry[RequestPanel] = Registry("public request panels", key=lambda panel: panel.key)


@dataclass(frozen=True, slots=True)
class ReferralBody:
    """Somebody outside the city whom requests are referred to. `name` is a translated text."""

    id: uuid.UUID
    name: Mapping[str, str]


referral_bodies: Slot[Sequence[ReferralBody]] = Slot("referral bodies")
referral_bodies.fill(tuple)


@dataclass(frozen=True, slots=True)
class FilingOffice:
    """An office that files for people who turn to it, such as a council member's.

    It keeps who they are only where they agreed. `name` is a translated text.
    """

    id: uuid.UUID
    name: Mapping[str, str]


def _no_office(actor: Actor) -> FilingOffice | None:
    return None


#: Returns the office somebody files for, None for everybody else.
filing_office: Slot[Callable[[Actor], FilingOffice | None]] = Slot("filing office")
filing_office.fill(lambda: _no_office)


@dataclass(frozen=True, slots=True)
class RequestFinder:
    """Finds service requests for the desk's search by words that another room keeps.

    `find` takes what was typed and returns few ids; the search shows only those among the actor's work.
    """

    key: str
    find: Callable[[str], Collection[uuid.UUID]]


request_finders: Registry[RequestFinder] = Registry("request finders", key=lambda finder: finder.key)


@dataclass(frozen=True, slots=True)
class Advice:
    """A category that words may mean, by its code, and how likely it is: from 0 to 1."""

    code: str
    confidence: float


Advisor = Callable[[str, Mapping[str, float], float | None, float | None], Sequence[Advice]]
"""Takes a resident's words, how well a search by words fits each category, and the place where it is known.

Returns categories, best first, or nothing.
"""


def _no_advice(
    words: str, points: Mapping[str, float], lat: float | None = None, lon: float | None = None
) -> Sequence[Advice]:
    return ()


category_advisor: Slot[Advisor] = Slot("category advisor")
category_advisor.fill(lambda: _no_advice)
