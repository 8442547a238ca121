"""The room's background jobs."""

from cityhall.apps.service_requests.jobs.media import fetch_media

__all__ = ["fetch_media"]
