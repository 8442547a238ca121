"""`cityhall opendata`: publish data."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from cityhall.cli.app import app
from cityhall.cli.runtime import city, console, progress, refuse

if TYPE_CHECKING:
    from cityhall.apps.opendata.contracts import Published

commands = typer.Typer(no_args_is_help=True, help="Open data: publish a table that everybody can query.")
app.add_typer(commands, name="opendata")
_GUARDED = {"drop": "left out", "block": "only the hundred block", "scrub": "without names, phones, e-mails"}


@commands.command(
    "recall", epilog='Example: `cityhall opendata recall pool-visits --column phone --reason "It named people."`'
)
def recall(
    name: Annotated[str, typer.Argument(help="The dataset's name, or its 4x4.")],
    reason: Annotated[str, typer.Option(help="The public notice: why, and nothing of what leaked.")],
    snapshot: Annotated[list[int] | None, typer.Option(help="A snapshot's number; may be given again.")] = None,
    column: Annotated[str, typer.Option(help="Recall every snapshot that holds this column.")] = "",
) -> None:
    """Take snapshots away for good: from every address and from the disk. Everybody reads the reason."""
    with city():
        from cityhall.apps.opendata import public
        from cityhall.kernel.actors import system
        from cityhall.kernel.errors import CityhallError, Invalid

        try:
            done = public.recall(
                name, actor=system("Command line"), reason=reason, snapshots=snapshot or (), column=column
            )
        except Invalid as refusal:
            refuse("\n".join(f"{field}: {words}" for field, words in refusal.fields.items()))
        except CityhallError as refusal:
            refuse(str(refusal.message))
    gone = ", ".join(map(str, done.snapshots))
    left = f"Readers see snapshot {done.current} now." if done.current else "The dataset is withdrawn."
    console.print(f"Recalled of {done.name}: snapshot {gone}. {left} Backups hold it until they are too old.")


@commands.command("publish", epilog="Example: `cityhall opendata publish pool_visits.csv --contract pool_visits.toml`")
def publish(
    file: Annotated[
        Path | None,
        typer.Argument(
            exists=True,
            dir_okay=False,
            help="CSV, Excel, JSON, JSON Lines, GeoJSON or Parquet. Without one, the contract's source is fetched.",
        ),
    ] = None,
    contract: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="The dataset's contract, a TOML file. Without one, types are guessed."
        ),
    ] = None,
    name: Annotated[str, typer.Option(help="The dataset's name in addresses. Default: the contract's or file's.")] = "",
    sheet: Annotated[
        str, typer.Option(help="Of a workbook: the sheet to read. Default: the first that is shown and has a table.")
    ] = "",
    all_columns: Annotated[
        bool, typer.Option("--all-columns", help="Without a contract: publish what looks personal, too.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="End with one JSON line for programs.")] = False,
) -> None:
    """Publish a file as a dataset, new or anew. Rows that cannot be used are put aside with their reason.

    A file that breaks the contract is refused, and what was published before stays up. Without a contract, columns that
    look as if they were about people are left out or made rough.
    """
    if all_columns and contract is not None:
        refuse("Give either --contract or --all-columns: a contract says itself what is published.")
    if sheet and file is None:
        refuse("Name the workbook whose sheet it is.")
    if file is None and contract is None:
        refuse("Name a file, or with --contract a contract that names a source.")
    with city(), _refusals(contract):
        from cityhall.apps.opendata import public
        from cityhall.kernel.actors import system

        terms = public.read_contract(contract.read_text(encoding="utf-8")) if contract else None
        actor = system("Command line")
        with progress() as bar:
            task = bar.add_task("Reading", total=None)

            def show(what: str) -> None:
                bar.update(task, description=what.capitalize())

            if file is not None:
                if sheet and terms is None:
                    name = name or f"{file.stem} {sheet}"
                with public.as_csv(file, sheet=sheet, joined=_say_joined, picked=_say_sheet) as table:
                    done = public.publish_file(
                        table, actor=actor, contract=terms, name=name, is_careful=not all_columns, progress=show
                    )
            else:
                assert terms is not None
                fetched = public.publish_source(terms, actor=actor, name=name, progress=show)
                if fetched is None:
                    _say_unchanged(as_json)
                    return
                done = fetched
    _say(done, as_json)


@commands.command("refresh", epilog="Example: `cityhall opendata refresh pool-visits`")
def refresh(
    names: Annotated[
        list[str] | None, typer.Argument(help="Datasets whose sources to fetch now, by name or 4x4.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="End with one JSON line for programs.")] = False,
) -> None:
    """Publish the city's own records, such as service requests, as they are now; or fetch the sources of datasets.

    The worker does the one each minute where something has changed, the other on each contract's schedule.
    """
    with city(), _refusals(None):
        from cityhall.apps.opendata import public
        from cityhall.kernel.actors import system

        with progress() as bar:
            bar.add_task("Publishing", total=None)
            if names:
                found = [public.refresh(name, actor=system("Command line")) for name in names]
                count = sum(one is not None and one.is_new for one in found)
            else:
                count = public.publish_live(at_once=True)
    if as_json:
        typer.echo(json.dumps({"published": count}))
    elif names:
        console.print(f"Fetched {len(names)}; {count} had changed and {'is' if count == 1 else 'are'} published anew.")
    else:
        console.print(f"Published {count} of the city’s own datasets. See them at /data/")


@commands.command(
    "harvest", epilog='Example: `cityhall opendata harvest https://data.county.example/data.json --title "The county"`'
)
def harvest(
    address: Annotated[
        str, typer.Argument(help="A portal's address, that of its catalog (data.json, JSON-LD or CKAN), or a file.")
    ] = "",
    name: Annotated[
        str, typer.Option(help="A short name for it. Default: made from its host, or the file's name.")
    ] = "",
    title: Annotated[str, typer.Option(help="What people read. Default: its host, or the file's name.")] = "",
    schedule: Annotated[
        str, typer.Option(help='How often it is read, such as P1D; "" for now alone. A file is read once.')
    ] = "P1D",
    remove: Annotated[str, typer.Option(help="The name of one to read no more.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="End with one JSON line for programs.")] = False,
) -> None:
    """List another publisher's datasets beside the city's, as links to where they are.

    The worker reads the catalog again on its schedule. What is gone there is gone here.
    """
    if bool(address) == bool(remove):
        refuse("Name a portal's address or a file, or with --remove one to read no more.")
    file = Path(address) if address and "://" not in address else None
    if file is not None and not file.is_file():
        refuse(f"There is no file {address}. Name a catalog's file, or an address that begins with https://.")
    with city(), _refusals(None):
        from cityhall.apps.opendata import public
        from cityhall.kernel.actors import system

        actor = system("Command line")
        if remove:
            count = public.remove_portal(remove, actor=actor)
            if as_json:
                typer.echo(json.dumps({"name": remove, "removed": count}))
            else:
                console.print(f"Removed {remove} with {count:,} links.")
            return
        with progress() as bar:
            bar.add_task("Reading", total=None)
            if file is not None:
                done = public.harvest_file(file, actor=actor, name=name, title=title)
            else:
                done = public.harvest(address, actor=actor, name=name, title=title, schedule=schedule)
    for why, many in done.skipped.items():
        console.print(f"Left out: {many:,} × {why}.", soft_wrap=True)
    if as_json:
        line = {"name": done.name, "listed": done.listed, "added": done.added, "gone": done.gone}
        typer.echo(json.dumps({**line, "skipped": sum(done.skipped.values())}))
        return
    told = f"{done.added:,} new, {done.gone:,} gone" if done.is_new else "nothing has changed"
    console.print(f"{done.name} lists {done.listed:,} datasets ({told}). See them at /data/elsewhere/")


@commands.command("remove", epilog="Example: `cityhall opendata remove pool-visits`")
def remove(
    name: Annotated[str, typer.Argument(help="The dataset's name, or its 4x4.")],
    as_json: Annotated[bool, typer.Option("--json", help="End with one JSON line for programs.")] = False,
) -> None:
    """Remove a dataset of which nothing was ever published: what a refused first file left.

    What was published is recalled instead, and its notice stays.
    """
    with city(), _refusals(None):
        from cityhall.apps.opendata import public
        from cityhall.kernel.actors import system

        removed = public.remove(name, actor=system("Command line"))
    if as_json:
        typer.echo(json.dumps({"removed": removed}))
        return
    console.print(f"Removed {removed}. Nothing of it was ever published.")


@commands.command("again", epilog="Example: `cityhall opendata again service-requests`")
def again(
    name: Annotated[str, typer.Argument(help="The dataset's name, or its 4x4.")],
    as_json: Annotated[bool, typer.Option("--json", help="End with one JSON line for programs.")] = False,
) -> None:
    """Publish one of the city's own datasets again after its newest version was recalled.

    Mend first what leaked, such as a request's words. A column that was recalled stays back.
    """
    with city(), _refusals(None):
        from cityhall.apps.opendata import public
        from cityhall.kernel.actors import system

        told = public.publish_again(name, actor=system("Command line"))
    if as_json:
        typer.echo(json.dumps({"again": told}))
        return
    console.print(f"The worker publishes {told} within a minute.")


@commands.command("licence", epilog='Example: `cityhall opendata licence "CC0 1.0" --owner "Office of the Clerk"`')
def licence(
    licence: Annotated[str, typer.Argument(help='Its name or address, such as "CC0 1.0"; "" takes it back.')],
    owner: Annotated[str, typer.Option(help="Who answers for them. Default: the city's name.")] = "",
) -> None:
    """State how the city's own datasets, such as service requests, may be used. It is in every catalog at once."""
    with city(), _refusals(None):
        from cityhall.apps.opendata import public
        from cityhall.kernel.actors import system

        changed = public.state_terms(licence=licence, owner=owner, actor=system("Command line"))
    console.print("It is saved, and on the public pages." if changed else "Nothing changed.")


