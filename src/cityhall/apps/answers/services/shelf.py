"""What the room offers to forms of other rooms: see `offers.ReadyAnswers`."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from cityhall.apps.answers import rules
from cityhall.apps.answers.contracts import Variable
from cityhall.apps.answers.queries import active, values_of
from cityhall.apps.answers.services import keeping_answers
from cityhall.kernel import offers


class Shelf:
    """The answers other rooms offer at their forms: see `offers.ReadyAnswers`."""

    def of(self, request_id: uuid.UUID, category_code: str) -> tuple[offers.ReadyAnswer, ...]:
        """Return the answers for one request, filled in, the most used first."""
        rows = list(active(category_code))
        if not rows:
            return ()
        tongues = {language for row in rows for language in row.text}
        values = {language: values_of(request_id, language) for language in tongues}
        return tuple(
            offers.ReadyAnswer(
                row.id,
                row.use,
                {language: rules.fill(text, values[language]).text for language, text in row.text.items()},
            )
            for row in rows
        )

    def for_many(self) -> tuple[offers.ReadyAnswer, ...]:
        """Return the answers for requests of any category, with their variables."""
        return tuple(offers.ReadyAnswer(row.id, row.use, row.text) for row in active("") if not row.category_code)

    def filled(self, texts: Mapping[str, str], request_id: uuid.UUID) -> dict[str, str]:
        """Return texts with their variables filled in for one request."""
        if not any(rules.variables_in(text) for text in texts.values()):
            return dict(texts)
        return {language: rules.fill(text, values_of(request_id, language)).text for language, text in texts.items()}

    def left_in(self, text: str) -> tuple[str, ...]:
        """Return the variables that stand in a text still, as they are written."""
        return tuple(f"{{{one}}}" for one in rules.variables_in(text) if one in set(Variable))

    def count(self, answer_id: uuid.UUID, times: int = 1) -> None:
        """Count that an answer was sent."""
        keeping_answers.count(answer_id, times)
