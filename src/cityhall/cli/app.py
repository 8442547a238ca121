"""The root of the command and its global options."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="cityhall",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_show_locals=False,
    help="An open digital city hall. Start with `cityhall demo`, or `cityhall init` for a city of your own.",
    epilog="Example: `cityhall --data /srv/city doctor`. `cityhall COMMAND --help` has one for each command.",
)


def data_first(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with `--data FOLDER` in front, wherever it was written: it is an option of every command."""
    first: list[str] = []
    rest = list(arguments)
    end = rest.index("--") if "--" in rest else len(rest)
    for place in range(end - 1, -1, -1):
        if rest[place] == "--data" and place + 1 < end:
            first = [*rest[place : place + 2], *first]
            del rest[place : place + 2]
        elif rest[place].startswith("--data="):
            first = [rest.pop(place), *first]
    return [*first, *rest]


def _version(wanted: bool) -> None:
    if wanted:
        from cityhall import __version__

        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def choose_data_folder(
    data: Annotated[
        Path | None,
        typer.Option("--data", envvar="CITYHALL_DATA", help="The city's data folder (default: ./data)."),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    """Settle where the data folder is before anything reads the settings."""
    os.environ["CITYHALL_DATA"] = str((data or Path("data")).resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cityhall.config.settings")
