"""`cityhall referrals`: take the answers of other bodies from the mail server."""

from __future__ import annotations

import sys
from typing import NoReturn

import typer

from cityhall.cli.app import app
from cityhall.cli.runtime import city
from cityhall.kernel.errors import CityhallError

commands = typer.Typer(no_args_is_help=True, help="Requests referred to other bodies.")
app.add_typer(commands, name="referrals")
#: What a mail server reads from the exit status (sysexits.h): the message is of no use; try again later.
DATA, LATER = 65, 75


@commands.callback()
def _group() -> None:
    """Keep the group a group while it has one command."""


@commands.command("receive-mail", epilog="Example: `cityhall referrals receive-mail < answer.eml`")
def receive_mail() -> None:
    """Read one e-mail (RFC 5322) from standard input and take the answer in it.

    Ends with 0 when it was taken or left alone, 65 when nothing can be done with it, 75 when it is to be tried again.
    """
    try:
        _receive()
    except typer.Exit as left:
        # The city is not there just now. A mail server sends back what ends with a status it does not know.
        raise typer.Exit(LATER if left.exit_code == 1 else left.exit_code) from left


def _receive() -> None:
    with city():
        from django.db import DatabaseError

        from cityhall.apps.referrals import public as referrals

        raw = sys.stdin.buffer.read(referrals.MOST_BYTES + 1)
        try:
            typer.echo(referrals.receive_mail(referrals.parse(raw)))
        except ValueError as problem:
            _end(DATA, "This is larger than 15 MB." if str(problem) == "too large" else "This is no e-mail.")
        except CityhallError as refused:
            _end(DATA, str(refused.message))
        except (DatabaseError, OSError):
            _end(LATER, "The database or the disk cannot take it now.")


def _end(status: int, said: str) -> NoReturn:
    typer.echo(said, err=True)
    raise typer.Exit(status)
