"""The `cityhall` command."""

from __future__ import annotations

from cityhall.cli import audit, care, people, processes
from cityhall.cli.app import app

__all__ = ["audit", "care", "main", "people", "processes"]


def main() -> None:
    """Run the command."""
    app()
