"""What Harborview's pavement crew did on the spot in the last months: visits, minutes, materials."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from cityhall.apps.crews import public as crews
from cityhall.apps.crews.contracts import LoadedVisit, Reason, Result
from cityhall.apps.service_requests.contracts import number_text
from cityhall.demo.past.records import Report
from cityhall.kernel.actors import Actor
from cityhall.kernel.ids import id_at

TEAM = "pavement"
_BACK = timedelta(days=120)
_LATELY = timedelta(days=12)

#: By a short name: the name, the unit, and how much one press of + adds.
MATERIALS: dict[str, tuple[Mapping[str, str], Mapping[str, str], str]] = {
    "cold": ({"en": "Cold asphalt", "es": "Asfalto en frío"}, {"en": "bags", "es": "bolsas"}, "1"),
    "hot": ({"en": "Hot asphalt", "es": "Asfalto caliente"}, {"en": "tons", "es": "toneladas"}, "0.5"),
    "sealant": ({"en": "Crack sealant", "es": "Sellador de grietas"}, {"en": "gallons", "es": "galones"}, "1"),
    "base": ({"en": "Crushed stone", "es": "Grava"}, {"en": "tons", "es": "toneladas"}, "0.5"),
    "concrete": ({"en": "Concrete mix", "es": "Mezcla de concreto"}, {"en": "bags", "es": "bolsas"}, "1"),
    "paint": ({"en": "Traffic paint", "es": "Pintura vial"}, {"en": "gallons", "es": "galones"}, "1"),
    "beads": ({"en": "Glass beads", "es": "Perlas de vidrio"}, {"en": "bags", "es": "bolsas"}, "1"),
    "cone": ({"en": "Traffic cone, left", "es": "Cono, dejado"}, {"en": "pieces", "es": "piezas"}, "1"),
    "barrier": ({"en": "Barrier, left", "es": "Barrera, dejada"}, {"en": "pieces", "es": "piezas"}, "1"),
    "plate": ({"en": "Steel plate", "es": "Placa de acero"}, {"en": "pieces", "es": "piezas"}, "1"),
    "sand": ({"en": "Sand", "es": "Arena"}, {"en": "bags", "es": "bolsas"}, "1"),
    "fuel": ({"en": "Fuel for tools", "es": "Combustible de equipo"}, {"en": "gallons", "es": "galones"}, "0.5"),
}
_TAKES: Mapping[str, tuple[str, int]] = {"pothole": ("cold", 6)}
_ANY = ("hot", 3)
_MINUTES = {Result.FIXED: (20, 95), Result.NOT_FOUND: (5, 20), Result.NOT_CITY: (5, 20), Result.CANNOT: (10, 30)}


def load(
    reports: Iterable[Report],
    *,
    now: datetime,
    team: tuple[uuid.UUID, uuid.UUID],
    person: uuid.UUID | None,
    actor: Actor,
) -> int:
    """Make the list of materials and the crew's visits; return how many visits there are.

    Args:
        team: the department's id, and the crew's.
        person: the member of the crew who has an account.
    """
    ids = {
        code: crews.save_material(name, unit, step=Decimal(step), order=10 * place, actor=actor)
        for place, (code, (name, unit, step)) in enumerate(MATERIALS.items(), start=1)
    }
    own = (one for one in reports if one.team == TEAM)
    return crews.load_visits((visit for one in own for visit in _of(one, now, team, person, ids)), actor=actor)


def _of(
    report: Report,
    now: datetime,
    team: tuple[uuid.UUID, uuid.UUID],
    person: uuid.UUID | None,
    ids: Mapping[str, uuid.UUID],
) -> Iterator[LoadedVisit]:
    chance = random.Random(report.number)
    reason, used = None, []
    if report.closed_at is not None and report.outcome in set(_MINUTES) and now - report.closed_at < _BACK:
        result, finished = Result(report.outcome), report.closed_at
        minutes = chance.randint(*_MINUTES[result])
        if result is Result.FIXED:
            code, most = _TAKES.get(report.kind, _ANY)
            used = [(ids[code], Decimal(chance.randint(1, most)))]
            if chance.random() < 0.3:
                used.append((ids["fuel"], Decimal("0.5")))
    elif (
        report.state == "received"
        and timedelta(days=1) < now - report.requested_at < _LATELY
        and chance.random() < 0.12
    ):
        result, reason = Result.SENT_BACK, chance.choice((Reason.BLOCKED, Reason.NO_ACCESS, Reason.MATERIAL))
        finished, minutes = now - timedelta(hours=chance.randint(20, 90)), chance.randint(5, 15)
        finished = max(finished, report.requested_at + timedelta(hours=1))
    else:
        return
    yield LoadedVisit(
        request_id=id_at(report.requested_at, report.number),
        number=number_text(report.number),
        category=report.kind,
        department_id=team[0],
        team_id=team[1],
        person_id=person if chance.random() < 0.6 else None,
        started_at=finished - timedelta(minutes=minutes),
        finished_at=finished,
        minutes=minutes,
        result=result,
        reason=reason,
        used=tuple(used),
    )
