"""The form in which a person looks through a contract: what it shows of each column, and its problems in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cityhall.apps.opendata.contracts import Classification, ColumnTerms, Contract, Policy
from cityhall.apps.opendata.rules import checking, editing, looking, rarities
from cityhall.apps.opendata.rules.looking import Looks, Suspicion
from cityhall.apps.opendata.web import words
from cityhall.kernel.snapshots import ColumnType, Sample

_LONGEST: Final = checking.LONGEST_LIST
_SAMPLES: Final = 3
_LONGEST_SAMPLE: Final = 80

CLASSES: Final[Mapping[str, Any]] = {
    Classification.PUBLIC.value: gettext_lazy("Everybody may have it"),
    Classification.PERSONAL.value: gettext_lazy("It is about a person"),
    Classification.SENSITIVE.value: gettext_lazy("It could harm somebody"),
}
NEW_COLUMNS: Final[Mapping[str, Any]] = {
    Policy.IGNORE.value: gettext_lazy("Leave the column out"),
    Policy.REFUSE.value: gettext_lazy("Refuse the file"),
}
MISSING_COLUMNS: Final[Mapping[str, Any]] = {
    Policy.REFUSE.value: gettext_lazy("Refuse the file"),
    Policy.IGNORE.value: gettext_lazy("Publish it without values there"),
}
SHOWN: Final[Mapping[str, Any]] = {
    editing.KEEP: gettext_lazy("The value as it is"),
    editing.DROP: gettext_lazy("Nothing: leave it out"),
}
SHOWN_OF: Final[Mapping[ColumnType, Mapping[str, Any]]] = {
    ColumnType.TEXT: {
        "block": gettext_lazy("Only the hundred block of an address"),
        "scrub": gettext_lazy("The text without names, phones, e-mails"),
    },
    ColumnType.POINT: {
        "h3-9": gettext_lazy("Only the area, about 170 m across (H3)"),
        "h3-8": gettext_lazy("Only the area, about 460 m across (H3)"),
        "snap-100": gettext_lazy("The middle of a square of 100 m"),
        "snap-500": gettext_lazy("The middle of a square of 500 m"),
    },
}
#: Types whose values can be written in another way than the usual.
WRITTEN: Final[Mapping[str, Any]] = {
    f"{ColumnType.NUMBER}{editing.DECIMAL_COMMA}": gettext_lazy("Number, with a decimal comma (1.234,5)"),
    f"{ColumnType.DATE}{editing.DAY_FIRST}": gettext_lazy("Date, day before month"),
    f"{ColumnType.TIMESTAMP}{editing.DAY_FIRST}": gettext_lazy("Date and time, day before month"),
}
POINT_HALVES: Final = ("longitude", "latitude")
PROMISES: Final = ("P1D", "P1W", "P1M", "P3M", "P12M")
LICENCES: Final = ("CC0 1.0", "CC BY 4.0", "CC BY-SA 4.0", "PDDL 1.0", "ODbL 1.0")
LIKELY: Final[Mapping[Looks, Any]] = {
    Looks.EMAIL: gettext_lazy("This looks like e-mail addresses."),
    Looks.PHONE: gettext_lazy("This looks like phone numbers."),
    Looks.PLATE: gettext_lazy("This looks like license plates."),
    Looks.ADDRESS: gettext_lazy("This looks like addresses. Some may be homes."),
    Looks.NAME: gettext_lazy("This looks like people’s names."),
    Looks.BIRTH: gettext_lazy("This looks like dates of birth."),
    Looks.NUMBER: gettext_lazy("This looks like numbers that belong to people."),
    Looks.PLACE: gettext_lazy("These are exact places. Choose an area or a square if some are homes."),
}
#: What is wrong, by the last part of a field's name.
_WRONG: Final[Mapping[str, Any]] = {
    "name": gettext_lazy("Write the name in lower-case letters, digits and hyphens, such as street-trees."),
    "title": gettext_lazy("Write a title."),
    "description": gettext_lazy("Write a shorter description."),
    "owner": gettext_lazy("Write at most 500 characters."),
    "licence": gettext_lazy("Write at most 500 characters."),
    "unit": gettext_lazy("Write at most 500 characters."),
    "fresh_within": gettext_lazy("Choose a promise from the list."),
    "most_lost": gettext_lazy("Write a number from 0 to 100."),
    "most_aside": gettext_lazy("Write a number from 0 to 100."),
    "new_columns": gettext_lazy("Choose from the list."),
    "missing_columns": gettext_lazy("Choose from the list."),
    "key": gettext_lazy("Only a column that is published as it is can tell rows apart. Choose another."),
    "type": gettext_lazy("Choose a type from the list."),
    "classification": gettext_lazy(
        "What is about a person or could harm somebody is not published as it is. Choose what everybody sees instead,"
        " or leave it out."
    ),
    "transform": gettext_lazy("This does not go with the column’s type or with telling rows apart. Choose another."),
    "resolution": gettext_lazy("Choose what everybody sees of it from the list."),
    "metres": gettext_lazy("Choose what everybody sees of it from the list."),
    "publish": gettext_lazy("This column shows what another one hides. Leave it out too."),
    "hold_hours": gettext_lazy("Write a number of hours, from 0 to 100,000. Only dates and times are held back."),
    "missing": gettext_lazy("The file has no such column. Choose “Nothing: leave it out”, or bring another file."),
}
#: What is wrong with what a column's values are held to.
_WRONG_CHECK: Final[Mapping[str, Any]] = {
    "choices": gettext_lazy("The only values there may be: write each on a line of its own."),
    "least": gettext_lazy("Smallest number: write a number, such as 0 or 12.5."),
    "most": gettext_lazy("Largest number: write a number, such as 100, not below the smallest."),
    "most_empty": gettext_lazy("At most so many percent without a value: write a number from 0 to 100."),
    "fresh_within": gettext_lazy("So many days old: write a number of days, such as 1 or 30."),
}
_WRONG_POINT: Final[Mapping[str, Any]] = {
    "longitude": gettext_lazy("Longitude: choose the column that holds it, or none for both."),
    "latitude": gettext_lazy("Latitude: choose the column that holds it, and another than for the longitude."),
    "publish": gettext_lazy("The point shows what another column hides. Choose an area or a square instead."),
    "transform": gettext_lazy("Choose what everybody sees of the point from the list."),
}
_WRONG_RARE: Final[Mapping[str, Any]] = {
    "column0": gettext_lazy("Rare values: choose columns that do not tell rows apart."),
    "fewer": gettext_lazy("Rare values: write a whole number from 2 to 100,000."),
}
_FIELDS: Final = {
    "type": "type", "classification": "class", "transform": "show", "publish": "show", "missing": "show",
    "hold_hours": "hold", "unit": "unit", "title": "title_en", "description": "about_en", "key": "key",
    "choices": "choices", "least": "least", "most": "most", "most_empty": "empty", "fresh_within": "age",
}  # fmt: skip


_TIMES: Final = {ColumnType.DATE.value, ColumnType.TIMESTAMP.value}


@dataclass(frozen=True, slots=True)
class FormColumn:
    """A column in the form.

    Args:
        at: its place, which names its fields.
        samples: some of its values in the file.
        likely: what it looks like, in words, when it probably is; maybe: when it is so here and there.
        is_missing: the file has no such column.
        filled: what its fields hold, by their names without the place.
        problems: what is wrong, by the same names.
        checks: names of the fields that say what its values are held to; is_checked: whether they say anything.
    """

    at: int
    terms: ColumnTerms
    samples: tuple[str, ...]
    likely: Any
    maybe: bool
    is_missing: bool
    is_point: bool
    is_time: bool
    types: list[tuple[str, Any]]
    shown: list[tuple[str, Any]]
    filled: Mapping[str, str]
    problems: Mapping[str, Any]
    checks: frozenset[str]
    is_checked: bool


@dataclass(frozen=True, slots=True)
class FormRule:
    """A rule for rare values in the form.

    Args:
        at: its place, which names its fields; number: as people count.
        columns: the names of its fields for columns, with what they hold.
    """

    at: int
    number: int
    columns: tuple[tuple[str, str], ...]
    fewer: str
    instead: str
    problem_of_columns: Any
    problem_of_fewer: Any


def answers(given: QueryDict) -> dict[str, str]:
    """Return what was filled in."""
    return {name: str(value)[:_LONGEST] for name, value in given.items()}


def problems_of(refused: Mapping[str, Any], contract: Contract, filled: Mapping[str, str]) -> dict[str, Any]:
    """Return what is wrong, in words, by the form's own fields. What has none there stands at "columns"."""
    places, rare = {one.name: at for at, one in enumerate(contract.columns)}, rarities.places(filled)
    told: dict[str, Any] = {}
    for field, text in refused.items():
        parts = field.split(".")
        words_for = _WRONG.get(parts[-1], text) if isinstance(text, str) else text
        if parts[0] == "columns" and len(parts) == 3 and parts[1] in places:
            told[f"c{places[parts[1]]}_{_FIELDS.get(parts[2], 'show')}"] = _WRONG_CHECK.get(parts[2], words_for)
        elif parts[0] == "columns" and len(parts) == 3:  # only a point is new
            told[f"point_{parts[2] if parts[2] in POINT_HALVES else 'show'}"] = _WRONG_POINT.get(parts[2], words_for)
        elif parts[0] == "suppress":
            name = "fewer" if len(parts) == 3 else "column0"
            told[f"r{rare[int(parts[1]) - 1]}_{name}"] = _WRONG_RARE[name]
        elif field in {"title", "description"}:
            told[f"{field}_en"] = words_for
        else:
            told[field if field in _WRONG or field == "seen" else "columns"] = words_for
    return told


