"""Reads: people, departments, teams, contractors, roles, keys, and what an account may do."""

from cityhall.apps.identity.queries.access import access_rows
from cityhall.apps.identity.queries.acting import (
    PRIMARY_FACTORS,
    actor_of_account,
    actor_of_colleague,
    actor_of_session,
    has_second_factor,
    is_half_signed_in,
    reach_of,
)
from cityhall.apps.identity.queries.contractors import contractor, contractors, free_teams, is_shut_out, today
from cityhall.apps.identity.queries.leading import leads, working_teams
from cityhall.apps.identity.queries.people import (
    account_data,
    account_of,
    accounts_left,
    accounts_of,
    administrators,
    departments,
    keys,
    managing_everywhere,
    missing_administrator,
    names,
    people,
    person,
    persons,
    roles,
    staff_list,
    teams,
    workforce,
)
from cityhall.apps.identity.queries.phones import sms_number, sms_offered
from cityhall.apps.identity.queries.sessions import sessions_of
from cityhall.apps.identity.queries.sso import comes_by_sso, is_linked, outside_factor, single_sign_on, sso_problems

__all__ = [
    "PRIMARY_FACTORS",
    "access_rows",
    "account_data",
    "account_of",
    "accounts_left",
    "accounts_of",
    "actor_of_account",
    "actor_of_colleague",
    "actor_of_session",
    "administrators",
    "comes_by_sso",
    "contractor",
    "contractors",
    "departments",
    "free_teams",
    "has_second_factor",
    "is_half_signed_in",
    "is_linked",
    "is_shut_out",
    "keys",
    "leads",
    "managing_everywhere",
    "missing_administrator",
    "names",
    "outside_factor",
    "people",
    "person",
    "persons",
    "reach_of",
    "roles",
    "sessions_of",
    "single_sign_on",
    "sms_number",
    "sms_offered",
    "sso_problems",
    "staff_list",
    "teams",
    "today",
    "workforce",
    "working_teams",
]
