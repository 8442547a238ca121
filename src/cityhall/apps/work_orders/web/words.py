"""What the room's states are called on the pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cityhall.apps.work_orders.contracts import DeliveryState, IncomingState, Kind, WorkStatus

KINDS: Mapping[Kind, Any] = {Kind.WEBHOOK: _("Webhook"), Kind.GEOREPORT: "GeoReport v2"}
STATES: Mapping[DeliveryState, Any] = {
    DeliveryState.WAITING: _("Waiting"),
    DeliveryState.DELIVERED: _("Delivered"),
    DeliveryState.GIVEN_UP: _("Given up"),
}
INCOMING: Mapping[IncomingState, Any] = {
    IncomingState.APPLIED: _("Applied"),
    IncomingState.LATE: _("Late, not applied"),
    IncomingState.REFUSED: _("Refused"),
}
CLOSED_MEANS = (
    ("", _("The desk decides")),
    ("fixed", _("It is fixed")),
    ("cannot_be_done", _("It cannot be done")),
)
_STATUSES: Mapping[str, Any] = {
    WorkStatus.ACCEPTED: _("Accepted"),
    WorkStatus.SCHEDULED: _("Scheduled"),
    WorkStatus.IN_PROGRESS: _("In progress"),
    WorkStatus.DONE: _("Done"),
    WorkStatus.CANNOT_DO: _("Cannot do"),
}
_HAPPENINGS: Mapping[str, Any] = {
    "received": _("Received"),
    "assigned": _("Assigned"),
    "category_changed": _("Category changed"),
    "moved": _("Place changed"),
    "scheduled": _("Scheduled"),
    "started": _("Started"),
    "referred": _("Referred"),
    "taken_back": _("Back with the city"),
    "put_back": _("Back in the queue"),
    "noted": _("Note"),
    "closed": _("Closed"),
    "reopened": _("Opened again"),
    "contested": _("Contested"),
    "undone": _("Taken back"),
    "erased": _("Personal data erased"),
    "test": pgettext_lazy("delivery", "Test"),
}


def status(word: str) -> Any:
    """Return what a state over there is called, "" for none."""
    return _STATUSES.get(word, "")


def happening(kind: str) -> Any:
    """Return what a delivery tells of."""
    return _HAPPENINGS.get(kind, kind)
