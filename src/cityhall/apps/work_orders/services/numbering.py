"""A request's number at a connected system: kept, and written into the request's history for the desk."""

from __future__ import annotations

import json

from cityhall.apps.service_requests import public as service_requests
from cityhall.apps.service_requests.contracts import Visibility
from cityhall.apps.work_orders.models import Connection, Delivery, Order
from cityhall.apps.work_orders.services.records import acting
from cityhall.kernel.georeport.contracts import Receipt

LONGEST = 120


def set_number(order: Order, connection: Connection, number: str) -> bool:
    """Keep the external number of an order that is locked; return whether it is new. The caller saves."""
    if not number or number == order.external_number:
        return False
    order.external_number = number
    service_requests.add_note(
        order.request_id,
        actor=acting(connection, "requests.work"),
        text=f"{connection.name}: {number}",
        visibility=Visibility.INTERNAL,
    )
    return True


def take_receipt(order: Order, receipt: Receipt) -> None:
    """Keep the number or the token that a GeoReport server has answered."""
    set_number(order, order.connection, receipt.service_request_id[:LONGEST])
    order.token = receipt.token[:LONGEST] or order.token
    order.save(update_fields=["external_number", "token"])


def take_from_answer(delivery: Delivery, answer: str) -> None:
    """Keep the number a receiver has put into its answer, as {"external_number": "WO-991"}. It need not."""
    if delivery.request_id is None:
        return
    try:
        number = json.loads(answer).get("external_number", "")
    except (ValueError, AttributeError, RecursionError):
        return
    if isinstance(number, str) and 0 < len(number.strip()) <= LONGEST and number.isprintable():
        order = Order.objects.select_for_update().get(connection=delivery.connection, request_id=delivery.request_id)
        if set_number(order, delivery.connection, number.strip()):
            order.save(update_fields=["external_number"])
