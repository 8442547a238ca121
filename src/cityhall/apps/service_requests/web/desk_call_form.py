"""The call taker's form: what was typed, and what the city knows about it. Nothing typed is ever lost."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cityhall.apps.places import public as places
from cityhall.apps.places.contracts import AssetInfo, HitKind
from cityhall.apps.service_requests import queries, rules
from cityhall.apps.service_requests.contracts import (
    CHANNELS,
    CallKind,
    CategoryInfo,
    Contact,
    Definition,
    Detail,
    Likely,
    NewCall,
    NewRequest,
    Past,
    Place,
    Source,
)
from cityhall.apps.service_requests.web import asking, resident_places, resident_words
from cityhall.apps.service_requests.web.resident_places import Choice, Chosen
from cityhall.apps.service_requests.web.suggesting import suggestions
from cityhall.kernel.actors import Actor
from cityhall.kernel.ids import new_id

_FOUND = 6
_SURE = 0.9
"""How much a place must resemble what was typed to be taken without asking back."""
_LENGTHS = {
    "phone": 32, "email": 254, "name": 201, "what": 200, "q": 300, "place_for": 300, "place": 500, "lat": 20, "lon": 20,
    "category": 60, "best": 60, "other": 60, "asset": 36, "kind": 16, "topic": 80, "number": 20, "channel": 16,
    "language": 8, "command_id": 36, "tell": 3, "consent": 3, "private": 7,
}  # fmt: skip
"""Every short field, with the most it can hold. The two long ones are checked by the services, which say so."""


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as it was sent. `values` has every field, "" for an empty one."""

    values: Mapping[str, str]
    answers: QueryDict

    @property
    def channel(self) -> Source:
        """How the caller reached us: the telephone, unless something else was chosen."""
        known = {one.value: one for one in CHANNELS}
        return known.get(self.values["channel"], Source.PHONE)

    @property
    def language(self) -> str:
        """What the caller speaks: the page's own language, unless another was chosen."""
        chosen = self.values["language"]
        return chosen if chosen in dict(settings.LANGUAGES) else (get_language() or "en").split("-")[0]

    @property
    def caller(self) -> Contact:
        """Who calls. A name is one field here: its first word is the first name."""
        first, _space, last = self.values["name"].strip().partition(" ")
        return Contact(first, last.strip(), self.values["email"].strip(), self.values["phone"].strip())

    @property
    def command_id(self) -> uuid.UUID | None:
        """The form's own id, so that sending it twice does it once."""
        try:
            return uuid.UUID(self.values["command_id"])
        except ValueError:
            return None

    @property
    def tell(self) -> bool:
        """Whether the caller wants to hear of it."""
        return self.values["tell"] == "yes"


def typed(given: QueryDict) -> Typed:
    """Read a sent form, or an empty one."""
    values = {name: given.get(name, "").replace("\x00", "")[:most] for name, most in _LENGTHS.items()}
    values["description"] = given.get("description", "")
    values["note"] = given.get("note", "")
    values["command_id"] = values["command_id"] or str(new_id())
    return Typed(values, given)


@dataclass
class Screen:
    """What the page shows beside what was typed.

    Args:
        found: categories the words may mean, best first; `category` is the chosen one.
        other: the chosen one when it is none of these, but from the whole list.
        emergency: the words name one: call 911.
        place: where it is, when that is clear; `places` are the choices while it is not.
        things: assets of the category's layer near the place, with their distance.
        near: open requests that may be about the same trouble, likeliest first.
        asked: the category's questions with their answers.
    """

    past: Past | None = None
    found: list[CategoryInfo] = field(default_factory=list)
    best: str = ""
    category: str = ""
    other: str = ""
    emergency: CategoryInfo | None = None
    definition: Definition | None = None
    place: Chosen | None = None
    places: list[Choice] = field(default_factory=list)
    things: list[tuple[AssetInfo, str]] = field(default_factory=list)
    near: list[dict[str, Any]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)

    @property
    def has_conditions(self) -> bool:
        """Whether an answer can bring up another question."""
        return self.definition is not None and any(one.when_code for one in self.definition.questions)

    @property
    def is_public(self) -> bool:
        """Whether everybody may read what is written."""
        return self.definition is None or self.definition.category.policy.text is Detail.EXACT


def look(form: Typed, actor: Actor, problems: Mapping[str, Any] | None = None) -> Screen:
    """Work out what the words, the place and the answers lead to."""
    screen = Screen()
    _look_for_kind(form, screen)
    _look_for_place(form, screen)
    if screen.definition is not None:
        layer = screen.definition.category.asset_layer
        if screen.place is not None:
            if layer:
                screen.things = resident_places.assets(layer, screen.place.lat, screen.place.lon)
            screen.near = [_card(one) for one in _likely(form, screen, screen.place, actor)]
        questions = screen.definition.questions
        screen.answers = asking.answers_sent(form.answers, questions)
        screen.asked = asking.asked_of(questions, screen.answers, problems or {})
    return screen


