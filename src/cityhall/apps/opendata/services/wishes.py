"""Wishes for datasets: asked for by anybody, wanted by others too, answered by who publishes."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from cityhall.apps.notify import public as notify
from cityhall.apps.opendata.contracts import PUBLISH, WishState
from cityhall.apps.opendata.models import Dataset, Wish, WishVote
from cityhall.apps.opendata.rules import contract_files
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import audit
from cityhall.kernel.django.permissions import need
from cityhall.kernel.errors import Invalid, NotFound

LONGEST_WHAT: Final = 120
LONGEST_WHY: Final = 1000
LONGEST_ANSWER: Final = 500


def ask(what: str, why: str, *, actor: Actor, who: str, email: str = "", language: str = "en") -> uuid.UUID:
    """Ask for a dataset; return the wish's id. The public sees it once the city has read it.

    Args:
        who: the browser by the door's own name for it, so that who asks counts once; only a hash is kept.
        email: where the answer goes; "" for nowhere.

    Raises:
        Invalid: fields "what", "why", "email".
    """
    what, why, email = what.strip(), why.strip(), email.strip().lower()
    problems: dict[str, Any] = {}
    if not 3 <= len(what) <= LONGEST_WHAT or "\x00" in what:
        problems["what"] = _("Say in 3 to 120 characters which data you are looking for.")
    if len(why) > LONGEST_WHY or "\x00" in why:
        problems["why"] = _("Shorten this to 1,000 characters.")
    problems |= mail_problem(email)
    if problems:
        raise Invalid(problems)
    with transaction.atomic():
        row = Wish.objects.create(
            what=what, why=why, email=email, user_id=actor.id, language=language, asked_at=clock.now()
        )
        WishVote.objects.create(wish=row, who=_hash(actor, who), at=clock.now())
    return row.id


def mail_problem(email: str) -> dict[str, Any]:
    """Return what is wrong with an address that may be left out, by its field."""
    try:
        if email:
            validate_email(email)
    except ValidationError:
        return {"email": _("Write an e-mail address such as maria@example.org.")}
    return {}


def support(wish_id: uuid.UUID, *, actor: Actor, who: str) -> bool:
    """Want a dataset too; return whether this person had not said so yet. Raises NotFound."""
    if not Wish.objects.filter(id=wish_id).exclude(state=WishState.WAITING).exists():
        raise NotFound(_("There is no such request."))
    _vote, is_new = WishVote.objects.get_or_create(wish_id=wish_id, who=_hash(actor, who), defaults={"at": clock.now()})
    return is_new


def answer(wish_id: uuid.UUID, state: str, text: str, *, actor: Actor, dataset: str = "") -> None:
    """Say what became of a wish, and write to who asked.

    Args:
        text: everybody reads it; who declines must say why.
        dataset: the name or 4x4 of what fulfils it, when it is published.

    Raises:
        NotAllowed: without "opendata.publish".
        NotFound: no such wish.
        Invalid: fields "state", "text", "dataset".
    """
    need(actor, PUBLISH)
    text = text.strip()
    problems: dict[str, Any] = {}
    if state not in set(WishState) - {WishState.WAITING}:
        problems["state"] = _("Choose one of those in the list.")
    if len(text) > LONGEST_ANSWER or "\x00" in text:
        problems["text"] = _("Shorten this to 500 characters.")
    elif state == WishState.DECLINED and not text:
        problems["text"] = _("Say why. Everybody reads it.")
    found = _dataset(dataset.strip()) if state == WishState.PUBLISHED else None
    if state == WishState.PUBLISHED and found is None:
        problems["dataset"] = _("Choose the dataset that is published.")
    if problems:
        raise Invalid(problems)
    with transaction.atomic():
        row = Wish.objects.select_for_update().filter(id=wish_id).first()
        if row is None:
            raise NotFound(_("There is no such request."))
        is_news = (row.state, row.answer) != (state, text)
        row.state, row.answer, row.dataset, row.answered_at = state, text, found, clock.now()
        row.save(update_fields=["state", "answer", "dataset", "answered_at"])
        audit.record(actor, "opendata.wish_answered", subject_kind="wish", subject_id=row.id, data={"state": state})
        if row.email and is_news:
            title = contract_files.kept(found.contract).title if found else {}
            context = {
                "what": row.what, "state": state, "answer": text, "title": title,
                "path": f"/data/{found.code}/" if found else "/data/requests/",
            }  # fmt: skip
            notify.send(row.email, template="opendata/wish", context=context, language=row.language)


def remove(wish_id: uuid.UUID, *, actor: Actor) -> None:
    """Remove a wish that is none: spam, or something private. Raises NotAllowed, NotFound."""
    need(actor, PUBLISH)
    with transaction.atomic():
        if not Wish.objects.filter(id=wish_id).delete()[0]:
            raise NotFound(_("There is no such request."))
        audit.record(actor, "opendata.wish_removed", subject_kind="wish", subject_id=wish_id, data={})


def _dataset(name: str) -> Dataset | None:
    return Dataset.objects.filter(code=name, current__isnull=False).first()


def _hash(actor: Actor, who: str) -> str:
    return hashlib.sha256(f"wish:{actor.id or who}".encode()).hexdigest()
