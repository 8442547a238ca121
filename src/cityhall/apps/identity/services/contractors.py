"""What administrators do with contractors: their contracts, teams and people. Access follows the contract."""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, timedelta

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cityhall.apps.identity import queries
from cityhall.apps.identity.contracts import ContractState, Terms
from cityhall.apps.identity.models import ApiKey, Contractor, Department, Membership, Team, User
from cityhall.apps.identity.queries.contractors import state_of, terms_of
from cityhall.apps.identity.services import addresses, records, setting_up, staff
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor, system
from cityhall.kernel.errors import Invalid, NotFound

_KIND = "contractor"
LONGEST = timedelta(days=365 * 25)


def make_contractor(*, actor: Actor, terms: Terms) -> uuid.UUID:
    """Write down a contractor and its contract; return its id. Raises NotAllowed, Invalid."""
    records.may_manage(actor)
    checked = _checked(terms)
    with transaction.atomic():
        row = Contractor.objects.create(**asdict(checked))
        records.record(actor, "identity.contractor_made", _KIND, row.id, _told(checked))
    return row.id


def change_contractor(*, actor: Actor, contractor_id: uuid.UUID, terms: Terms) -> None:
    """Change what is written of a contractor. A contract that ended early stays ended.

    Raises NotAllowed, NotFound, Invalid.
    """
    records.may_manage(actor)
    with transaction.atomic():
        row = _locked(contractor_id)
        checked = _checked(terms, but_not=contractor_id)
        for name, value in asdict(checked).items():
            setattr(row, name, value)
        row.save()
        records.record(actor, "identity.contractor_changed", _KIND, row.id, _told(checked))
        _end_access(row)


def extend_contract(*, actor: Actor, contractor_id: uuid.UUID, ends_on: date) -> None:
    """Give a contract a new last day; one that ended runs again. Raises NotAllowed, NotFound, Invalid."""
    records.may_manage(actor)
    with transaction.atomic():
        row = _locked(contractor_id)
        if ends_on < queries.today():
            raise Invalid({"ends_on": _("Give a last day that is today or later.")})
        _checked(replace(terms_of(row), ends_on=ends_on), but_not=contractor_id)
        row.ends_on, row.ended_at = ends_on, None
        row.save(update_fields=["ends_on", "ended_at"])
        records.record(actor, "identity.contract_extended", _KIND, row.id, {"ends_on": ends_on.isoformat()})


def end_contract(*, actor: Actor, contractor_id: uuid.UUID) -> None:
    """End a contract now: its people are signed out and refused, their API keys revoked.

    Raises NotAllowed, NotFound.
    """
    records.may_manage(actor)
    with transaction.atomic():
        row = _locked(contractor_id)
        if row.ended_at is None:
            row.ended_at = clock.now()
            row.save(update_fields=["ended_at"])
            ApiKey.objects.filter(owner__contractor=row, revoked_at__isnull=True).update(revoked_at=clock.now())
            records.record(actor, "identity.contract_ended", _KIND, row.id, {})
        _end_access(row)


def give_team(*, actor: Actor, contractor_id: uuid.UUID, team_id: uuid.UUID) -> None:
    """Make a team the contractor's. Raises NotAllowed, NotFound, Invalid: somebody of the city's own works in it."""
    records.may_manage(actor)
    with transaction.atomic():
        row = _locked(contractor_id)
        team = Team.objects.select_for_update().filter(id=team_id, is_active=True).first()
        if team is None:
            raise NotFound(_("That department or team does not exist any more. Load the page again."))
        if team.contractor_id not in {None, row.id} or Membership.objects.filter(
            team=team, user__contractor__isnull=True
        ):
            raise Invalid({"team": _("Somebody works in this team. Take their roles in it first, or make a new team.")})
        team.contractor = row
        team.save(update_fields=["contractor"])
        records.record(actor, "identity.contractor_team_given", _KIND, row.id, {"team": team.code})


def new_team(*, actor: Actor, contractor_id: uuid.UUID, department_id: uuid.UUID, name: Mapping[str, str]) -> uuid.UUID:
    """Make a team of the contractor's in a department; return its id.

    Args:
        name: translated text; the English one must be there.

    Raises:
        NotAllowed, NotFound.
        Invalid: no name.
    """
    records.may_manage(actor)
    said = {language: text.strip() for language, text in name.items() if text.strip()}
    if "en" not in said:
        raise Invalid({"name": _("Give the team a name.")})
    if max(map(len, said.values())) > 80:
        raise Invalid({"name": _("Give the team a name of at most 80 characters.")})
    with transaction.atomic():
        row = _locked(contractor_id)
        department = Department.objects.filter(id=department_id).first()
        if department is None:
            raise NotFound(_("That department or team does not exist any more. Load the page again."))
        team = Team.objects.create(department=department, code=_free_code(said["en"]), name=said, contractor=row)
        records.record(actor, "identity.contractor_team_given", _KIND, row.id, {"team": team.code})
    return team.id


