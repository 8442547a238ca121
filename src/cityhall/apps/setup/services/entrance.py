"""The code that opens the pages at /setup/, the key that keeps them open for one browser, and closing them for ever."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from cityhall.apps.setup import queries, rules
from cityhall.apps.setup.models import Progress
from cityhall.apps.setup.services.answering import ACTOR
from cityhall.kernel import clock
from cityhall.kernel.django import audit
from cityhall.kernel.errors import Invalid, NotFound

CODE_HOURS = 24


def make_code() -> str:
    """Open the pages at /setup/ and return the code to enter there once; every earlier code and session is worthless.

    Raises:
        NotFound: the set-up was finished; the pages stay closed.
    """
    code = secrets.token_urlsafe(18)
    with transaction.atomic():
        Progress.objects.get_or_create(id=1)
        row = Progress.objects.select_for_update().get(id=1)
        if row.finished_at is not None:
            raise NotFound("The set-up is finished and its pages are closed for ever. Use `cityhall init` instead.")
        row.code_hash, row.code_made_at, row.key_hash = rules.digest(code), clock.now(), ""
        row.save()
        audit.record(ACTOR, "setup.code_made", subject_kind="setup", subject_id=None)
    return code


def enter(code: str) -> str:
    """Use up the code and return the key for the browser's session.

    Raises:
        Invalid: field "code": it is not the code, was used, or is too old.
    """
    with transaction.atomic():
        row = Progress.objects.select_for_update().filter(id=1, finished_at__isnull=True).first()
        good = row is not None and bool(row.code_hash) and secrets.compare_digest(row.code_hash, rules.digest(code))
        if row is None or not good or row.code_made_at is None:
            raise Invalid(
                {"code": _("This is not the code, or it was used. Get a new one with: cityhall init --web")}
            )  # fmt: skip
        if clock.now() - row.code_made_at > timedelta(hours=CODE_HOURS):
            raise Invalid({"code": _("This code is too old. Get a new one with: cityhall init --web")})
        key = secrets.token_urlsafe(32)
        row.code_hash, row.key_hash = "", rules.digest(key)
        row.save(update_fields=["code_hash", "key_hash"])
        audit.record(ACTOR, "setup.entered", subject_kind="setup", subject_id=None)
    return key


def finish() -> None:
    """Close the pages at /setup/ for ever.

    Raises:
        Invalid: fields "name", "categories", "administrator": a city cannot open without.
    """
    standing = queries.standing()
    problems = {}
    if not standing.name:
        problems["name"] = _("The city has no name yet.")
    if not standing.counts["categories"]:
        problems["categories"] = _("There are no categories yet: nobody could report anything.")
    if not standing.administrators:
        problems["administrator"] = _("There is no administrator yet: nobody could invite staff.")
    if problems:
        raise Invalid(problems)
    with transaction.atomic():
        Progress.objects.get_or_create(id=1)
        row = Progress.objects.select_for_update().get(id=1)
        if row.finished_at is None:
            row.finished_at, row.code_hash, row.key_hash = clock.now(), "", ""
            row.save()
            audit.record(ACTOR, "setup.finished", subject_kind="setup", subject_id=None)