def columns(
    contract: Contract, sample: Sample | None, filled: Mapping[str, str], problems: Mapping[str, Any]
) -> list[FormColumn]:
    """Return the form's columns. Without a sample nothing is known of their values."""
    seen = looking.suspicions(contract, sample) if sample else {}
    return [
        _column(at, one, sample, seen.get(one.name), filled, problems) for at, one in enumerate(contract.columns)
    ]  # fmt: skip


def _column(
    at: int,
    terms: ColumnTerms,
    sample: Sample | None,
    seen: Suspicion | None,
    filled: Mapping[str, str],
    problems: Mapping[str, Any],
) -> FormColumn:
    prefix = f"c{at}_"
    is_point = terms.type is ColumnType.POINT
    types = [(one.value, text) for one, text in words.TYPES.items() if (one is ColumnType.POINT) is is_point]
    kind = editing.type_of(filled.get(f"{prefix}type") or terms.type.value)
    shown = {**SHOWN, **SHOWN_OF.get(ColumnType.POINT if is_point else ColumnType.TEXT, {})}
    stands = editing.shown_as(terms)
    checks = checking.fields_of(kind, {"choices": terms.choices})
    return FormColumn(
        at,
        terms,
        _samples(sample, terms),
        LIKELY[seen.looks] if seen and (seen.is_likely or is_point) else "",
        bool(seen and not seen.is_likely and not is_point),
        sample is not None and not set(terms.headings) <= set(sample.headings),
        is_point,
        bool({terms.type.value, kind} & _TIMES),
        types if is_point else [*types, *WRITTEN.items()],
        [*shown.items(), *([] if stands in shown else [(stands, stands)])],
        {name.removeprefix(prefix): value for name, value in filled.items() if name.startswith(prefix)},
        {name.removeprefix(prefix): value for name, value in problems.items() if name.startswith(prefix)},
        checks,
        any(filled.get(f"{prefix}{name}") for name in checks),
    )


