"""Categories with their questions, requests with their history, and what surrounds them."""

from cityhall.apps.service_requests.models.catalogue import Category, CategoryGroup, Question
from cityhall.apps.service_requests.models.desk import BulkChange, Call, CallTopic, SavedFilter, Star
from cityhall.apps.service_requests.models.doubts import AbuseReport, Approval, Contest, Likeness
from cityhall.apps.service_requests.models.imports import ImportedRecord, ImportRun, QuarantinedRow
from cityhall.apps.service_requests.models.reaching import PHONE_DIGITS, PHONE_TAIL
from cityhall.apps.service_requests.models.requests import (
    HistoryEvent,
    NoteFile,
    Reporter,
    RequestPhoto,
    ServiceRequest,
    Supporter,
)
from cityhall.apps.service_requests.models.tallies import MapCell, MapChange, OpenTally, Tally, TallyChange, TallyState

__all__ = [
    "PHONE_DIGITS",
    "PHONE_TAIL",
    "AbuseReport",
    "Approval",
    "BulkChange",
    "Call",
    "CallTopic",
    "Category",
    "CategoryGroup",
    "Contest",
    "HistoryEvent",
    "ImportRun",
    "ImportedRecord",
    "Likeness",
    "MapCell",
    "MapChange",
    "NoteFile",
    "OpenTally",
    "QuarantinedRow",
    "Question",
    "Reporter",
    "RequestPhoto",
    "SavedFilter",
    "ServiceRequest",
    "Star",
    "Supporter",
    "Tally",
    "TallyChange",
    "TallyState",
]
