"""Learning: from what a category says of itself, and from what residents said and staff made of it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cityhall.apps.triage.contracts import Example, Kind
from cityhall.apps.triage.rules.features import features
from cityhall.apps.triage.rules.model import Model, searching, softmax, vector
from cityhall.apps.triage.rules.placing import cells_of

_BATCH = 64
_LEAST_STEPS, _ROUNDS, _MOST_STEPS = 160, 6, 3_000
_STEP, _SHRINK = 0.3, 2e-4
_LEAST_HELD = 40
_HEATS = tuple(float(one) for one in np.geomspace(0.4, 5.0, 27))
"""Never so little that a past of ready-made sentences makes it sure of everything."""
_HEAT, _TRUST = 0.75, 1.0
"""Where there is no past to ask. The heat was found on the shipped catalogue, a third of it held back in turn."""
_TRUSTS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5)
_MOST_HELD = 600

Search = Callable[[str], Mapping[str, float]]
"""How well a search by words fits each category."""


@dataclass(frozen=True, slots=True)
class _Said:
    """Texts, and their features."""

    texts: list[str]
    found: list[dict[int, float]]
    targets: NDArray[np.intp]
    weights: NDArray[np.float32]


def train(kinds: Sequence[Kind], examples: Sequence[Example], *, search: Search | None = None, seed: int = 7) -> Model:
    """Learn a model from what the catalogue says and from the past, the latest last; either may be empty.

    How sure it may be, and how much it should listen to the search, is found on what it has not learnt from: the
    latest tenth of the past.
    """
    codes = tuple(kind.code for kind in kinds)
    place = {code: at for at, code in enumerate(codes)}
    known = _said([(text, place[kind.code], weight) for kind in kinds for text, weight in kind.phrases])
    usable = [one for one in examples if one.code in place]
    past = _said([(one.text, place[one.code], one.weight) for one in usable])
    heat, trust = _HEAT, _TRUST
    if len(codes) > 1 and len(past.found) // 10 >= _LEAST_HELD:
        heat, trust = _judged_by_past(known, past, codes, search, seed)
    keys, rarity = _vocabulary(known, past)
    weights, bias = _fit(_join(known, past), keys, rarity, len(codes), seed)
    return Model(
        codes=codes,
        layers=tuple(kind.layer for kind in kinds),
        keys=keys,
        rarity=rarity,
        weights=weights,
        bias=bias,
        heat=heat,
        trust=trust,
        cells=cells_of(usable, codes),
    )


def _said(texts: Sequence[tuple[str, int, float]]) -> _Said:
    rows = [(text, found, target, weight) for text, target, weight in texts if weight > 0 and (found := features(text))]
    return _Said(
        [row[0] for row in rows],
        [row[1] for row in rows],
        np.array([row[2] for row in rows], dtype=np.intp),
        np.array([row[3] for row in rows], dtype=np.float32),
    )


def _join(one: _Said, other: _Said) -> _Said:
    return _Said(
        one.texts + other.texts,
        one.found + other.found,
        np.concatenate([one.targets, other.targets]),
        np.concatenate([one.weights, other.weights]),
    )


def _part(said: _Said, chosen: NDArray[np.bool_]) -> _Said:
    return _Said(
        [text for text, take in zip(said.texts, chosen, strict=True) if take],
        [found for found, take in zip(said.found, chosen, strict=True) if take],
        said.targets[chosen],
        said.weights[chosen],
    )


def _vocabulary(known: _Said, past: _Said) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """Return the features to learn, and how much their rarity makes each count.

    What one single request of the past said is left out: no model remembers one person's words.
    """
    own: Counter[int] = Counter(number for found in known.found for number in found)
    said: Counter[int] = Counter(number for found in past.found for number in found)
    keys = sorted({*own, *(number for number, times in said.items() if times > 1)})
    texts = len(known.found) + len(past.found)
    rarity = [1.0 + math.log((1 + texts) / (1 + own[number] + said[number])) for number in keys]
    scale = 1.0 + math.log(1 + texts)
    return np.array(keys, dtype=np.uint32), np.array(rarity, dtype=np.float32) / np.float32(scale)


def _fit(
    said: _Said, keys: NDArray[np.uint32], rarity: NDArray[np.float32], kinds: int, seed: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return weights and bias by stochastic gradient descent with Adagrad's pace, the same for the same seed."""
    weights = np.zeros((len(keys), kinds), dtype=np.float32)
    bias = np.zeros(kinds, dtype=np.float32)
    if not said.found or kinds < 2:
        return weights, bias
    rows = [vector(found, keys, rarity) for found in said.found]
    squares, bias_squares = np.full_like(weights, 1e-6), np.full_like(bias, 1e-6)
    chance = np.random.default_rng(seed)
    shares = said.weights / said.weights.mean()
    for batch in _batches(len(rows), chance):
        at = np.concatenate([rows[one][0] for one in batch])
        values = np.concatenate([rows[one][1] for one in batch])
        which = np.repeat(np.arange(len(batch)), [len(rows[one][0]) for one in batch])
        touched, local = np.unique(at, return_inverse=True)
        seen = np.zeros((len(batch), len(touched)), dtype=np.float32)
        seen[which, local] = values
        off = softmax(seen @ weights[touched] + bias)
        off[np.arange(len(batch)), said.targets[batch]] -= 1.0
        off *= shares[batch][:, None] / len(batch)
        slope = (seen.T @ off + _SHRINK * weights[touched]).astype(np.float32)
        squares[touched] += slope**2
        weights[touched] -= _STEP * slope / np.sqrt(squares[touched])
        tilt = off.sum(axis=0).astype(np.float32)
        bias_squares += tilt**2
        bias -= 0.1 * _STEP * tilt / np.sqrt(bias_squares)
    return weights, bias


