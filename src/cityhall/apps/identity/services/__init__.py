"""Writes: accounts, departments, teams, contractors, roles, memberships and API keys."""

from cityhall.apps.identity.services.accounts import (
    erase_own_account,
    erase_person,
    set_language,
    signed_in_by_code,
    signed_in_by_phone,
)
from cityhall.apps.identity.services.contractors import (
    add_person,
    change_contractor,
    end_contract,
    end_lapsed_sessions,
    ensure_contractor,
    extend_contract,
    give_team,
    make_contractor,
    new_team,
    take_team,
)
from cityhall.apps.identity.services.keeping import kept_kinds
from cityhall.apps.identity.services.keys import make_key, revoke_key, use_key
from cityhall.apps.identity.services.sessions import end_sessions
from cityhall.apps.identity.services.setting_up import (
    ensure_default_roles,
    ensure_department,
    ensure_role,
    ensure_team,
    ensure_user,
    make_administrator,
    resident_account,
)
from cityhall.apps.identity.services.sso import sign_in_by_claims
from cityhall.apps.identity.services.staff import (
    add_membership,
    close_account,
    forget_second_factor,
    invite,
    remove_membership,
    reopen_account,
)

__all__ = [
    "add_membership",
    "add_person",
    "change_contractor",
    "close_account",
    "end_contract",
    "end_lapsed_sessions",
    "end_sessions",
    "ensure_contractor",
    "ensure_default_roles",
    "ensure_department",
    "ensure_role",
    "ensure_team",
    "ensure_user",
    "erase_own_account",
    "erase_person",
    "extend_contract",
    "forget_second_factor",
    "give_team",
    "invite",
    "kept_kinds",
    "make_administrator",
    "make_contractor",
    "make_key",
    "new_team",
    "remove_membership",
    "reopen_account",
    "resident_account",
    "revoke_key",
    "set_language",
    "sign_in_by_claims",
    "signed_in_by_code",
    "signed_in_by_phone",
    "take_team",
    "use_key",
]
