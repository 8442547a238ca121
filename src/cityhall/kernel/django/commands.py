"""Commands: each write is named by an id its client chose, and is done once however often it is sent."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.django.models import CommandResult
from cityhall.kernel.errors import Invalid

_along: ContextVar[list[Callable[[Mapping[str, Any]], object]]] = ContextVar("along")


@contextmanager
def along(work: Callable[[Mapping[str, Any]], object]) -> Iterator[None]:
    """Do `work` with the first command that runs inside the block, in its transaction, with its result.

    Neither a repeat nor a refused command does it.
    """
    token = _along.set([work])
    try:
        yield
    finally:
        _along.reset(token)


def _whole(run: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Run a command with what goes along with it. A command inside a command is part of it."""
    token = _along.set([])
    try:
        result = run()
    finally:
        _along.reset(token)
    waiting = _along.get([])
    while waiting:
        waiting.pop()(result)
    return result


def once(
    command_id: uuid.UUID | None,
    name: str,
    actor: Actor,
    arguments: Mapping[str, Any],
    run: Callable[[], dict[str, Any]],
) -> dict[str, Any]:
    """Run a command in one transaction and keep its JSON result; a repeat returns the kept result.

    Args:
        command_id: chosen by the client; None runs without the guarantee (imports, jobs with their own).
        name: "room.verb".
        arguments: JSON-ready; a repeat with other arguments is refused.
        run: does the work and returns a JSON-ready result.

    Raises:
        Invalid: the id was used for something else.
    """
    if command_id is None:
        with transaction.atomic():
            return _whole(run)
    fingerprint = hashlib.sha256(
        json.dumps([name, str(actor.id or ""), dict(arguments)], sort_keys=True, default=str).encode()
    ).hexdigest()
    kept = CommandResult.objects.filter(id=command_id).first()
    if kept is None:
        try:
            with transaction.atomic():
                # The row goes in first: a second sender waits on the key until the first commits.
                row = CommandResult.objects.create(
                    id=command_id, name=name, actor_id=actor.id, fingerprint=fingerprint, result={}, at=clock.now()
                )
                row.result = _whole(run)
                row.save(update_fields=["result"])
                return dict(row.result)
        except IntegrityError:
            kept = CommandResult.objects.filter(id=command_id).first()
            if kept is None:
                raise
    if kept.fingerprint != fingerprint:
        raise Invalid({"command_id": _("This command id was used for something else. Send a new one.")}, code="reused")
    return dict(kept.result)
