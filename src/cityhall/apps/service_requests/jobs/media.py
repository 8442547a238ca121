"""Fetches the pictures that a reporter gave links to."""

from __future__ import annotations

import logging
import uuid
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app as jobs

from cityhall.apps.documents import public as documents
from cityhall.apps.service_requests import services
from cityhall.apps.service_requests.contracts import Visibility
from cityhall.kernel import ports
from cityhall.kernel.actors import system
from cityhall.kernel.errors import Invalid, NotFound
from cityhall.kernel.ports import FetchRefused, FetchUnavailable

_log = logging.getLogger(__name__)
_ATTEMPTS = 5
_FETCHER = system("Open311")
_PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".gif")


@jobs.task(
    name="service_requests.fetch_media",
    queue="media",
    pass_context=True,
    retry=RetryStrategy(max_attempts=_ATTEMPTS, exponential_wait=8),
)
def fetch_media(context: JobContext, request_id: str, link: str) -> None:
    """Fetch one link and tie the picture to the request, as if the reporter had sent it.

    A link that gives no picture becomes an internal note, so that staff can look for themselves. One that cannot be
    reached is tried five times within the hour first.
    """
    last = (context.job.attempts if context.job else 0) >= _ATTEMPTS - 1
    fetch_one(uuid.UUID(request_id), link, last=last)


def fetch_one(request_id: uuid.UUID, link: str, *, last: bool) -> None:
    """Do the work of `fetch_media`. Raises FetchUnavailable unless this is the `last` try."""
    try:
        fetched = ports.web_fetcher.get().fetch(link)
        name = _name(fetched.url, fetched.content_type)
        taken = documents.take(fetched.content, filename=name, actor=_FETCHER)
    except (FetchRefused, FetchUnavailable, Invalid) as problem:
        if isinstance(problem, FetchUnavailable) and not last:
            raise
        _log.info("a reporter's link gave no picture", extra={"why": str(problem)})
        _tell_staff(request_id, link)
        return
    try:
        services.add_photos(
            request_id,
            actor=_FETCHER,
            photo_ids=[taken.id],
            evidence=False,
            by_reporter=True,
            command_id=uuid.uuid5(request_id, f"media {link}"),
        )
    except (Invalid, NotFound):
        # Another run of this job was first, or the request is gone.
        documents.discard([taken.id])


def _tell_staff(request_id: uuid.UUID, link: str) -> None:
    text = _("The reporter gave a link that is not a picture we can show: %(link)s") % {"link": link[:1500]}
    try:
        services.add_note(
            request_id,
            actor=_FETCHER,
            text=text,
            visibility=Visibility.INTERNAL,
            command_id=uuid.uuid5(request_id, f"no media {link}"),
        )
    except NotFound:
        _log.info("the request of a link is gone")


def _name(url: str, content_type: str) -> str:
    """Name the file only where address and server agree that it is a picture; otherwise its content decides alone."""
    name = PurePosixPath(urlsplit(url).path).name
    return name[-100:] if name.lower().endswith(_PICTURES) and content_type.startswith("image/") else ""
