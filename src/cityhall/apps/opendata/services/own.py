"""Saying who answers for the datasets of the city's own records, and how they may be used."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cityhall.apps.opendata.contracts import PUBLISH
from cityhall.apps.opendata.models import OwnTerms
from cityhall.apps.opendata.queries import own
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import audit
from cityhall.kernel.django.permissions import need
from cityhall.kernel.django.reading import forget
from cityhall.kernel.errors import Invalid

_LONGEST = 200
_ROW = 1


def state_terms(*, licence: str, owner: str = "", actor: Actor) -> bool:
    """Say how the city's own datasets may be used and who answers for them; return whether anything changed.

    It is on the public pages and in every catalogue at once, without a new version.

    Args:
        licence: its name or address; "" takes it back.
        owner: "" for the city's name.

    Raises:
        NotAllowed: without "opendata.publish".
        Invalid: fields "licence", "owner".
    """
    need(actor, PUBLISH)
    given = {"licence": " ".join(licence.split()), "owner": " ".join(owner.split())}
    if long := [name for name, text in given.items() if len(text) > _LONGEST]:
        raise Invalid({name: _("Write at most 200 characters.") for name in long})
    with transaction.atomic():
        row, _is_new = OwnTerms.objects.select_for_update().get_or_create(id=_ROW)
        differs = [name for name, text in given.items() if getattr(row, name) != text]
        if not differs:
            return False
        row.licence, row.owner = given["licence"], given["owner"]
        row.save()
        audit.record(
            actor, "opendata.terms_stated", subject_kind="dataset", subject_id=None, data={**given, "fields": differs}
        )
    forget(own.KEPT)
    return True
