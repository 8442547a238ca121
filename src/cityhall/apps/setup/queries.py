"""How far the city is, whether the set-up pages are open, and what has become of the files a browser brought."""

from __future__ import annotations

import hmac
import json
import uuid
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from cityhall.apps.identity import public as identity
from cityhall.apps.places import public as places
from cityhall.apps.service_requests import public as requests
from cityhall.apps.setup import rules
from cityhall.apps.setup.contracts import MailServer, Standing, UploadInfo
from cityhall.apps.setup.models import Progress, Upload
from cityhall.kernel import ports

PUBLIC_URL, PROXY = "CITYHALL_PUBLIC_URL", "CITYHALL_BEHIND_PROXY"
SMTP_URL, MAIL_FROM = "CITYHALL_SMTP_URL", "CITYHALL_MAIL_FROM"
_OURS = (PUBLIC_URL, PROXY, SMTP_URL, MAIL_FROM)


def progress() -> Progress:
    """Return how far the set-up is; a new one when nobody began."""
    return Progress.objects.first() or Progress()


def standing() -> Standing:
    """Return what is set and what is there."""
    city, own, installed = places.city(), progress(), ports.installation.get()
    people = identity.administrators()
    server = mail_server()
    return Standing(
        name=city.name,
        time_zone=city.time_zone,
        languages=city.languages,
        holidays="-".join(part for part in (city.holidays_country, city.holidays_subdivision) if part),
        has_boundary=city.has_boundary,
        counts={
            **places.totals(),
            "categories": len(requests.categories(everything=True)),
            "departments": len(identity.departments()),
        },
        mail=f"{server.host}:{server.port}" if server else "",
        mail_from=installed.value(MAIL_FROM),
        mail_tested_at=own.mail_tested_at if server and own.mail_tested_hash == mail_digest() else None,
        public_url=settings.PUBLIC_URL if installed.is_fixed(PUBLIC_URL) else installed.value(PUBLIC_URL),
        behind_proxy=installed.value(PROXY).lower() in {"1", "true", "yes", "on"},
        fixed=frozenset(name for name in _OURS if installed.is_fixed(name)),
        administrators=len(people),
        with_factor=sum(people.values()),
        finished_at=own.finished_at,
    )


def mail_server() -> MailServer | None:
    """Return the mail server that holds now, None when e-mail stays on this machine."""
    installed = ports.installation.get()
    return rules.mail_server(installed.value(SMTP_URL), installed.value(MAIL_FROM))


def mail_digest() -> str:
    """Return what tells one mail server from another, without telling its password."""
    installed = ports.installation.get()
    return rules.digest(installed.value(SMTP_URL), installed.value(MAIL_FROM))


def untested_mail() -> Iterator[str]:
    """Tell a live city whose mail server was never tried to try it."""
    own = progress()
    if not settings.CITYHALL_DEMO and mail_server() and own.mail_tested_hash != mail_digest():
        yield "No test message has left by this mail server. Send one: cityhall init --test-mail you@city.example"


def is_new() -> bool:
    """Say whether nobody has set up anything: no name, nobody who manages people, and no demo."""
    return not settings.CITYHALL_DEMO and not places.city().name and not identity.administrators()


def is_open() -> bool:
    """Say whether the pages at /setup/ exist: somebody asked for a code, and nobody has closed them since."""
    return Progress.objects.filter(finished_at__isnull=True).exclude(code_hash="", key_hash="").exists()


def was_entered() -> bool:
    """Say whether somebody is at work in the pages at /setup/."""
    return bool(progress().key_hash)


def holds(key: str) -> bool:
    """Say whether a session's key is the one the code was given for."""
    kept = progress()
    return kept.finished_at is None and bool(key) and hmac.compare_digest(kept.key_hash, rules.digest(key))


def folder() -> Path:
    """Return where uploaded map files wait."""
    return ports.installation.get().folder / "setup"


def upload_folder(upload_id: uuid.UUID) -> Path:
    """Return the folder where an upload waits under its own name, which says something about what it holds."""
    return folder() / upload_id.hex


def step_file(upload_id: uuid.UUID) -> Path:
    """Return where a running import says how far it is: beside the file, for its transaction shows nothing yet."""
    return folder() / f"{upload_id.hex}.step"


def uploads() -> list[UploadInfo]:
    """Return the map files a browser brought, the newest first."""
    return [_info(row) for row in Upload.objects.order_by("-id")]


def _info(row: Upload) -> UploadInfo:
    done, total = 0, 0
    if row.state == "running":
        try:
            _step, done, total = json.loads(step_file(row.id).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            done, total = 0, 0  # not begun to tell, or just finished
    return UploadInfo(row.id, row.kind, row.name, row.state, done, total, row.report, row.problem)
