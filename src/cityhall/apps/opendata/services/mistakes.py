"""Mistakes in rows: reported by readers, corrected at their source by who publishes."""

from __future__ import annotations

import uuid
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from cityhall.apps.notify import public as notify
from cityhall.apps.opendata import queries
from cityhall.apps.opendata.contracts import PUBLISH, MistakeState
from cityhall.apps.opendata.models import Dataset, Mistake
from cityhall.apps.opendata.rules import contract_files
from cityhall.apps.opendata.services.wishes import LONGEST_ANSWER, mail_problem
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import audit
from cityhall.kernel.django.permissions import need
from cityhall.kernel.errors import Invalid, NotFound

LONGEST: Final = 1000


def report(
    code: str,
    number: int,
    row: str,
    *,
    actor: Actor,
    what: str,
    column: str = "",
    email: str = "",
    language: str = "en",
) -> uuid.UUID:
    """Report a mistake in a row of a snapshot; return the report's id.

    Args:
        row: the row's id, which the snapshot has.
        column: its name; "" for the row as a whole.
        email: where the answer goes; "" for nowhere.

    Raises:
        NotFound, Gone: no such dataset or snapshot.
        Invalid: fields "what", "column", "email".
    """
    info = queries.dataset(code, number)
    what, email = what.strip(), email.strip().lower()
    problems: dict[str, Any] = mail_problem(email)
    if not 3 <= len(what) <= LONGEST or "\x00" in what:
        problems["what"] = _("Say in 3 to 1,000 characters what is wrong.")
    if column and column not in {one.name for one in info.columns}:
        problems["column"] = _("Choose one of those in the list.")
    if problems:
        raise Invalid(problems)
    made = Mistake.objects.create(
        dataset_id=info.id, number=info.number, row=row, column=column, what=what, email=email, user_id=actor.id,
        language=language, reported_at=clock.now(),
    )  # fmt: skip
    return made.id


def settle(mistake_id: uuid.UUID, state: str, text: str, *, actor: Actor) -> None:
    """Say that a mistake is corrected at its source, or that all is right, and write to who reported it.

    Args:
        text: for who reported it; who finds all right must say why.

    Raises:
        NotAllowed: without "opendata.publish".
        NotFound: nobody reported it.
        Invalid: fields "state", "text".
    """
    need(actor, PUBLISH)
    text = text.strip()
    problems: dict[str, Any] = {}
    if state not in set(MistakeState) - {MistakeState.OPEN}:
        problems["state"] = _("Choose one of those in the list.")
    if len(text) > LONGEST_ANSWER or "\x00" in text:
        problems["text"] = _("Shorten this to 500 characters.")
    elif state == MistakeState.RIGHT and not text:
        problems["text"] = _("Say why the row is right.")
    if problems:
        raise Invalid(problems)
    with transaction.atomic():
        row = Mistake.objects.select_for_update(of=("self",)).select_related("dataset").filter(id=mistake_id).first()
        if row is None:
            raise NotFound(_("Nobody reported this."))
        is_news = (row.state, row.answer) != (state, text)
        row.state, row.answer, row.answered_at = state, text, clock.now()
        row.save(update_fields=["state", "answer", "answered_at"])
        audit.record(
            actor, "opendata.mistake_settled", subject_kind="dataset", subject_id=row.dataset_id,
            data={"state": state, "row": row.row},
        )  # fmt: skip
        if row.email and is_news:
            notify.send(row.email, template="opendata/mistake", context=_context(row), language=row.language)


def remove(mistake_id: uuid.UUID, *, actor: Actor) -> None:
    """Remove a report that is none. Raises NotAllowed, NotFound."""
    need(actor, PUBLISH)
    with transaction.atomic():
        row = Mistake.objects.filter(id=mistake_id).first()
        if row is None:
            raise NotFound(_("Nobody reported this."))
        audit.record(
            actor, "opendata.mistake_removed", subject_kind="dataset", subject_id=row.dataset_id, data={"row": row.row}
        )
        row.delete()


def _context(row: Mistake) -> dict[str, Any]:
    dataset: Dataset = row.dataset
    return {
        "title": contract_files.kept(dataset.contract).title, "state": row.state, "answer": row.answer,
        "path": f"/data/{dataset.code}/rows/{row.row}/",
    }  # fmt: skip
