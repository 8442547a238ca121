"""What crews may use up."""

from __future__ import annotations

from cityhall.apps.crews.contracts import MaterialInfo
from cityhall.apps.crews.models import Material


def materials(*, everything: bool = False) -> list[MaterialInfo]:
    """Return the materials in their order; with `everything` those that are not used any more, too."""
    rows = Material.objects.order_by("order", "id")
    return [material_info(row) for row in (rows if everything else rows.filter(is_active=True))]


def material_info(row: Material) -> MaterialInfo:
    """Return what is set of a material."""
    return MaterialInfo(row.id, row.name, row.unit, row.step, row.order, row.is_active)
