"""The root of the command: global options, and the sub-commands of each file beside this one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="cityhall",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="An open digital city hall. Start with `cityhall demo`, or `cityhall serve` for a city of your own.",
)


@app.callback()
def choose_data_folder(
    data: Annotated[
        Path | None,
        typer.Option("--data", envvar="CITYHALL_DATA", help="The city's data folder (default: ./data)."),
    ] = None,
) -> None:
    """Settle where the data folder is before anything reads the settings."""
    os.environ["CITYHALL_DATA"] = str((data or Path("data")).resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cityhall.config.settings")


def main() -> None:
    """Run the command."""
    app()
