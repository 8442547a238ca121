"""Writes of the opendata room."""

from cityhall.apps.opendata.services.publishing import publish_file

__all__ = ["publish_file"]
