"""The sentences for what the rules object to. Here and not in the rules, because they are translated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from cityhall.apps.service_requests.rules import Problem
from cityhall.kernel.errors import Invalid

_SENTENCES: Mapping[str, Any] = {
    "outcome_missing": _("Choose an outcome: what came of this request."),
    "sentence_missing": _("Write a sentence that the public will read."),
    "duplicate_missing": _("Name the request that this one repeats."),
    "duplicate_unwanted": _("Only a duplicate names another request. Choose the outcome “duplicate”, or leave it out."),
    "answer_missing": _("Answer “%(detail)s”."),
    "answer_unknown": _("This category has no question “%(detail)s”."),
    "answer_one": _("Give one answer only."),
    "answer_long": _("Shorten this to %(limit)d characters."),
    "answer_characters": _("Remove the characters that cannot be stored."),
    "answer_number": _("“%(detail)s” is not a number. Write digits, for example 12 or 2.5."),
    "answer_datetime": _("“%(detail)s” is not a date and time. Write it like 2026-03-12T14:30."),
    "answer_listed": _("“%(detail)s” is not one of the choices."),
    "place_half": _("Give both latitude and longitude, or neither."),
    "place_range": _("This is not a point on Earth. Latitude is −90 to 90, longitude −180 to 180."),
    "place_missing": _("Say where it is: an address, a point on the map, or an asset."),
    "place_outside": _("This place is outside the city. Check the pin or the address."),
    "place_unknown": _("We could not find this address. Choose one of the suggestions or put a pin on the map."),
    "asset_unknown": _("We do not know this asset. Choose another or put a pin on the map."),
    "text_missing": _("Write a sentence."),
    "text_long": _("Shorten this to %(limit)d characters."),
    "email": _("This is not an e-mail address. Write it like name@example.org."),
    "phone": _("This is not a telephone number. Write digits, for example 555 0100."),
    "category_unknown": _("There is no such category. Choose one from the list."),
    "emergency": _("Call 911 now. Emergencies cannot be reported here."),
    "photo_unknown": _("A photo is missing. Add it again."),
    "file_unknown": _("A file is missing. Add it again."),
    "file_public": _("Files go with internal notes only. Add a photo of the work instead."),
    "photo_many": _("Add at most %(limit)d photos."),
    "wrong_state": _("The request's state does not allow this. Read it again: it may have changed."),
    "contested_first": _("Somebody says this is not fixed. A supervisor has to settle that before the work goes on."),
    "contest_photo": _("Add a photo of how it is now. Only who reported or follows the request needs none."),
    "contest_new_photo": _("A supervisor has looked at this already. Add a new photo that shows how it is now."),
    "contested_twice": _("A supervisor has looked at this twice. If the problem is there, report it anew."),
    "settle_own": _("You closed this request, so you may only open it again. Another supervisor may keep it closed."),
    "settle_photo": _("Add a photo that shows why it stays closed."),
    "approve_own": _("You asked for this closing, so another supervisor decides it."),
    "nothing_waits": _("No closing waits here any more. Read the request again: somebody may have decided it."),
    "proof_missing": _("This category asks for a photo of the finished work. Add one, or choose another outcome."),
    "body_unknown": _("Choose one of those in the list."),
    "duplicate_self": _("These two are one already. Choose another request’s number."),
    "duplicate_unknown": _("There is no request with this number. Check it."),
    "assignee_unknown": _("Choose a department, team or person that exists."),
    "team_elsewhere": _("This team is of another department. Choose that department too, or a team of this one."),
    "assignee_reach": _("Choose one of your own teams or colleagues, or give the work back to the department."),
    "same_category": _("The request is in this category already."),
    "category_shows_more": _(
        "The public would see more in that category. Ask somebody who decides what the public sees to change it."
    ),
    "category_asks_less": _(
        "This category asks for a photo or for approval before closing, and that one asks for less. "
        "Ask a supervisor to change it."
    ),
    "bulk_already": _("It is so already: nothing would change."),
    "bulk_many": _("Choose at most %(limit)d requests at a time."),
    "undo_late": _("The time to undo has passed."),
    "undo_done": _("This was undone already."),
    "call_kind": _("Choose what came of the call."),
    "call_channel": _("Choose how they reached you."),
    "consent_missing": _("Ask whether they agree and mark it, or leave their name and contact empty."),
    "call_number": _("Write the number of the request they asked about."),
    "topics_many": _("Keep at most %(limit)d topics."),
    "blank_left": _("This request has nothing for %(detail)s. Write the sentence without it."),
    "bulk_change": _("Choose what to change."),
    "day_far": _("Give a day within ten years of today."),
}


def say(problem: Problem) -> Any:
    """Return the sentence for a problem, translated when it is shown."""
    sentence = _SENTENCES[problem.code]
    if problem.detail or problem.limit:
        return sentence % {"detail": problem.detail, "limit": problem.limit}
    return sentence


def refuse(problems: Mapping[str, Problem], *, code: str | None = None) -> None:
    """Raise Invalid when there are problems."""
    if problems:
        raise Invalid({name: say(problem) for name, problem in problems.items()}, code=code)


def refusal(field: str, problem: str, *, code: str | None = None, detail: str = "", limit: int = 0) -> Invalid:
    """Return the refusal for one field."""
    return Invalid({field: say(Problem(problem, detail, limit))}, code=code or problem)
