"""From rows to what a viewer may see: one list of columns, one way of reading them, one publication call."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from django.db import connection
from django.utils import translation

from cityhall.apps.places import public as places
from cityhall.apps.service_requests import rules
from cityhall.apps.service_requests.contracts import (
    Datatype,
    Detail,
    Linked,
    Moderation,
    Outcome,
    PhotoFacts,
    Policy,
    PublicRequest,
    QuestionFacts,
    RequestFacts,
    Showing,
    Source,
    State,
    Viewer,
    number_text,
)
from cityhall.apps.service_requests.models import Question
from cityhall.apps.service_requests.rules.publication import pick
from cityhall.kernel.actors import Actor, ActorKind
from cityhall.kernel.django.reading import instances, read

_LINKED = """json_build_array(o.number, oc.place_policy, oc.text_policy, oc.photo_policy, oc.moderation, o.hidden,
       o.public_lat, o.public_lon, o.public_address)"""
DUPLICATE_OF = f"""(select {_LINKED} from service_requests_servicerequest o
       join service_requests_category oc on oc.id = o.category_id where o.id = r.duplicate_of_id)"""  # noqa: S608
COLUMNS = f"""
    r.id, r.number, c.code, c.name::text, g.name::text, c.place_policy, c.text_policy, c.photo_policy, c.moderation,
    r.state, r.outcome, r.outcome_sentence, r.referred_to, r.version, r.description, r.showing, r.answers::text,
    r.language, r.source, r.lat, r.lon, r.address, r.address_id, r.asset_id, r.areas, r.public_lat, r.public_lon,
    r.public_address, r.public_areas, d.name::text, r.supporters, r.hidden,
    {DUPLICATE_OF}::text,
    r.requested_at, r.updated_at, r.scheduled_for, r.due_at, r.closed_at,
    (select json_agg(json_build_array(p.document_id, p.is_evidence, p.showing) order by p.is_evidence, p."order", p.id)
       from service_requests_requestphoto p where p.request_id = r.id)::text,
    c.id, r.department_id, r.team_id, rep.user_id, rep.private_token_hash, r.outcome_also::text
"""  # noqa: S608
_AROUND = """
    join service_requests_category c on c.id = r.category_id
    join service_requests_categorygroup g on g.id = c.group_id
    left join identity_department d on d.id = r.department_id
    left join service_requests_reporter rep on rep.request_id = r.id
"""
TABLES = f"service_requests_servicerequest r {_AROUND}"
TABLES_OF_PAGE = f"service_requests_servicerequest r on r.id = page.id {_AROUND}"
"""The same after `(select id …) page join`: the rows of one page."""


@dataclass(frozen=True, slots=True)
class Row:
    """A request's facts, and what decides who may see them in full."""

    facts: RequestFacts
    category_id: uuid.UUID
    department_id: uuid.UUID | None
    team_id: uuid.UUID | None
    reporter_id: uuid.UUID | None
    token_hash: str
    extra: tuple[Any, ...] = ()


STATUS = {
    (state.value, outcome): rules.status_of(state, Outcome(outcome) if outcome else None)
    for state in State
    for outcome in ("", *(one.value for one in Outcome))
}
"""What is shown of a state and an outcome, both as their columns have them."""


def language_of(language: str | None) -> str:
    """Return the language to pick texts in: the one given, else the one being spoken."""
    return (language or translation.get_language() or "en").split("-")[0]


def fetch(sql: str, parameters: Sequence[Any], *, steady: bool = False) -> list[Row]:
    """Run a query that selects COLUMNS (and then anything more, kept in `extra`), and name areas and questions.

    Three SQL queries, however many rows.

    Args:
        steady: the text is always the same, so that its plan is worth keeping: making it takes longer than running it.
    """
    if steady:
        return _rows(read(sql, parameters))
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return _rows(cursor.fetchall())


def _rows(found: Sequence[Sequence[Any]]) -> list[Row]:
    wanted = {values[39] for values in found if values[16] != "{}"}
    questions = questions_of(wanted) if wanted else {}
    areas = {one for values in found for one in (*values[24], *values[28])}
    names = area_names(areas, language_of(None)) if areas else {}
    return [_row(values, questions.get(values[39], ()), names) for values in found]


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


@lru_cache(maxsize=1024)
def texts(value: str) -> Mapping[str, str]:
    """Return a text in its languages. Few are told apart, and every row has three."""
    return cast("Mapping[str, str]", json.loads(value))


