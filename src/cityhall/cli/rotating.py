"""`cityhall secrets`: giving the city's secrets new values."""

from __future__ import annotations

import secrets
from enum import StrEnum
from typing import Annotated

import psycopg
import typer

from cityhall.cli.app import app
from cityhall.cli.runtime import console, running_database
from cityhall.config import environment, upgrade
from cityhall.config.database import DatabaseProblem, embedded_server

commands = typer.Typer(no_args_is_help=True, help="The secrets in the data folder.")
app.add_typer(commands, name="secrets")


@commands.callback()
def secrets_of_the_city() -> None:
    """Give the secrets in the data folder new values."""


class Secret(StrEnum):
    """What can be rotated."""

    SECRET_KEY = "secret_key"  # noqa: S105  # its name
    DATABASE = "database"


@commands.command(epilog="Example: `cityhall secrets rotate secret_key`")
def rotate(
    name: Annotated[Secret, typer.Argument(help="secret_key signs cookies and links; database is its password.")],
    forget: Annotated[
        bool, typer.Option("--forget", help="Take nothing any more that was signed before: after a leak.")
    ] = False,
) -> None:
    """Give a secret a new value. Restart the city afterwards.

    What the earlier secret key signed is still taken: sessions, links in mails, reporters' private pages. With
    `--forget` it is not: everybody signs in again, and links sent before are dead.
    """
    try:
        if name is Secret.SECRET_KEY:
            _rotate_key(forget)
        else:
            _rotate_password()
    except (upgrade.UpgradeProblem, DatabaseProblem, psycopg.Error, OSError, ValueError) as problem:
        console.print(f"[bold red]{name.value} was not changed:[/] {problem}")
        raise typer.Exit(1) from problem


def _rotate_key(forget: bool) -> None:
    if environment.from_environment("secret_key"):
        raise ValueError(
            "it comes from the environment. Put its value into CITYHALL_SECRET_KEY_OLD and a new one into"
            " CITYHALL_SECRET_KEY."
        )
    former = [] if forget else [environment.secret("secret_key"), *environment.former_secrets("secret_key")]
    environment.write_secret("secret_key.old", "".join(f"{key}\n" for key in dict.fromkeys(former)))
    environment.write_secret("secret_key", secrets.token_urlsafe(48))
    taken = "nothing signed before is taken" if forget else f"{len(former)} earlier still taken"
    console.print(f"The secret key is new ({taken}). Restart the city: until then it signs with the old one.")


def _rotate_password() -> None:
    server = embedded_server()
    if server is None:
        raise ValueError("DATABASE_URL names a server of yours. Change the password there and in DATABASE_URL.")
    with running_database(server):
        upgrade.refuse_in_use()
        server.change_password()
    console.print("The database's password is new.")
