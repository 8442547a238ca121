"""`cityhall requests learn`: what the models learn each night, now."""

from __future__ import annotations

import typer

from cityhall.cli.requests import commands
from cityhall.cli.runtime import city, console


@commands.command("learn", epilog="Example: `cityhall requests learn`")
def learn() -> None:
    """Learn dates anew from the city's own requests, as each night does, and tell followers where one slipped."""
    with city():
        from cityhall.apps.estimates import public as estimates

        with console.status("Learning from the city's requests…"):
            version = estimates.learn()
        if version is None:
            console.print("There are no requests of the last three years to learn from.")
            raise typer.Exit
        slips = estimates.look_again()
    console.print(f"Dates are of version {version}. {slips:,} requests take longer than was said.")
