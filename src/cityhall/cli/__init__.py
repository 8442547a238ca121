"""The `cityhall` command."""

from __future__ import annotations

from cityhall.cli import audit, care, demo, people, places, processes, requests, rotating
from cityhall.cli.app import app

__all__ = ["audit", "care", "demo", "main", "people", "places", "processes", "requests", "rotating"]


def main() -> None:
    """Run the command."""
    app()
