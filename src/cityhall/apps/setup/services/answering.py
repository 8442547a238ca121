"""Setting one thing after the other. Each may be done again, and does nothing when it is so already."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from cityhall.apps.identity import public as identity
from cityhall.apps.places import public as places
from cityhall.apps.places.contracts import ImportKind, ImportOptions, ImportReport
from cityhall.apps.service_requests import public as requests
from cityhall.apps.setup import queries, rules
from cityhall.apps.setup.contracts import (
    LANGUAGES,
    SHIPPED,
    Administrator,
    Answers,
    Done,
    MailServer,
    MapFile,
    NewDepartment,
)
from cityhall.apps.setup.models import Progress
from cityhall.kernel import clock, ports
from cityhall.kernel.actors import system
from cityhall.kernel.django import audit
from cityhall.kernel.errors import Invalid
from cityhall.kernel.ports import Mail

ACTOR = system("Set-up")
Steps = Callable[[str, int, int], None]
"""Told what is being done, how many rows are done, and of how many."""


def apply(answers: Answers, *, steps: Steps = lambda _what, _done, _all: None) -> Iterator[Done]:
    """Set what the answers name, in an order that works, and tell of each; what they leave out stays.

    Each is written by itself: what was set before one that is refused stays set, and a second run goes on from there.

    Raises:
        Invalid: an answer cannot be used; `fields` names it.
    """
    basics = (answers.name, answers.time_zone, answers.languages, answers.holidays)
    if any(one is not None for one in basics):
        yield set_basics(*basics)
    for one in answers.maps:
        yield load_map(one, steps=steps)
    if answers.categories is not None:
        yield load_categories(None if answers.categories == SHIPPED else Path(answers.categories))
    if answers.departments:
        yield set_departments(answers.departments)
    if answers.public_url is not None or answers.behind_proxy is not None:
        yield set_address(answers.public_url, answers.behind_proxy)
    if answers.mail is not None:
        yield set_mail(answers.mail)
    if answers.test_to:
        yield test_mail(answers.test_to)
    if answers.administrator is not None:
        yield make_administrator(answers.administrator)


def set_basics(
    name: str | None, time_zone: str | None, languages: Sequence[str] | None, holidays: str | None
) -> Done:  # fmt: skip
    """Set the city's name, time zone, languages and holidays; None leaves one.

    Raises:
        Invalid: fields "name", "time_zone", "languages", "holidays".
    """
    problems: dict[str, str] = {}
    now = places.city()
    if name is not None and not 0 < len(name.strip()) <= 120:
        problems["name"] = _("Give the city's name, in at most 120 characters.")
    if languages is not None and not languages:
        problems["languages"] = _("Choose at least one language.")
    elif languages is not None and not set(languages) <= set(LANGUAGES):
        problems["languages"] = _("Write languages as codes with commas between. There are %(codes)s.") % {
            "codes": ", ".join(LANGUAGES)
        }
    country, subdivision = now.holidays_country, now.holidays_subdivision
    if holidays is not None:
        country, _dash, subdivision = holidays.strip().upper().partition("-")
    changes: dict[str, object] = {
        key: value
        for key, value, there in (
            ("name", name.strip() if name is not None else None, now.name),
            ("time_zone", time_zone.strip() if time_zone is not None else None, now.time_zone),
            ("languages", tuple(languages) if languages is not None else None, now.languages),
            ("holidays_country", country, now.holidays_country),
            ("holidays_subdivision", subdivision, now.holidays_subdivision),
        )
        if value is not None and value != there
    }
    try:
        with transaction.atomic():
            if changes:
                places.set_city(**changes, actor=ACTOR)  # type: ignore[arg-type]  # each as set_city names it
            if problems:
                raise Invalid(problems)
    except Invalid as refused:
        problems = {**{key: str(text) for key, text in refused.fields.items()}, **problems}
        if "holidays" in problems:
            problems["holidays"] = _("Give a country and state such as US-VA, or leave it empty.")
        raise Invalid(problems) from refused
    return Done("city", bool(changes), places.city().name)


def load_map(one: MapFile, *, again: bool = False, steps: Steps = lambda _what, _done, _all: None) -> Done:
    """Load a map file; the very file that was loaded last is not loaded again.

    Raises:
        Invalid: field of the file's kind: the places room refuses it.
    """
    what = f"{one.kind} {one.target}".strip()
    print_of = rules.digest(_sum(one.file), json.dumps(dict(one.where), sort_keys=True), one.crs, one.code_field)
    if not again and queries.progress().loaded.get(what) == print_of:
        return Done(what, False, f"{one.file.name} is loaded already")
    options = ImportOptions(
        kind=ImportKind(one.kind), target=one.target, title=one.title, where=one.where, crs=one.crs,
        code_field=one.code_field, name_field=one.name_field,
        even_elsewhere=True,  # the files come in any order, and the last one may be the right one: told at the end
    )  # fmt: skip
    try:
        report = places.import_file(one.file, options, actor=ACTOR, progress=steps)
    except Invalid as refused:
        raise Invalid({one.kind: str(refused)}, code=refused.code) from refused
    _remember(what, print_of)
    counts = {"rows": report.rows, "imported": report.imported, "aside": len(report.quarantined)}
    return Done(what, True, told(report), counts)


def told(report: ImportReport) -> str:
    """Return what came of an import in one line, for the terminal."""
    aside = f", {len(report.quarantined):,} put aside ({report.quarantined[0].reason})" if report.quarantined else ""
    return f"{report.imported:,} of {report.rows:,} rows{aside}"


def load_categories(file: Path | None) -> Done:
    """Load a category pack, None for the one that ships; one that was loaded as it is stays as the desk changed it.

    Raises:
        Invalid: what is wrong in the pack, by field.
    """
    print_of = requests.shipped_pack_digest() if file is None else _sum(file)
    if queries.progress().loaded.get("categories") == print_of:
        return Done("categories", False, "this pack is loaded already")
    lacking = requests.look_at_category_pack(file).lacking
    count = requests.load_category_pack(file, actor=ACTOR)
    _remember("categories", print_of)
    return Done("categories", True, ". ".join([f"{count} {'category' if count == 1 else 'categories'}", *lacking]))


def set_departments(given: Sequence[NewDepartment]) -> Done:
    """Make departments, or rename them, by their code.

    Raises:
        Invalid: field "departments": a code or a name is missing.
    """
    there = {one.code: dict(one.name) for one in identity.departments()}
    changed = 0
    with transaction.atomic():
        for one in given:
            name = {**there.get(one.code, {}), **{tongue: text.strip() for tongue, text in one.name.items()}}
            if not name.get("en") or any(len(text) > 120 for text in name.values()) or not one.code:
                raise Invalid({"departments": _("Name each department in English, in at most 120 characters.")})
            if there.get(one.code) != name:
                identity.ensure_department(one.code, name)
                changed += 1
        if changed:
            audit.record(ACTOR, "setup.departments_set", subject_kind="department", subject_id=None,
                         data={"changed": changed})  # fmt: skip
    return Done("departments", bool(changed), f"{changed} made or renamed")


def set_address(url: str | None, behind_proxy: bool | None) -> Done:
    """Keep the address residents use; it counts when the city is started again. None leaves one.

    Raises:
        Invalid: fields "public_url", "behind_proxy".
    """
    values: dict[str, str] = {}
    if url is not None:
        kept = rules.public_address(url)
        if not kept:
            raise Invalid({"public_url": _("Give an address such as https://311.example.gov, without a path.")})
        values[queries.PUBLIC_URL] = kept
    if behind_proxy is not None:
        values[queries.PROXY] = "yes" if behind_proxy else ""
    changed = _keep(values, {queries.PUBLIC_URL: "public_url", queries.PROXY: "behind_proxy"})
    return Done("address", changed, queries.standing().public_url)


def set_mail(server: MailServer) -> Done:
    """Keep the mail server; it counts at once.

    Raises:
        Invalid: fields "mail_host", "mail_port", "mail_from".
    """
    problems: dict[str, str] = {}
    if not server.host.strip() or any(letter in server.host for letter in " /@"):
        problems["mail_host"] = _("Give the mail server's name, for example mail.example.gov.")
    if not 0 < server.port < 65536:
        problems["mail_port"] = _("Give a port from 1 to 65535. 587 is usual.")
    if "@" not in server.sender or any(letter in server.sender for letter in "\r\n"):
        problems["mail_from"] = _("Give the address e-mail comes from, for example 311@example.gov.")
    if problems:
        raise Invalid(problems)
    changed = _keep(
        {queries.SMTP_URL: rules.smtp_url(server), queries.MAIL_FROM: server.sender.strip()},
        {queries.SMTP_URL: "mail_host", queries.MAIL_FROM: "mail_from"},
    )
    return Done("mail", changed, f"{server.host}:{server.port}")


def test_mail(to: str, *, language: str = "en") -> Done:
    """Send one message by the mail server that holds now, and remember that it was taken.

    Raises:
        Invalid: field "test_to": the server refused it or does not answer, and what it said.
    """
    if queries.mail_server() is None:
        raise Invalid({"test_to": _("Set the mail server first, then send the test.")})
    with override(language):
        subject = _("%(city)s: this test message arrived") % {"city": places.card().name}
        text = _("Your city can send e-mail. Nothing else is needed.")
    # The address that was set a moment ago, although this process still answers at the one before.
    address = queries.standing().public_url or settings.PUBLIC_URL
    try:
        ports.mail_engine.get().send(Mail(to=to.strip(), subject=subject, text=f"{text}\n\n{address}\n"))
    except (ports.MailRefused, ports.MailUnavailable) as problem:
        raise Invalid(
            {"test_to": _("The test was not sent. The mail server says: %(problem)s. Check its name, port, user and"
                          " password.") % {"problem": problem}}
        ) from problem  # fmt: skip
    Progress.objects.get_or_create(id=1)
    Progress.objects.update(mail_tested_at=clock.now(), mail_tested_hash=queries.mail_digest())
    return Done("mail test", True, f"sent to {to.strip()}")


def make_administrator(given: Administrator) -> Done:
    """Make the first account; one that may do everything already keeps its password.

    Raises:
        Invalid: fields "email", "name", "password".
    """
    email = given.email.strip().lower()
    if email in identity.administrators():
        return Done("administrator", False, f"{email} may do everything already")
    identity.make_administrator(email, given.name, given.password)
    return Done("administrator", True, email)


def _keep(values: Mapping[str, str], fields: Mapping[str, str]) -> bool:
    """Keep settings outside the database; say whether any is new. Refuse those the environment decides otherwise."""
    installed = ports.installation.get()
    changed = {name: value for name, value in values.items() if installed.value(name) != value}
    for name in changed:
        if installed.is_fixed(name):
            told = _("The environment variable %(name)s decides this. Change it there.") % {"name": name}
            raise Invalid({fields[name]: told})
    if changed:
        installed.change(changed)
        # The names alone: a mail server's address holds its password.
        audit.record(ACTOR, "setup.settings_kept", subject_kind="settings", subject_id=None,
                     data={"names": sorted(changed)})  # fmt: skip
    return bool(changed)


def _remember(what: str, print_of: str) -> None:
    with transaction.atomic():
        Progress.objects.get_or_create(id=1)
        row = Progress.objects.select_for_update().get(id=1)
        row.loaded = {**row.loaded, what: print_of}
        row.save(update_fields=["loaded"])


def _sum(file: Path) -> str:
    found = hashlib.sha256()
    try:
        with file.open("rb") as body:
            while chunk := body.read(1 << 20):
                found.update(chunk)
    except OSError as problem:
        raise Invalid({"file": f"{file} cannot be read: {problem.strerror}."}) from problem
    return found.hexdigest()