def rare_rules(filled: Mapping[str, str], problems: Mapping[str, Any]) -> list[FormRule]:
    """Return the form's rules for rare values, with a spare one."""
    return [
        FormRule(
            at,
            number,
            tuple((f"r{at}_column{place}", filled.get(f"r{at}_column{place}", "")) for place in range(room)),
            filled.get(f"r{at}_fewer", rarities.USUAL),
            filled.get(f"r{at}_instead", ""),
            problems.get(f"r{at}_column0"),
            problems.get(f"r{at}_fewer"),
        )
        for number, (at, room) in enumerate(rarities.fields(filled), start=1)
    ]


def point_choices(contract: Contract, sample: Sample | None) -> dict[str, Any] | None:
    """Return what a point can be made of, None where there is one already or nothing is known of the file."""
    if sample is None or any(one.type is ColumnType.POINT for one in contract.columns):
        return None
    return {"headings": sample.headings, "shown": {editing.KEEP: SHOWN[editing.KEEP], **SHOWN_OF[ColumnType.POINT]}}


def _samples(sample: Sample | None, terms: ColumnTerms) -> tuple[str, ...]:
    if sample is None:
        return ()
    each = [list(dict.fromkeys(looking.values_of(sample, one)))[:_SAMPLES] for one in terms.headings]
    found = [", ".join(parts) for parts in zip(*each, strict=False)]
    return tuple(one if len(one) <= _LONGEST_SAMPLE else f"{one[: _LONGEST_SAMPLE - 1]}…" for one in found)


def promises(stands: str) -> list[tuple[str, str]]:
    """Return the promises to choose from, with the one that stands."""
    return [(one, words.promise(one)) for one in dict.fromkeys((*PROMISES, *([stands] if stands else ())))]


def summary(problems: Mapping[str, Any], found: Sequence[FormColumn]) -> list[tuple[str, str]]:
    """Return (address, words) of each problem; those of a column begin with its heading."""
    titles = {one.at: one.terms.source or _("Location") for one in found}
    told = []
    for name, text in problems.items():
        at = name[1:].split("_")[0]
        is_column = name.startswith("c") and at.isdecimal()
        said = f"{titles.get(int(at), '')}: {text}" if is_column else str(text)
        told.append(("#main" if name in {"columns", "seen", "key"} else f"#{name}", said))
    return told
