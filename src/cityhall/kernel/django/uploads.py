"""Taking files that are large: straight into the data folder as they come, and no further than a limit."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt, csrf_protect

View = Callable[..., HttpResponseBase]
_FORM_BYTES = 64 * 1024
"""What the form's other fields may take."""


class _Landed(TemporaryUploadedFile):
    """A file on the disk it will stay on, so that keeping it is a rename."""

    def __init__(self, folder: Path, name: str | None, content_type: str | None, charset: str | None) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = tempfile.NamedTemporaryFile(suffix=".upload", dir=folder)  # noqa: SIM115  # closed by Django
        UploadedFile.__init__(self, file, name, content_type, 0, charset)


class LimitedUpload(TemporaryFileUploadHandler):
    """Writes what comes into `folder`; past `most` bytes it reads on but keeps nothing."""

    def __init__(self, request: HttpRequest, folder: Path, most: int) -> None:
        super().__init__(request)
        self.folder, self.most, self.taken = folder, most, 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        FileUploadHandler.new_file(self, *args, **kwargs)
        self.file = _Landed(self.folder, self.file_name, self.content_type, self.charset)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep one piece, or stop keeping."""
        self.taken += len(raw_data)
        if self.taken > self.most:
            self.request.META[TOO_LARGE] = True  # type: ignore[union-attr]  # given to __init__
            raise StopUpload(connection_reset=False)
        try:
            self.file.write(raw_data)
        except OSError:
            with suppress(OSError):  # what is left in memory has no room either; the file goes all the same
                self.file.close()
            raise


TOO_LARGE = "cityhall.uploads.too_large"


def limited(folder: Callable[[], Path], most: int) -> Callable[[View], View]:
    """Let a view take files of at most `most` bytes. The form's token is checked, after the handler is in place.

    The view asks `is_too_large(request)` before it does anything: what was too large is not among its files, and
    of what was announced as too large nothing is read, neither the form's fields nor its token.
    """

    def decorate(view: View) -> View:
        checked = csrf_protect(view)

        @csrf_exempt
        @wraps(view)
        def taking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == "POST":
                request.upload_handlers = [LimitedUpload(request, folder(), most)]
                if _announced(request) > most + _FORM_BYTES:
                    request.META[TOO_LARGE] = True
                    # Nothing is read, so there is no token to check either; the view only says that it is too large.
                    # The form stays empty, so that a view that forgets to ask finds nothing to act upon.
                    request._mark_post_parse_error()  # type: ignore[attr-defined]  # Django's own for what is not read
                    return view(request, *args, **kwargs)
            return checked(request, *args, **kwargs)

        return taking

    return decorate


def is_too_large(request: HttpRequest) -> bool:
    """Say whether a file was left out because of its size."""
    return bool(request.META.get(TOO_LARGE))


def _announced(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
