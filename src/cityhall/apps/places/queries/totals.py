"""How much the room knows."""

from __future__ import annotations

from cityhall.apps.places.models import Address, Area, Asset, StreetSegment


def totals() -> dict[str, int]:
    """Return how many current "areas", "segments" of street, "addresses" and "assets" there are."""
    return {
        "areas": Area.objects.filter(is_current=True).count(),
        "segments": StreetSegment.objects.count(),
        "addresses": Address.objects.count(),
        "assets": Asset.objects.filter(is_current=True).count(),
    }
