"""The model: for each feature what it speaks for, and how sure its sums may make anybody."""

from __future__ import annotations

import io
import json
import math
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cityhall.apps.triage.contracts import Guess, Place, UnreadableModel
from cityhall.apps.triage.rules.features import FEATURES, features
from cityhall.apps.triage.rules.placing import placed

_MOST_BYTES = 200_000_000
#: What reading bytes that are no model, or half of one, ends in.
_BROKEN = (
    ValueError, KeyError, TypeError, OSError, EOFError, RuntimeError, MemoryError, zlib.error, zipfile.BadZipFile,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Model:
    """A multinomial logistic regression over the features that were seen when it learnt.

    Args:
        layers: by category, the layer of assets it is about.
        keys: the features' numbers, in order.
        rarity: by feature, how much its being rare makes it count.
        weights: by feature and category.
        bias: by category.
        heat: what the sums are divided by, so that seven in ten of what is called 70 % likely is right.
        trust: how much the search by words counts beside the sums.
        cells: what is reported where.
    """

    codes: tuple[str, ...]
    layers: tuple[str, ...]
    keys: NDArray[np.uint32]
    rarity: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    heat: float
    trust: float
    cells: Mapping[str, NDArray[np.float32]]

    def guesses(self, text: str, place: Place | None = None, points: Mapping[str, float] | None = None) -> list[Guess]:
        """Return every category with how likely it is, best first; nothing for words that neither knows.

        Args:
            points: how well a search by words fits each category, by code.
        """
        at, values = self.seen(text)
        searched = searching(self.codes, points or {})
        if not self.codes or not (len(at) or searched.any()):
            return []
        sums = values @ self.weights[at] + self.bias
        extra = self.trust * searched + placed(self.codes, self.layers, self.cells, place)
        likely = softmax(sums / self.heat + extra)
        if not _is_clear(searched):
            # Two words of which one is new: what the other speaks for is a guess. The order stays.
            sure = max(_LEAST_SURE, min(1.0, float(np.square(values).sum()) / _MOSTLY_KNOWN) ** 2)
            likely = likely * sure + (1.0 - sure) / len(self.codes)
        order = np.argsort(-likely, kind="stable")
        return [Guess(self.codes[one], float(likely[one])) for one in order]

    def seen(self, text: str) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """Return the text's known features: where they stand, and what each counts. Unknown ones make it less sure."""
        return vector(features(text), self.keys, self.rarity)

    def to_bytes(self) -> bytes:
        """Return the model for keeping."""
        facts = {
            "features": FEATURES,
            "codes": self.codes,
            "layers": self.layers,
            "heat": self.heat,
            "trust": self.trust,
            "cells": list(self.cells),
        }
        out = io.BytesIO()
        np.savez_compressed(
            out,
            allow_pickle=False,
            facts=np.frombuffer(json.dumps(facts).encode(), dtype=np.uint8),
            keys=self.keys,
            rarity=self.rarity.astype(np.float16),
            weights=self.weights.astype(np.float16),
            bias=self.bias,
            cells=np.array([*self.cells.values()], dtype=np.float16).reshape(len(self.cells), len(self.codes)),
        )
        return out.getvalue()

    @classmethod
    def from_bytes(cls, body: bytes) -> Model:
        """Return a kept model. Raises UnreadableModel when the bytes are none, or one of another version."""
        try:
            with zipfile.ZipFile(io.BytesIO(body)) as packed:
                if sum(one.file_size for one in packed.infolist()) > _MOST_BYTES:
                    raise UnreadableModel("too large")
            with np.load(io.BytesIO(body), allow_pickle=False) as kept:
                facts = json.loads(kept["facts"].tobytes())
                keys, rarity, weights, bias, cells = (
                    kept[name] for name in ("keys", "rarity", "weights", "bias", "cells")
                )
            if facts["features"] != FEATURES:
                raise UnreadableModel("learnt from other features")
            model = cls(
                codes=tuple(str(one) for one in facts["codes"]),
                layers=tuple(str(one) for one in facts["layers"]),
                keys=keys.astype(np.uint32),
                rarity=rarity.astype(np.float32),
                weights=weights.astype(np.float32),
                bias=bias.astype(np.float32),
                heat=float(facts["heat"]),
                trust=float(facts["trust"]),
                cells=dict(zip(facts["cells"], cells.astype(np.float32), strict=True)),
            )
        except _BROKEN as problem:
            raise UnreadableModel(str(problem)) from problem
        model._check()
        return model

    def _check(self) -> None:
        kinds, known = len(self.codes), len(self.keys)
        whole = (
            self.weights.shape == (known, kinds)
            and self.rarity.shape == (known,)
            and self.bias.shape == (kinds,)
            and len(self.layers) == kinds
            and all(row.shape == (kinds,) for row in self.cells.values())
        )
        numbers = (self.weights, self.rarity, self.bias, np.array([self.heat, self.trust]))
        if not whole or self.heat <= 0 or not all(np.isfinite(one).all() for one in numbers):
            raise UnreadableModel("its parts do not fit together")


def vector(
    found: Mapping[int, float], keys: NDArray[np.uint32], rarity: NDArray[np.float32]
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Return features as places among `keys` with their values, of length 1 together, unknown ones counted in.

    An unknown feature counts as the rarest there is: words nobody has met make the rest say less.
    """
    numbers = np.fromiter(found, dtype=np.uint32, count=len(found))
    values = np.fromiter(found.values(), dtype=np.float32, count=len(found))
    if not len(keys):
        return np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.float32)
    at = np.minimum(np.searchsorted(keys, numbers), len(keys) - 1)
    known = keys[at] == numbers
    length = float(np.square(values[known] * rarity[at[known]]).sum())
    length += float(np.square(values[~known]).sum()) * _UNKNOWN
    return at[known], (values[known] * rarity[at[known]] / np.sqrt(length or 1.0)).astype(np.float32)


_UNKNOWN = 1.0
_MOSTLY_KNOWN, _LEAST_SURE = 0.5, 0.1
"""Of a text less of which is known, by weight, nothing is said with confidence, unless the search is clear."""


def _is_clear(searched: NDArray[np.float64]) -> bool:
    """Say whether a search fits one category twice as well as any other."""
    best = np.sort(searched)[-2:]
    return bool(len(best) == 1 or best[1] - best[0] >= math.log(2))


def softmax(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return shares of one from sums, along the last axis."""
    raised = np.exp(sums - sums.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))


def searching(codes: Sequence[str], points: Mapping[str, float]) -> NDArray[np.float64]:
    """Return what a search's points say for each category, as a logarithm: 0 for all when it found nothing."""
    found = np.array([max(0.0, points.get(code, 0.0)) for code in codes])
    most = found.max(initial=0.0)
    return np.log(found / most + _FLOOR) - math.log(_FLOOR) if most else np.zeros(len(codes))


_FLOOR = 0.1
"""How little a category that the search does not find still counts: a tenth of its best."""
