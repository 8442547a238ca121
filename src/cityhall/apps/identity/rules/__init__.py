"""Pure decisions of the identity room. The rules of single sign-on are in `sso`."""

from cityhall.apps.identity.rules.access import (
    CONTRACTOR_MAY,
    DEFAULT_ROLES,
    PERMISSIONS,
    WORK_PERMISSIONS,
    DefaultRole,
    Grant,
    NewKey,
    Reach,
    browser_of,
    contract_state,
    in_force,
    key_hash,
    key_prefix,
    make_key,
    reach,
    same_hash,
)

__all__ = [
    "CONTRACTOR_MAY",
    "DEFAULT_ROLES",
    "PERMISSIONS",
    "WORK_PERMISSIONS",
    "DefaultRole",
    "Grant",
    "NewKey",
    "Reach",
    "browser_of",
    "contract_state",
    "in_force",
    "key_hash",
    "key_prefix",
    "make_key",
    "reach",
    "same_hash",
]
