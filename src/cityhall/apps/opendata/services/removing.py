"""Removing a dataset of which nothing was ever published: what a refused first file leaves."""

from __future__ import annotations

import shutil

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cityhall.apps.opendata import queries
from cityhall.apps.opendata.contracts import PUBLISH
from cityhall.apps.opendata.models import Dataset, Draft
from cityhall.apps.opendata.services import drafts, wording
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import audit
from cityhall.kernel.django.permissions import need
from cityhall.kernel.errors import Invalid, NotFound


def remove(name: str, *, actor: Actor) -> str:
    """Remove a dataset that nobody could ever read, with its tries and the files that wait for it; return its name.

    Args:
        name: of the dataset, or its 4x4.

    Raises:
        NotAllowed: without "opendata.publish".
        NotFound: no such dataset.
        Invalid: field "name": something of it was published, or is just now; the city's own records publish it.
    """
    need(actor, PUBLISH)
    with transaction.atomic():
        row = Dataset.objects.select_for_update().filter(Q(name=name) | Q(code=name)).order_by("-name").first()
        if row is None:
            raise NotFound(_("There is no such dataset."))
        wording.refuse_live(row)
        if row.snapshots.exists():
            told = _("%(name)s was published, so it cannot be removed. Recall its versions instead.")
            raise Invalid({"name": told % {"name": row.name}})
        if Draft.objects.filter(state="publishing", contract__name=row.name).exists():
            told = _("%(name)s is being published just now. Try again in a moment.")
            raise Invalid({"name": told % {"name": row.name}})
        waiting = list(Draft.objects.filter(dataset=row).values_list("id", flat=True))
        audit.record(
            actor, "opendata.removed", subject_kind="dataset", subject_id=row.id,
            data={"name": row.name, "files": len(waiting)},
        )  # fmt: skip
        home = queries.home_of(row.id)
        row.delete()
    shutil.rmtree(home, ignore_errors=True)
    for draft_id in waiting:
        drafts.forget(draft_id)
    return row.name
