"""What the room keeps about people: who works in which office. Whom an office filed for is kept with the calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cityhall.apps.offices.models import Member
from cityhall.kernel.offers import Person


def export(person: Person) -> Iterator[dict[str, Any]]:
    """Iterate over the offices the person works in."""
    for row in Member.objects.select_related("office").filter(user_id=person.account) if person.account else ():
        yield {"office": row.office.name}


def erase(person: Person) -> int:
    """Take the person out of their office."""
    return Member.objects.filter(user_id=person.account).delete()[0] if person.account else 0
