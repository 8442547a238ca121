"""Imports one file: read, plan, make rows of what can be used, load them in one transaction."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import shapely
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from cityhall.apps.places.contracts import (
    AddressRow,
    AreaRow,
    AssetRow,
    FeatureRow,
    ImportKind,
    ImportOptions,
    ImportReport,
    Loaded,
    Quarantined,
    SegmentRow,
    StreetKind,
)
from cityhall.apps.places.imports.guess import Plan, plan, street_of, text_of
from cityhall.apps.places.imports.readers import Raw, read, refuse
from cityhall.apps.places.queries.city import ROW, boundary_test, elsewhere, nearness
from cityhall.apps.places.queries.things import segment_codes
from cityhall.apps.places.rules.address_text import parse
from cityhall.apps.places.rules.geometry import BadGeometry, is_point, polygon, to_geojson
from cityhall.apps.places.rules.naming import area_name, spoken
from cityhall.apps.places.services.areas import replace_areas
from cityhall.apps.places.services.assets import load_assets, load_features
from cityhall.apps.places.services.city import SET_UP, set_city
from cityhall.apps.places.services.streets import load_addresses, load_streets, rate_segments
from cityhall.kernel.actors import Actor
from cityhall.kernel.django.reading import forget
from cityhall.kernel.text import fold

# What the pure rules say of a shape, in the reader's language.
_SHAPES = (
    gettext_noop("the shape is empty"),
    gettext_noop("the coordinates are not degrees of longitude and latitude"),
    gettext_noop("the shape has no surface"),
)
Progress = Callable[[str, int, int], None]
"""Told what is being done, how many rows are done, and of how many."""


@dataclass
class _Work:
    """An import on its way."""

    plan: Plan
    rows: list[Raw]
    progress: Progress
    quarantined: list[Quarantined] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    merged: int = 0

    def put_aside(self, raw: Raw, reason: str) -> None:
        self.quarantined.append(Quarantined(raw.row, reason, raw.properties))

    def usable(self, *types: str) -> list[Raw]:
        """Return the rows whose geometry is of one of `types`; the others go to quarantine."""
        found = []
        for raw in self.rows:
            if raw.geometry is None:
                self.put_aside(raw, raw.problem)
            elif raw.geometry["type"] not in types:
                self.put_aside(
                    raw,
                    _("its shape is a %(shape)s, %(wanted)s is needed")
                    % {"shape": raw.geometry["type"], "wanted": " / ".join(types)},
                )
            else:
                found.append(raw)
        return found


def import_file(
    path: Path,
    options: ImportOptions | None = None,
    *,
    actor: Actor = SET_UP,
    progress: Progress = lambda _what, _done, _all: None,
) -> ImportReport:
    """Import a file of places; all of its usable rows, or nothing.

    Raises:
        Invalid: the whole file is refused, and why.
    """
    options = options or ImportOptions()
    started = time.monotonic()
    progress("Reading", 0, 0)
    rows = read(path, options.crs)
    made = plan(path, rows, options)
    kept = [raw for raw in rows if all(text_of(raw.properties, key) == value for key, value in options.where.items())]
    if not kept:
        raise refuse(
            _("no row is left where %(condition)s")
            % {"condition": ", ".join(f"{key} = {value}" for key, value in options.where.items())}
        )
    work = _Work(made, kept, progress, notes=list(made.notes))
    before = set(elsewhere())
    with _forgotten_if_taken_back(), transaction.atomic():
        loaded = _LOADERS[made.kind](work, actor)
        if len(work.quarantined) == len(kept):
            raise refuse(
                _("no row of %(file)s can be used: %(reason)s")
                % {"file": path.name, "reason": work.quarantined[0].reason}
            )
        _look_where(made.kind, before, work, options)
        if options.dry_run:
            transaction.set_rollback(True)
    progress("Done", len(kept), len(kept))
    return ImportReport(
        kind=made.kind,
        target=made.target,
        rows=len(rows),
        imported=len(kept) - work.merged - len(work.quarantined),
        merged=work.merged,
        skipped=len(rows) - len(kept),
        quarantined=sorted(work.quarantined, key=lambda item: item.row),
        loaded=loaded,
        notes=work.notes,
        seconds=round(time.monotonic() - started, 2),
    )


@contextmanager
def _forgotten_if_taken_back() -> Iterator[None]:
    """Have the city read anew after the block: what was read of it inside may have been taken back."""
    try:
        yield
    finally:
        forget(ROW)


def _look_where(kind: ImportKind, before: set[str], work: _Work, options: ImportOptions) -> None:
    """Tell what lies outside the boundary now, all of it; refuse another city's file unless somebody insists."""
    near = nearness()
    away = [what for what, is_near in near.items() if not is_near and what not in before]
    if not away:
        return
    told = f"the {' and '.join(away)} would all lie outside the boundary"
    is_all = kind is not ImportKind.BOUNDARY or not any(near.values())
    if is_all and not options.even_elsewhere:
        raise refuse(f"{told}. Is it your city's file? With --yes it is loaded all the same")
    work.notes.append(f"{told.replace(' would', '')}: one of the files is another city's")