def _row(v: Sequence[Any], questions: tuple[QuestionFacts, ...], names: Mapping[uuid.UUID, tuple[str, str]]) -> Row:
    photos = json.loads(v[38]) if v[38] else []
    facts = RequestFacts(
        id=v[0],
        number=v[1],
        category_code=v[2],
        category_name=texts(v[3]),
        group_name=texts(v[4]),
        policy=policy_in(v[5], v[6], v[7], v[8]),
        state=State(v[9]),
        outcome=Outcome(v[10]) if v[10] else None,
        outcome_sentence=v[11],
        referred_to=v[12],
        version=v[13],
        description=v[14],
        showing=Showing(v[15]),
        answers=json.loads(v[16]) if v[16] != "{}" else {},
        language=v[17],
        source=Source(v[18]),
        lat=v[19],
        lon=v[20],
        address=v[21],
        address_id=v[22],
        asset_id=v[23],
        areas=tuple(v[24]),
        public_lat=v[25],
        public_lon=v[26],
        public_address=v[27],
        public_areas=tuple(v[28]),
        department_name=texts(v[29]) if v[29] else {},
        supporters=v[30],
        hidden=v[31],
        duplicate_of=linked_in(v[32]) if v[32] else None,
        requested_at=v[33],
        updated_at=v[34],
        scheduled_for=v[35],
        due_at=v[36],
        closed_at=v[37],
        photos=tuple(PhotoFacts(uuid.UUID(one[0]), one[1], Showing(one[2])) for one in photos),
        questions=questions,
        area_names=names,
        outcome_also=json.loads(v[44]) if v[44] and v[44] != "{}" else {},
    )
    return Row(facts, v[39], v[40], v[41], v[42], v[43] or "", tuple(v[45:]))


def linked_in(value: Any) -> Linked:
    """Return one side of a merge from what `DUPLICATE_OF` selects."""
    number, place, text, photo, moderation, hidden, lat, lon, address = _json(value)
    return Linked(number, policy_in(place, text, photo, moderation), hidden, lat, lon, address)


@lru_cache(maxsize=256)
def policy_in(place: str, text: str, photo: str, moderation: str) -> Policy:
    """Return a publication policy from a category's columns."""
    return Policy(Detail(place), Detail(text), Detail(photo), Moderation(moderation))


def linked_of(numbers: Iterable[int]) -> dict[str, Linked]:
    """Return requests as sides of a merge, by number as people read it. One SQL query, or none for no numbers."""
    wanted = list(set(numbers))
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {_LINKED} from service_requests_servicerequest o"  # noqa: S608
            " join service_requests_category oc on oc.id = o.category_id where o.number = any(%s)",
            [wanted],
        )
        found = [linked_in(value) for (value,) in cursor.fetchall()]
    return {number_text(one.number): one for one in found}


def stood_for(request_id: uuid.UUID) -> list[uuid.UUID]:
    """Return the duplicates of a request, where the public may know of that: their followers hear of it. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select o.id, {_LINKED} from service_requests_servicerequest o"  # noqa: S608
            " join service_requests_category oc on oc.id = o.category_id where o.id = %s or o.duplicate_of_id = %s",
            [request_id, request_id],
        )
        sides = {id_: linked_in(value) for id_, value in cursor.fetchall()}
    own = sides.pop(request_id, None)
    return [id_ for id_, side in sides.items() if own is not None and rules.may_link(side, own)]


def area_names(ids: Iterable[uuid.UUID], language: str) -> Mapping[uuid.UUID, tuple[str, str]]:
    """Return each area's kind and name. One SQL query."""
    found = places.areas_by_id(list(ids))
    return {key: (area.kind, pick(area.name, language)) for key, area in found.items()}


def questions_of(category_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[QuestionFacts, ...]]:
    """Return the questions of categories, in order. One SQL query."""
    found: dict[uuid.UUID, list[QuestionFacts]] = {}
    for row in instances(Question, 'category_id = any(%s::uuid[]) order by "order", id', [list(category_ids)]):
        found.setdefault(row.category_id, []).append(question_facts(row))
    return {key: tuple(value) for key, value in found.items()}


def question_facts(row: Question) -> QuestionFacts:
    """Return a question's row as the rules want it."""
    return QuestionFacts(
        code=row.code,
        text=row.text,
        datatype=Datatype(row.datatype),
        required=row.required,
        variable=row.variable,
        order=row.order,
        hint=row.hint,
        values=tuple((value["key"], value["name"]) for value in row.values),
        when_code=row.when_code,
        when_values=tuple(row.when_values),
        is_public=row.is_public,
    )


def within_limits(actor: Actor, department_id: uuid.UUID | None, team_id: uuid.UUID | None) -> bool:
    """Say whether a request is among the actor's work: of any of their departments, or of any of their teams."""
    if not actor.departments and not actor.teams:
        return True
    return department_id in actor.departments or team_id in actor.teams


def viewer_of(row: Row, actor: Actor, *, language: str, is_reporter: bool = False) -> Viewer:
    """Return how `actor` looks at `row`: as staff with the right to it, as its reporter, or as the public."""
    staff = actor.kind in {ActorKind.STAFF, ActorKind.API_KEY, ActorKind.SYSTEM} and actor.may("requests.view")
    own = actor.kind is ActorKind.RESIDENT and actor.id is not None and actor.id == row.reporter_id
    return Viewer(
        language=language,
        sees_all=staff and within_limits(actor, row.department_id, row.team_id),
        is_reporter=own or is_reporter,
    )


def publish_all(rows: Iterable[Row], actor: Actor, *, language: str | None = None) -> list[PublicRequest]:
    """Return what `actor` may see of `rows`."""
    tongue = language_of(language)
    seen = (rules.publish(row.facts, viewer_of(row, actor, language=tongue)) for row in rows)
    return [one for one in seen if one is not None]
