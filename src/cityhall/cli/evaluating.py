"""`cityhall requests evaluate`: what the city's models would have said, judged on a history they have not seen."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from cityhall.cli.requests import commands
from cityhall.cli.runtime import console, load_django, refuse
from cityhall.kernel.errors import CityhallError

if TYPE_CHECKING:
    from cityhall.apps.service_requests.public import History

Judge = Callable[["History", datetime], Mapping[str, Any]]
"""Learns from what is before the date, answers on what is after it. Figures by name; "rows" is a list of rows."""


def _judges() -> Mapping[str, Judge]:
    from cityhall.apps.estimates import public as estimates
    from cityhall.apps.service_requests import public as requests
    from cityhall.apps.triage import public as triage

    return {"categories": triage.judge, "dates": estimates.judge_dates, "duplicates": requests.judge_duplicates}


@commands.command("evaluate", epilog="Example: `cityhall requests evaluate dates history.csv --split 2025-01-01`")
def evaluate(
    kind: Annotated[str, typer.Argument(help="What to judge: dates, duplicates or categories.")],
    files: Annotated[list[Path], typer.Argument(help="A city's history: any files the import reads.")],
    profile: Annotated[
        str, typer.Option("--profile", help="Name of a profile, or path of your own. Default: told by the columns.")
    ] = "",
    split: Annotated[
        datetime | None,
        typer.Option(
            "--split",
            metavar="YYYY-MM-DD",
            formats=["%Y-%m-%d"],
            help="Learn from what is before this day, answer on what is after. Default: seven in ten before.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="End with one JSON line for programs.")] = False,
) -> None:
    """Judge a model on a history: it learns from what is before a date and answers on what is after it."""
    load_django()
    from cityhall.apps.service_requests import public as requests

    judges = _judges()
    if kind not in judges:
        refuse(f"{kind!r} cannot be judged. Choose one of: {', '.join(judges)}.", code=2)
    started = time.perf_counter()
    try:
        history = requests.read_history(files, profile=profile)
        parted = _within(history, split.replace(tzinfo=history.zone)) if split else history.default_split()
        figures = judges[kind](history, parted)
    except (CityhallError, OSError) as refusal:
        refuse(str(getattr(refusal, "message", refusal)), code=2)
    seconds = round(time.perf_counter() - started, 3)
    if as_json:
        typer.echo(json.dumps({**figures, "unusable": history.unusable, "seconds": seconds}))
        return
    _show(figures, seconds)


def _within(history: History, split: datetime) -> datetime:
    """Return a split; refuse one that leaves nothing to learn from, or nothing to ask about."""
    first, last = (moment.astimezone(history.zone) for moment in history.days())
    if not first < split <= last:
        told = f"The files go from {first:%Y-%m-%d} to {last:%Y-%m-%d}"
        missing = "after it, so nothing can be asked" if split > last else "before it, so nothing can be learnt"
        refuse(f"{told}: nothing was filed {missing}. Choose a --split between these days.", code=2)
    return split


def _show(figures: Mapping[str, Any], seconds: float) -> None:
    rows = figures.get("rows") or []
    if rows:
        table = Table(*rows[0])
        for row in rows:
            table.add_row(*(_text(value) for value in row.values()))
        console.print(table)
    for name, value in figures.items():
        if name != "rows":
            console.print(f"{name}: {_text(value)}")
    console.print(f"{seconds:.1f} s")


def _text(value: Any) -> str:
    return "–" if value is None else f"{value:,.3f}" if isinstance(value, float) else str(value)
