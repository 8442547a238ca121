"""The bodies outside Harborview that its requests are referred to, and what they answered."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator

from cityhall.apps.referrals import public as referrals
from cityhall.apps.referrals.contracts import AnswerKind, BodyKind, BodyTerms, Ended, LoadedReferral
from cityhall.apps.service_requests.contracts import number_text
from cityhall.demo.past.records import Happening, Report
from cityhall.kernel.actors import Actor
from cityhall.kernel.ids import id_at

#: By the name the history has for them.
BODIES: dict[str, BodyTerms] = {
    "Bayshore Electric": BodyTerms(
        {"en": "Bayshore Electric", "es": "Eléctrica Bayshore"},
        mail="city-desk@bayshore-electric.example",
        answer_days=21,
    ),
    "Alder Valley Water District": BodyTerms(
        {"en": "Alder Valley Water District", "es": "Distrito de Agua Alder Valley"},
        mail="service@alder-water.example",
        answer_days=14,
    ),
    "the state highway district": BodyTerms(
        {"en": "State highway district", "es": "Distrito estatal de carreteras"},
        BodyKind.STATE,
        mail="permits@highways.example",
        answer_days=30,
    ),
    "Bayshore Gas": BodyTerms(
        {"en": "Bayshore Gas", "es": "Gas Bayshore"}, mail="streets@bayshore-gas.example", answer_days=14
    ),
    "Pacific Line Telephone": BodyTerms(
        {"en": "Pacific Line Telephone", "es": "Teléfonos Pacific Line"},
        mail="property@pacific-line.example",
        answer_days=21,
    ),
    "Harborview Unified Schools": BodyTerms(
        {"en": "Harborview Unified Schools", "es": "Distrito Escolar Unificado de Harborview"},
        BodyKind.NEIGHBOUR,
        mail="grounds@harborview-schools.example",
        answer_days=14,
    ),
    "the county health department": BodyTerms(
        {"en": "County health department", "es": "Departamento de salud del condado"},
        BodyKind.STATE,
        mail="outreach@county-health.example",
        answer_days=10,
    ),
    "Coast Transit": BodyTerms(
        {"en": "Coast Transit", "es": "Tránsito Coast"},
        BodyKind.NEIGHBOUR,
        mail="stops@coast-transit.example",
        answer_days=14,
    ),
    "the railway": BodyTerms(
        {"en": "Railway", "es": "Ferrocarril"}, BodyKind.OWNER, mail="right-of-way@railway.example", answer_days=30
    ),
}


def load(reports: Iterable[Report], *, actor: Actor) -> int:
    """Make the bodies and their referrals; return how many referrals there are."""
    ids = {name: referrals.save_body(terms, actor=actor) for name, terms in BODIES.items()}
    return referrals.load_referrals((one for report in reports for one in _of(report, ids)), actor=actor)


def _of(report: Report, ids: dict[str, uuid.UUID]) -> Iterator[LoadedReferral]:
    moves = [line for line in report.history if line.fact in {"state", "closed"}]
    for line, after in zip(moves, [*moves[1:], None], strict=False):
        if line.data.get("to") != "referred" or line.data.get("referred_to") not in ids:
            continue
        yield LoadedReferral(
            request_id=id_at(report.requested_at, report.number),
            number=number_text(report.number),
            body_id=ids[str(line.data["referred_to"])],
            referred_at=line.at,
            **_answered(report, after),  # type: ignore[arg-type]  # by name, each of its own type
        )


def _answered(report: Report, after: Happening | None) -> dict[str, object]:
    """Return what the body said: nothing yet, a question from one in nine, or what the request went on with."""
    if after is None:
        asked = ((report.updated_at, AnswerKind.MORE),) if report.number % 9 == 0 else ()
        return {"answers": asked}
    done = after.fact == "closed"
    kind, ended = (AnswerKind.DONE, Ended.DONE) if done else (AnswerKind.NOT_OURS, Ended.NOT_OURS)
    return {"answers": ((after.at, kind),), "ended_at": after.at, "ended": ended}