def _polygons(work: _Work) -> list[tuple[Raw, Any]]:
    found = []
    mended = 0
    usable = work.usable("Polygon", "MultiPolygon")
    for done, raw in enumerate(usable):
        try:
            assert raw.geometry is not None
            shape = polygon(raw.geometry)
            mended += not shapely.geometry.shape(raw.geometry).is_valid
            found.append((raw, shape))
        except BadGeometry as problem:
            work.put_aside(raw, _(str(problem)))
        work.progress("Checking shapes", done + 1, len(usable))
    if mended:
        work.notes.append(f"{mended} shapes crossed themselves and were mended")
    return found


def _boundary(work: _Work, actor: Actor) -> Loaded:
    shapes = _polygons(work)
    if not shapes:
        return Loaded(0, 0, 0)
    if len(shapes) > 1:
        work.notes.append(f"{len(shapes)} shapes were joined into the boundary")
        work.merged = len(shapes) - 1
    set_city(boundary=to_geojson(shapely.union_all([shape for _, shape in shapes])), actor=actor)
    return Loaded(0, 1, 0)


def _areas(work: _Work, actor: Actor) -> Loaded:
    """Load areas; rows with the same code are parts of one."""
    columns, kind = work.plan.columns, work.plan.target
    groups: dict[str, list[tuple[Raw, Any]]] = defaultdict(list)
    shapes = _polygons(work)
    codes = columns.code
    names: dict[str, set[str]] = defaultdict(set)
    for raw, _shape in shapes:
        names[text_of(raw.properties, codes)].add(text_of(raw.properties, columns.name))
    if codes and any(len(own) > 1 for own in names.values()):
        work.notes.append(f"{codes} is the same for differently named areas, so the name is the code")
        codes = ""
    for raw, shape in shapes:
        code = text_of(raw.properties, codes) or _slug(text_of(raw.properties, columns.name))
        if code:
            groups[code[:120]].append((raw, shape))
        else:
            work.put_aside(raw, _("it has neither a code nor a name"))
    rows = []
    for done, (code, parts) in enumerate(groups.items()):
        first = parts[0][0]
        shape = shapely.union_all([part for _, part in parts]) if len(parts) > 1 else parts[0][1]
        work.merged += len(parts) - 1
        name = area_name(kind, code if codes else "", text_of(first.properties, columns.name))
        rows.append(AreaRow(code, name, to_geojson(shape), first.properties))
        work.progress("Joining parts", done + 1, len(groups))
    if work.merged:
        work.notes.append(f"{work.merged} rows were parts of another area with the same code")
    if not rows:
        return Loaded(0, 0, 0)
    work.progress("Covering areas with cells", 0, 0)
    return replace_areas(kind, rows, name=work.plan.title, actor=actor)


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")


_MAIN = re.compile(
    r"\b(?:major|arterial|interstate|highway|primary|secondary|trunk|motorway|collector)\b", re.IGNORECASE
)


