"""Chooses words: how residents describe trouble, and what the city answers. The sentences are in the TOML files."""

from __future__ import annotations

import random
import tomllib
from functools import cache
from importlib import resources
from typing import Any

_DANGEROUS = frozenset(
    {
        "pothole", "street-damage", "sidewalk-damage", "streetlight-out", "traffic-signal", "street-sign", "crosswalk",
        "curb-ramp", "bike-lane", "playground", "bench", "tree-trim", "blocked-drain",
    }
)  # fmt: skip

Sentences = dict[str, list[str]]


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files("cityhall.demo.past").joinpath(name).read_text(encoding="utf-8"))


def report_text(kind: str, language: str, street: str, number: int, rng: random.Random) -> str:
    """Return how somebody describes trouble of a kind: a sentence, often a detail, sometimes a closing remark."""
    words: Sentences = _read("words.toml")[kind]
    text = rng.choice(words[language])
    if rng.random() < 0.55:
        text = f"{text} {rng.choice(words[f'{language}_more'])}"
    if rng.random() < 0.35:
        closing = "close_danger" if kind in _DANGEROUS and rng.random() < 0.6 else "close"
        text = f"{text} {rng.choice(_read('words.toml')[closing][language])}"
    text = text.format(street=street, number=number)
    return _typed(text[0].upper() + text[1:], rng)


def _typed(text: str, rng: random.Random) -> str:
    """Some people type in a hurry."""
    chance = rng.random()
    if chance < 0.05:
        return text.lower().rstrip(".")
    if chance < 0.07 and len(text) < 70:
        return text.upper()
    return text


def answer(occasion: str, language: str, rng: random.Random, *, street: str = "", utility: str = "") -> str:
    """Return a public sentence of the city for an occasion: "not_found", "cannot", "fixed.pothole"…"""
    found: Any = _read("sentences.toml")
    for part in occasion.split("."):
        found = found[part]
    said: str = rng.choice(found.get(language) or found["en"])
    said = said.format(street=street, utility=utility)
    return said[0].upper() + said[1:]
