"""The `cityhall` command."""

from __future__ import annotations

import typer

from cityhall.cli import audit, care, categories, demo, init, people, places, processes, requests
from cityhall.cli.app import app
from cityhall.cli.runtime import refuse, told

__all__ = ["audit", "care", "categories", "demo", "init", "main", "people", "places", "processes", "requests"]


def main() -> None:
    """Run the command; what the machine refuses is told with its mend, not as a traceback."""
    try:
        app()
    except OSError as problem:
        try:
            refuse(told(problem))
        except typer.Exit as leaving:
            raise SystemExit(leaving.exit_code) from problem