def _streets(work: _Work, actor: Actor) -> Loaded:
    columns = work.plan.columns
    if not columns.street:
        raise refuse(_("no column holds the street's name: say which with --name-field"))
    rows: list[SegmentRow] = []
    usable = work.usable("LineString", "MultiLineString")
    for done, raw in enumerate(usable):
        name = spoken(street_of(raw.properties, columns))
        assert raw.geometry is not None
        lines = (
            raw.geometry["coordinates"] if raw.geometry["type"] == "MultiLineString" else [raw.geometry["coordinates"]]
        )
        lines = [[tuple(point) for point in line] for line in lines if len(line) >= 2]
        if not name or not fold(name):
            work.put_aside(raw, _("the street has no name"))
        elif not lines or not all(is_point(lat, lon) for line in lines for lon, lat in line):
            work.put_aside(raw, _("its line is too short or not in degrees"))
        else:
            left, right = _range(raw, columns.ranges, 0), _range(raw, columns.ranges, 2)
            kind, code = _street_kind(raw, name), text_of(raw.properties, columns.code)
            kept = {key: value for key, value in raw.properties.items() if value not in (None, "", 0, 0.0)}
            for part, line in enumerate(lines):
                # House numbers run along the whole; a second part of a broken line has none of its own.
                rows.append(
                    SegmentRow(name, line, None if part else left, None if part else right, kind, code, kept)
                )  # fmt: skip
        work.progress("Reading streets", done + 1, len(usable))
    if not rows:
        return Loaded(0, 0, 0)
    if outside := _outside(rows):
        work.notes.append(
            f"{outside:,} of {len(rows):,} street segments lie wholly outside the city's boundary. They are there all"
            " the same; to leave them out, import again with --where and a column that tells whose they are"
        )
    work.progress("Finding crossings", 0, 0)
    return load_streets(rows, actor=actor)


def _outside(rows: Sequence[SegmentRow]) -> int:
    """Return how many segments have no point in the city; none while no boundary is set."""
    test = boundary_test()
    if test is None or test.shape is None:
        return 0
    lines = shapely.linestrings(
        [point for row in rows for point in row.line],
        indices=[index for index, row in enumerate(rows) for _ in row.line],
    )
    return int((~shapely.intersects(test.shape, lines)).sum())


def _range(raw: Raw, columns: tuple[str, str, str, str] | None, at: int) -> tuple[int, int] | None:
    if columns is None:
        return None
    ends = [re.match(r"\d{1,6}", text_of(raw.properties, column)) for column in columns[at : at + 2]]
    numbers = [int(end[0]) if end else 0 for end in ends]
    return (numbers[0], numbers[1]) if all(numbers) else None


def _street_kind(raw: Raw, name: str) -> StreetKind:
    """Tell ramps and main streets by the name, the census class (CFCC: A1 to A3 main, A63 ramp) or a class in words."""
    low = {key.lower(): value for key, value in raw.properties.items()}
    census = str(low.get("cfcc") or low.get("mtfcc") or "")
    if census.startswith("A63") or census == "S1630" or fold(name).endswith(" ramp"):
        return StreetKind.RAMP
    words = " ".join(str(value) for key, value in low.items() if "class" in key or key in {"cart_type", "road_type"})
    if census[:2] in {"A1", "A2", "A3"} or census in {"S1100", "S1200"} or _MAIN.search(words):
        return StreetKind.MAIN
    return StreetKind.LOCAL


def _points(work: _Work) -> list[tuple[Raw, float, float]]:
    found = []
    for raw in work.usable("Point"):
        assert raw.geometry is not None
        lon, lat = raw.geometry["coordinates"]
        if is_point(lat, lon) and (lat, lon) != (0, 0):
            found.append((raw, lat, lon))
        else:
            work.put_aside(
                raw, _("latitude %(lat)g, longitude %(lon)g is nowhere in a city") % {"lat": lat, "lon": lon}
            )
    return found


def _addresses(work: _Work, actor: Actor) -> Loaded:
    columns = work.plan.columns
    if not columns.full_address and not (columns.number and columns.street):
        raise refuse(
            _(
                "no columns hold the house number and street, nor the whole address. Call them “number” and “street”,"
                " or “address”; there are %(columns)s"
            )
            % {"columns": ", ".join(map(str, work.rows[0].properties))}
        )
    rows: dict[tuple[str, str, str], AddressRow] = {}
    for raw, lat, lon in _points(work):
        number = text_of(raw.properties, columns.number)
        street = street_of(raw.properties, columns)
        unit = text_of(raw.properties, columns.unit)
        if not (columns.number and columns.street):
            full = text_of(raw.properties, columns.full_address).split(",")[0]
            asked = parse(full)
            number, unit = asked.number, unit or asked.unit
            street = full[len(number) :].strip() if not asked.unit else asked.street.title()
        if not re.match(r"\d", number) or not fold(street):
            work.put_aside(raw, _("it has no house number or no street"))
            continue
        key = (fold(number), fold(street), fold(unit))
        if key in rows:
            work.merged += 1
        rows[key] = AddressRow(number, spoken(street), lat, lon, unit)
    return load_addresses(rows.values(), actor=actor) if rows else Loaded(0, 0, 0)


