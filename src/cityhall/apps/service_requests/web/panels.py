"""Parts that other rooms add to a request's pages."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from cityhall.kernel.actors import Actor
from cityhall.kernel.offers import RequestPanel


def shown(panels: Iterable[RequestPanel], request_id: uuid.UUID, actor: Actor) -> list[dict[str, Any]]:
    """Return what other rooms say of the request, in their order."""
    found = [(panel.template, panel.context(request_id, actor)) for panel in sorted(panels, key=_order)]
    return [{"template": template, "context": context} for template, context in found if context is not None]


def _order(panel: RequestPanel) -> int:
    return panel.order
