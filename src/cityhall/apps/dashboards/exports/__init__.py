"""Handing figures out as open data."""

from cityhall.apps.dashboards.exports.open_data import live_dataset

__all__ = ["live_dataset"]