def _assets(work: _Work, actor: Actor) -> Loaded:
    columns = work.plan.columns
    title = (work.plan.title or {}).get("en") or work.plan.target.replace("_", " ").capitalize()
    one = title[:-1] if title.endswith("s") and not title.endswith("ss") else title
    rows: dict[str, AssetRow] = {}
    for raw, lat, lon in _points(work):
        code = text_of(raw.properties, columns.code or "id") or f"{raw.row}"
        if code in rows:
            work.put_aside(raw, _("its code %(code)s is another row's already") % {"code": code})
            continue
        label = text_of(raw.properties, columns.name)
        rows[code] = AssetRow(code, f"{label} {code}" if label else f"{one} {code}", lat, lon, raw.properties)
    return load_assets(work.plan.target, rows.values(), name=work.plan.title, actor=actor) if rows else Loaded(0, 0, 0)


def _features(work: _Work, actor: Actor) -> Loaded:
    rows = []
    for raw in work.usable("Polygon", "MultiPolygon", "LineString", "MultiLineString", "Point"):
        assert raw.geometry is not None
        rows.append(FeatureRow(raw.geometry, text_of(raw.properties, work.plan.columns.name), raw.properties))
    return load_features(work.plan.target, rows, actor=actor) if rows else Loaded(0, 0, 0)


def _road_ratings(work: _Work, actor: Actor) -> Loaded:
    """Put pavement ratings on the street segments they name; of two for one segment the later counts."""
    best: dict[str, tuple[tuple[date, int], dict[str, Any]]] = {}
    low = {key.lower(): key for key in work.rows[0].properties}
    known = segment_codes()
    if not known:
        raise refuse(_("no streets are there to be rated: import the street centrelines first"))
    undated = 0
    for raw in work.rows:
        code = text_of(raw.properties, low.get("streetid", ""))
        overall = text_of(raw.properties, low.get("overall", ""))
        if code not in known:
            work.put_aside(raw, _("no street segment has the number '%(code)s'") % {"code": code})
        elif not re.fullmatch(r"\d{1,2}", overall) or int(overall) > 10:
            work.put_aside(raw, _("its rating '%(rating)s' is no number from 0 to 10") % {"rating": overall})
        else:
            rated = _month(text_of(raw.properties, low.get("daterated", "")))
            undated += rated is None
            order = (rated or date.min, raw.row)
            work.merged += code in best
            if code not in best or best[code][0] < order:
                best[code] = (order, _rating(raw, low, int(overall), rated))
    rate_segments({code: values for code, (_, values) in best.items()}, actor=actor)
    if undated:
        work.notes.append(f"{undated} ratings have no date that can be read; they are kept without")
    return Loaded(0, len(best), 0)


def _rating(raw: Raw, low: dict[str, str], overall: int, rated: date | None) -> dict[str, Any]:
    values: dict[str, Any] = {"pavement_rating": overall}
    if rated:
        values["pavement_rated"] = rated.isoformat()
    for column, key in (("crack", "pavement_crack"), ("patch", "pavement_patch"), ("width", "width_feet")):
        number = text_of(raw.properties, low.get(column, ""))
        if number.isdecimal() and int(number) > 0:
            values[key] = int(number)
    overlaid = text_of(raw.properties, low.get("datelastoverlay", ""))
    if re.fullmatch(r"(?:19|20)\d\d", overlaid):
        values["pavement_overlaid"] = int(overlaid)
    return values


def _month(text: str) -> date | None:
    """Read "4/15" as April 2015. "99/99" and words are no date."""
    found = re.fullmatch(r"(\d{1,2})/(\d{2})", text)
    if not found or not 1 <= int(found[1]) <= 12:
        return None
    year = int(found[2])
    return date(1900 + year if year > 69 else 2000 + year, int(found[1]), 1)


_LOADERS: dict[ImportKind, Callable[[_Work, Actor], Loaded]] = {
    ImportKind.BOUNDARY: _boundary,
    ImportKind.AREAS: _areas,
    ImportKind.STREETS: _streets,
    ImportKind.ADDRESSES: _addresses,
    ImportKind.ASSETS: _assets,
    ImportKind.FEATURES: _features,
    ImportKind.ROAD_RATINGS: _road_ratings,
}


def quarantine_csv(items: Sequence[Quarantined]) -> str:
    """Return quarantined rows as CSV: row, reason, then the file's own columns."""
    import csv
    import io

    columns = list(dict.fromkeys(str(key) for item in items for key in item.properties))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["row", "reason", *columns])
    for item in items:
        writer.writerow([item.row, item.reason, *(item.properties.get(column, "") for column in columns)])
    return out.getvalue()
