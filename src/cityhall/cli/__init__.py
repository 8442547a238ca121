"""The `cityhall` command."""

from __future__ import annotations

import sys

import typer
from typer.main import get_command

from cityhall.cli import (
    audit,
    care,
    categories,
    demo,
    evaluating,
    init,
    learning,
    opendata,
    people,
    places,
    processes,
    referrals,
    requests,
    rotating,
)
from cityhall.cli.app import app, data_first
from cityhall.cli.runtime import refuse, told
from cityhall.cli.wording import in_plain_words

__all__ = [
    "audit",
    "care",
    "categories",
    "demo",
    "evaluating",
    "init",
    "learning",
    "main",
    "opendata",
    "people",
    "places",
    "processes",
    "referrals",
    "requests",
    "rotating",
]


def main() -> None:
    """Run the command; what the machine refuses is told with its mend, not as a traceback."""
    try:
        in_plain_words(get_command(app))(data_first(sys.argv[1:]))
    except OSError as problem:
        try:
            refuse(told(problem))
        except typer.Exit as leaving:
            raise SystemExit(leaving.exit_code) from problem