def _batches(rows: int, chance: np.random.Generator) -> list[NDArray[np.intp]]:
    each = math.ceil(rows / _BATCH)
    rounds = max(_ROUNDS, math.ceil(_LEAST_STEPS / each))
    found: list[NDArray[np.intp]] = []
    for _round in range(rounds):
        order = chance.permutation(rows)
        found.extend(order[start : start + _BATCH] for start in range(0, rows, _BATCH))
        if len(found) >= _MOST_STEPS:
            break
    return found


def _judged_by_past(
    known: _Said, past: _Said, codes: Sequence[str], search: Search | None, seed: int
) -> tuple[float, float]:
    """Return heat and trust that surprise least on the latest of the past, held back."""
    late = np.arange(len(past.found)) >= len(past.found) - min(_MOST_HELD, len(past.found) // 10)
    held = _part(past, late)
    sums, chosen = _sums(_join(known, _part(past, ~late)), held, len(codes), seed)
    if len(sums) < _LEAST_HELD:
        return _HEAT, _TRUST
    right, weights = held.targets[chosen], held.weights[chosen]
    searched = np.zeros_like(sums)
    if search is not None:
        searched = np.array([searching(codes, search(held.texts[one])) for one in chosen])
    return min(
        ((heat, trust) for heat in _HEATS for trust in (_TRUSTS if search is not None else (_TRUST,))),
        key=lambda pair: _surprise(sums / pair[0] + pair[1] * searched, right, weights),
    )


def _sums(learnt: _Said, held: _Said, kinds: int, seed: int) -> tuple[NDArray[np.float64], list[int]]:
    """Return the sums of what was held back by what was learnt, and which of it has features that were."""
    keys, rarity = _vocabulary(learnt, _said([]))
    by_feature, bias = _fit(learnt, keys, rarity, kinds, seed)
    sums, chosen = [], []
    for place, found in enumerate(held.found):
        at, values = vector(found, keys, rarity)
        if len(at):
            sums.append(values @ by_feature[at] + bias)
            chosen.append(place)
    return np.array(sums, dtype=np.float64).reshape(len(sums), kinds), chosen


def _surprise(sums: NDArray[np.float64], right: NDArray[np.intp], weights: NDArray[np.float32]) -> float:
    likely = softmax(sums)[np.arange(len(right)), right]
    return float(-(weights * np.log(likely + 1e-9)).sum() / weights.sum())
