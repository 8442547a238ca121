"""Reading another system's history: files become records, records become requests, the rest is handed back."""

from cityhall.apps.service_requests.imports.run import Report, import_file

__all__ = ["Report", "import_file"]
