"""API keys: made, used, revoked."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cityhall.apps.identity import queries, rules
from cityhall.apps.identity.contracts import SCOPES, KeyedActor
from cityhall.apps.identity.models import ApiKey
from cityhall.apps.identity.services import records
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor, ActorKind
from cityhall.kernel.django import limits
from cityhall.kernel.errors import Invalid, NotAllowed, NotFound

_USED_EVERY = timedelta(minutes=1)
_LONGEST = timedelta(days=365 * 25)


def make_key(
    *,
    actor: Actor,
    name: str,
    scopes: Iterable[str],
    per_minute: int = 60,
    expires_at: datetime | None = None,
    owner_id: uuid.UUID | None = None,
) -> tuple[uuid.UUID, str]:
    """Make an API key; return its id and the key itself, which is never shown again.

    Args:
        per_minute: calls a minute, 1 to 100,000.
        owner_id: whose key it is; the actor's own when None.

    Raises:
        NotAllowed: the actor may not manage people.
        Invalid: no name, an unknown scope, a limit out of range, an end in the past.
    """
    records.may_manage(actor)
    owner = owner_id or actor.id
    if owner is None:
        raise Invalid({"owner": _("Say whose key it is.")})
    chosen = sorted(set(scopes))
    wrong: dict[str, object] = {}
    if not name.strip():
        wrong["name"] = _("Say what the key is for.")
    if not chosen or not set(chosen) <= set(SCOPES):
        wrong["scopes"] = _("Choose at least one thing the key may do.")
    if not 1 <= per_minute <= 100_000:
        wrong["per_minute"] = _("Give a number from 1 to 100,000.")
    if expires_at is not None and not clock.now() < expires_at < clock.now() + _LONGEST:
        wrong["expires_at"] = _("Give a day in the next 25 years, or none.")
    if wrong:
        raise Invalid(wrong)
    made = rules.make_key()
    with transaction.atomic():
        row = ApiKey.objects.create(
            name=name.strip()[:120],
            prefix=made.prefix,
            hash=made.hash,
            scopes=chosen,
            owner_id=owner,
            per_minute=per_minute,
            created_at=clock.now(),
            expires_at=expires_at,
        )
        records.record(actor, "identity.key_made", "api_key", row.id, {"prefix": made.prefix, "scopes": chosen})
    return row.id, made.raw


def revoke_key(*, actor: Actor, key_id: uuid.UUID) -> None:
    """Make a key worthless at once. Raises NotAllowed, NotFound."""
    records.may_manage(actor)
    with transaction.atomic():
        row = ApiKey.objects.select_for_update().filter(id=key_id).first()
        if row is None:
            raise NotFound(_("There is no such key."))
        if row.revoked_at is None:
            row.revoked_at = clock.now()
            row.save(update_fields=["revoked_at"])
            records.record(actor, "identity.key_revoked", "api_key", row.id, {"prefix": row.prefix})


def use_key(raw: str, *, local: bool) -> KeyedActor:
    """Return who a key acts for, and count this call against its limit.

    Args:
        local: whether the call came from this machine; the keys of demo accounts work for no other.

    Raises:
        NotAllowed: unknown, revoked or expired, or its owner's account is closed, without a role, or their contract
            over.
        TooMany: the key's calls of this minute are used up.
    """
    row = ApiKey.objects.select_related("owner__contractor").filter(prefix=rules.key_prefix(raw)).first()
    now = clock.now()
    if (
        row is None
        or not rules.same_hash(row.hash, raw.strip())
        or row.revoked_at is not None
        or (row.expires_at is not None and row.expires_at <= now)
        or not row.owner.is_active
        or (row.owner.is_demo and not local)
        or not (owner := queries.actor_of_account(row.owner)).permissions
    ):
        raise NotAllowed(_("This API key is not valid."), code="bad_key")
    limits.spend(f"identity.key:{row.id}", limit=row.per_minute, per=timedelta(minutes=1))
    # Once a minute is exact enough to see which keys are alive, and spares a write for each call.
    ApiKey.objects.filter(id=row.id).filter(
        Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - _USED_EVERY)
    ).update(last_used_at=now)
    scopes = frozenset(row.scopes)
    # A program reaches no further than its owner, as far as departments and teams go.
    actor = Actor(
        kind=ActorKind.API_KEY,
        id=row.id,
        label=row.name,
        permissions=scopes,
        departments=owner.departments,
        teams=owner.teams,
        contractor=owner.contractor,
        reads_notes=owner.reads_notes,
    )
    return KeyedActor(actor=actor, key_id=row.id, per_minute=row.per_minute, scopes=scopes)
