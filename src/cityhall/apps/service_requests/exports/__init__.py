"""Handing requests out as files: to the public what the publication policy shows, to staff what they may see."""

from cityhall.apps.service_requests.exports.desk import desk_csv, queue_csv
from cityhall.apps.service_requests.exports.files import FORMATS, export_file

__all__ = ["FORMATS", "desk_csv", "export_file", "queue_csv"]
