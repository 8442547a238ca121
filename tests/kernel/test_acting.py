"""What the program is called where it acts itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

import cityhall
from cityhall.kernel.actors import ActorKind
from cityhall.kernel.django.acting import author_name

_PACKAGE = Path(cityhall.__file__).parent
#: Names of other programs and of the made-up city: the same in every language.
_AS_THEY_STAND = {"Open311", "Harborview demo"}


def _labels() -> Iterator[str]:
    for file in _PACKAGE.rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        if "system(" not in text:
            continue
        for call in ast.walk(ast.parse(text)):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "system":
                match call.args:
                    case [ast.Constant(value=str(label))]:
                        yield label


def test_whatever_the_program_calls_itself_has_spanish() -> None:
    labels = set(_labels()) - _AS_THEY_STAND
    assert len(labels) > 10
    with translation.override("es"):
        assert [label for label in labels if author_name(ActorKind.SYSTEM, label) == label] == []


@pytest.mark.parametrize(
    ("kind", "label", "expected"),
    [
        (ActorKind.SYSTEM, "contracts", "Contratos"),
        (ActorKind.SYSTEM, "Harbor District Water", "Harbor District Water"),
        (ActorKind.STAFF, "Routing", "Routing"),
        (ActorKind.RESIDENT, "", "Residente"),
        (ActorKind.SYSTEM, "", "El programa"),
    ],
)
def test_people_and_other_bodies_keep_their_names(kind: ActorKind, label: str, expected: str) -> None:
    with translation.override("es"):
        assert author_name(kind, label) == expected
