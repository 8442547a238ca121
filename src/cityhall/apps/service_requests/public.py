"""What other rooms and the demo may ask of the service requests room."""

from cityhall.apps.service_requests.exports import desk_csv, export_category_pack, export_file
from cityhall.apps.service_requests.imports import History, Record, Report, import_file, judge_duplicates, read_history
from cityhall.apps.service_requests.queries import (
    catalogue_changed,
    categories,
    category_names,
    contact_of,
    definition,
    desk_queue,
    figures,
    one,
    published,
)
from cityhall.apps.service_requests.queries.estimates import filed_before, past_requests, waiting
from cityhall.apps.service_requests.queries.handing_over import handed_over, happened
from cityhall.apps.service_requests.queries.learning import Described, described
from cityhall.apps.service_requests.queries.records import ids_of, numbers_of, requests_at
from cityhall.apps.service_requests.queries.tallies import (
    Kind,
    open_ages,
    open_late,
    tallied_at,
    tallied_kinds,
    tallies,
)
from cityhall.apps.service_requests.rules import LIKELY, matching, points_of, suggested
from cityhall.apps.service_requests.rules.tallies import DAY_EDGES, quantile
from cityhall.apps.service_requests.services import (
    add_note,
    add_photos,
    add_up_tallies,
    as_it_is,
    close,
    file_request,
    recount_tallies,
    schedule,
    start,
    take_back,
)
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
    "DAY_EDGES",
    "LIKELY",
    "Described",
    "History",
    "Kind",
    "Record",
    "Report",
    "add_note",
    "add_photos",
    "add_up_tallies",
    "as_it_is",
    "bulk_load",
    "catalogue_changed",
    "categories",
    "category_names",
    "close",
    "contact_of",
    "definition",
    "described",
    "desk_csv",
    "desk_queue",
    "ensure_category",
    "export_category_pack",
    "export_file",
    "figures",
    "file_request",
    "filed_before",
    "handed_over",
    "happened",
    "ids_of",
    "import_file",
    "judge_duplicates",
    "load_category_pack",
    "log_call",
    "matching",
    "not_erased",
    "numbers_of",
    "one",
    "open_ages",
    "open_late",
    "past_requests",
    "points_of",
    "published",
    "quantile",
    "read_category_pack",
    "read_history",
    "recount_tallies",
    "requests_at",
    "schedule",
    "shipped_pack_digest",
    "start",
    "suggested",
    "take_back",
    "tallied_at",
    "tallied_kinds",
    "tallies",
    "waiting",
]
