"""Reading another system's history: files become records, records become requests, the rest is handed back."""

from cityhall.apps.service_requests.imports.duplicates import judge_duplicates
from cityhall.apps.service_requests.imports.history import History, read_history
from cityhall.apps.service_requests.imports.records import Record
from cityhall.apps.service_requests.imports.run import Report, import_file

__all__ = ["History", "Record", "Report", "import_file", "judge_duplicates", "read_history"]
