"""What comes from elsewhere: the datasets of other publishers, and where one of ours is fetched from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from cityhall.apps.opendata import queries
from cityhall.apps.opendata.contracts import PUBLISH, Reason, SourceInfo, Trouble
from cityhall.apps.opendata.queries import elsewhere as others
from cityhall.apps.opendata.web import words
from cityhall.kernel.django.access import actor_of, public
from cityhall.kernel.django.translated import say

_PAGE: Final = 25
_LONGEST: Final = 200
_TROUBLES: Final[dict[Trouble, Any]] = {
    Trouble.UNREACHABLE: _("The source could not be reached."),
    Trouble.UNREADABLE: _("What the source gave could not be read."),
    Trouble.REFUSED: _("What the source gave breaks this dataset’s own rules."),
    Trouble.NO_ROOM: _("There was no room for what the source gave."),
}


@dataclass(frozen=True, slots=True)
class Sourced:
    """Where a dataset is fetched from. `reason` is "" for whoever does not publish."""

    info: SourceInfo
    every: str
    trouble: Any
    reason: str

    @property
    def refused(self) -> tuple[Reason, ...]:
        """Return why it was refused, for whoever publishes."""
        return self.info.refused if self.reason else ()


def sourced(request: HttpRequest, code: str) -> Sourced | None:
    """Return where a dataset is fetched from, None when files are given by hand."""
    info = queries.source(code)
    if info is None:
        return None
    reason = say(info.reason) if info.reason and actor_of(request).may(PUBLISH) else ""
    return Sourced(info, words.promise(info.schedule), _TROUBLES[info.trouble] if info.trouble else "", reason)


@public
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Show the datasets of other publishers, all or those that fit."""
    wanted = {name: request.GET.get(name, "").strip()[:_LONGEST] for name in ("q", "portal")}
    found = others.elsewhere(wanted["q"], wanted["portal"])
    count, text = found.count(), request.GET.get("page", "")
    page = int(text) if text.isascii() and text.isdecimal() and 0 < len(text) < 6 else 1
    page = max(1, min(page, -(-count // _PAGE)))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "datasets": [others.elsewhere_info(row) for row in found[(page - 1) * _PAGE : page * _PAGE]],
        "count": count,
        "wanted": wanted,
        "portals": others.portals(),
        "query": query.urlencode(),
        "before": page - 1,
        "after": page + 1 if count > page * _PAGE else 0,
    }
    return render(request, "opendata/elsewhere.html", context)
