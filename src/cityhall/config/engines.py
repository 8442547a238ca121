"""The engines this installation uses, made once from its settings."""

from __future__ import annotations

import os
from functools import cache, lru_cache
from urllib.parse import unquote, urlsplit

from django.conf import settings

from cityhall.adapters.blobs.folder import FolderBlobs
from cityhall.adapters.mail.outbox import OutboxMail
from cityhall.adapters.mail.smtp import SmtpMail
from cityhall.adapters.routes.ortools import WithFallback
from cityhall.adapters.sms.outbox import OutboxSms
from cityhall.adapters.sms.twilio import TwilioSms
from cityhall.adapters.systems.guarded import GuardedSystems
from cityhall.adapters.web.download import GuardedDownloader
from cityhall.adapters.web.fetch import GuardedFetcher
from cityhall.config import environment, settings_file
from cityhall.kernel.analytics.port import Analytics
from cityhall.kernel.comparing import SnapshotComparer
from cityhall.kernel.downloads import Downloader
from cityhall.kernel.ports import BlobStore, Installation, MailEngine, OtherSystems, RouteSolver, SmsEngine, WebFetcher
from cityhall.kernel.snapshots import SnapshotWriter


def blobs() -> BlobStore:
    """Return where uploads are kept."""
    return FolderBlobs(settings.CITYHALL_DATA / "blobs")


def mail() -> MailEngine:
    """Return what sends e-mail: the server of CITYHALL_SMTP_URL (smtp://user:password@host:port), else the outbox.

    The settings file is looked at each time, so that a new mail server counts at once in every process.
    """
    url = environment.setting("CITYHALL_SMTP_URL")
    if not url:
        return OutboxMail(settings.CITYHALL_DATA / "outbox")
    return _smtp(url, environment.setting("CITYHALL_MAIL_FROM", "cityhall@localhost"))


@lru_cache(maxsize=4)
def _smtp(url: str, sender: str) -> MailEngine:
    parts = urlsplit(url)
    return SmtpMail(
        host=parts.hostname or "localhost",
        port=parts.port or (587 if parts.scheme == "smtp+tls" else 25),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=parts.scheme == "smtp+tls",
        sender=sender,
    )


def sms() -> SmsEngine:
    """Return what sends text messages: Twilio when CITYHALL_TWILIO_ACCOUNT is set, else the outbox."""
    account = os.environ.get("CITYHALL_TWILIO_ACCOUNT")
    if not account:
        return OutboxSms(settings.CITYHALL_DATA / "sms-outbox")
    return _twilio(account, os.environ.get("CITYHALL_TWILIO_FROM", ""))


@cache
def _twilio(account: str, sender: str) -> SmsEngine:
    token = environment.given_secret("twilio_token", "CITYHALL_TWILIO_TOKEN")
    return TwilioSms(account=account, token=token, sender=sender)


@cache
def web() -> WebFetcher:
    """Return what fetches the links that reporters give."""
    return GuardedFetcher()


def downloads() -> Downloader:
    """Return what fetches the sources of open data and other portals' catalogues."""
    return GuardedDownloader(networks=settings.CITYHALL_SOURCE_NETWORKS)


def other_systems() -> OtherSystems:
    """Return what calls the work-order systems a city has connected."""
    return GuardedSystems(networks=settings.CITYHALL_WORK_ORDER_NETWORKS)


@cache
def routes() -> RouteSolver:
    """Return what plans crews' days."""
    return WithFallback()


def installation() -> Installation:
    """Return what is set outside the database."""
    return settings_file.SettingsFile(settings.CITYHALL_DATA)


@cache
def analytics() -> Analytics:
    """Return what answers queries over snapshots of open data: the server of CITYHALL_ANALYTICS, else DuckDB here."""
    from cityhall.adapters.analytics.duckdb.engine import DuckDb  # slow to load, and most commands ask nothing

    here = DuckDb()
    if not settings.CITYHALL_ANALYTICS:
        return here
    from cityhall.adapters.analytics.spark.engine import Spark  # slow to load as well, and an extra

    return Spark(settings.CITYHALL_ANALYTICS, otherwise=here)


@cache
def snapshots() -> SnapshotWriter:
    """Return what turns files into snapshots of open data."""
    from cityhall.adapters.snapshots.duckdb import DuckDbSnapshots  # slow to load as well

    return DuckDbSnapshots()


@cache
def comparer() -> SnapshotComparer:
    """Return what finds the differences between snapshots of open data."""
    from cityhall.adapters.snapshots.comparing import DuckDbComparer  # slow to load as well

    return DuckDbComparer()
