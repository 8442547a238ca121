"""Answers to the questions a category asks, so that generated requests look as filed ones do."""

from __future__ import annotations

import random
from bisect import bisect_right
from itertools import accumulate

# Category, question, and the answers with their weights. Questions left out were not asked for, or not answered.
_CHOICES: dict[str, dict[str, dict[str, int]]] = {
    "pothole": {
        "size": {"small": 3, "medium": 5, "large": 2},
        "where": {"travel_lane": 7, "bike_lane": 1, "crosswalk": 1, "parking": 2},
    },
    "street-damage": {"kind": {"cracks": 4, "sunken": 3, "uneven": 2, "utility_cut": 3}},
    "sidewalk-damage": {"cause": {"root": 6, "vehicle": 1, "age": 3, "unknown": 3}},
    "curb-ramp": {"kind": {"missing": 5, "broken": 3, "blocked": 1}},
    "streetlight-out": {"kind": {"out": 8, "blinking": 2, "day": 1, "damaged": 1}, "wires": {"no": 9, "yes": 1}},
    "traffic-signal": {"kind": {"dark": 2, "flashing": 4, "stuck": 3, "timing": 2, "button": 3, "turned": 1}},
    "street-sign": {
        "sign": {"stop": 3, "name": 3, "parking": 2, "other": 2},
        "kind": {"missing": 2, "down": 3, "hidden": 2, "faded": 3},
    },
    "graffiti": {
        "surface": {"wall": 6, "sign": 1, "utility": 3, "pavement": 1, "other": 1},
        "offensive": {"no": 7, "yes": 1},
    },
    "illegal-dumping": {
        "what": {"furniture": 6, "bags": 4, "construction": 2, "appliance": 2, "tires": 1},
        "blocks": {"yes": 4, "no": 6},
    },
    "missed-collection": {"stream": {"trash": 5, "recycling": 3, "green": 2}},
    "dead-animal": {"collar": {"no": 9, "yes": 1}},
    "fallen-tree": {"blocks": {"street": 4, "sidewalk": 4, "wires": 1, "nothing": 3}},
    "tree-trim": {"reason": {"sign": 2, "light": 2, "low": 4, "dead": 2, "other": 1}},
    "playground": {"danger": {"yes": 4, "no": 6}},
    "public-restroom": {"kind": {"dirty": 3, "supplies": 3, "broken": 2, "closed": 2}},
    "water-leak": {"flow": {"drip": 3, "stream": 5, "gush": 1}},
    "street-flooding": {"passable": {"yes": 6, "no": 4}},
    "stormwater-pollution": {"still": {"yes": 4, "no": 6}},
    "abandoned-vehicle": {
        "make": {"Gray sedan": 4, "White van": 3, "Blue pickup": 3, "Green hatchback": 1, "Motorhome": 2},
        "state": {"wrecked": 2, "flat": 5, "burnt": 1, "whole": 4},
    },
    "parking-72h": {"make": {"White cargo van": 4, "Boat trailer": 2, "RV": 4, "Gray pickup": 3}},
    "shared-mobility": {"kind": {"sidewalk": 7, "ramp": 3}},
    "noise": {"kind": {"music": 6, "animal": 2, "machine": 3, "other": 1}},
    "construction-noise": {"when": {"Before 7 a.m.": 5, "After 7 p.m.": 3, "Sundays": 2}},
    "property-condition": {"kind": {"unsafe": 3, "junk": 4, "overgrown": 4, "permit": 1, "rental": 1}},
    "encampment": {"care": {"no": 8, "yes": 2}},
}


_READY: dict[str, list[tuple[str, list[str], list[int]]]] = {
    category: [(question, list(weights), list(accumulate(weights.values()))) for question, weights in questions.items()]
    for category, questions in _CHOICES.items()
}


def answer(category: str, number: int) -> dict[str, str | list[str]]:
    """Return answers for the request with this number; the first question is always answered, others mostly."""
    rng = random.Random(number)
    given: dict[str, str | list[str]] = {}
    for place, (question, words, sums) in enumerate(_READY.get(category, ())):
        if place == 0 or rng.random() < 0.7:
            given[question] = words[bisect_right(sums, rng.random() * sums[-1])]
    # The tick boxes of this one take several answers.
    if category == "illegal-dumping":
        given["what"] = [str(given["what"])]
    return given
