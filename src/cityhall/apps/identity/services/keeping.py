"""How long accounts and the traces of signing in are kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce, Right
from django.utils.translation import gettext_lazy as _

from cityhall.apps.identity.models import SharedCache, User
from cityhall.apps.identity.rules.phones import ERASED
from cityhall.apps.identity.services.accounts import erase_account
from cityhall.kernel.offers import Held, Period, Retained


def kept_kinds() -> Iterator[Retained]:
    """Iterate over the kinds of records the room keeps for a while."""
    yield Retained(
        "accounts",
        _("Residents’ accounts that nobody uses"),
        _("From the last sign-in. Name, addresses and second factor go; what the account reported stays."),
        None,
        lambda before, held: _unused(before, held).count(),
        _purge_accounts,
        order=15,
    )
    yield Retained(
        "sign-in",
        _("Counts of sign-in tries, and used codes"),
        _("From the moment they stop to count."),
        Period(1, "days"),
        lambda before, held: SharedCache.objects.filter(expires__lt=before).count(),
        _purge_sign_in,
        at_once=True,
        order=61,
    )


def _unused(before: datetime, held: Held) -> QuerySet[User]:
    rows = User.objects.filter(is_staff=False).exclude(email__endswith=f"@{ERASED}")
    rows = rows.annotate(used=Coalesce("last_login", "date_joined")).filter(used__lt=before)
    if held:
        rows = rows.annotate(digits=Right("phone", 10)).exclude(digits__in=held.phones)
        rows = rows.exclude(id__in=held.accounts).exclude(email__in=held.emails)
    return rows


def _purge_accounts(before: datetime, held: Held, limit: int) -> int:
    with transaction.atomic():
        rows = list(_unused(before, held).order_by("id")[:limit])
        for user in rows:
            erase_account(user)
    return len(rows)


def _purge_sign_in(before: datetime, held: Held, limit: int) -> int:
    keys = list(SharedCache.objects.filter(expires__lt=before).values_list("cache_key", flat=True)[:limit])
    return SharedCache.objects.filter(cache_key__in=keys).delete()[0]
