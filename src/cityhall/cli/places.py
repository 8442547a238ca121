"""`cityhall places`: set up where the city is and what is in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from cityhall.cli.app import app
from cityhall.cli.runtime import as_called, city, console, progress, refuse, writable

if TYPE_CHECKING:
    from cityhall.apps.places.contracts import ImportKind, ImportReport

commands = typer.Typer(
    no_args_is_help=True, help="Where the city is: boundary, areas, streets, addresses, assets, holidays."
)
app.add_typer(commands, name="places")

Json = Annotated[bool, typer.Option("--json", help="One JSON line for programs.")]


@commands.command("import", epilog="Example: `cityhall places import centerlines.zip --kind streets --dry-run`")
def import_places(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="GeoJSON, zipped shapefile or CSV; .gz is fine.")
    ],
    kind: Annotated[
        str,
        typer.Option(
            help="boundary, areas, streets, addresses, assets, features or road_ratings. Guessed when left out."
        ),
    ] = "",
    target: Annotated[
        str, typer.Option("--layer", "--area-kind", help="Code of the layer or kind of area, as in streetlights.")
    ] = "",
    title: Annotated[str, typer.Option(help="What people call that layer or kind, as in “Council districts”.")] = "",
    code_field: Annotated[str, typer.Option(help="Column with each thing's code.")] = "",
    name_field: Annotated[str, typer.Option(help="Column with each thing's name.")] = "",
    where: Annotated[list[str] | None, typer.Option(help="Only rows with COLUMN=VALUE. May be given again.")] = None,
    crs: Annotated[str, typer.Option(help="Coordinate system of a file that does not say, as in EPSG:2230.")] = "",
    quarantine: Annotated[Path | None, typer.Option(help="Write rows that cannot be used to this CSV.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Do everything, then take it back.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Load it also when all of it lies outside the boundary.")] = False,
    as_json: Json = False,
) -> None:
    """Import a file of places: all rows that can be used, or nothing.

    Examples: `cityhall places import districts.geojson`, `cityhall places import counties.geojson --kind boundary
    --where geoid=51710`, `cityhall places import lights.csv --kind assets --layer streetlights --code-field POLE_ID`.
    """
    writable(quarantine)
    with city():
        from cityhall.apps.places import public
        from cityhall.apps.places.contracts import ImportOptions
        from cityhall.kernel.errors import Invalid

        options = ImportOptions(
            kind=_kind(kind), target=target, title=title, code_field=code_field, name_field=name_field,
            where=_conditions(where or []), crs=crs, dry_run=dry_run, even_elsewhere=yes,
        )  # fmt: skip
        try:
            with progress() as bar:
                task = bar.add_task("Reading", total=None)
                report = public.import_file(
                    file,
                    options,
                    progress=lambda what, done, total: bar.update(
                        task, description=what, completed=done, total=total or None
                    ),
                )
        except Invalid as refusal:
            _refused(file, refusal, as_json)
        if quarantine is not None:
            quarantine.write_text(public.quarantine_csv(report.quarantined), encoding="utf-8", newline="")
    if as_json:
        summary = {
            "kind": report.kind.value, "target": report.target, "rows": report.rows, "imported": report.imported,
            "merged": report.merged, "skipped": report.skipped, "quarantined": len(report.quarantined),
            "removed": report.loaded.removed, "seconds": report.seconds,
        }  # fmt: skip
        typer.echo(json.dumps(summary))
    else:
        _show(report, verb="Would import" if dry_run else "Imported", hint=quarantine is None)


@commands.command(
    "city", epilog="Example: `cityhall places city --name Norfolk --time-zone America/New_York --holidays US-VA`"
)
def set_city(
    name: Annotated[str | None, typer.Option(help="The city's name.")] = None,
    time_zone: Annotated[str | None, typer.Option(help="As in America/New_York.")] = None,
    languages: Annotated[
        str | None, typer.Option(help="With commas between, the first is the main one: en,es.")
    ] = None,
    holidays: Annotated[str | None, typer.Option(help="Whose holidays are kept, as in US-NY.")] = None,
    as_json: Json = False,
) -> None:
    """Set what is given, then show the city and what it still lacks."""
    with city():
        from cityhall.apps.places import public
        from cityhall.kernel.errors import Invalid

        changes: dict[str, Any] = {"name": name, "time_zone": time_zone}
        if languages is not None:
            changes["languages"] = [code.strip() for code in languages.split(",") if code.strip()]
        if holidays is not None:
            changes["holidays_country"], _, changes["holidays_subdivision"] = holidays.partition("-")
        changes = {key: value for key, value in changes.items() if value is not None}
        try:
            if changes:
                public.set_city(**changes)
        except Invalid as refusal:
            _refused(Path("city"), refusal, as_json)
        found, missing = public.city(), public.missing()
    if as_json:
        typer.echo(json.dumps({"name": found.name, "time_zone": found.time_zone, "missing": missing}))
        return
    console.print(f"{found.name or 'This city has no name yet'}, {found.time_zone}, {', '.join(found.languages)}")
    for gap in missing:
        console.print(f"• {as_called(gap)}", soft_wrap=True)


@commands.command("remove", epilog="Example: `cityhall places remove --kind areas --area-kind council_district`")
def remove(
    area_kind: Annotated[str, typer.Option("--area-kind", help="Code of the kind, as in council_district.")],
    kind: Annotated[
        str, typer.Option(help="What to take out: areas. Other places are replaced by the next import.")
    ] = "areas",
    as_json: Json = False,
) -> None:
    """Take a kind of area out of use. Requests that lie in these areas still show their names."""
    if _kind(kind) != "areas":
        raise typer.BadParameter("only areas can be taken out. Import the right file over others.", param_hint="--kind")
    with city():
        from cityhall.apps.places import public
        from cityhall.kernel.errors import Invalid

        try:
            count = public.remove_areas(area_kind)
        except Invalid as refusal:
            refuse(f"Nothing was taken out: {refusal}.")
    if as_json:
        typer.echo(json.dumps({"removed": count}))
    else:
        console.print(f"{count:,} areas of the kind {area_kind} are out of use. Rules that name them no longer match.")


def _kind(text: str) -> ImportKind | None:
    from cityhall.apps.places.contracts import ImportKind

    try:
        return ImportKind(text) if text else None
    except ValueError as problem:
        raise typer.BadParameter(
            f"{text!r} is none of {', '.join(member.value for member in ImportKind)}", param_hint="--kind"
        ) from problem


def _show(report: ImportReport, *, verb: str, hint: bool) -> None:
    """Tell what an import did. `hint`: say where the rows put aside could be written."""
    for note in report.notes:
        console.print(f"Note: {note}.")
    for item in report.quarantined[:5]:
        console.print(f"Row {item.row} was put aside: {item.reason}.")
    if len(report.quarantined) > 5 and hint:
        console.print("Use [bold]--quarantine FILE.csv[/] for the others.")
    what = f"{report.kind.value} {report.target}".strip()
    console.print(
        f"{verb} {report.imported:,} of {report.rows:,} rows as {what}:"
        f" {report.merged:,} merged, {report.skipped:,} skipped, {len(report.quarantined):,} put aside,"
        f" in {report.seconds:g} s."
    )
    if gone := report.loaded.removed:
        console.print(f"Of those that were there, {gone:,} {'are' if verb == 'Imported' else 'would be'} gone.")


def _conditions(where: list[str]) -> dict[str, str]:
    found = {}
    for condition in where:
        column, equals, value = condition.partition("=")
        if not equals:
            raise typer.BadParameter(f"{condition!r} is not COLUMN=VALUE", param_hint="--where")
        found[column.strip()] = value.strip()
    return found


def _refused(file: Path, refusal: Exception, as_json: bool) -> NoReturn:
    """Say why and leave with status 1."""
    if as_json:
        typer.echo(json.dumps({"refused": str(refusal)}))
    else:
        console.print(f"[bold red]{file.name} was refused:[/] {str(refusal).rstrip('.')}.")
    raise typer.Exit(1) from refusal
