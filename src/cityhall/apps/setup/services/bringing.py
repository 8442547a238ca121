"""Map files a browser brings: kept in the data folder, loaded by a background job, then forgotten.

A refusal is told in the language of whoever brought the file.
"""

from __future__ import annotations

import json
import logging
import re
import shutil
import time
import uuid
from collections.abc import Mapping
from pathlib import Path

from django.db import transaction
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app as jobs

from cityhall.apps.setup import queries, rules
from cityhall.apps.setup.contracts import MapFile
from cityhall.apps.setup.models import Upload
from cityhall.apps.setup.services import answering
from cityhall.kernel import clock
from cityhall.kernel.errors import Invalid, NotFound
from cityhall.kernel.ids import new_id

LOAD = "setup.load_upload"
_log = logging.getLogger(__name__)
_TELL_SECONDS = 0.5


def take(file: Path, *, kind: str, name: str, options: Mapping[str, str]) -> uuid.UUID:
    """Move a received file to where it waits, and have it loaded; return the upload's id.

    Args:
        options: "column" and "value" of the rows wanted, "crs", and "code" and "title" of areas and assets.

    Raises:
        Invalid: fields "kind", "column", "code".
    """
    if kind not in rules.MAP_KINDS:
        raise Invalid({"kind": _("Choose what the file holds.")})
    if bool(options.get("column")) != bool(options.get("value")):
        raise Invalid({"column": _("Give both the column and the value, or neither.")})
    if kind == "assets" and not options.get("code"):
        raise Invalid({"code": _("Give the layer's code, for example streetlights.")})
    if not file.stat().st_size:
        raise Invalid({"file": _("This file is empty. Choose another.")})
    upload_id, name = new_id(), name[-200:]
    target = queries.upload_folder(upload_id)
    target.mkdir(parents=True, mode=0o700)
    file.replace(target / _safe(name))
    with transaction.atomic():
        wanted = {**options, "language": get_language() or "en"}
        Upload.objects.create(id=upload_id, kind=kind, name=name, options=wanted, at=clock.now())
        jobs.configure_task(LOAD, queue="setup", lock=f"{LOAD} {upload_id}").defer(upload_id=str(upload_id))
    return upload_id


def _safe(name: str) -> str:
    """Return a file's name without anything a path could be made of."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", name)[-100:].lstrip(".") or "file"


def load(upload_id: uuid.UUID) -> None:
    """Load a waiting file. What became of it is in its row; the file is removed.

    One that was running is begun again: its worker died, and its transaction with it. Two never run at once, for the
    job holds a lock of the upload's own.
    """
    if not Upload.objects.filter(id=upload_id, state__in=("waiting", "running")).update(state="running"):
        return  # an earlier run finished it, or somebody removed it
    row = Upload.objects.get(id=upload_id)
    given = row.options
    wanted = MapFile(
        queries.upload_folder(upload_id) / _safe(row.name),
        row.kind,
        {given["column"]: given["value"]} if given.get("column") else {},
        given.get("crs", ""),
        given.get("code", ""),
        given.get("title", ""),
    )
    told = _Teller(upload_id)
    try:
        with override(given.get("language", "en")):
            done = answering.load_map(wanted, again=True, steps=told)
        Upload.objects.filter(id=upload_id).update(state="done", report=dict(done.counts))
    except Invalid as refused:
        Upload.objects.filter(id=upload_id).update(state="failed", problem=str(refused))
    except Exception:
        _log.exception("a map file could not be loaded")
        Upload.objects.filter(id=upload_id).update(state="failed", problem="")
    finally:
        _forget(upload_id)


def remove(upload_id: uuid.UUID) -> None:
    """Take an upload off the list; what it loaded stays loaded. Raises NotFound when it is not there."""
    row = Upload.objects.filter(id=upload_id).first()
    if row is None:
        raise NotFound(_("This file is not in the list any more."))
    _forget(upload_id)
    row.delete()


def _forget(upload_id: uuid.UUID) -> None:
    shutil.rmtree(queries.upload_folder(upload_id), ignore_errors=True)
    queries.step_file(upload_id).unlink(missing_ok=True)


class _Teller:
    """Writes down how far an import is, not more than twice a second."""

    def __init__(self, upload_id: uuid.UUID) -> None:
        self._file, self._last, self._what = queries.step_file(upload_id), 0.0, ""

    def __call__(self, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if what == self._what and now - self._last < _TELL_SECONDS:
            return
        self._last, self._what = now, what
        part = self._file.with_suffix(".part")
        part.write_text(json.dumps([what, done, total]), encoding="utf-8")
        part.replace(self._file)
