"""Handing requests out as files: to the public what the publication policy shows, to staff what they may see."""

from cityhall.apps.service_requests.exports.desk import calls_csv, desk_csv, long_exports, queue_csv
from cityhall.apps.service_requests.exports.files import FORMATS, export_file
from cityhall.apps.service_requests.exports.open_categories import live_categories
from cityhall.apps.service_requests.exports.open_data import live_requests
from cityhall.apps.service_requests.exports.open_events import live_events
from cityhall.apps.service_requests.exports.packs import export_category_pack

__all__ = [
    "FORMATS",
    "calls_csv",
    "desk_csv",
    "export_category_pack",
    "export_file",
    "live_categories",
    "live_events",
    "live_requests",
    "long_exports",
    "queue_csv",
]
