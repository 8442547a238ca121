"""Periods and places in words."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cityhall.apps.places import public as places
from cityhall.apps.records.contracts import HoldInfo
from cityhall.kernel.django.translated import pick
from cityhall.kernel.offers import Period


def period(one: Period | None) -> str:
    """Return a period as people say it."""
    if one is None:
        return _("kept for good")
    said = {
        "days": ngettext("%(n)s day", "%(n)s days", one.number),
        "months": ngettext("%(n)s month", "%(n)s months", one.number),
        "years": ngettext("%(n)s year", "%(n)s years", one.number),
    }
    return said[one.unit] % {"n": one.number}


def units() -> list[tuple[str, str]]:
    """Return the units a period is chosen in."""
    return [("days", _("days")), ("months", _("months")), ("years", _("years")), ("keep", _("keep for good"))]


def scope(one: HoldInfo) -> list[str]:
    """Return what a hold keeps, part by part."""
    said = []
    if one.numbers:
        said.append(
            ngettext("Request %(numbers)s", "Requests %(numbers)s", len(one.numbers))
            % {"numbers": ", ".join(one.numbers)}
        )
    area = places.area(one.area_id) if one.area_id else None
    where = [pick(area.name)] if area else []
    where += [one.address] if one.address else []
    if where:
        said.append(_("Requests at %(place)s") % {"place": ", ".join(where)})
    if one.is_of_person:
        person = ", ".join(word for word in (one.email, one.phone) if word)
        said.append(_("Everything of %(person)s") % {"person": person} if person else _("Everything of a person"))
    return said
