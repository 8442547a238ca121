"""Reporting, step by step: photo, place, what, already reported, questions, contact. Works without scripts.

`resident_sending` has the last steps.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, BinaryIO, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cityhall.apps.documents import public as documents
from cityhall.apps.places import public as places
from cityhall.apps.service_requests import queries, rules, services
from cityhall.apps.service_requests.contracts import (
    CategoryInfo,
    Likely,
)
from cityhall.apps.service_requests.web import (
    asking,
    resident_draft,
    resident_guards,
    resident_places,
    resident_steps,
    resident_words,
)
from cityhall.apps.service_requests.web.resident_draft import Draft
from cityhall.apps.service_requests.web.suggesting import suggestions
from cityhall.kernel.actors import ActorKind
from cityhall.kernel.django.access import actor_of, public
from cityhall.kernel.errors import Invalid, NotFound

MOST_PHOTOS = 4
_SUGGESTED, _MOST_FOUND = 3, 8
_MOST_LETTERS = 500
_A_SENTENCE = 3


@public
@never_cache
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Begin: with a photo, with a place, or by saying what is wrong."""
    if request.method == "POST":
        draft = Draft()
        draft.description = _sentence(request.POST.get("words", ""))
        code = request.POST.get("category", "")
        if code and (answer := _choose_category(request, draft, code)):
            return answer
        begin = request.POST.get("begin", "photo")
        if begin == "place" or code:
            draft.mark("photo")
        draft.answered_before = list(draft.done)
        resident_draft.save(request, draft)
        return resident_steps.to(draft.next_step())
    words = request.GET.get("q", "").strip()[:_MOST_LETTERS]
    context = {**_found(queries.categories(), words), "going": resident_draft.exists(request)}
    return render(request, "service_requests/report/start.html", context)


@public
@never_cache
@require_http_methods(["GET", "POST"])
def photo(request: HttpRequest) -> HttpResponse:
    """Take photos, keep what the camera says of place and time to be offered later."""
    draft = resident_draft.load(request)
    problems: dict[str, Any] = {}
    if request.method == "POST":
        if remove := request.POST.get("remove"):
            draft.photos = [one for one in draft.photos if one != remove]
            resident_draft.save(request, draft)
            return resident_steps.to("photo")
        problems = _take_photos(request, draft)
        if not problems:
            if request.POST.get("more"):
                resident_draft.save(request, draft)
                return resident_steps.to("photo")
            return resident_steps.onward(request, draft, "photo")
        resident_draft.save(request, draft)
    return resident_steps.page(request, draft, "photo", {"photos": resident_steps.pictures(draft)}, problems)


def _take_photos(request: HttpRequest, draft: Draft) -> dict[str, Any]:
    uploads = request.FILES.getlist("photo")
    if len(draft.photos) + len(uploads) > MOST_PHOTOS:
        return {"photo": _("Add at most %(count)d photos.") % {"count": MOST_PHOTOS}}
    for upload in uploads:
        resident_guards.count(request, "photo", limit=60)
        try:
            taken = documents.take(cast(BinaryIO, upload), filename=upload.name or "photo", actor=actor_of(request))
        except Invalid as refused:
            return {"photo": next(iter(refused.fields.values()))}
        draft.photos.append(str(taken.id))
        draft.sightings[str(taken.id)] = (taken.lat, taken.lon, taken.taken_at.isoformat() if taken.taken_at else "")
    return {}


@public
@never_cache
@require_http_methods(["GET", "POST"])
def place(request: HttpRequest) -> HttpResponse:
    """Ask where it is: an address, a crossing, the photo's place, a pin, the browser's own place."""
    draft = resident_draft.load(request)
    text = request.POST.get("q", draft.address).strip()[:300]
    choices: list[resident_places.Choice] = []
    problems: dict[str, Any] = {}
    if request.method == "POST":
        chosen, choices, problem = _place_sent(request, text)
        if problem:
            problems = {"place": problem}
        elif chosen is not None:
            if places.inside(chosen.lat, chosen.lon):
                draft.lat, draft.lon, draft.address = chosen.lat, chosen.lon, chosen.address or text
                draft.address_id, draft.asset_id, draft.asset_label = chosen.address_id, chosen.asset_id, ""
                return resident_steps.onward(request, draft, "place", undo=("which", "nearby"))
            problems = {"place": _outside()}
        elif text and not choices:
            problems = {"place": _("We could not find this address. Check it, or put a pin on the map.")}
            if not places.city().has_boundary:  # a city without places of its own takes the words
                draft.lat = draft.lon = None
                draft.address, draft.address_id, draft.asset_id = text, "", ""
                return resident_steps.onward(request, draft, "place", undo=("which", "nearby"))
    offered = resident_places.from_photo(*draft.photo_point) if draft.photo_point else None
    context = {
        "text": text,
        "choices": choices,
        "only_like": bool(choices) and not any(one.is_meant for one in choices),
        "offered": offered,
        "example": resident_words.example_of_a_place(),
        "place": _map_context(),
    }
    return resident_steps.page(request, draft, "place", context, problems)


