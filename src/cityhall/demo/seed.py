"""Builds Harborview in the database: once, whole or not at all."""

from __future__ import annotations

import gc
import importlib
import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection

from cityhall.apps.documents import public as documents
from cityhall.apps.estimates import public as estimates
from cityhall.apps.identity import public as identity
from cityhall.apps.identity.contracts import Terms
from cityhall.apps.opendata import public as opendata
from cityhall.apps.places import public as places
from cityhall.apps.service_requests import public as service_requests
from cityhall.apps.service_requests.contracts import NewCall
from cityhall.demo import calls, constituents, desk_work, field, loading, neighbours, others, plans, routes
from cityhall.demo.accounts import ACCOUNTS, CONTRACTED_TEAM, CONTRACTOR, PASSWORD, Account
from cityhall.demo.ground import city as ground
from cityhall.demo.past import history, kinds
from cityhall.demo.past.history import History
from cityhall.demo.past.records import Picture
from cityhall.demo.pictures import album
from cityhall.kernel import aside, clock
from cityhall.kernel.actors import Actor, ActorKind, system
from cityhall.kernel.django import commands
from cityhall.kernel.django.models import CommandResult
from cityhall.kernel.ids import id_at

# Seeding is one command with this id, so that a second start finds its result and does nothing.
SEEDING = uuid.UUID("0190a0de-0000-7000-8000-4a7262766965")
_ACTOR = system("Harborview demo")
_SEED = 1
_BATCH = 5000


class Bar(Protocol):
    """Shows progress: the part of rich's `Progress` that is used here."""

    def add_task(self, description: str, *, total: float | None = ...) -> Any:
        """Begin a line and return its handle."""

    def advance(self, task_id: Any, advance: float = ...) -> None:
        """Move a line on."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What the city has, in rows, and the moment its history ends at (ISO 8601, with offset)."""

    addresses: int
    segments: int
    assets: int
    areas: int
    pictures: int
    requests: int
    ends_at: str


class _Steps:
    """Tells the bar of one step after the other; without a bar, nobody."""

    def __init__(self, bar: Bar | None) -> None:
        self._bar, self._task = bar, None

    @contextmanager
    def step(self, description: str, total: int = 1) -> Iterator[None]:
        """Show one step; it ends complete."""
        self._task = self._bar.add_task(description, total=total) if self._bar else None
        yield
        if total == 1:
            self.advance()

    def advance(self, by: int = 1) -> None:
        """Move the step on."""
        if self._bar and self._task is not None:
            self._bar.advance(self._task, by)


def is_seeded() -> bool:
    """Say whether this database holds the whole demo city."""
    return CommandResult.objects.filter(id=SEEDING).exists()


def drawn_again() -> tuple[ground.Harborview, History] | None:
    """Return the city and history as this database was given them; None when it holds no demo city.

    They are drawn anew from the same seed and moment, so what residents and staff did since is not in them.
    """
    kept = CommandResult.objects.filter(id=SEEDING).first()
    if kept is None:
        return None
    city = ground.build(_SEED)
    return city, history.build(city, datetime.fromisoformat(kept.result["ends_at"]), _SEED)


def accounts() -> tuple[Account, ...]:
    """Return the accounts to sign in with: one for each role, and a contractor’s."""
    return ACCOUNTS


def seed(progress: Bar | None = None, *, now: datetime | None = None) -> Summary:
    """Build the city, in one transaction: interrupted, it leaves nothing behind and may be started again.

    A second call returns the first one's summary and changes nothing.

    Args:
        progress: shows what is being done; rich's `Progress` will do.
        now: the moment the history ends at (aware); the clock's when left out.
    """
    moment = now or clock.now()
    kept = commands.once(
        SEEDING, "demo.seed", _ACTOR, {"city": ground.NAME}, lambda: asdict(_build(_Steps(progress), moment))
    )
    return Summary(**kept)


def _build(steps: _Steps, now: datetime) -> Summary:
    pictures = list(album.album())
    # To make a picture's sizes leaves Python to others.
    drawn = dict(zip(pictures, aside.begin(*(partial(_drawn, picture) for picture in pictures)), strict=True))
    gc.disable()  # nearly all that is made stays: to look through it again and again takes a tenth of the time
    try:
        return _settle(steps, now, drawn)
    finally:
        gc.enable()
        for picture in drawn.values():
            picture.cancel()


