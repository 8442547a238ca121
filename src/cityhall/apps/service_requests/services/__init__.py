"""Writes of the room. Each is one transaction: rules decide, then rows, history, event, audit entry and result."""

from cityhall.apps.service_requests.services.approving import approve, send_back
from cityhall.apps.service_requests.services.bulk import apply_bulk, preview_bulk, undo
from cityhall.apps.service_requests.services.calls import file_for_caller, join_for_caller, log_call, set_topics
from cityhall.apps.service_requests.services.configuring import configure_category
from cityhall.apps.service_requests.services.contesting import contest, settle
from cityhall.apps.service_requests.services.covering import cover_photo, erase_original, uncover_photo
from cityhall.apps.service_requests.services.filing import file_request
from cityhall.apps.service_requests.services.life import close, refer, reopen, schedule, start, take_back
from cityhall.apps.service_requests.services.merging import merge, merged_words
from cityhall.apps.service_requests.services.moderation import moderate
from cityhall.apps.service_requests.services.putting_back import put_back
from cityhall.apps.service_requests.services.recounting import add_up_tallies, recount_tallies
from cityhall.apps.service_requests.services.residents import me_too, report_abuse
from cityhall.apps.service_requests.services.shortlist import shortlist
from cityhall.apps.service_requests.services.watching import as_it_is, looks_like, reported
from cityhall.apps.service_requests.services.work import (
    add_note,
    add_photos,
    assign,
    change_category,
    correct,
    move_place,
    prioritise,
)

__all__ = [
    "add_note",
    "add_photos",
    "add_up_tallies",
    "apply_bulk",
    "approve",
    "as_it_is",
    "assign",
    "change_category",
    "close",
    "configure_category",
    "contest",
    "correct",
    "cover_photo",
    "erase_original",
    "file_for_caller",
    "file_request",
    "join_for_caller",
    "log_call",
    "looks_like",
    "me_too",
    "merge",
    "merged_words",
    "moderate",
    "move_place",
    "preview_bulk",
    "prioritise",
    "put_back",
    "recount_tallies",
    "refer",
    "reopen",
    "report_abuse",
    "reported",
    "schedule",
    "send_back",
    "set_topics",
    "settle",
    "shortlist",
    "start",
    "take_back",
    "uncover_photo",
    "undo",
]