def _place_sent(
    request: HttpRequest, text: str
) -> tuple[resident_places.Chosen | None, list[resident_places.Choice], str]:
    """Return what a sent place step means: a place, or the choices it leaves, or what to mend."""
    searching = request.POST.get("search")
    if not searching:
        if chosen := resident_places.parse(request.POST.get("place", "")):
            return chosen, [], ""
        if point := resident_places.point_of(request.POST.get("lat", ""), request.POST.get("lon", "")):
            return resident_places.at_point(*point, text, get_language() or "en"), [], ""
    if not text:
        return None, [], _("Enter an address or a crossing, or put a pin on the map.")
    choices = resident_places.search(text, get_language() or "en")
    exact = [one for one in choices if one.label.casefold() == text.casefold()]
    taken = exact or choices
    if not searching and len(taken) == 1 and (exact or taken[0].is_meant):
        return resident_places.parse(taken[0].value), [], ""
    return None, choices, ""


def _map_context() -> dict[str, Any]:
    city = places.city()
    return {
        "bounds": ",".join(f"{one:.5f}" for one in city.bounds) if city.bounds else "",
        "layers": places.layers(),
    }


def _outside() -> str:
    city = places.city().name
    if city:
        return _("This place is outside %(city)s. Enter an address or put the pin inside it.") % {"city": city}
    return _("This place is outside the city. Enter an address or put the pin inside it.")


@public
@never_cache
@require_http_methods(["GET", "POST"])
def what(request: HttpRequest) -> HttpResponse:
    """Ask what is wrong: a category, found by words or in the groups."""
    draft = resident_draft.load(request)
    problems: dict[str, Any] = {}
    if request.method == "POST":
        code = request.POST.get("category", "")
        draft.description = draft.description or _sentence(request.POST.get("words", ""))
        if not code:
            problems = {"category": _("Choose what is wrong.")}
        elif code not in {one.code for one in queries.categories()}:  # taken off the list since the page was drawn
            problems = {"category": _("The city does not take this kind of report any more. Choose another.")}
        elif answer := _choose_category(request, draft, code):
            return answer
        else:
            return resident_steps.onward(request, draft, "what")
    # What was said at the start is not asked again: it suggests, until it is searched for other words.
    words = request.GET.get("q", draft.description).strip()[:_MOST_LETTERS]
    all_of_them = queries.categories()
    context = _found(all_of_them, words, draft.lat, draft.lon)
    context["groups"] = [] if context["found"] else _grouped(all_of_them)
    return resident_steps.page(request, draft, "what", context, problems)


def _found(
    categories: Sequence[CategoryInfo], words: str, lat: float | None = None, lon: float | None = None
) -> dict[str, Any]:
    """Return what words may mean: an emergency, which is not among the choices, and the kinds that can be reported."""
    searched = rules.matching(categories, words) if words else []
    found = suggestions(categories, words, lat, lon)
    sure = any(rules.is_sure(one) for one in found)
    shown = found[: _SUGGESTED if sure else _MOST_FOUND]
    return {
        "words": words,
        "emergency": next((one for one in searched if one.is_emergency), None),
        "found": [(one.category, resident_words.likeness(one.confidence)) for one in shown],
        "unsure": not sure and any(one.confidence is not None for one in found),
    }


def _sentence(words: str) -> str:
    """Return words that describe something, so that nobody types them twice; a word or two to search by do not."""
    words = words.replace("\x00", "").strip()[:_MOST_LETTERS]
    return words if len(words.split()) >= _A_SENTENCE else ""


def _choose_category(request: HttpRequest, draft: Draft, code: str) -> HttpResponse | None:
    """Put a category into the draft; an emergency leads to its own page and is never filed."""
    category = next((one for one in queries.categories() if one.code == code), None)
    if category is None:
        raise NotFound(_("There is no such category. Choose one from the list."))
    if category.is_emergency:
        return redirect("report-emergency", code=code)
    if draft.category != code:
        draft.category, draft.answers, draft.asset_id, draft.asset_label = code, {}, "", ""
        draft.mark("what", undo=("which", "nearby", "questions"))
    draft.mark("what")
    return None


def _grouped(found: Sequence[CategoryInfo]) -> list[tuple[str, list[CategoryInfo]]]:
    groups: dict[str, list[CategoryInfo]] = {}
    for one in found:
        groups.setdefault(one.group, []).append(one)
    return list(groups.items())


@public
@never_cache
@require_http_methods(["GET"])
def emergency(request: HttpRequest, code: str) -> HttpResponse:
    """Say to call 911: emergencies cannot be reported here."""
    category = next((one for one in queries.categories() if one.code == code and one.is_emergency), None)
    if category is None:
        raise NotFound(_("There is no such category. Choose one from the list."))
    return render(request, "service_requests/report/emergency.html", {"category": category})


