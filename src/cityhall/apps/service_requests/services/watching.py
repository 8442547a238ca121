"""What the city says in public is looked through for somebody's private business before it is published.

Staff are asked once more. A program cannot be asked: what looks private is left out of what it says, and its own words
stay in the history, for staff.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from functools import lru_cache
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from cityhall.apps.identity import public as identity
from cityhall.apps.service_requests.contracts import Contact, Detail, Fact, Visibility, number_text
from cityhall.apps.service_requests.models import Reporter, ServiceRequest
from cityhall.apps.service_requests.rules.submissions import MAX_SENTENCE
from cityhall.apps.service_requests.services import writing
from cityhall.kernel.actors import Actor, ActorKind
from cityhall.kernel.django import audit
from cityhall.kernel.django.reading import remembered
from cityhall.kernel.errors import Invalid
from cityhall.kernel.text import fold
from cityhall.kernel.watch import Found, Known, Private, masked, private_words

#: The field that a refusal names: a form that shows it offers to publish the words as they are.
FIELD = "publish"
_LOOKS_LIKE: Mapping[Private, Any] = {
    Private.EMAIL: _("“%(words)s” looks like an e-mail address."),
    Private.PHONE: _("“%(words)s” looks like a telephone number."),
    Private.PLATE: _("“%(words)s” looks like a license plate."),
    Private.ADDRESS: _("“%(words)s” looks like somebody’s home address."),
    Private.NAME: _("“%(words)s” looks like a person’s name."),
}
#: What stands in place of what was left out: without digits and capitals, so that it is never taken for more of it.
_LEFT_OUT: Mapping[Private, Any] = {
    Private.EMAIL: _("e-mail address left out"),
    Private.PHONE: _("telephone number left out"),
    Private.PLATE: _("license plate left out"),
    Private.ADDRESS: _("home address left out"),
    Private.NAME: _("name left out"),
}
_BY_RESIDENTS = frozenset({ActorKind.ANONYMOUS, ActorKind.RESIDENT})
_as_it_is: ContextVar[bool] = ContextVar("publishes_as_it_is", default=False)


@contextmanager
def as_it_is(sure: bool) -> Iterator[None]:
    """Publish what is said inside although it looks private: somebody was shown what was found, and is sure."""
    before = _as_it_is.set(sure)
    try:
        yield
    finally:
        _as_it_is.reset(before)


def looks_like(found: Found) -> str:
    """Say what was found, in the reader's language."""
    return str(_LOOKS_LIKE[found.kind] % {"words": found.words})


def hidden(text: str, language: str, known: Known) -> str:
    """Return a text with what looks private left out, which it says in the text's language."""
    return masked(text, _left_out_in(language), known)


@lru_cache
def _left_out_in(language: str) -> Mapping[Private, str]:
    with translation.override(language):
        return {kind: str(words) for kind, words in _LEFT_OUT.items()}


def reported(contact: Contact, address: str, place: Detail) -> Known:
    """Return what is known beside a resident's description: who they are, and whether all may know where it is."""
    exact = place is Detail.EXACT
    return Known(
        reporter=(contact.first_name, contact.last_name),
        public_address=address if exact else "",
        private_address="" if exact else address,
    )


def ask(text: str, *, actor: Actor) -> None:
    """Ask about a sentence that is to stand on many requests, before any of them is looked at.

    Raises:
        Invalid: field "publish".
    """
    if not _as_it_is.get():
        found = private_words(text, Known(people=_people(text)))
        _refuse([one for one in found if one.kind is not Private.ADDRESS])


def said_in_both(
    request: ServiceRequest, actor: Actor, sentence: str, also: Mapping[str, str] | None
) -> tuple[str, Mapping[str, str] | None]:
    """Return `said` of a sentence, and of the same in other languages. Raises as `said` does."""
    sentence = said(request, actor, sentence)
    return sentence, {code: said(request, actor, text, language=code) for code, text in also.items()} if also else also


def said(request: ServiceRequest, actor: Actor, text: str, *, language: str = "") -> str:
    """Return what may be published on a request of what the actor says.

    Args:
        language: what the text is in; the reporter's by default.

    Raises:
        Invalid: field "publish": staff are asked, unless they are sure.
    """
    if actor.kind in _BY_RESIDENTS or not text.strip():
        return text  # what residents say is the publication policy's and the moderators' to decide
    known = _known(request, text)
    found = private_words(text, known)
    if not found:
        return text
    if actor.kind is not ActorKind.STAFF:
        return _left_out(request, actor, text, found, known, language)
    _ask_about(request, actor, found)
    return text


def contested(request: ServiceRequest, actor: Actor, text: str, *, hides: bool | None) -> str:
    """Return what may be published of what somebody says who contests a closing.

    What is left out is said so in the language they read just now, which they most likely write.

    What only the city knows is not compared: who asks could learn it by guessing.

    Args:
        hides: what looks private is left out; None when they were not asked yet.

    Raises:
        Invalid: field "publish": something looks private, and they were not asked.
    """
    if hides is False or Detail(request.category.text_policy) is not Detail.EXACT:
        return text
    exact = Detail(request.category.place_policy) is Detail.EXACT
    known = Known(public_address=request.address if exact else "")
    found = private_words(text, known)
    if hides is None:
        _refuse(found)
    language = (translation.get_language() or request.language).split("-")[0]
    return _left_out(request, actor, text, found, known, language) if found else text


def _left_out(
    request: ServiceRequest, actor: Actor, text: str, found: Sequence[Found], known: Known, language: str = ""
) -> str:
    """Return a text without what was found; staff read the whole in the history."""
    kinds = sorted({one.kind.value for one in found})
    writing.add_event(request, actor, Fact.NOTE, text=text, visibility=Visibility.INTERNAL, data={"left_out": kinds})
    return hidden(text, language or request.language, known)[:MAX_SENTENCE]


def described(request: ServiceRequest, actor: Actor, text: str, known: Known) -> None:
    """Ask staff about what somebody told them, before it stands in public as a description. Raises as `said` does."""
    if found := private_words(text, known):
        _ask_about(request, actor, found)


def _ask_about(request: ServiceRequest, actor: Actor, found: Sequence[Found]) -> None:
    if not _as_it_is.get():
        _refuse(found)
    audit.record(
        actor,
        "service_requests.published_as_it_is",
        subject_kind=writing.SUBJECT,
        subject_id=request.id,
        data={"number": number_text(request.number), "kinds": sorted({one.kind.value for one in found})},
    )


def _refuse(found: Sequence[Found]) -> None:
    if found:
        raise Invalid({FIELD: " ".join(dict.fromkeys(looks_like(one) for one in found))}, code="looks_private")


def _known(request: ServiceRequest, text: str) -> Known:
    """Return whose business it might be: the reporter's, a colleague's, that of who lives there."""
    reporter = Reporter.objects.filter(request=request).values_list("first_name", "last_name").first()
    known = reported(Contact(*(reporter or ())), request.address, Detail(request.category.place_policy))
    return replace(known, people=_people(text))


_TWO_CAPITALS = re.compile(r"[^\W\d_]\w* [A-ZÁÉÍÓÚÑÜ]")


def _people(text: str) -> tuple[str, ...]:
    """Return the names of all who have an account, where the text has room for one."""
    if not _TWO_CAPITALS.search(text):
        return ()
    known: tuple[str, ...] = remembered(
        "watch.people", lambda: tuple(one.name for one in identity.people() if one.name)
    )
    words = set(fold(text).split())
    return tuple(name for name in known if words.issuperset(fold(name).split()))
