"""Handing the city's places out as open data."""

from cityhall.apps.places.exports.open_data import live_datasets

__all__ = ["live_datasets"]