def take_team(*, actor: Actor, contractor_id: uuid.UUID, team_id: uuid.UUID) -> None:
    """Make a team the city's own again; the contractor's people lose their roles in it. Raises NotAllowed, NotFound."""
    records.may_manage(actor)
    with transaction.atomic():
        row = _locked(contractor_id)
        team = Team.objects.select_for_update().filter(id=team_id, contractor=row).first()
        if team is None:
            raise NotFound(_("That department or team does not exist any more. Load the page again."))
        Membership.objects.filter(team=team).delete()
        team.contractor = None
        team.save(update_fields=["contractor"])
        records.record(actor, "identity.contractor_team_taken", _KIND, row.id, {"team": team.code})


def add_person(
    *, actor: Actor, contractor_id: uuid.UUID, email: str, name: str, role: str, team_id: uuid.UUID | None
) -> uuid.UUID:
    """Make an account for one of the contractor's people with a role in one of its teams; return the account's id.

    They set a password by a link sent to the address.

    Raises:
        NotAllowed: the actor may not manage people, or holds less than the role.
        NotFound: no such contractor.
        Invalid: not an address, no name, no such role or team, or the address is one of the city's own people's.
    """
    records.may_manage(actor)
    problems: dict[str, object] = {}
    if not name.strip():
        problems["name"] = _("Give a name: it is shown beside the person's work.")
    if team_id is None:
        problems["team"] = _("Choose one of the contractor's teams.")
    try:
        folded = addresses.folded(email)
    except Invalid as problem:
        problems.update(problem.fields)
    if problems:
        raise Invalid(problems)
    with transaction.atomic():
        row = _locked(contractor_id)
        user = User.objects.select_for_update().get(id=setting_up.resident_account(folded))
        if user.contractor_id != row.id and (user.is_staff or user.contractor_id):
            raise Invalid({"email": _("This address is a colleague's or another contractor's. Give another one.")})
        setting_up.make_staff(user)
        user.name, user.contractor = name.strip()[:150], row
        user.save(update_fields=["name", "is_staff", "contractor"])
        staff.add_membership(actor=actor, user_id=user.id, role=role, team_id=team_id)
        records.record(actor, "identity.contractor_person_added", "account", user.id, {"contractor": str(row.id)})
    return user.id


def end_lapsed_sessions() -> int:
    """End the sessions of people whose contract does not run; return how many. Each request is checked as well."""
    ended = 0
    for row in Contractor.objects.filter(people__usersession__isnull=False).distinct():
        found = _end_access(row)
        if found:
            with transaction.atomic():
                records.record(system("Contracts"), "identity.contract_sessions_ended", _KIND, row.id, {"n": found})
        ended += found
    return ended


def ensure_contractor(terms: Terms, *, teams: Sequence[str] = ()) -> uuid.UUID:
    """Make the contractor of this name with these teams (their codes), or bring it up to date; return its id."""
    row, _made = Contractor.objects.update_or_create(name=terms.name, defaults=asdict(terms))
    Team.objects.filter(code__in=teams).update(contractor=row)
    return row.id


def _locked(contractor_id: uuid.UUID) -> Contractor:
    row = Contractor.objects.select_for_update().filter(id=contractor_id).first()
    if row is None:
        raise NotFound(_("There is no such contractor."))
    return row


def _checked(terms: Terms, *, but_not: uuid.UUID | None = None) -> Terms:
    name = terms.name.strip()
    problems: dict[str, object] = {}
    if not 0 < len(name) <= 120:
        problems["name"] = _("Give the company's name in at most 120 characters.")
    elif any(found != but_not for found in Contractor.objects.filter(name=name).values_list("id", flat=True)):
        problems["name"] = _("There is a contractor of this name already. Open it in the list.")
    if terms.ends_on < terms.starts_on:
        problems["ends_on"] = _("The last day comes before the first. Give a later one.")
    elif terms.ends_on - terms.starts_on > LONGEST:
        problems["ends_on"] = _("Give a contract of at most 25 years.")
    email = ""
    if terms.contact_email.strip():
        try:
            email = addresses.folded(terms.contact_email)
        except Invalid as problem:
            problems["contact_email"] = problem.fields["email"]
    if problems:
        raise Invalid(problems)
    return replace(
        terms,
        name=name,
        contract_number=terms.contract_number.strip()[:60],
        contact_name=terms.contact_name.strip()[:120],
        contact_email=email,
        contact_phone=terms.contact_phone.strip()[:32],
    )


def _told(terms: Terms) -> dict[str, object]:
    """The contract in the words of the audit log: not whom to call there, who is a person."""
    return {
        "name": terms.name,
        "starts_on": terms.starts_on.isoformat(),
        "ends_on": terms.ends_on.isoformat(),
        "reads_notes": terms.reads_notes,
    }


def _end_access(row: Contractor) -> int:
    """Sign the contractor's people out everywhere unless its contract runs today; return how many sessions ended."""
    if state_of(row) is ContractState.RUNNING:
        return 0
    sessions = list(UserSession.objects.filter(user__contractor=row))
    for session in sessions:
        session.end()
    return len(sessions)


def _free_code(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:34] or "team"
    taken = set(Team.objects.filter(code__startswith=stem).values_list("code", flat=True))
    return next(code for code in (stem, *(f"{stem}-{n}" for n in range(2, 10_000))) if code not in taken)
