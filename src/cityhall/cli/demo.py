"""`cityhall demo`: a believable city on this machine, seeded the first time."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.padding import Padding

from cityhall.cli.app import app
from cityhall.cli.leftovers import end_leftovers
from cityhall.cli.processes import free_port, prepare, run_city, say_if_open
from cityhall.cli.runtime import city, console, progress, running_database

commands = typer.Typer(invoke_without_command=True)
app.add_typer(commands, name="demo")


@commands.callback(epilog="Example: `cityhall demo --port 9000`")
def demo(
    context: typer.Context,
    port: Annotated[int, typer.Option("--port", envvar="PORT", min=1, max=65535, help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option("--workers", min=1, help="Web processes.")] = 2,
) -> None:
    """Run Harborview, a made-up city with two years of history, on this machine only. Ctrl-C closes it.

    The first start draws the city and takes a minute; later ones take seconds. Nothing here is real: names, places
    and requests are invented, and the demo's accounts work on loopback addresses only.
    """
    from cityhall.config.database import embedded_server

    os.environ["CITYHALL_DEMO"] = "1"
    os.environ.setdefault("CITYHALL_LOG_LEVEL", "WARNING")  # in a terminal, only what went wrong
    if context.invoked_subcommand:
        return
    end_leftovers()
    port = free_port("127.0.0.1", port)
    os.environ["CITYHALL_PUBLIC_URL"] = f"http://127.0.0.1:{port}"
    server = embedded_server()
    with running_database(server) as ours:
        say_if_open(ours)
        run_city("127.0.0.1", port, workers, prepare=_prepare, database=server)


def _prepare() -> Callable[[str], None]:
    prepare(may_migrate=True)
    from cityhall.demo.seed import is_seeded, seed

    if not is_seeded():
        with progress() as bar:
            seed(bar)
    return _welcome


@commands.command("export-history", epilog="Example: `cityhall demo export-history samples`")
def export_history(
    folder: Annotated[Path, typer.Argument(help="Where to write; files of the same names are replaced.")],
) -> None:
    """Write the demo city's drawn history in the shape San Diego publishes: a sample for `requests import`.

    One file of open requests, one of closed ones for each year, with the same requests and times the demo started
    with. Load them into another data folder: `cityhall --data other requests import FILE`.
    """
    with city():
        from cityhall.demo import san_diego, seed

        with console.status("Drawing the city again…"):
            drawn = seed.drawn_again()
        if drawn is None:
            console.print("This data folder holds no demo city. Run [bold]cityhall demo[/] on it first.")
            raise typer.Exit(1)
        with progress() as bar:
            task = bar.add_task("Writing", total=len(drawn[1].requests))
            try:
                written = san_diego.export_history(*drawn, folder, on_row=lambda: bar.advance(task))
            except OSError as problem:
                bar.stop()
                console.print(f"[bold red]{folder} cannot be written:[/] {problem}")
                raise typer.Exit(1) from problem
    for path in written:
        typer.echo(path)


def _welcome(address: str) -> None:
    from cityhall.demo.accounts import ACCOUNTS, PASSWORD

    console.print("\nSign in as…")
    for account in ACCOUNTS:
        console.print(f"[bold]{account.role_name}[/]: {account.email}")
        console.print(Padding(account.what_to_try, (0, 0, 0, 2)))
    console.print()
    for what, path in (("One click signs you in:", "/demo/"), ("E-mail it sends (the outbox):", "/outbox/")):
        console.print(f"{what} [bold]{address}{path}[/]", soft_wrap=True)
    console.print(
        f"By hand: staff's password is [bold]{PASSWORD}[/]. Then an authenticator app on your phone must show a code: "
        "the secret to give it is on the /demo/ page. Residents get a code by e-mail, shown in the outbox.",
        soft_wrap=True,
    )
    console.print(f"Passkeys need a name: open [bold]{address.replace('127.0.0.1', 'localhost')}[/] to try them.")
    console.print(f"Harborview is open at [bold]{address}[/]. Ctrl-C closes it.")
