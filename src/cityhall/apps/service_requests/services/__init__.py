"""Writes of the room. Each is one transaction: rules decide, then rows, history, event, audit entry and result."""

from cityhall.apps.service_requests.services.bulk import apply_bulk, preview_bulk, undo
from cityhall.apps.service_requests.services.configuring import configure_category
from cityhall.apps.service_requests.services.filing import file_request
from cityhall.apps.service_requests.services.life import close, contest, refer, reopen, schedule, start
from cityhall.apps.service_requests.services.moderation import moderate
from cityhall.apps.service_requests.services.residents import me_too, report_abuse
from cityhall.apps.service_requests.services.work import (
    add_note,
    add_photos,
    assign,
    change_category,
    correct,
    merge,
    move_place,
)

__all__ = [
    "add_note",
    "add_photos",
    "apply_bulk",
    "assign",
    "change_category",
    "close",
    "configure_category",
    "contest",
    "correct",
    "file_request",
    "me_too",
    "merge",
    "moderate",
    "move_place",
    "preview_bulk",
    "refer",
    "reopen",
    "report_abuse",
    "schedule",
    "start",
    "undo",
]