def _settle(steps: _Steps, now: datetime, drawn: Mapping[Picture, Future[documents.Prepared]]) -> Summary:
    with steps.step("Drawing the city"):
        city = ground.build(_SEED)
    first = now.replace(hour=0, minute=0, second=0, microsecond=0)
    address_ids = {home.label: id_at(first, index) for index, home in enumerate(city.addresses)}
    asset_ids = {(thing.layer, thing.code): id_at(first, 1_000_000 + i) for i, thing in enumerate(city.assets)}
    with steps.step("Laying out streets and addresses"):
        _load_places(city, address_ids, asset_ids)
    with steps.step("Hiring people"):
        service_requests.load_category_pack(actor=_ACTOR)
        teams, crew = _load_people(now)
    with steps.step("Living two years"):
        past = history.build(city, now, _SEED)
    with steps.step("Drawing pictures", len(drawn)):
        taken = _take_pictures(drawn, steps)
    rows = loading.RequestRows(
        past,
        teams=teams,
        team_names={team.code: team.name for team in kinds.TEAMS},
        crew=crew,
        pictures=taken,
        address_ids=address_ids,
        asset_ids=asset_ids,
    )
    with steps.step("Writing down the requests", len(past.requests)):
        service_requests.bulk_load(
            rows.batches(_BATCH, steps.advance),
            actor=_ACTOR,
            source_system="harborview_demo",
            coming=len(past.requests),
        )
        others.load(past.requests, actor=_ACTOR)
        opendata.state_terms(licence="CC0 1.0", actor=_ACTOR)
        field.load(past.requests, now=now, team=teams[field.TEAM], person=crew.get(field.TEAM), actor=_ACTOR)
    with steps.step("Learning dates and counting"), clock.held_at(now):
        estimates.learn(beside=_look_and_count)
    with steps.step("Planning the crews’ day"):
        plans.load(city, teams, crew, now, actor=_ACTOR)
    _take_calls(now)
    constituents.load(now, actor=_ACTOR)
    neighbours.load(now)
    desk_work.load(
        now,
        crew=_as("crew", {"requests.view", "requests.work"}),
        dispatcher=_as("dispatcher", {"requests.view", "requests.work"}),
        actor=_ACTOR,
    )
    with steps.step("Routing requests"):
        routes.lay(teams, now)
    areas = len(city.neighbourhoods) + len(city.districts) + len(city.postal_zones)
    return Summary(
        addresses=len(city.addresses),
        segments=len(city.segments),
        assets=len(city.assets),
        areas=areas,
        pictures=len(drawn),
        requests=len(past.requests),
        ends_at=now.isoformat(),
    )


def _load_places(
    city: ground.Harborview, address_ids: dict[str, uuid.UUID], asset_ids: dict[tuple[str, str], uuid.UUID]
) -> None:
    places.set_city(
        name=ground.NAME,
        time_zone=ground.TIME_ZONE,
        languages=["en", "es"],
        boundary=ground.geojson(city.land.boundary),
        holidays_country="US",
        holidays_subdivision="CA",
        actor=_ACTOR,
    )
    for order, (kind, name) in enumerate(loading.AREA_KINDS.items(), start=1):
        places.replace_areas(kind, loading.area_rows(city, kind), name=name, order=order * 10, actor=_ACTOR)
    places.load_streets(loading.segment_rows(city), actor=_ACTOR)
    places.load_addresses(loading.address_rows(city, address_ids), actor=_ACTOR)
    for layer, name in loading.LAYERS.items():
        places.load_assets(layer, loading.asset_rows(city, layer, asset_ids), name=name, actor=_ACTOR)
    for layer, features in loading.feature_rows(city).items():
        places.load_features(layer, features, actor=_ACTOR)


def _load_people(now: datetime) -> tuple[dict[str, tuple[uuid.UUID, uuid.UUID]], dict[str, uuid.UUID]]:
    """Make departments, teams, a contractor, accounts; return each team's department and team id, and who is in it."""
    departments = {
        one.code: identity.ensure_department(one.code, {"en": one.name, "es": one.spanish_name})
        for one in kinds.DEPARTMENTS
    }
    teams = {
        team.code: (
            departments[team.department],
            identity.ensure_team(team.code, {"en": team.name, "es": team.spanish_name}, department=team.department),
        )
        for team in kinds.TEAMS
    }
    contract = Terms(
        name=CONTRACTOR,
        starts_on=(now - timedelta(days=200)).date(),
        ends_on=(now + timedelta(days=900)).date(),
        contract_number="HV-2031",
        contact_name="Lena Ortiz",
    )
    identity.ensure_contractor(contract, teams=[CONTRACTED_TEAM])
    identity.ensure_default_roles()
    crew, hashed = {}, make_password(PASSWORD)
    for account in ACCOUNTS:
        person = identity.ensure_user(
            account.email,
            name=account.name,
            roles=() if account.role == "resident" else (account.role,),
            department=account.department or None,
            team=account.team or None,
            is_demo=True,
            language=account.language,
            totp_secret=account.totp_secret or None,
            password_hash=hashed if account.password else "",
        )
        if account.team:
            crew[account.team] = person
    return teams, crew


def _look_and_count() -> None:
    """Have the database look at what was written, and count it, while Python has other work."""
    # Later a message names a page's address: what the pages are made of takes a second to load.
    aside.begin(partial(importlib.import_module, settings.ROOT_URLCONF))
    with connection.cursor() as cursor:
        # The planner knows nothing of rows copied a moment ago.
        cursor.execute("analyze")
    service_requests.add_up_tallies()


def _take_calls(now: datetime) -> None:
    """Log the calls of the last days that needed no request, as the call taker."""
    taker = _as("call-taker", {"requests.calls"})
    for number, (kind, topic, note, channel) in enumerate(calls.CALLS):
        with clock.held_at(now - timedelta(hours=3 + 7 * number)):
            service_requests.log_call(NewCall(kind, channel, topic, note), actor=taker)


def _as(role: str, permissions: set[str]) -> Actor:
    """Return the first account of a role as somebody who acts."""
    account = next(one for one in ACCOUNTS if one.role == role)
    person = next(one for one in identity.people() if one.email == account.email)
    return Actor(ActorKind.STAFF, person.id, account.name, frozenset(permissions))


def _drawn(picture: Picture) -> documents.Prepared:
    scene, variant, state = picture
    return documents.prepare(album.draw(picture, _SEED), filename=f"{scene}-{variant}-{state}.jpg")


def _take_pictures(drawn: Mapping[Picture, Future[documents.Prepared]], steps: _Steps) -> dict[Picture, uuid.UUID]:
    taken = {}
    for picture, prepared in drawn.items():
        taken[picture] = documents.take_prepared(prepared.result(), actor=_ACTOR).id
        steps.advance()
    return taken
