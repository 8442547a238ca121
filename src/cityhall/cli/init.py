"""`cityhall init`: from an empty data folder to a city that can open."""

from __future__ import annotations

import json
import os
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.table import Table

from cityhall.cli.app import app
from cityhall.cli.processes import prepare
from cityhall.cli.runtime import as_called, console, load_django, progress, running_database
from cityhall.kernel.errors import CityhallError, Invalid

if TYPE_CHECKING:
    from cityhall.apps.setup.contracts import Answers, Done, MapFile, Standing

_MAPS = ("boundary", "streets", "addresses")
_FILES = (*_MAPS, "areas", "assets")
_typed: dict[str, str] = {}
"""What was answered, by field, until it is taken: asked again because of one, the others need not be typed anew."""


@app.command(epilog="Example: `cityhall --data /srv/city init --answers city.toml`")
def init(
    answers: Annotated[
        Path | None, typer.Option("--answers", exists=True, dir_okay=False, help="A TOML file with the answers.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="The city's name.")] = None,
    time_zone: Annotated[str | None, typer.Option(help="As in America/New_York.")] = None,
    languages: Annotated[str | None, typer.Option(help="With commas between, the main one first: en,es.")] = None,
    holidays: Annotated[str | None, typer.Option(help="Whose holidays are kept, as in US-VA.")] = None,
    boundary: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="File with the city's edge.")
    ] = None,
    boundary_where: Annotated[
        str | None, typer.Option(help="Only the rows of that file with COLUMN=VALUE, as in geoid=51710.")
    ] = None,
    streets: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="File with street centrelines.")
    ] = None,
    addresses: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="File with address points.")
    ] = None,
    categories: Annotated[
        str | None, typer.Option(help="“default” for the pack that ships, or your own pack's file.")
    ] = None,
    public_url: Annotated[str | None, typer.Option(help="The address residents use.")] = None,
    behind_proxy: Annotated[
        bool | None, typer.Option("--behind-proxy/--no-proxy", help="A proxy of yours ends TLS in front of the city.")
    ] = None,
    mail_host: Annotated[str | None, typer.Option(help="Name of the mail server, as in mail.city.example.")] = None,
    mail_port: Annotated[int, typer.Option(min=1, max=65535, help="Its port.")] = 587,
    mail_user: Annotated[str, typer.Option(help="Whom to sign in as; none for a server that asks nobody.")] = "",
    mail_password: Annotated[
        str, typer.Option(envvar="CITYHALL_MAIL_PASSWORD", help="Asked for on a terminal when left out.")
    ] = "",
    mail_from: Annotated[str, typer.Option(help="The address e-mail comes from.")] = "",
    mail_plain: Annotated[bool, typer.Option("--mail-plain", help="The server knows no TLS.")] = False,
    test_mail: Annotated[str, typer.Option(metavar="ADDRESS", help="Send a test message there.")] = "",
    admin_email: Annotated[str, typer.Option(help="The first administrator's e-mail address.")] = "",
    admin_name: Annotated[str, typer.Option(help="Their name, shown beside their work.")] = "",
    admin_password: Annotated[
        str, typer.Option(envvar="CITYHALL_ADMIN_PASSWORD", help="Asked for on a terminal when left out.")
    ] = "",
    web: Annotated[
        bool, typer.Option("--web", help="Set up in the browser: print an address that works once.")
    ] = False,
    finish: Annotated[bool, typer.Option("--finish", help="Close the browser's set-up pages for ever.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="End with one JSON line for programs.")] = False,
) -> None:
    """Set up a real city. Run it again at any time: it shows what is set and changes only what you name.

    On a terminal and without options it asks, one thing after the other; Enter keeps what is there. For scripts, give
    options or `--answers FILE` (docs/how-to/start-a-city.md shows one). What still lacks is told at the end, as by
    `cityhall doctor`.
    """
    with running_database():
        load_django()
        prepare()
        from cityhall.apps.setup.contracts import Administrator, Answers, MailServer

        if web:
            _open_pages(as_json=as_json)
            return
        wanted = _from_file(answers, as_json=as_json) if answers else Answers()
        named: dict[str, Any] = {
            "name": name,
            "time_zone": time_zone,
            "languages": _codes(languages) if languages else None,
            "holidays": holidays,
            "maps": _maps(wanted.maps, (boundary, streets, addresses), boundary_where),
            "categories": _pack(categories),
            "public_url": public_url,
            "behind_proxy": behind_proxy,
            "test_to": test_mail or None,
        }
        if mail_host is not None:
            named["mail"] = MailServer(mail_host, mail_from, mail_port, mail_user, mail_password, not mail_plain)
        if admin_email:
            named["administrator"] = Administrator(admin_email, admin_name, admin_password)
        wanted = replace(wanted, **{key: value for key, value in named.items() if value is not None})
        done, standing = _set_up(wanted, finish=finish, as_json=as_json)
        missing = _missing()
    if as_json:
        typer.echo(json.dumps({"set": _plain(standing), "changed": _changed(done), "missing": missing}))
        return
    _show(standing, done, missing)


def _maps(before: Iterable[MapFile], files: Iterable[Path | None], condition: str | None) -> tuple[MapFile, ...]:
    """Return the files with maps: those named now, and those named before of which there is none now."""
    from cityhall.apps.setup.contracts import MapFile

    given = {
        kind: MapFile(file, kind, _condition(condition) if kind == "boundary" else {})
        for kind, file in zip(_MAPS, files, strict=True)
        if file is not None
    }
    return (*(one for one in before if one.kind not in given), *given.values())


def _set_up(wanted: Answers, *, finish: bool, as_json: bool) -> tuple[list[Done], Standing]:
    """Set what is wanted, or ask where nothing is and somebody sits there; return what was done and how it stands."""
    from cityhall.apps.setup import public as setup
    from cityhall.apps.setup.contracts import Answers

    terminal = sys.stdin.isatty() and not as_json
    if wanted.administrator and not wanted.administrator.password:
        wanted = replace(wanted, administrator=_with_password(wanted.administrator, ask=terminal))
    ask = terminal and not finish and wanted == Answers()
    done = _ask() if ask else _apply(wanted, as_json=as_json)
    if finish:
        try:
            setup.finish()
        except Invalid as refusal:
            _refuse(refusal, done, as_json=as_json)
    return done, setup.standing()


def _from_file(path: Path, *, as_json: bool) -> Answers:
    from cityhall.apps.setup import public as setup

    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as problem:
        _refuse(Invalid({"answers": f"{path} is no TOML file: {problem}"}), [], as_json=as_json)
    found, problems = setup.read_answers(raw, path.parent)
    if problems:
        fields = {one.field: f"{path.name}: {one.field} {one.text}" for one in problems}
        _refuse(Invalid(fields), [], as_json=as_json)
    return found


def _apply(wanted: Answers, *, as_json: bool) -> list[Done]:
    """Set what is wanted, or say what was refused and what was set before it, and leave."""
    done: list[Done] = []
    try:
        return _set(wanted, quiet=as_json, done=done)
    except CityhallError as refusal:
        _refuse(refusal, done, as_json=as_json)


def _set(wanted: Answers, *, quiet: bool, done: list[Done] | None = None) -> list[Done]:
    from cityhall.apps.setup import public as setup

    done = [] if done is None else done
    with progress(quiet=quiet) as bar:
        task = bar.add_task("Setting up", total=None, visible=False)
        for one in setup.apply(
            wanted,
            steps=lambda what, count, total: bar.update(
                task, description=what, completed=count, total=total or None, visible=True
            ),
        ):
            done.append(one)
            bar.update(task, visible=False)
    return done


def _missing() -> dict[str, list[str]]:
    from cityhall.kernel.offers import setup_checks

    found = {check.key: list(check.check()) for check in setup_checks}
    return {key: texts for key, texts in found.items() if texts}


def _open_pages(*, as_json: bool) -> None:
    from django.conf import settings

    from cityhall.apps.setup import public as setup

    try:
        code = setup.make_code()
    except CityhallError as refusal:
        _refuse(refusal, [], as_json=as_json)
    address = f"{settings.PUBLIC_URL}/setup/?code={code}"
    if as_json:
        typer.echo(json.dumps({"address": address, "code": code}))
        return
    console.print("This address opens the set-up in the browser. It works once, for a day:")
    console.print(f"[bold]{address}[/]", soft_wrap=True)
    running = as_called("The city must be running for it: [bold]cityhall serve[/].")
    console.print(f"{running} Where it answers at another address or port, put that in front.")


def _pack(text: str | None) -> str | Path | None:
    if text is None or text == "default":
        return text
    if not Path(text).is_file():
        raise typer.BadParameter(
            f"there is no file {text}; give “default” for the pack that ships", param_hint="--categories"
        )
    return Path(text)


def _condition(text: str | None) -> Mapping[str, str]:
    column, equals, value = (text or "").partition("=")
    if text and not equals:
        raise typer.BadParameter(f"{text!r} is not COLUMN=VALUE", param_hint="--boundary-where")
    return {column.strip(): value.strip()} if equals else {}


def _with_password(given: Any, *, ask: bool) -> Any:
    from cityhall.apps.identity import public as identity

    if given.email.strip().lower() in identity.administrators() or not ask:
        password = os.environ.get("CITYHALL_ADMIN_PASSWORD", "")
    else:
        password = typer.prompt("Password of the administrator", hide_input=True, confirmation_prompt=True)
    return replace(given, password=password)


def _ask() -> list[Done]:
    """Ask for one thing after the other, with what is set as the answer that Enter gives, and set each at once."""
    from cityhall.apps.setup import public as setup

    console.print("Enter keeps what is in brackets. Stop with Ctrl-C when you like: what was set stays.\n")
    done: list[Done] = []
    for section in (_ask_city, _ask_maps, _ask_categories, _ask_address, _ask_mail, _ask_test, _ask_administrator):
        while (wanted := section(setup.standing())) is not None:
            try:
                done += _set(wanted, quiet=False)
                _typed.clear()
                break
            except Invalid as refusal:
                for field, text in refusal.fields.items():
                    _typed.pop(field, None)
                    told = f"✗ {field.replace('_', ' ')}: {text}"
                    console.print(told, style="bold red", soft_wrap=True, markup=False)
    return done


def _ask_city(now: Standing) -> Answers:
    from cityhall.apps.setup.contracts import Answers

    zone = now.time_zone if now.time_zone != "UTC" else "America/New_York"
    return Answers(
        name=_prompt("name", "The city's name", now.name),
        time_zone=_prompt("time_zone", "Time zone", zone),
        languages=_codes(_prompt("languages", "Languages, the main one first", ",".join(now.languages))),
        holidays=_prompt("holidays", "Holidays of a country and state, as in US-VA", now.holidays or "US"),
    )


def _prompt(field: str, text: str, default: str = "", *, may_be_empty: bool = False) -> str:
    """Ask for a field. Enter gives what was typed before, then `default`."""
    value = _typed.get(field, default)
    _typed[field] = typer.prompt(
        text, default=value if value or may_be_empty else None, show_default=bool(value)
    )  # fmt: skip
    return _typed[field]


def _ask_maps(now: Standing) -> Answers | None:
    from cityhall.apps.setup.contracts import Answers, MapFile

    there = {"boundary": now.has_boundary, "streets": now.counts["segments"], "addresses": now.counts["addresses"]}
    maps = []
    for kind in _MAPS:
        told = "loaded; Enter keeps it" if there[kind] else "none yet; Enter for no file"
        text = typer.prompt(f"File with the {kind} ({told})", default="", show_default=False)
        while text and not Path(text).expanduser().is_file():
            text = typer.prompt(f"There is no file {text}. Another, or Enter", default="", show_default=False)
        if text:
            maps.append(MapFile(Path(text).expanduser(), kind))
    return Answers(maps=maps) if maps else None


def _ask_categories(now: Standing) -> Answers | None:
    from cityhall.apps.setup.contracts import SHIPPED, Answers

    if now.counts["categories"] or not typer.confirm("Load the 40 categories that ship?", default=True):
        return None
    return Answers(categories=SHIPPED)


def _ask_address(now: Standing) -> Answers | None:
    from cityhall.apps.setup.contracts import Answers

    if "CITYHALL_PUBLIC_URL" in now.fixed:
        return None
    url = _prompt("public_url", "Public address", now.public_url or "http://127.0.0.1:8000")
    proxy = now.behind_proxy or url.startswith("https")
    return Answers(
        public_url=url, behind_proxy=typer.confirm("Does a proxy of yours end TLS in front of it?", default=proxy)
    )


def _ask_mail(now: Standing) -> Answers | None:
    from cityhall.apps.setup import public as setup
    from cityhall.apps.setup.contracts import Answers, MailServer

    if "CITYHALL_SMTP_URL" in now.fixed or not typer.confirm(
        f"Set the mail server ({now.mail or 'none yet'})?", default=not now.mail
    ):
        return None
    old = setup.mail_server()
    host = _prompt("mail_host", "Its name", old.host if old else "")
    port = typer.prompt("Its port", default=old.port if old else 587, type=int)
    user = _prompt("mail_user", "Sign in as (Enter for nobody)", old.user if old else "", may_be_empty=True)
    password = typer.prompt("Password", default="", hide_input=True, show_default=False) if user else ""
    sender = _prompt("mail_from", "E-mail comes from", now.mail_from)
    tls = typer.confirm("Does it know TLS (STARTTLS)?", default=old.starttls if old else True)
    return Answers(mail=MailServer(host, sender, port, user, password or (old.password if old else ""), tls))


def _ask_test(now: Standing) -> Answers | None:
    from cityhall.apps.setup.contracts import Answers

    if not now.mail or now.mail_tested_at:
        return None
    to = typer.prompt("Send a test message to (Enter for nobody)", default="", show_default=False)
    return Answers(test_to=to) if to else None


def _ask_administrator(now: Standing) -> Answers | None:
    from cityhall.apps.setup.contracts import Administrator, Answers

    if now.administrators:
        return None
    email = _prompt("email", "E-mail address of the first administrator")
    name = _prompt("name", "Their name")
    password = typer.prompt("Password, 12 characters or more", hide_input=True, confirmation_prompt=True)
    return Answers(administrator=Administrator(email, name, password))


def _codes(text: str) -> list[str]:
    return [code.strip() for code in text.split(",") if code.strip()]


def _plain(standing: Standing) -> dict[str, Any]:
    """Return what is set as JSON knows it."""
    return {
        "name": standing.name, "time_zone": standing.time_zone, "languages": list(standing.languages),
        "holidays": standing.holidays, "boundary": standing.has_boundary, **standing.counts,
        "mail": standing.mail, "mail_from": standing.mail_from,
        "mail_tested_at": standing.mail_tested_at.isoformat() if standing.mail_tested_at else None,
        "public_url": standing.public_url, "behind_proxy": standing.behind_proxy,
        "administrators": standing.administrators, "with_second_factor": standing.with_factor,
        "finished": standing.finished_at is not None,
    }  # fmt: skip


def _changed(done: list[Done]) -> list[dict[str, str]]:
    return [{"what": one.what, "note": one.note} for one in done if one.changed]


def _show(standing: Standing, done: list[Done], missing: Mapping[str, list[str]]) -> None:
    for one in done:
        console.print(f"{'✓' if one.changed else '='} {one.what}: {one.note}", soft_wrap=True, markup=False)
    counts = standing.counts
    tested = f", tested {standing.mail_tested_at:%Y-%m-%d}" if standing.mail_tested_at else ", not tested"
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    for what, value in (
        ("name", standing.name or "none yet"),
        ("time zone", standing.time_zone),
        ("languages", ", ".join(standing.languages)),
        ("holidays", standing.holidays or "none"),
        ("boundary", "loaded" if standing.has_boundary else "none yet"),
        ("streets", f"{counts['segments']:,} segments"),
        ("addresses", f"{counts['addresses']:,}"),
        ("areas, assets", f"{counts['areas']:,}, {counts['assets']:,}"),
        ("categories", f"{counts['categories']} for {counts['departments']} departments"),
        ("mail", f"{standing.mail} as {standing.mail_from}{tested}" if standing.mail else "stays on this machine"),
        ("public address", standing.public_url or "http://127.0.0.1:8000"),
        ("administrators", f"{standing.administrators}, {standing.with_factor} with a second factor"),
    ):
        table.add_row(what, value)
    console.print()
    console.print(table)
    if missing:
        console.print(as_called("\nStill to do (`cityhall doctor` says it again):"))
        for key, texts in missing.items():
            for text in texts:
                console.print(f"[yellow]• {key}:[/] {as_called(text)}", soft_wrap=True)
    if standing.administrators and standing.name:
        console.print(as_called("\nOpen the city with [bold]cityhall serve[/]; if it runs already, start it again."))


def _refuse(refusal: CityhallError, done: list[Done], *, as_json: bool) -> NoReturn:
    """Say what was refused, and what was set before it."""
    fields = refusal.fields if isinstance(refusal, Invalid) else {"refused": refusal.message}
    told = {name: str(text) for name, text in fields.items()}
    if as_json:
        typer.echo(json.dumps({"refused": told, "changed": _changed(done)}))
    else:
        for one in done:
            console.print(f"{'✓' if one.changed else '='} {one.what}: {one.note}", soft_wrap=True, markup=False)
        for field, text in told.items():
            where = f"{field}: " if field in _FILES else ""
            console.print(f"✗ {where}{text}", style="bold red", soft_wrap=True, markup=False)
        set_before = "What is ticked above is set." if any(one.changed for one in done) else "Nothing was changed."
        console.print(f"{set_before} Mend what was refused and run the command again.")
    raise typer.Exit(2) from refusal
