"""The publication policy: the one place that decides what each viewer sees of a request."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cityhall.apps.service_requests.contracts import (
    Answered,
    Datatype,
    Detail,
    Linked,
    Moderation,
    Policy,
    PublicRequest,
    QuestionFacts,
    RequestFacts,
    Showing,
    Viewer,
    number_text,
)
from cityhall.apps.service_requests.rules.life import status_of


@dataclass(frozen=True, slots=True)
class PublicPlace:
    """The place as the public may know it; also what every filter and index works on."""

    lat: float | None
    lon: float | None
    address: str


def public_place(
    detail: Detail,
    lat: float | None,
    lon: float | None,
    address: str,
    *,
    generalise: Callable[[float, float], tuple[float, float]],
    generalise_address: Callable[[str], str],
) -> PublicPlace:
    """Return the public form of a place: as it is, made coarse by the two functions given, or nothing."""
    shown = public_address(detail, address, generalise_address)
    if detail is Detail.EXACT:
        return PublicPlace(lat, lon, shown)
    if detail is Detail.WITHHELD or lat is None or lon is None:
        return PublicPlace(None, None, shown)
    return PublicPlace(*generalise(lat, lon), shown)


def public_address(detail: Detail, address: str, generalise_address: Callable[[str], str]) -> str:
    """Return the public form of an address."""
    if detail is Detail.EXACT:
        return address
    return generalise_address(address) if address and detail is Detail.GENERALISED else ""


def text_showing(policy: Policy, *, trusted: bool) -> Showing:
    """Return whether a new text shows at once. `trusted` authors (staff, the system) never wait."""
    return Showing.WAITING if policy.moderation is Moderation.WAITS and not trusted else Showing.SHOWN


def photo_showing(policy: Policy, *, trusted: bool) -> Showing:
    """Return whether a new photo shows at once; a photo has no coarse form, so only "exact" shows it."""
    if policy.photo is not Detail.EXACT:
        return Showing.WITHHELD
    return text_showing(policy, trusted=trusted)


def text_is_public(policy: Policy, showing: Showing) -> bool:
    """Say whether the public may read a resident's text; a text has no coarse form, so only "exact" shows it."""
    return policy.text is Detail.EXACT and showing is Showing.SHOWN


@dataclass(frozen=True, slots=True)
class Exposure:
    """What a viewer may see of every request of one policy. What a text's or photo's own showing says comes on top.

    Args:
        place: `EXACT` the point as reported, `GENERALISED` its public form, `WITHHELD` nothing.
        text: texts that show may be read.
        photo: photos that show may be seen.
    """

    place: Detail
    text: bool
    photo: bool


def exposure(policy: Policy, *, own: bool) -> Exposure:
    """Return what `policy` shows. `own` is for the reporter, and for staff who may see the request."""
    if own:
        return Exposure(Detail.EXACT, text=True, photo=True)
    return Exposure(policy.place, text=policy.text is Detail.EXACT, photo=policy.photo is Detail.EXACT)


def strictest(*policies: Policy) -> Policy:
    """Return the policy that shows of each thing only what all of them show."""
    order = list(Detail)

    def least(details: Iterable[Detail]) -> Detail:
        return max(details, key=order.index)

    waits = any(one.moderation is Moderation.WAITS for one in policies)
    return Policy(
        least(one.place for one in policies),
        least(one.text for one in policies),
        least(one.photo for one in policies),
        Moderation.WAITS if waits else Moderation.AT_ONCE,
    )


def policy_words(policy: Policy) -> str:
    """Return a policy as our exports carry it: "place=exact text=withheld photo=withheld moderation=at_once"."""
    return f"place={policy.place} text={policy.text} photo={policy.photo} moderation={policy.moderation}"


def policy_from(words: str) -> Policy | None:
    """Return the policy that `policy_words` wrote, None when it is not one."""
    parts = dict(part.split("=", 1) for part in words.split() if "=" in part)
    try:
        return Policy(
            Detail(parts["place"]), Detail(parts["text"]), Detail(parts["photo"]), Moderation(parts["moderation"])
        )
    except (KeyError, ValueError):
        return None


def may_link(one: Linked, other: Linked) -> bool:
    """Say whether the public may know that two requests are about the same trouble: asked at every door, both ways.

    A link says that both are at one place and of one thing, so each tells what the other keeps to itself. It is
    public only between two that keep the same things to themselves. Two different coarse places that were known to
    be one would narrow it down to where they meet, so coarse places must be the same.
    """
    if one.hidden or other.hidden or one.policy.place is not other.policy.place:
        return False
    if one.policy.place is Detail.GENERALISED and (one.lat, one.lon, one.address) != (
        other.lat,
        other.lon,
        other.address,
    ):
        return False
    kept = [(policy.text is Detail.EXACT, policy.photo is Detail.EXACT) for policy in (one.policy, other.policy)]
    return kept[0] == kept[1]


def linked(facts: RequestFacts) -> Linked:
    """Return a request as one side of a merge."""
    return Linked(facts.number, facts.policy, facts.hidden, facts.public_lat, facts.public_lon, facts.public_address)


def without_number(text: str, number: int) -> str:
    """Return a text without the number of a request that may not be linked; what somebody wrote may name it."""
    if str(number) not in text and number_text(number) not in text:  # most name no other request
        return text
    return re.sub(rf"(?<!\d)(?:{number_text(number)}|{number})(?!\d)", "…", text)


