"""Columns that look as if they held somebody's private business, for a person to decide about.

It reads headings and the first values. What it finds is proposed to be left out or made rough; nothing is sure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from cityhall.apps.opendata.contracts import Classification, ColumnTerms, Contract, Transform
from cityhall.kernel.snapshots import ColumnType, Sample
from cityhall.kernel.text import folded_words
from cityhall.kernel.watch import Private, private_words


class Looks(StrEnum):
    """What a column looks like."""

    EMAIL = "email"
    PHONE = "phone"
    PLATE = "plate"
    ADDRESS = "address"
    NAME = "name"
    BIRTH = "birth"
    NUMBER = "number"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What a column may hold.

    Args:
        is_likely: by its heading, or in a good part of its values; otherwise only here and there.
    """

    looks: Looks
    is_likely: bool


_HEADINGS: Final[Mapping[Looks, frozenset[str]]] = {
    Looks.EMAIL: frozenset({"email", "mail", "correo"}),
    Looks.PHONE: frozenset({"phone", "telephone", "tel", "mobile", "cell", "cellphone", "fax", "telefono", "celular"}),
    Looks.BIRTH: frozenset({"dob", "birth", "birthdate", "birthday", "nacimiento"}),
    Looks.NUMBER: frozenset({"ssn", "curp", "passport", "pasaporte"}),
    Looks.PLATE: frozenset({"plate", "plates", "placa", "placas", "vin"}),
    Looks.ADDRESS: frozenset({"address", "addr", "direccion", "domicilio"}),
    Looks.NAME: frozenset(
        {"firstname", "lastname", "fullname", "surname", "applicant", "resident", "tenant", "complainant", "reporter"}
        | {"apellido", "apellidos", "solicitante", "residente", "inquilino", "denunciante"}
    ),
}
_NAME_BEFORE: Final = frozenset({"first", "last", "full", "middle", "contact", "owner", "person", "your"})
_VALUES: Final = 200
_GOOD_PART: Final = 0.2
_LONG_TEXT_WORDS: Final = 5


def suspicions(contract: Contract, sample: Sample) -> dict[str, Suspicion]:
    """Return what columns look like, by their names; those that look harmless lack."""
    found = {}
    for column in contract.columns:
        if column.type is ColumnType.POINT:
            found[column.name] = Suspicion(Looks.PLACE, is_likely=False)
        elif (seen := _suspicion(column.source, values_of(sample, column.source))) is not None:
            found[column.name] = seen
    return found


def careful(contract: Contract, sample: Sample) -> Contract:
    """Return a guessed contract that keeps back what is likely somebody's, until a person says otherwise."""
    found = suspicions(contract, sample)
    columns = tuple(
        _guarded(one, found[one.name], values_of(sample, one.source))
        if one.name in found and found[one.name].is_likely
        else one
        for one in contract.columns
    )
    kept = {one.name for one in columns if one.publish and one.transform is Transform.NONE}
    return replace(contract, columns=columns, key=contract.key if set(contract.key) <= kept else ())


def values_of(sample: Sample, heading: str) -> list[str]:
    """Return the first values of a column that there are."""
    if heading not in sample.headings:
        return []
    at = sample.headings.index(heading)
    return [text for row in sample.rows if (text := (row[at] or "").strip())]


def _guarded(column: ColumnTerms, seen: Suspicion, values: Sequence[str]) -> ColumnTerms:
    transform = Transform.DROP
    if column.type is ColumnType.TEXT and seen.looks is Looks.ADDRESS:
        transform = Transform.BLOCK
    elif column.type is ColumnType.TEXT and _is_long(values):
        transform = Transform.SCRUB
    return replace(
        column,
        classification=Classification.PERSONAL,
        transform=transform,
        publish=transform is not Transform.DROP,
    )


def _suspicion(heading: str, values: Sequence[str]) -> Suspicion | None:
    words = folded_words(heading.replace("_", " "))
    for looks, known in _HEADINGS.items():
        if known & set(words):
            return Suspicion(looks, is_likely=True)
    if {"name", "nombre"} & set(words) and _NAME_BEFORE & set(words):
        return Suspicion(Looks.NAME, is_likely=True)
    looked_at = [one for one in values[:_VALUES] if not _is_figure(one)]
    counts: dict[Private, int] = {}
    for value in looked_at:
        for kind in {one.kind for one in private_words(value)}:
            counts[kind] = counts.get(kind, 0) + 1
    if not counts:
        return None
    kind = max(counts, key=lambda one: counts[one])
    is_likely = _is_long(values) or counts[kind] >= _GOOD_PART * len(looked_at)
    return Suspicion(Looks(kind.value), is_likely=is_likely)


def _is_figure(value: str) -> bool:
    return value.replace(",", "").replace(".", "").lstrip("-+").isdecimal()


def _is_long(values: Sequence[str]) -> bool:
    return bool(values) and sum(len(one.split()) for one in values) >= _LONG_TEXT_WORDS * len(values)
