"""What other rooms and the demo may ask of the service requests room."""

from cityhall.apps.service_requests.exports import desk_csv, export_file
from cityhall.apps.service_requests.imports import Report, import_file
from cityhall.apps.service_requests.queries import categories, definition, one, published
from cityhall.apps.service_requests.services import file_request

__all__ = [
    "Report",
    "categories",
    "definition",
    "desk_csv",
    "export_file",
    "file_request",
    "import_file",
    "one",
    "published",
]
