"""Merging: several requests go on as one."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from cityhall.apps.service_requests.contracts import Changed, Outcome
from cityhall.apps.service_requests.models import ServiceRequest
from cityhall.apps.service_requests.rules.ready import choices, other_language
from cityhall.apps.service_requests.services import writing
from cityhall.apps.service_requests.services.duplicates import root_request
from cityhall.apps.service_requests.services.life import WORK, close_locked, told_also
from cityhall.apps.service_requests.services.wording import refusal
from cityhall.kernel.actors import Actor


def merge(
    request_id: uuid.UUID,
    *,
    actor: Actor,
    duplicates: Sequence[uuid.UUID],
    sentence: str = "",
    also: Mapping[str, str] | None = None,
    version: int | None = None,
    command_id: uuid.UUID | None = None,
) -> Changed:
    """Close `duplicates` as duplicates of this request; their followers are told, and hear of it from then on.

    Args:
        sentence: in the language of this request's reporter; `also` has it in others. Empty, a ready one stands there.
        version: the version of this request that the actor read.

    Raises:
        Invalid: field "duplicates": nothing chosen, or one of them is closed already; nothing is merged then.
    """
    ids = [one for one in dict.fromkeys(duplicates) if one != request_id]
    if not ids:
        raise refusal("duplicates", "duplicate_self")

    def run() -> Changed:
        root = root_request(ids[0], request_id, actor=actor)
        writing.locked(root.id, actor=actor, permission=WORK, version=version if root.id == request_id else None)
        for one in sorted(ids):
            again = root_request(one, root.id, actor=actor)
            request = writing.locked(one, actor=actor, permission=WORK)
            said = _said_to(request, root.language, sentence, also)
            close_locked(request, actor, outcome=Outcome.DUPLICATE, root=again, **said)
        root.refresh_from_db()
        return writing.changed(root)

    arguments = {"id": request_id, "duplicates": ids, "sentence": sentence, "version": version, **told_also(also)}
    return writing.command(command_id, "merge", actor, arguments, run)


def merged_words(language: str) -> dict[str, Any]:
    """Return what a duplicate's page says when nobody wrote a sentence: in its reporter's language, and the other.

    It names no number: whether the public may see the other request is decided when the page is shown.
    """
    first = choices(Outcome.DUPLICATE, language)[0]
    return {"sentence": first.words, "also": {other_language(language): first.also} if first.also else {}}


def _said_to(request: ServiceRequest, written_in: str, sentence: str, also: Mapping[str, str] | None) -> dict[str, Any]:
    """Return a duplicate's sentence, first in its own reporter's language where it was written in that."""
    if not sentence.strip():
        return merged_words(request.language)
    if request.language != written_in and also and also.get(request.language):
        rest = {code: text for code, text in also.items() if code != request.language}
        return {"sentence": also[request.language], "also": {**rest, written_in: sentence}}
    return {"sentence": sentence, "also": also}
