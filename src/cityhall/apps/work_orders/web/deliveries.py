"""The desk's delivery log, and its replay buttons."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cityhall.apps.work_orders import queries, services
from cityhall.apps.work_orders.contracts import DeliveryFilter, DeliveryState
from cityhall.apps.work_orders.services.sending import TEST
from cityhall.apps.work_orders.web import words
from cityhall.kernel.django.access import actor_of, staff
from cityhall.kernel.django.acts import sent_from
from cityhall.kernel.errors import Invalid
from cityhall.kernel.ids import new_id


@staff(queries.MANAGE)
@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show the log, newest first, by connection, state and request."""
    actor = actor_of(request)
    asked = {name: request.GET.get(name, "").strip() for name in ("connection", "state", "number")}
    wanted = DeliveryFilter(
        connection=_uuid(asked["connection"]),
        state=DeliveryState(asked["state"]) if asked["state"] in set(DeliveryState) else None,
        number=asked["number"][:120],
    )
    found = queries.deliveries(wanted, actor, after=request.GET.get("after", ""))
    filters = {name: value for name, value in asked.items() if value}
    chosen = next((one for one in queries.connections(actor) if one.id == wanted.connection), None)
    context = {
        "rows": [(row, words.STATES[row.state], words.happening(row.kind)) for row in found.items],
        "asked": asked,
        "is_filtered": bool(filters),
        "connections": queries.connections(actor),
        "states": words.STATES,
        "chosen": chosen if chosen and chosen.given_up else None,
        "more": urlencode({**filters, "after": found.next}) if found.next else "",
        "command_id": new_id(),
    }
    return render(request, "work_orders/deliveries.html", context)


@staff(queries.MANAGE)
@never_cache
@require_safe
def one(request: HttpRequest, delivery_id: uuid.UUID) -> HttpResponse:
    """Show one delivery and its tries."""
    found = queries.delivery(delivery_id, actor_of(request))
    context = {
        "one": found,
        "state": words.STATES[found.state],
        "happened": words.happening(found.kind),
        "waits": found.state is DeliveryState.WAITING,
        "may_replay": found.kind != TEST,
        "command_id": new_id(),
    }
    return render(request, "work_orders/delivery.html", context)


@staff(queries.MANAGE)
@sent_from("desk-delivery", "delivery_id")
def replay(request: HttpRequest, delivery_id: uuid.UUID) -> HttpResponse:
    """Send one delivery again."""
    services.replay(delivery_id, actor=actor_of(request), command_id=_command(request))
    messages.success(request, _("It is sent again in a moment. Open this page again to see what was answered."))
    return redirect("desk-delivery", delivery_id=delivery_id)


@staff(queries.MANAGE)
@sent_from("desk-deliveries")
def replay_failed(request: HttpRequest, connection_id: uuid.UUID) -> HttpResponse:
    """Send everything again that was given up for a connection."""
    count = services.replay_failed(connection_id, actor=actor_of(request), command_id=_command(request))
    said = ngettext("%(count)d delivery is sent again.", "%(count)d deliveries are sent again.", count)
    messages.success(request, said % {"count": count})
    return redirect("desk-connection", connection_id=connection_id)


def _command(request: HttpRequest) -> uuid.UUID:
    found = _uuid(request.POST.get("command_id", ""))
    if found is None:
        raise Invalid({"command_id": _("Open the page again, then press the button.")})
    return found


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