def publish(facts: RequestFacts, viewer: Viewer) -> PublicRequest | None:
    """Return `facts` as `viewer` may see them; None when the request was taken down and the viewer is not staff.

    Staff who may see the request get everything but the reporter's contact, which no list carries. The reporter
    sees the own place, text and photos. Everybody else sees what the category's policy publishes.
    """
    if facts.hidden and not viewer.sees_all:
        return None
    own = viewer.sees_all or viewer.is_reporter
    policy = facts.policy
    shown = exposure(policy, own=own)
    exact, withheld = shown.place is Detail.EXACT, shown.place is Detail.WITHHELD
    text_state = Showing.SHOWN if own else facts.showing if shown.text else Showing.WITHHELD
    lat, lon, address = (facts.lat, facts.lon, facts.address) if exact else _public_place_of(facts)
    answers = _answers(facts, all_of_them=own, free_text=text_state is Showing.SHOWN)
    photo_state, photos = _photos(facts, shown, evidence=False, own=own)
    # Whoever filed a duplicate need not know where the other one is: only staff see past the rule.
    other = facts.duplicate_of
    links = other is None or viewer.sees_all or may_link(linked(facts), other)
    sentence = said_in(facts.outcome_sentence, facts.outcome_also, viewer.language)
    return PublicRequest(
        id=facts.id,
        number=number_text(facts.number),
        category_code=facts.category_code,
        category_name=pick(facts.category_name, viewer.language),
        group=pick(facts.group_name, viewer.language),
        status=status_of(facts.state, facts.outcome),
        state=facts.state,
        outcome=facts.outcome,
        outcome_sentence=sentence if links or other is None else without_number(sentence, other.number),
        requested_at=facts.requested_at,
        updated_at=facts.updated_at,
        closed_at=facts.closed_at,
        due_at=facts.due_at,
        place_detail=shown.place,
        lat=None if withheld else lat,
        lon=None if withheld else lon,
        address="" if withheld else address,
        areas=_areas(facts, exact=exact, withheld=withheld),
        description=facts.description if text_state is Showing.SHOWN else "",
        text_state=text_state.value,
        photos=photos,
        answers=answers,
        department=pick(facts.department_name, viewer.language),
        supporters=facts.supporters,
        duplicate_of=number_text(other.number) if other is not None and links else "",
        source=facts.source,
        version=facts.version,
        evidence=_photos(facts, shown, evidence=True, own=own)[1],
        photo_state=photo_state.value,
        answered=_in_words(facts.questions, answers, viewer.language),
        referred_to=facts.referred_to,
        scheduled_for=facts.scheduled_for,
        address_id=facts.address_id if exact else None,
        asset_id=facts.asset_id if exact else None,
        language=facts.language,
        is_mine=viewer.is_reporter,
        sees_all=viewer.sees_all,
        hidden=facts.hidden,
        policy=policy,
    )


def said_in(text: str, also: Mapping[str, str] | None, language: str) -> str:
    """Return a public sentence in the reader's language where it was given in it, else as it was written."""
    return (also or {}).get(language) or text


def pick(texts: Mapping[str, str], language: str) -> str:
    """Return the text in `language`, else in English, else in any."""
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")


def _public_place_of(facts: RequestFacts) -> tuple[float | None, float | None, str]:
    return facts.public_lat, facts.public_lon, facts.public_address


def _areas(facts: RequestFacts, *, exact: bool, withheld: bool) -> dict[str, str]:
    if withheld:
        return {}
    ids = facts.areas if exact else facts.public_areas
    return dict(facts.area_names[one] for one in ids if one in facts.area_names)


def _photos(
    facts: RequestFacts, exposed: Exposure, *, evidence: bool, own: bool
) -> tuple[Showing, tuple[uuid.UUID, ...]]:
    photos = [photo for photo in facts.photos if photo.is_evidence is evidence]
    if own:
        return Showing.SHOWN, tuple(photo.document_id for photo in photos)
    if not exposed.photo:
        return (Showing.WITHHELD if photos else Showing.SHOWN), ()
    shown = tuple(photo.document_id for photo in photos if photo.showing is Showing.SHOWN)
    if len(shown) == len(photos):
        return Showing.SHOWN, shown
    waits = any(photo.showing is Showing.WAITING for photo in photos)
    return (Showing.WAITING if waits else Showing.WITHHELD), shown


def _answers(facts: RequestFacts, *, all_of_them: bool, free_text: bool) -> dict[str, Any]:
    """Free text follows the policy of the text: an answer can say as much as a description."""
    kinds = {question.code: question for question in facts.questions}
    shown: dict[str, Any] = {}
    for code, answer in facts.answers.items():
        question = kinds.get(code)
        listed = question is not None and question.is_public
        free = question is not None and question.datatype in {Datatype.STRING, Datatype.TEXT}
        if all_of_them or (listed and (free_text or not free)):
            shown[code] = answer
    return shown


def _in_words(questions: tuple[QuestionFacts, ...], answers: Mapping[str, Any], language: str) -> tuple[Answered, ...]:
    found = []
    for question in sorted(questions, key=lambda one: one.order):
        if question.code not in answers:
            continue
        answer = answers[question.code]
        names = {key: pick(name, language) for key, name in question.values}
        said = [names.get(one, one) for one in ([answer] if isinstance(answer, str) else answer)]
        found.append(Answered(question.code, pick(question.text, language), ", ".join(said)))
    return tuple(found)
