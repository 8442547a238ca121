"""Reads: the companies that work for the city, and whether their contracts run."""

from __future__ import annotations

import uuid
from collections import defaultdict
from datetime import date
from zoneinfo import ZoneInfo

from cityhall.apps.identity import rules
from cityhall.apps.identity.contracts import ContractorInfo, ContractState, PersonInfo, TeamInfo, Terms
from cityhall.apps.identity.models import Contractor, Team, User
from cityhall.apps.identity.queries.values import person_info, team_info
from cityhall.kernel import clock, offers


def today() -> date:
    """Return the day it is in the city."""
    return clock.now().astimezone(ZoneInfo(offers.city_card.get().time_zone)).date()


def state_of(row: Contractor, day: date | None = None) -> ContractState:
    """Say where a contract stands on a day; today when None."""
    return rules.contract_state(row.starts_on, row.ends_on, row.ended_at, today=day or today())


def is_shut_out(user: User, day: date | None = None) -> bool:
    """Say whether the account is a contractor's person's and the contract does not run on the day; today when None."""
    return user.contractor is not None and state_of(user.contractor, day) is not ContractState.RUNNING


def contractors() -> list[ContractorInfo]:
    """Return every contractor by name, with its teams and people, in four queries."""
    teams: dict[uuid.UUID, list[TeamInfo]] = defaultdict(list)
    for team in Team.objects.filter(contractor__isnull=False, is_active=True).order_by("code"):
        assert team.contractor_id is not None
        teams[team.contractor_id].append(team_info(team))
    people: dict[uuid.UUID, list[PersonInfo]] = defaultdict(list)
    for person in User.objects.filter(contractor__isnull=False).order_by("name", "email"):
        assert person.contractor_id is not None
        people[person.contractor_id].append(person_info(person))
    day = today()
    return [
        ContractorInfo(
            id=row.id,
            terms=terms_of(row),
            state=state_of(row, day),
            ended_at=row.ended_at,
            teams=tuple(teams[row.id]),
            people=tuple(people[row.id]),
        )
        for row in Contractor.objects.order_by("name")
    ]


def contractor(contractor_id: uuid.UUID) -> ContractorInfo | None:
    """Return one contractor, None when there is none with this id."""
    return next((one for one in contractors() if one.id == contractor_id), None)


def terms_of(row: Contractor) -> Terms:
    """Return what the contract says."""
    return Terms(
        name=row.name,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        contract_number=row.contract_number,
        contact_name=row.contact_name,
        contact_email=row.contact_email,
        contact_phone=row.contact_phone,
        reads_notes=row.reads_notes,
    )


def free_teams() -> list[TeamInfo]:
    """Return the teams without people, which could be given to a contractor."""
    rows = Team.objects.filter(is_active=True, contractor__isnull=True, memberships__isnull=True)
    return [team_info(row) for row in rows.order_by("code")]
