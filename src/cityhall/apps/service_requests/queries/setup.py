"""What a live city should still set up in this room, for `cityhall doctor`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from cityhall.apps.service_requests.models import Category
from cityhall.apps.service_requests.queries.indexes import missing_indexes

_NAMED = 5


def missing() -> Iterator[str]:
    """Iterate over what is missing, each with its mend."""
    if indexes := missing_indexes():
        yield (
            f"{len(indexes)} indexes of requests are missing: a history is being imported, or its import was killed."
            " In that case the worker makes them within a minute. Start `cityhall worker`, or `serve`."
        )
    active = Category.objects.filter(is_active=True)
    if not active.filter(is_emergency=False).exists():
        yield (
            "There is no active category: nobody can report anything."
            " Load the categories that ship with `cityhall categories load`."
        )
    nobodys = active.filter(is_emergency=False, department__isnull=True).order_by("code")
    if count := nobodys.count():
        named = ", ".join(islice(nobodys.values_list("code", flat=True), _NAMED))
        more = f" and {count - _NAMED} more" if count > _NAMED else ""
        yield f"No department works on {named}{more}. Name one in the category pack, then load it again."
    endless = active.filter(is_emergency=False, target_days__isnull=True).count()
    if endless:
        yield f"{endless} categories have no target in business days: their work is never late. Set target_days."
