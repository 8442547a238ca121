"""What a body answers, by whatever way it came: the request moves on, and everybody sees it."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from cityhall.apps.documents import public as documents
from cityhall.apps.places import public as places
from cityhall.apps.referrals import queries, rules
from cityhall.apps.referrals.contracts import AnswerKind, Ended, InboundMail, NewAnswer, Via, Waiting
from cityhall.apps.referrals.models import Answer, Referral
from cityhall.apps.referrals.rules.answers import AFTER_THE_DAY, MOST_WORDS
from cityhall.apps.referrals.services.referring import end, write
from cityhall.apps.referrals.services.wording import refusal, refuse
from cityhall.apps.service_requests import public as service_requests
from cityhall.apps.service_requests.contracts import DeskEvent, Fact, Outcome, State, Visibility
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor, system
from cityhall.kernel.django import audit, commands
from cityhall.kernel.django import dates as words_of
from cityhall.kernel.django.models import CommandResult
from cityhall.kernel.django.translated import pick
from cityhall.kernel.errors import Invalid, NotFound

_ANSWER = "referrals.answer"


def answer(token: str, new: NewAnswer, *, command_id: uuid.UUID | None = None) -> None:
    """Take what a body says by its reply link.

    Args:
        command_id: the form's own id: sent again, it is the same answer, whose photos are not looked at again.

    Raises:
        NotFound: the link is unknown, expired or revoked.
        Invalid: fields "words", "on", "kind", "state" when the referral is over, or "command_id" when the form was sent
            before with something else in it.
    """
    link = queries.link_of(token)
    if link is None:
        raise NotFound(_("This link does not work any more. Ask the city for a new one."))
    if new.kind in {AnswerKind.WROTE, AnswerKind.STRANGER}:
        raise refusal("kind", "kind")
    refuse(rules.check_answer(new, today=clock.now().astimezone(places.zone()).date()))

    def run() -> dict[str, Any]:
        referral = _locked(link.referral_id)
        if referral.done_at is not None:
            raise refusal("state", "checked")
        _apply(referral, new, Via.LINK)
        return {"id": str(referral.request_id), "referral": str(referral.id)}

    said = {"referral": link.referral_id, "kind": new.kind, "words": new.words, "on": new.on}
    commands.once(command_id, _ANSWER, _speaker(link.referral), said, run)


def was_answered(referral_id: uuid.UUID, command_id: uuid.UUID | None) -> bool:
    """Say whether this sending of the form was taken before: then it is no answer that comes too late."""
    if command_id is None:
        return False
    return CommandResult.objects.filter(id=command_id, name=_ANSWER, result__referral=str(referral_id)).exists()


def receive_mail(mail: InboundMail) -> str:
    """Take what a body says by mail; return in a few words what became of it.

    What only moves a request on when it is the body's own word comes from its own domain. When its first word says
    nothing we know, it is kept as a note and a person reads it. So it is from anywhere else, and there the body still
    has to answer.

    Raises:
        NotFound: no referral of ours is named, or its links are expired or revoked.
        Invalid: the mail says nothing, or the referral is over.
    """
    if mail.is_automatic:
        return "ignored: nobody wrote it"
    link = next((found for mark in mail.tokens if (found := queries.link_of_mark(mark))), None)
    if link is None:
        raise NotFound(_("The subject names no referral that is under way."))
    if mail.message_id and Answer.objects.filter(message_id=mail.message_id).exists():
        return "ignored: it came before"
    new = rules.said_in(mail.text)
    own = rules.is_own(mail.sender, link.referral.body.mail)
    if not own or rules.check_answer(new, today=clock.now().astimezone(places.zone()).date()):
        new = NewAnswer(AnswerKind.WROTE if own else AnswerKind.STRANGER, mail.text.strip()[:MOST_WORDS])
    if not new.words and not mail.files and new.kind in {AnswerKind.WROTE, AnswerKind.STRANGER}:
        raise refusal("words", "words_missing")
    with transaction.atomic():
        referral = _locked(link.referral_id)
        photos, problems = _taken(mail, _speaker(referral))
        if referral.done_at is not None and own:  # a supervisor looks at what it said; this goes along, for people
            new = NewAnswer(AnswerKind.WROTE, mail.text.strip()[:MOST_WORDS])
        new = NewAnswer(new.kind, new.words, new.on, photos)
        # Whoever reads a stranger's words must not take them for the body's, even where nobody is named.
        _apply(referral, new, Via.MAIL, sender="" if own else mail.sender or "?", message_id=mail.message_id)
    return f"taken: {new.kind.value}" + (f"; {problems} attachments could not be used" if problems else "")


def _taken(mail: InboundMail, speaker: Actor) -> tuple[tuple[uuid.UUID, ...], int]:
    """Hand the pictures of a mail to the documents room; return those it took and how many it did not."""
    taken, refused = [], 0
    for name, data in mail.files:
        try:
            taken.append(documents.take(data, filename=name, actor=speaker).id)
        except Invalid:
            refused += 1
    return tuple(taken), refused


def take_from_connection(referral_id: uuid.UUID, said: DeskEvent) -> None:
    """Note what a body did through its connection: the request has moved already, and may have moved on since."""
    data, fact = said.event.data, said.event.fact
    kind, on, why = AnswerKind.WROTE, None, None
    asks = fact is Fact.APPROVAL and data.get("outcome") == Outcome.FIXED
    if asks:
        kind = AnswerKind.DONE
    elif fact is Fact.CLOSED:
        is_theirs = data.get("outcome") != Outcome.NOT_CITY
        kind, why = (AnswerKind.DONE, Ended.DONE) if is_theirs else (AnswerKind.NOT_OURS, Ended.NOT_OURS)
    elif data.get("to") == State.SCHEDULED:
        kind, on = AnswerKind.SCHEDULED, date.fromisoformat(data["on"]) if data.get("on") else None
    with transaction.atomic():
        referral = Referral.objects.select_for_update(of=("self",)).select_related("body").get(id=referral_id)
        if referral.ended_at is None:
            _note(referral, NewAnswer(kind, on=on), Via.CONNECTION, said.event.at)
            if on:
                referral.due_at = _end_of(on)
            if why:
                end(referral, why, said.event.at)
            elif asks and service_requests.awaits_approval(referral.request_id):
                _wait_for_approval(referral, said.event.at)
            else:
                referral.save()


def approval_decided(referral_id: uuid.UUID, *, outcome: str = "", note: str | None = None) -> None:
    """End a referral as a supervisor approved the closing it waited with, or give it back to the body.

    Args:
        outcome: what it was closed with; "" when it was sent back.
        note: what is missing, which the body is told; None when it was not the body that asked.
    """
    now = clock.now()
    with transaction.atomic():
        referral = Referral.objects.select_for_update(of=("self",)).select_related("body").get(id=referral_id)
        if referral.ended_at is not None or referral.done_at is None:
            return
        if outcome:  # what it said stays: an undone bulk change brings it back
            end(referral, Ended.DONE if outcome == Outcome.FIXED else Ended.WITHDRAWN, now)
            return
        referral.done_at = None
        referral.waiting, referral.chased_at = Waiting.BODY, None
        referral.due_at = rules.answer_due(now, referral.body.answer_days)
        referral.save()
        if note is not None and not write(referral, "sent_back", words=note):
            # A body that is told by its system alone gets no mail: somebody at the desk has to tell it.
            referral.waiting, referral.to_read = Waiting.CITY, True
            referral.save()


def _wait_for_approval(referral: Referral, now: datetime) -> None:
    """Note that the body has done its part and a supervisor looks at it: nobody reminds the body meanwhile."""
    referral.done_at, referral.waiting = now, Waiting.CITY
    referral.save()


def _locked(referral_id: uuid.UUID) -> Referral:
    found = Referral.objects.select_for_update(of=("self",)).select_related("body").get(id=referral_id)
    if found.ended_at is not None:
        raise refusal("state", "over")
    return found


def _speaker(referral: Referral) -> Actor:
    return system(referral.body.name.get("en", ""))


def _apply(referral: Referral, new: NewAnswer, via: Via, *, sender: str = "", message_id: str = "") -> None:
    """Note the answer and do what it means."""
    over = service_requests.handed_over(referral.request_id)
    if over is None or over.request.state is not State.REFERRED:  # the city has done something else with it meanwhile
        raise refusal("state", "over")
    now = clock.now()
    _note(referral, new, via, now, message_id)
    actor = _speaker(referral)
    with translation.override(over.request.language):
        name = pick(referral.body.name, over.request.language)
        said = _said(name, new)
    common: dict[str, Any] = {"actor": actor}
    if new.photos and new.kind is not AnswerKind.DONE:
        # What was only written to us is read by a person before anybody else sees it, and so are its pictures.
        unread = new.kind in {AnswerKind.MORE, AnswerKind.WROTE, AnswerKind.STRANGER}
        service_requests.add_photos(
            referral.request_id, photo_ids=new.photos, evidence=not unread, waits=unread, **common
        )
    match new.kind:
        case AnswerKind.DONE:
            closed = service_requests.close(
                referral.request_id, outcome=Outcome.FIXED, sentence=said, evidence=new.photos, **common
            )
            if closed.state is State.CLOSED:
                end(referral, Ended.DONE, now)
            else:
                _wait_for_approval(referral, now)
        case AnswerKind.NOT_OURS:
            end(referral, Ended.NOT_OURS, now)
            service_requests.take_back(referral.request_id, sentence=said, **common)
        case AnswerKind.SCHEDULED:
            assert new.on is not None
            referral.scheduled_for, referral.waiting = new.on, Waiting.BODY
            referral.due_at = _end_of(new.on)
            referral.save()
            service_requests.add_note(referral.request_id, text=said, visibility=Visibility.PUBLIC, **common)
        case AnswerKind.MORE | AnswerKind.WROTE | AnswerKind.STRANGER:
            if new.kind is AnswerKind.STRANGER:  # the body still has to answer
                referral.to_read = True
            else:
                referral.waiting = Waiting.CITY
            referral.save()
            text = f"{sender}: {new.words}" if sender else new.words
            if text:
                service_requests.add_note(referral.request_id, text=text, visibility=Visibility.INTERNAL, **common)
    audit.record(
        actor,
        "referrals.answered",
        subject_kind="referral",
        subject_id=referral.id,
        data={"number": referral.number, "answer": new.kind.value, "via": via.value},
    )


def _said(name: str, new: NewAnswer) -> str:
    """Return the public sentence of an answer, in the language that is active."""
    words = new.words.strip()
    if new.kind is AnswerKind.DONE and new.on:
        sentence = _("%(body)s says that this was done on %(day)s.") % {"body": name, "day": words_of.day(new.on)}
    elif new.kind is AnswerKind.DONE:
        sentence = _("%(body)s says that this is done.") % {"body": name}
    elif new.kind is AnswerKind.SCHEDULED and new.on:
        sentence = _("%(body)s plans this for %(day)s.") % {"body": name, "day": words_of.day(new.on)}
    else:
        sentence = _("%(body)s says that this is not theirs.") % {"body": name}
    return f"{sentence} {words}".strip()[:2000]


def _note(referral: Referral, new: NewAnswer, via: Via, at: datetime, message_id: str = "") -> None:
    Answer.objects.create(referral=referral, at=at, kind=new.kind, on=new.on, via=via, message_id=message_id or None)
    if referral.answered_at is None and new.kind is not AnswerKind.STRANGER:
        referral.answered_at = at
    if new.on and new.kind is AnswerKind.SCHEDULED:
        referral.scheduled_for = new.on
    referral.save()


def _end_of(day: date) -> datetime:
    """Return until when it is not late: a week after the day it was planned for."""
    return datetime.combine(day, time(23, 59), places.zone()).astimezone(UTC) + AFTER_THE_DAY