@public
@never_cache
@require_http_methods(["GET", "POST"])
def which(request: HttpRequest) -> HttpResponse:
    """Ask which of the things nearby it is: a streetlight, a sign. A list, nearest first, with distances."""
    draft = resident_draft.load(request)
    definition = resident_steps.definition_of(draft)
    if definition is None:
        return resident_steps.choose_again(request, draft)
    if not draft.has_place:
        return resident_steps.to(draft.next_step())
    layer = definition.category.asset_layer
    found = resident_places.assets(layer, draft.lat, draft.lon) if layer and draft.lat and draft.lon else []
    if request.method == "POST" or not found:
        draft.asset_id = draft.asset_label = ""
        for asset, _away in found:
            if str(asset.id) == request.POST.get("asset"):
                draft.asset_id, draft.asset_label = str(asset.id), asset.label
                draft.lat, draft.lon = asset.lat, asset.lon
        return resident_steps.onward(request, draft, "which")
    return resident_steps.page(request, draft, "which", {"found": found, "category": definition.category})


@public
@never_cache
@require_http_methods(["GET", "POST"])
def nearby(request: HttpRequest) -> HttpResponse:
    """Show what is open around there already: "Me too", or "Mine is different"."""
    draft = resident_draft.load(request)
    if not draft.category or not draft.has_place:
        return resident_steps.to(draft.next_step())
    found = _likely(draft)
    if request.method == "POST" or not found:
        return resident_steps.onward(request, draft, "nearby")
    cards = [
        {
            "request": one.request,
            "title": resident_words.title_of(one.request),
            "house": resident_words.house_words(one.request.address),
            "reasons": resident_words.reasons(one, but=resident_words.SHOWN_OTHERWISE),
            "picture": documents.url(one.request.photos[0], "thumb") if one.request.photos else "",
        }
        for one in found
    ]
    return resident_steps.page(request, draft, "nearby", {"cards": cards})


def _likely(draft: Draft) -> tuple[Likely, ...]:
    if not draft.lat or not draft.lon:
        return ()
    return queries.likely_open(
        draft.category,
        draft.lat,
        draft.lon,
        address=draft.address,
        words=draft.description,
        asset_id=uuid.UUID(draft.asset_id) if draft.asset_id else None,
        photo_place=draft.photo_point,
    )


@public
@never_cache
@require_http_methods(["GET", "POST"])
def questions(request: HttpRequest) -> HttpResponse:
    """Ask only what the category needs, for a description, and for a photo where none was sent yet."""
    draft = resident_draft.load(request)
    definition = resident_steps.definition_of(draft)
    if definition is None:
        return resident_steps.choose_again(request, draft)
    problems: dict[str, Any] = {}
    if request.method == "POST":
        draft.description = request.POST.get("description", "").strip()
        sent = asking.answers_sent(request.POST, definition.questions)
        clean, found = rules.check_answers(asking.facts_of(definition.questions), sent)
        found |= rules.check_text("description", draft.description, rules.submissions.MAX_DESCRIPTION)
        draft.answers = sent if found else clean
        problems = asking.said_of(found, definition.questions) | _take_photos(request, draft)
        shown = set(request.POST.getlist("shown"))
        # A question that became due by an answer just given was not on the page yet: show it before complaining.
        unseen = {name for name in problems if name.startswith("answers.") and name[8:] not in shown}
        if unseen and unseen == set(problems):
            resident_draft.save(request, draft)
            problems = {}
        elif not problems and not asking.newly_asked(definition.questions, clean, shown):
            return resident_steps.onward(request, draft, "questions")
        resident_draft.save(request, draft)
    asked = asking.asked_of(definition.questions, draft.answers, problems)
    context = {"definition": definition, "asked": asked, "limit": rules.submissions.MAX_DESCRIPTION}
    return resident_steps.page(
        request, draft, "questions", context | {"photos": resident_steps.pictures(draft)}, problems
    )


@public
@never_cache
@require_http_methods(["GET", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    """Ask how to reach them, which they may leave out."""
    draft = resident_draft.load(request)
    problems: dict[str, Any] = {}
    if request.method == "POST":
        for name in ("first_name", "last_name", "email", "phone"):
            setattr(draft, name, request.POST.get(name, "").strip()[:254])
        draft.follow = bool(request.POST.get("follow"))
        found = rules.check_contact(draft.as_request("en").contact)
        problems = {name.removeprefix("contact."): services.wording.say(one) for name, one in found.items()}
        # The box is ticked to begin with: without an address it means nothing, and is nothing to complain about.
        draft.follow = draft.follow and bool(draft.email or actor_of(request).kind is ActorKind.RESIDENT)
        if not problems:
            return resident_steps.onward(request, draft, "contact")
    return resident_steps.page(request, draft, "contact", {}, problems)
