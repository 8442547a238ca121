"""Ready answers, and who is told when a note names them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from cityhall.kernel.actors import Actor
from cityhall.kernel.slots import Slot


@dataclass(frozen=True, slots=True)
class ReadyAnswer:
    """A sentence ready to be sent to residents.

    Args:
        use: what it is for: an outcome, or "schedule", "start", "refer", "take_back", "reopen", "settle", "reply".
        texts: language code to the sentence.
    """

    id: uuid.UUID
    use: str
    texts: Mapping[str, str]


class ReadyAnswers(Protocol):
    """Whoever keeps ready answers. What a request has nothing for stays in them in braces: "{date:due}"."""

    def of(self, request_id: uuid.UUID, category_code: str) -> Sequence[ReadyAnswer]:
        """Return the answers for one request, filled in, the most used first."""

    def for_many(self) -> Sequence[ReadyAnswer]:
        """Return the answers that fit every category, not filled in."""

    def filled(self, texts: Mapping[str, str], request_id: uuid.UUID) -> Mapping[str, str]:
        """Return texts by language with what stands in braces filled in for one request."""

    def left_in(self, text: str) -> Sequence[str]:
        """Return what stands in braces in a text and would have to be filled in."""

    def count(self, answer_id: uuid.UUID, times: int = 1) -> None:
        """Count that an answer was sent."""


class _NothingReady:
    def of(self, request_id: uuid.UUID, category_code: str) -> Sequence[ReadyAnswer]:
        return ()

    def for_many(self) -> Sequence[ReadyAnswer]:
        return ()

    def filled(self, texts: Mapping[str, str], request_id: uuid.UUID) -> Mapping[str, str]:
        return texts

    def left_in(self, text: str) -> Sequence[str]:
        return ()

    def count(self, answer_id: uuid.UUID, times: int = 1) -> None:
        return None


ready_answers: Slot[ReadyAnswers] = Slot("ready answers")
ready_answers.fill(_NothingReady)


Mentions = Callable[[str, uuid.UUID, Actor], str]
"""Takes an internal note, its request and its writer; says to the writer who is told of it, "" for nobody named."""


def _nobody_named(text: str, request_id: uuid.UUID, actor: Actor) -> str:
    return ""


mentions: Slot[Mentions] = Slot("mentions")
mentions.fill(lambda: _nobody_named)