@contextmanager
def _refusals(contract: Path | None) -> Iterator[None]:
    """Say why something was refused, and leave."""
    from cityhall.apps.opendata.contracts import Refused
    from cityhall.kernel.errors import CityhallError, Invalid

    try:
        yield
    except Invalid as refusal:
        refuse("\n".join(f"{field}: {words}" for field, words in refusal.fields.items()))
    except Refused as refusal:
        refuse("Not published; what was published before stays up. " + " ".join(refusal.reasons))
    except CityhallError as refusal:
        refuse(str(refusal.message))
    except UnicodeDecodeError:
        refuse(f"{contract} is no UTF-8 text.")


def _say_joined(headings: Sequence[str]) -> None:
    console.print(
        f"The file has two rows of headings, which were made one: {escape(', '.join(headings))}.", soft_wrap=True
    )


def _say_sheet(sheet: str, sheets: Sequence[str]) -> None:
    others = [one for one in sheets if one != sheet]
    if others:
        console.print(
            f"Read the sheet {escape(sheet)}. To publish another, name it with --sheet: {escape(', '.join(others))}.",
            soft_wrap=True,
        )


def _say_unchanged(as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"published": 0}))
        return
    console.print("Nothing has changed at the source.")


def _say(done: Published, as_json: bool) -> None:
    for why, many in done.reasons.items():
        console.print(f"Put aside: {many:,} × {why}.", soft_wrap=True)
    if done.closing:
        console.print(
            f"The last rows look like totals or notes: {escape(', '.join(f'“{one}”' for one in done.closing))}. If they"
            " are, take them out of the file and run this again.",
            soft_wrap=True,
        )
    if done.guarded:
        columns = ", ".join(f"{heading} ({_GUARDED[transform]})" for heading, transform in done.guarded.items())
        console.print(
            f"Looks as if it were about people: {escape(columns)}. To publish it as it is, name it in a contract.",
            soft_wrap=True,
        )
    if as_json:
        line = {
            "id": done.id, "resource_id": str(done.resource_id), "snapshot": done.snapshot, "rows": done.rows,
            "quarantined": done.quarantined, "seconds": done.seconds, "guarded": done.guarded,
        }  # fmt: skip
        typer.echo(json.dumps(line))
        return
    told = "Published" if done.is_new else "Nothing has changed:"
    console.print(
        f"{told} {done.rows:,} rows as [bold]{done.id}[/] (snapshot {done.snapshot}). Read them at /data/{done.id}/"
    )
