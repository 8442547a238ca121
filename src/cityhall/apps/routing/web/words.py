"""How the room's pages say rules, steps and teams."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cityhall.apps.identity import public as identity
from cityhall.apps.places import public as places
from cityhall.apps.routing.contracts import Holidays, Measure, Rule, Share, Step, Window
from cityhall.apps.service_requests import public as service_requests
from cityhall.kernel.django import dates
from cityhall.kernel.django.translated import pick

HOLIDAYS = {
    Holidays.ANY: gettext_lazy("Holidays are like other days"),
    Holidays.NEVER: gettext_lazy("Not on holidays"),
    Holidays.ONLY: gettext_lazy("Only on holidays"),
}
PERIODS = {
    7: gettext_lazy("The last 7 days"),
    30: gettext_lazy("The last 30 days"),
    90: gettext_lazy("The last 90 days"),
}
PRIORITIES = {
    1: gettext_lazy("1, most urgent"),
    2: "2",
    3: "3",
    4: "4",
}


@dataclass(frozen=True, slots=True)
class Names:
    """What categories, areas, layers and teams are called, in the reader's language."""

    categories: Mapping[str, str]
    areas: Mapping[uuid.UUID, str]
    layers: Mapping[str, str]
    teams: Mapping[uuid.UUID, str]

    def team(self, team: uuid.UUID | None) -> str:
        """Return what a team is called."""
        if team is None:
            return _("no team")
        return self.teams.get(team) or _("a team that is no more")


def names(rules: Sequence[Rule]) -> Names:
    """Read the names that some rules speak of."""
    return Names(
        service_requests.category_names(),
        {id_: pick(name) for id_, name in places.area_names({area for rule in rules for area in rule.areas}).items()},
        {layer.code: pick(layer.name) or layer.code for layer in places.asset_layers()},
        {team.id: pick(team.name) for team in identity.teams()},
    )


@dataclass(frozen=True, slots=True)
class Said:
    """A rule in words: its conditions, each a heading and what it says, and where it sends."""

    number: int
    name: str
    conditions: tuple[tuple[str, str], ...]
    teams: str
    decided: int | None = None


def said(rules: Sequence[Rule], known: Names, decided: Sequence[int] = ()) -> list[Said]:
    """Return rules in words. `decided` is how many requests of a trial each decided."""
    return [
        Said(
            number,
            rule.name,
            tuple(_conditions(rule, known)),
            _shares(rule.shares, known),
            decided[number - 1] if number <= len(decided) else None,
        )
        for number, rule in enumerate(rules, start=1)
    ]


def _conditions(rule: Rule, known: Names) -> list[tuple[str, str]]:
    found = []
    if rule.categories:
        found.append((_("Category"), _either([known.categories.get(code, code) for code in rule.categories])))
    if rule.areas:
        gone = _("an area that is no more")
        found.append((_("Area"), _either([known.areas.get(area, gone) for area in rule.areas])))
    if rule.layers:
        found.append((_("Asset"), _either([known.layers.get(code, code) for code in rule.layers])))
    if rule.owners:
        found.append((_("Owned by"), _either(rule.owners)))
    if when := window(rule.window):
        found.append((_("When"), when))
    return found


def _either(words: Sequence[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return _("%(first)s or %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}


def window(when: Window) -> str:
    """Return a window in words, "" for always."""
    parts = []
    if when.days:
        parts.append(", ".join(day_names()[day] for day in sorted(when.days)))
    if when.since or when.until:
        since = dates.time_of_day(when.since or time(0))
        until = dates.time_of_day(when.until) if when.until else _("midnight")
        parts.append(_("from %(since)s to %(until)s") % {"since": since, "until": until})
    if when.holidays is not Holidays.ANY:
        parts.append(str(HOLIDAYS[when.holidays]).lower())
    return "; ".join(parts)


def day_names() -> list[str]:
    """Return the days of the week, Monday first."""
    return [date_format(date(2024, 1, day), "l") for day in range(1, 8)]


def _shares(shares: Sequence[Share], known: Names) -> str:
    if len(shares) == 1:
        return known.team(shares[0].team)
    weighted = any(share.weight != shares[0].weight for share in shares)
    words = [
        _("%(team)s (share %(weight)s)") % {"team": known.team(share.team), "weight": share.weight}
        if weighted
        else known.team(share.team)
        for share in shares
    ]
    return _("%(teams)s: whoever has fewer open") % {"teams": _either(words)}


def step(one: Step, categories: Mapping[str, str]) -> dict[str, str]:
    """Return a step in words: when, for what, and what happens."""
    if one.measure is Measure.PERCENT:
        when = _("At %(number)s%% of the time to the target") % {"number": one.number}
    else:
        when = ngettext("%(number)s day before the target", "%(number)s days before the target", one.number) % {
            "number": one.number
        }
    acts = []
    if one.priority is not None:
        acts.append(_("priority is raised to %(priority)s") % {"priority": one.priority})
    if one.tell:
        acts.append(_("whoever leads the team gets an e-mail"))
    of = _either([categories.get(code, code) for code in one.categories]) or _("All categories")
    return {
        "when": when,
        "of": of,
        "acts": acts[0] if len(acts) == 1 else _("%(first)s, and %(last)s") % {"first": acts[0], "last": acts[1]},
    }
