"""What the room's services say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from cityhall.apps.crews.contracts import Reason

REASONS: Mapping[Reason, Any] = {
    Reason.NO_ACCESS: _("No access: a locked gate, a closed street"),
    Reason.BLOCKED: _("A parked car or a thing is in the way"),
    Reason.WRONG_PLACE: _("It is in another place"),
    Reason.OTHER_TEAM: _("It needs another team"),
    Reason.MATERIAL: _("Material or a tool is missing"),
    Reason.UNSAFE: _("It was not safe to work"),
    Reason.OTHER: _("Something else"),
}
