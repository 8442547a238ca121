"""`cityhall demo`: a believable city on this machine, seeded the first time."""

from __future__ import annotations

import os
from typing import Annotated

import typer
from rich.table import Table

from cityhall.cli.app import app
from cityhall.cli.processes import free_port, prepare, run_city
from cityhall.cli.runtime import console, load_django, progress, running_database


@app.command()
def demo(
    port: Annotated[int, typer.Option("--port", envvar="PORT", min=1, max=65535, help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option("--workers", min=1, help="Web processes.")] = 2,
) -> None:
    """Run Harborview, a made-up city with two years of history, on this machine only. Ctrl-C closes it.

    The first start draws the city and takes a minute; later ones take seconds. Nothing here is real: names, places
    and requests are invented, and the demo's accounts work on loopback addresses only.
    """
    os.environ["CITYHALL_DEMO"] = "1"
    port = free_port("127.0.0.1", port)
    os.environ["CITYHALL_PUBLIC_URL"] = f"http://127.0.0.1:{port}"
    with running_database():
        load_django()
        prepare()
        from cityhall.demo.seed import is_seeded, seed

        if not is_seeded():
            with progress() as bar:
                seed(bar)
        run_city("127.0.0.1", port, workers, when_ready=_welcome)


def _welcome(address: str) -> None:
    from cityhall.demo.accounts import ACCOUNTS

    table = Table(title="Sign in as…", title_justify="left", box=None, padding=(0, 2, 0, 0))
    for heading in ("role", "e-mail", "password", "what to try"):
        table.add_column(heading, style="bold" if heading == "role" else "")
    for account in ACCOUNTS:
        table.add_row(
            account.role, account.email, account.password or "a code by e-mail: /outbox/", account.what_to_try
        )
    console.print()
    console.print(table)
    console.print()
    console.print(f"Harborview is open at [bold]{address}[/]. Ctrl-C closes it.")
    console.print(
        f"One click signs you in as any of them: [bold]{address}/demo/[/]. E-mail it sends: {address}/outbox/"
    )
