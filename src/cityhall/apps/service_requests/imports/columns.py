"""Many rows at once, column by column: what is the same for thousands of rows is done once for all of them.

The rows as they mostly are pass through here. Any in which something must be put right, or refused, is left to the
`Normaliser`, which alone knows how: both give the same records, and a test holds them to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import repeat

import numpy as np

from cityhall.apps.service_requests.contracts import State
from cityhall.apps.service_requests.imports.coordinates import Inside, all_inside
from cityhall.apps.service_requests.imports.normalise import (
    EARLIEST,
    LATEST_TARGET,
    LIMITS,
    TEXT_LIMIT,
    Normaliser,
    count,
    with_zip,
)
from cityhall.apps.service_requests.imports.records import Cells, Record, Row, RowRefused, Trouble
from cityhall.kernel.columns import each

_SHORT = 24  # words that mean blank are shorter
_FEW = 4
"""A column has few different texts when each stands in four rows."""

_MADE = partial(tuple.__new__, Record)


def records(normaliser: Normaliser, rows: Sequence[Row]) -> list[Record | Trouble]:
    """Return for each row what `normaliser` makes of it."""
    if not rows:
        return []
    batch = _Batch(normaliser, rows)
    found: list[Record | Trouble] = list(map(_MADE, zip(*batch.columns(), strict=False)))
    for index in batch.odd:
        found[index] = normaliser(rows[index])
    return found


class _Batch:
    """Rows on their way. `odd` are those that are not for here; what their columns hold meanwhile is of no account."""

    def __init__(self, normaliser: Normaliser, rows: Sequence[Row]) -> None:
        self._one = normaliser
        self._profile = normaliser.profile
        self._longest_blank = min(_SHORT - 1, max(map(len, self._profile.blanks)))
        self._rows = [row.values for row in rows]
        self._table = _table(self._rows)
        self.odd: set[int] = {index for index, row in enumerate(rows) if row.broken}

    def columns(self) -> tuple[Iterable[object], ...]:
        """Return a record's fields in their order, each for all rows."""
        texts = self._texts
        names = self._known("id")
        self._leave(index for index, name in enumerate(names) if not name or len(name) > 120)
        requested = self._moments("requested_at")
        if self._profile.missing_date != "import":
            self._leave(index for index, moment in enumerate(requested) if moment is None)
        updated, closed = self._moments("updated_at"), self._moments("closed_at")
        state, outcome, sentence = self._endings(closed)
        lat, lon = self._places()
        category = self._known("category")
        codes = self._profile.categories
        return (
            names,
            each(category, lambda name: name or self._profile.no_category),
            [
                stated or code
                for stated, code in zip(
                    texts("category_code") or repeat(""),
                    each(category, lambda name: codes.get(name.casefold(), "")),
                    strict=False,
                )
            ],
            texts("group") or repeat(""),
            texts("detail") or repeat(""),
            state,
            outcome,
            sentence,
            requested,
            updated,
            self._closings(state, requested, updated, closed),
            self._moments("due_at"),
            lat,
            lon,
            self._addresses(),
            *(texts(name) or repeat("") for name in ("description", "note")),
            self._parents(names),
            *(texts(name) or repeat("") for name in ("referred_to", "channel", "agency", "media")),
            each(self._known("language"), lambda code: code[:8] or "en"),
            texts("own_id") or repeat(""),
            repeat(()),
            *(texts(name) or repeat("") for name in ("policy", "place_detail", "text_state")),
            each(self._known("supporters"), count),
        )

    def _leave(self, indexes: Iterable[int]) -> None:
        self.odd.update(indexes)

    def _known(self, name: str) -> Sequence[str]:
        return self._texts(name) or [""] * len(self._rows)

    def _texts(self, name: str) -> Sequence[str]:
        """Return a field of all rows; none where the profile has no such field, or no row says anything."""
        get = self._one.getters.get(name)
        if get is None:
            return ()
        column = self._one.column(name)
        raw = self._column(column) if column else list(map(get, self._rows))
        limit = LIMITS.get(name, TEXT_LIMIT)
        different = set(raw)
        if len(different) * _FEW <= len(raw):
            clean = {text: self._stripped(text) if column else text for text in different}
            if not any(clean.values()):
                return ()
            if odd := {text for text, kept in clean.items() if len(kept) > limit or not kept.isprintable()}:
                self._leave(index for index, text in enumerate(raw) if text in odd)
            return list(map(clean.__getitem__, raw))
        if column:
            raw = list(map(str.strip, raw))
            if min(map(len, raw)) <= self._longest_blank:
                raw = list(map(self._unless_blank, raw))
        if not "".join(raw).isprintable() or max(map(len, raw)) > limit:
            self._leave(index for index, text in enumerate(raw) if len(text) > limit or not text.isprintable())
        return raw

    def _column(self, column: str) -> Sequence[str]:
        if self._table:
            return self._table.get(column) or [""] * len(self._rows)
        return [row.get(column, "") for row in self._rows]

    def _stripped(self, text: str) -> str:
        return self._unless_blank(text.strip())

    def _unless_blank(self, text: str) -> str:
        return "" if len(text) <= self._longest_blank and text.casefold() in self._profile.blanks else text

    def _moments(self, name: str) -> Sequence[datetime | None]:
        texts = self._texts(name)
        if not texts:
            return [None] * len(self._rows)
        try:
            found = self._one.date.column(texts)
        except ValueError:
            found = [self._moment(index, text) if text else None for index, text in enumerate(texts)]
        latest = LATEST_TARGET if name == "due_at" else self._one.latest
        stated = [moment for moment in found if moment is not None]
        if stated and not (min(stated) >= EARLIEST and max(stated) < latest):
            self._leave(i for i, one in enumerate(found) if one is not None and not EARLIEST <= one < latest)
        return found

    def _moment(self, index: int, text: str) -> datetime | None:
        try:
            return self._one.date(text)
        except ValueError:
            self.odd.add(index)
            return None

    def _endings(self, closed: Sequence[datetime | None]) -> tuple[list[str], list[str], list[str]]:
        """Return states, outcomes and sentences: what a status word comes to is asked once for each."""
        words = self._known("status")
        stated, sentences = self._texts("outcome") or repeat(""), self._texts("sentence") or repeat("")
        asked = list(zip(words, [moment is None for moment in closed], stated, sentences, strict=False))
        moments = dict(zip(asked, closed, strict=True))  # any moment of closing stands for all
        ends: dict[tuple[str, bool, str, str], tuple[str, str, str]] = {}
        refused = set()
        for one, moment in moments.items():
            word, _, outcome, sentence = one
            try:
                meaning = self._one.meaning(word, moment)
            except RowRefused:
                refused.add(one)
                ends[one] = ("", "", "")
                continue
            if meaning.state is State.CLOSED:
                state, outcome, sentence = self._one.closing(meaning, outcome, sentence)
                ends[one] = (state.value, outcome, sentence)
            else:
                ends[one] = (meaning.state.value, "", "")
        if refused:
            self._leave(index for index, one in enumerate(asked) if one in refused)
        found = list(map(ends.__getitem__, asked))
        return [one[0] for one in found], [one[1] for one in found], [one[2] for one in found]

    def _closings(
        self,
        states: Sequence[str],
        requested: Sequence[datetime | None],
        updated: Sequence[datetime | None],
        closed: Sequence[datetime | None],
    ) -> list[datetime | None]:
        found: list[datetime | None] = []
        end = State.CLOSED.value
        for index, (state, start, change, stop) in enumerate(zip(states, requested, updated, closed, strict=True)):
            if state != end:
                found.append(None)
                continue
            moment = stop or change
            found.append(moment)
            if start is not None and (moment is None or moment < start):
                self.odd.add(index)
        return found

    def _places(self) -> tuple[list[float | None], list[float | None]]:
        none: list[float | None] = [None] * len(self._rows)
        lat_texts, lon_texts = self._known("lat"), self._known("lon")
        placed = [index for index, (lat, lon) in enumerate(zip(lat_texts, lon_texts, strict=True)) if lat or lon]
        if not placed:
            return none, none
        if len(placed) < len(lat_texts):
            lat_texts, lon_texts = [lat_texts[index] for index in placed], [lon_texts[index] for index in placed]
        lats, lons = _numbers(lat_texts), _numbers(lon_texts)
        as_lat, as_lon = np.array(lats), np.array(lons)
        # Anything but a point on Earth that is no other place's when it is turned round. NaN is neither.
        good = (np.abs(as_lat) <= 90) & (np.abs(as_lon) <= 180) & (as_lat != 0) & (as_lon != 0)
        turns = np.abs(as_lon) <= 90
        inside, near = self._one.inside, self._one.near
        if inside is not None:
            good &= _which(inside, as_lat, as_lon, good)
        elif near is not None and bool((good & turns).any()):
            good &= ~turns | _which(near, as_lat, as_lon, good & turns)
        if not good.all():
            self._leave(placed[index] for index in np.flatnonzero(~good).tolist())
        if len(placed) == len(none):
            return lats, lons
        lat, lon = list(none), list(none)
        for index, north, east in zip(placed, lats, lons, strict=True):
            lat[index], lon[index] = north, east
        return lat, lon

    def _addresses(self) -> Iterable[str]:
        addresses, codes = self._texts("address"), self._texts("zipcode")
        return map(with_zip, addresses, codes) if addresses and codes else addresses or repeat("")

    def _parents(self, names: Sequence[str]) -> Iterable[str]:
        parents = self._texts("parent")
        if not parents:
            return repeat("")
        cut = [parent[:120] for parent in parents]
        return ["" if parent == name else parent for parent, name in zip(cut, names, strict=True)]


def _table(rows: Sequence[Mapping[str, str]]) -> Mapping[str, Sequence[str]]:
    """Return the columns of rows that stand in the same table; none where one does not."""
    cells = [row.cells for row in rows if isinstance(row, Cells)]
    if len(cells) < len(rows):
        return {}
    first = rows[0]
    return dict(zip(first, zip(*cells, strict=True), strict=True))


def _numbers(texts: Sequence[str]) -> list[float | None]:
    try:
        return list(map(float, texts))
    except ValueError:
        return [_number(text) for text in texts]


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _which(test: Inside, lats: np.ndarray, lons: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Say of each point whether the test holds; of those not asked about, that it does not."""
    found = np.zeros(len(asked), dtype=bool)
    found[asked] = all_inside(test, lats[asked], lons[asked])
    return found
