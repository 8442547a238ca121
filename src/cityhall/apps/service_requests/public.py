"""What other rooms and the demo may ask of the service requests room."""

from cityhall.apps.service_requests.exports import desk_csv, export_category_pack, export_file
from cityhall.apps.service_requests.imports import History, Record, Report, import_file, judge_duplicates, read_history
from cityhall.apps.service_requests.queries import (
    catalogue_changed,
    categories,
    category_names,
    contact_of,
    definition,
    desk_one,
    desk_queue,
    figures,
    one,
    published,
)
from cityhall.apps.service_requests.queries.district import (
    AreaSpan,
    KindCounts,
    OfficeCase,
    addresses_filed,
    area_span,
    cases_of_office,
    oldest_open,
)
from cityhall.apps.service_requests.queries.estimates import filed_before, past_requests, waiting
from cityhall.apps.service_requests.queries.handing_over import (
    awaits_approval,
    handed_over,
    happened,
    happened_each,
    named_referrals,
)
from cityhall.apps.service_requests.queries.learning import Described, described
from cityhall.apps.service_requests.queries.records import ids_of, numbers_of, requests_at
from cityhall.apps.service_requests.queries.routing import (
    FiledOne,
    closed_by_team,
    filed_between,
    open_by_team,
)
from cityhall.apps.service_requests.queries.rows import stood_for
from cityhall.apps.service_requests.queries.tallies import (
    Kind,
    open_ages,
    open_late,
    tallied_at,
    tallied_kinds,
    tallied_until,
    tallies,
    tallies_are_behind,
)
from cityhall.apps.service_requests.rules import LIKELY, matching, points_of, suggested
from cityhall.apps.service_requests.rules.ready import Choice as ReadyChoice
from cityhall.apps.service_requests.rules.ready import choices as ready_choices
from cityhall.apps.service_requests.rules.ready import other_language
from cityhall.apps.service_requests.rules.tallies import DAY_EDGES, quantile
from cityhall.apps.service_requests.services import (
    add_note,
    add_photos,
    add_up_tallies,
    as_it_is,
    close,
    file_request,
    put_back,
    recount_tallies,
    schedule,
    start,
    take_back,
)
from cityhall.apps.service_requests.services.calls import join_for_caller, log_call
from cityhall.apps.service_requests.services.category_packs import (
    ensure_category,
    load_category_pack,
    look_at_category_pack,
    read_category_pack,
    shipped_pack_digest,
)
from cityhall.apps.service_requests.services.configuring import approve_closings, give_category
from cityhall.apps.service_requests.services.loading import bulk_load
from cityhall.apps.service_requests.services.personal import not_erased
from cityhall.apps.service_requests.services.routing import Nearing, escalate_due, look_again

__all__ = [
    "DAY_EDGES",
    "LIKELY",
    "AreaSpan",
    "Described",
    "FiledOne",
    "History",
    "Kind",
    "KindCounts",
    "Nearing",
    "OfficeCase",
    "ReadyChoice",
    "Record",
    "Report",
    "add_note",
    "add_photos",
    "add_up_tallies",
    "addresses_filed",
    "approve_closings",
    "area_span",
    "as_it_is",
    "awaits_approval",
    "bulk_load",
    "cases_of_office",
    "catalogue_changed",
    "categories",
    "category_names",
    "close",
    "closed_by_team",
    "contact_of",
    "definition",
    "described",
    "desk_csv",
    "desk_one",
    "desk_queue",
    "ensure_category",
    "escalate_due",
    "export_category_pack",
    "export_file",
    "figures",
    "file_request",
    "filed_before",
    "filed_between",
    "give_category",
    "handed_over",
    "happened",
    "happened_each",
    "ids_of",
    "import_file",
    "join_for_caller",
    "judge_duplicates",
    "load_category_pack",
    "log_call",
    "look_again",
    "look_at_category_pack",
    "matching",
    "named_referrals",
    "not_erased",
    "numbers_of",
    "oldest_open",
    "one",
    "open_ages",
    "open_by_team",
    "open_late",
    "other_language",
    "past_requests",
    "points_of",
    "published",
    "put_back",
    "quantile",
    "read_category_pack",
    "read_history",
    "ready_choices",
    "recount_tallies",
    "requests_at",
    "schedule",
    "shipped_pack_digest",
    "start",
    "stood_for",
    "suggested",
    "take_back",
    "tallied_at",
    "tallied_kinds",
    "tallied_until",
    "tallies",
    "tallies_are_behind",
    "waiting",
]
