"""The `cityhall` command."""

from __future__ import annotations

from typer.main import get_command

from cityhall.cli import audit, care, demo, people, places, processes, requests
from cityhall.cli.app import app
from cityhall.cli.wording import in_plain_words

__all__ = ["audit", "care", "demo", "main", "people", "places", "processes", "requests"]


def main() -> None:
    """Run the command."""
    in_plain_words(get_command(app))()
