"""How people are found by their telephone or e-mail."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower, Right

#: What a telephone number is compared by, as `offers.phone_digits` has it.
PHONE_DIGITS = Right(Func(F("phone"), Value(r"\D"), Value(""), Value("g"), function="regexp_replace"), 10)


#: The last digits of a telephone number however it is written, as `rules.phone_tail` has them.
PHONE_TAIL = Right(
    Func(
        Func(Lower("phone"), Value("[x#].*$"), Value(""), function="regexp_replace"),
        Value("[^0-9]"),
        Value(""),
        Value("g"),
        function="regexp_replace",
        output_field=models.TextField(),
    ),
    7,
)


def reached_by(name: str) -> list[models.Index]:
    """Return the indexes people are found by: the last digits of their telephone, their e-mail in small letters."""
    return [
        models.Index(PHONE_TAIL, name=f"{name}_phone", condition=~Q(phone="")),
        models.Index(Lower("email"), name=f"{name}_email", condition=~Q(email="")),
    ]
