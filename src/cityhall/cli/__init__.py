"""The `cityhall` command."""

from __future__ import annotations

from cityhall.cli import audit, care, categories, demo, init, people, places, processes, requests
from cityhall.cli.app import app

__all__ = ["audit", "care", "categories", "demo", "init", "main", "people", "places", "processes", "requests"]


def main() -> None:
    """Run the command."""
    app()
