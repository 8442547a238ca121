"""What the room does when the catalogue changes: it learns anew, in a job."""

from __future__ import annotations

from cityhall.apps.triage.services.learning import ask_to_learn
from cityhall.kernel.events import Event, Receiver

_KINDS = frozenset({"service_requests.categories_changed", "service_requests.category_configured"})


def learn_anew(event: Event) -> None:
    """Have the model learnt when the change is there to be read."""
    ask_to_learn()


catalogue = Receiver("triage.catalogue", _KINDS, learn_anew)
