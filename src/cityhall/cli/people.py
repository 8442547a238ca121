"""`cityhall people`: the first account of a new city, made by whoever holds the machine."""

from __future__ import annotations

from typing import Annotated

import typer

from cityhall.cli.app import app
from cityhall.cli.runtime import city, console

commands = typer.Typer(no_args_is_help=True, help="Accounts. All but the first are made on the desk's page for people.")
app.add_typer(commands, name="people")


@commands.command(epilog='Example: `cityhall people administrator ana@norfolk.example --name "Ana Ruiz"`')
def administrator(
    email: Annotated[str, typer.Argument(help="The person's e-mail address.")],
    name: Annotated[str, typer.Option("--name", prompt=True, help="The name shown beside their work.")],
    password: Annotated[
        str,
        typer.Option(
            "--password",
            envvar="CITYHALL_ADMIN_PASSWORD",
            prompt=True,
            hide_input=True,
            confirmation_prompt=True,
            help="Asked for if left out.",
        ),
    ],
) -> None:
    """Make an account that may do everything, or give an account that role and a new password."""
    from cityhall.kernel.errors import Invalid

    with city():
        from cityhall.apps.identity import public

        try:
            public.make_administrator(email, name, password)
        except Invalid as problem:
            for text in problem.fields.values():
                console.print(f"[bold red]{text}[/]")
            raise typer.Exit(2) from problem
    console.print(f"{name} may do everything. The second factor is set up at the first sign-in, at /account/staff/.")