def _look_for_kind(form: Typed, screen: Screen) -> None:
    everything = queries.categories()
    chosen = form.values["category"]
    words = form.values["what"].strip()
    found = rules.matching(everything, words) if words else []
    screen.emergency = next((one for one in found if one.is_emergency), None)
    screen.found = [one.category for one in suggestions(everything, words)][:_FOUND]
    codes = [one.code for one in screen.found]
    # A choice stands while its words find it; what was only the first suggestion gives way to a better one.
    if words:
        screen.best = codes[0] if codes and screen.emergency is None else ""
        screen.category = chosen if chosen in codes and chosen != form.values["best"] else screen.best
        # Without scripts the first suggestion is still marked when the list was chosen from: the list counts.
        other = form.values["other"]
        if any(one.code == other and not one.is_emergency for one in everything):
            screen.category = other
            screen.other = "" if other in codes else other
    if screen.category:
        screen.definition = queries.definition(screen.category)


def _look_for_place(form: Typed, screen: Screen) -> None:
    text = form.values["q"].strip()
    if not text:
        return
    language = (get_language() or "en").split("-")[0]
    if form.values["place"] and form.values["place_for"] == text:
        screen.place = resident_places.parse(form.values["place"])
        screen.places = resident_places.search(text, language)
        return
    if point := resident_places.point_of(form.values["lat"], form.values["lon"]):
        screen.place = resident_places.at_point(*point, text, language)
        return
    hits = [hit for hit in places.locate(text, language) if hit.kind in resident_places.USEFUL]
    # A crew cannot be sent to "somewhere on Grand Avenue" by a guess: a street alone is asked back.
    exact = [hit for hit in hits if hit.kind is not HitKind.STREET and hit.label.casefold() == text.casefold()]
    sure = [hit for hit in hits if hit.kind is not HitKind.STREET and hit.score >= _SURE]
    choices = [resident_places.choice_of(hit) for hit in hits]
    if len(exact) == 1 or len(sure) == 1:
        screen.place = resident_places.parse(resident_places.choice_of((exact or sure)[0]).value)
    else:
        screen.places = choices


def _likely(form: Typed, screen: Screen, place: Chosen, actor: Actor) -> tuple[Likely, ...]:
    """Return what may be the same trouble, ranked as residents have it ranked when they file."""
    values = form.values
    named = {str(asset.id): asset.id for asset, _away in screen.things}
    return queries.likely_open(
        screen.category,
        place.lat,
        place.lon,
        address=place.address,
        words=values["description"].strip() or values["what"].strip(),
        asset_id=named.get(values["asset"]),
        viewer=actor,
    )


def _card(one: Likely) -> dict[str, Any]:
    return {
        "request": one.request,
        "title": resident_words.title_of(one.request),
        "house": resident_words.house_words(one.request.address),
        "reasons": resident_words.reasons(one, but=resident_words.SHOWN_OTHERWISE),
    }


def problems_of(form: Typed, screen: Screen) -> dict[str, Any]:
    """Say all at once what must be mended before a request can be filed, so that the caller is asked only once more."""
    problems: dict[str, Any] = {}
    if screen.emergency is not None and not screen.category:
        problems["category_code"] = _("Tell the caller to hang up and dial 911, or transfer the call")
    elif not screen.category:
        problems["category_code"] = _("Say what is wrong, then choose a category.")
    text = form.values["q"].strip()
    if not text:
        problems["place"] = _("Enter an address or a crossing.")
    elif screen.place is None and screen.places:
        problems["place"] = _("Choose which of these places it is.")
    elif screen.place is None and places.city().has_boundary:
        problems["place"] = _("We could not find this address. Check it, or try the nearest crossing.")
    found = rules.check_contact(form.caller)
    found |= rules.check_text("description", form.values["description"], rules.submissions.MAX_DESCRIPTION)
    questions = screen.definition.questions if screen.definition is not None else ()
    found |= rules.check_answers(asking.facts_of(questions), screen.answers)[1]
    return problems | asking.said_of(found, questions)


def as_request(form: Typed, screen: Screen) -> NewRequest:
    """Return the form as a request."""
    return NewRequest(
        category_code=screen.category,
        place=_place(form, screen),
        description=form.values["description"],
        answers=screen.answers,
        contact=form.caller,
        source=form.channel,
        language=form.language,
        hides_private=form.values["private"] == "hide",
    )


def _place(form: Typed, screen: Screen) -> Place:
    text = form.values["q"].strip()
    if screen.place is None:
        return Place(address=text)
    for thing, _away in screen.things:
        if str(thing.id) == form.values["asset"]:
            return Place(thing.lat, thing.lon, screen.place.address or text, asset_id=thing.id)
    chosen = screen.place
    ids = (uuid.UUID(one) if one else None for one in (chosen.address_id, chosen.asset_id))
    return Place(chosen.lat, chosen.lon, chosen.address or text, *ids)


def as_call(form: Typed) -> NewCall:
    """Return the form as a call that needs no request. No kind chosen is one the service refuses."""
    kind = form.values["kind"]
    return NewCall(
        kind=CallKind(kind) if kind in set(CallKind) else CallKind.FILED,
        channel=form.channel,
        topic=form.values["topic"],
        note=form.values["note"],
        caller=form.caller,
        language=form.language,
        number=form.values["number"],
    )


def passed_on(form: Typed) -> Typed:
    """Return the form of a call about an emergency: logged as transferred, by the emergency's name if by no topic."""
    screen = Screen()
    _look_for_kind(form, screen)
    topic = form.values["topic"].strip() or (screen.emergency.name if screen.emergency else "")
    return Typed({**form.values, "kind": CallKind.TRANSFERRED.value, "topic": topic[: _LENGTHS["topic"]]}, form.answers)
