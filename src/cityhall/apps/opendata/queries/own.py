"""What the city says of the datasets of its own records: who answers for them, and how they may be used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import cast

from cityhall.apps.opendata.contracts import DatasetInfo, OwnTermsInfo
from cityhall.apps.opendata.models import Dataset, OwnTerms
from cityhall.apps.places import public as places
from cityhall.kernel import offers
from cityhall.kernel.django.reading import lasting

KEPT = "opendata.own_terms"


def terms() -> OwnTermsInfo:
    """Return what is said, as it was a second ago at most."""
    return cast(OwnTermsInfo, lasting(KEPT, _read))


def with_terms(info: DatasetInfo) -> DatasetInfo:
    """Return a dataset with what the city says of its own where the dataset's contract says nothing."""
    if not info.is_live or (info.owner and info.licence):
        return info
    own = terms()
    return replace(info, owner=info.owner or own.owner or own.city, licence=info.licence or own.licence)


def missing() -> Iterator[str]:
    """Say what `cityhall doctor` should tell."""
    live = [one.name for one in offers.live_datasets]
    if not _read().licence and Dataset.objects.filter(name__in=live, current__isnull=False).exists():
        yield (
            "The city's own open data states no license, so nobody knows what they may do with it. Choose one at the"
            ' desk under Data, or with `cityhall opendata licence "CC0 1.0"`.'
        )


def _read() -> OwnTermsInfo:
    row = OwnTerms.objects.first() or OwnTerms()
    return OwnTermsInfo(row.owner, row.licence, places.city().name)
