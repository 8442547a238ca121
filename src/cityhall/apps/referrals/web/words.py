"""How the room says things."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from cityhall.apps.referrals.contracts import AnswerKind, BodyKind, Channel

KINDS: Mapping[str, Any] = {
    BodyKind.UTILITY: _("Utility"),
    BodyKind.STATE: _("State or county"),
    BodyKind.NEIGHBOUR: _("Another local government"),
    BodyKind.OWNER: _("Private owner"),
}
CHANNELS: Mapping[str, Any] = {
    Channel.MAIL: _("By e-mail, with a link to answer by"),
    Channel.CONNECTION: _("Through a connection: GeoReport or webhook"),
}
#: What a body chooses from.
ANSWERS: Mapping[str, Any] = {
    AnswerKind.DONE: _("It is done"),
    AnswerKind.SCHEDULED: _("It is planned for a day"),
    AnswerKind.NOT_OURS: _("It is not ours"),
    AnswerKind.MORE: _("We need to know more"),
}
