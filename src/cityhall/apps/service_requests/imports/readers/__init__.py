"""Readers: any file of records becomes a stream of rows, in memory that does not grow with the file.

What a file is, is told by its content, never by its name.
"""

from __future__ import annotations

from cityhall.apps.service_requests.imports.readers.opening import Opened, open_file

__all__ = ["Opened", "open_file"]
