"""What other rooms and the demo may ask of the service requests room."""

from cityhall.apps.service_requests.exports import desk_csv, export_category_pack, export_file
from cityhall.apps.service_requests.imports import History, Record, Report, import_file, read_history
from cityhall.apps.service_requests.queries import categories, contact_of, definition, figures, one, published
from cityhall.apps.service_requests.queries.handing_over import handed_over, happened
from cityhall.apps.service_requests.queries.records import ids_of, numbers_of, requests_at
from cityhall.apps.service_requests.services import add_note, close, file_request, schedule, start
from cityhall.apps.service_requests.services.calls import log_call
from cityhall.apps.service_requests.services.category_packs import (
    ensure_category,
    load_category_pack,
    read_category_pack,
    shipped_pack_digest,
)
from cityhall.apps.service_requests.services.loading import bulk_load
from cityhall.apps.service_requests.services.personal import not_erased

__all__ = [
    "History",
    "Record",
    "Report",
    "add_note",
    "bulk_load",
    "categories",
    "close",
    "contact_of",
    "definition",
    "desk_csv",
    "ensure_category",
    "export_category_pack",
    "export_file",
    "figures",
    "file_request",
    "handed_over",
    "happened",
    "ids_of",
    "import_file",
    "load_category_pack",
    "log_call",
    "not_erased",
    "numbers_of",
    "one",
    "published",
    "read_category_pack",
    "read_history",
    "requests_at",
    "schedule",
    "shipped_pack_digest",
    "start",
]
