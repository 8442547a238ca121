"""Writes: accounts, departments, teams, roles, memberships and API keys."""

from cityhall.apps.identity.services.accounts import (
    erase_account,
    erase_own_account,
    set_language,
    signed_in_by_code,
)
from cityhall.apps.identity.services.keys import make_key, revoke_key, use_key
from cityhall.apps.identity.services.setting_up import (
    ensure_default_roles,
    ensure_department,
    ensure_role,
    ensure_team,
    ensure_user,
    make_administrator,
    resident_account,
)
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
    "close_account",
    "ensure_default_roles",
    "ensure_department",
    "ensure_role",
    "ensure_team",
    "ensure_user",
    "erase_account",
    "erase_own_account",
    "forget_second_factor",
    "invite",
    "make_administrator",
    "make_key",
    "remove_membership",
    "reopen_account",
    "resident_account",
    "revoke_key",
    "set_language",
    "signed_in_by_code",
    "use_key",
]
