"""Turns the drawn city and the written history into the rows other rooms take in."""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from functools import partial

import shapely

from cityhall.apps.places.contracts import AddressRow, AreaRow, AssetRow, FeatureRow, SegmentRow, StreetKind
from cityhall.apps.service_requests.contracts import (
    Contact,
    Fact,
    LoadedEvent,
    LoadedRequest,
    Outcome,
    Place,
    Source,
    State,
    Visibility,
)
from cityhall.demo.answers import answer
from cityhall.demo.ground import city as ground
from cityhall.demo.ground import frame, plan
from cityhall.demo.past import kinds
from cityhall.demo.past.history import History
from cityhall.demo.past.records import Happening, Picture, Report
from cityhall.demo.pictures.album import entry
from cityhall.kernel import aside
from cityhall.kernel.ids import id_at

UTILITY = "Bayshore Electric"
LAYERS: dict[str, Mapping[str, str]] = {
    "streetlights": {"en": "Streetlights", "es": "Luminarias"},
    "signs": {"en": "Signs", "es": "Señales"},
    "signals": {"en": "Traffic signals", "es": "Semáforos"},
    "hydrants": {"en": "Fire hydrants", "es": "Hidrantes"},
    "trees": {"en": "Street trees", "es": "Árboles"},
}
AREA_KINDS: dict[str, Mapping[str, str]] = {
    "council_district": {"en": "Council districts", "es": "Distritos del concejo"},
    "neighbourhood": {"en": "Neighborhoods", "es": "Vecindarios"},
    "zip": {"en": "ZIP codes", "es": "Códigos postales"},
}


def area_rows(city: ground.Harborview, kind: str) -> Iterator[AreaRow]:
    """Yield the areas of a kind, each with its share of the population."""
    names: dict[str, Mapping[str, str]]
    if kind == "neighbourhood":
        shapes = city.neighbourhoods
        names = {place.code: {"en": place.name, "es": place.spanish_name} for place in plan.NEIGHBOURHOODS}
    elif kind == "council_district":
        shapes = city.districts
        names = {code: {"en": f"District {code}", "es": f"Distrito {code}"} for code in shapes}
    else:
        shapes = city.postal_zones
        names = {code: {"en": code} for code in shapes}
    xs, ys = [home.x for home in city.addresses], [home.y for home in city.addresses]
    for code, shape in shapes.items():
        shapely.prepare(shape)
        homes = int(shapely.contains_xy(shape, xs, ys).sum())
        people = round(ground.POPULATION * homes / len(xs), -1)
        yield AreaRow(code, names[code], ground.geojson(shape), {"population": people})


def segment_rows(city: ground.Harborview) -> Iterator[SegmentRow]:
    """Yield the street network; odd numbers on the left."""
    for number, segment in enumerate(city.segments):
        line = [frame.to_lon_lat(x, y) for x, y in segment.line.coords]
        odd, even = segment.low | 1, segment.low + segment.low % 2
        last = max(segment.high, odd, even)
        kind = StreetKind.MAIN if segment.main else StreetKind.LOCAL
        yield SegmentRow(
            segment.street,
            line,
            left=(odd, max(odd, last - 1 | 1)),
            right=(even, max(even, last - last % 2)),
            kind=kind,
            code=f"SEG-{number}",
        )


def address_rows(city: ground.Harborview, ids: Mapping[str, uuid.UUID]) -> Iterator[AddressRow]:
    """Yield the addresses."""
    for home in city.addresses:
        lat, lon = frame.to_lat_lon(home.x, home.y)
        yield AddressRow(str(home.number), home.street, lat, lon, id=ids[home.label])


def asset_rows(city: ground.Harborview, layer: str, ids: Mapping[tuple[str, str], uuid.UUID]) -> Iterator[AssetRow]:
    """Yield the assets of a layer."""
    for asset in city.assets:
        if asset.layer == layer:
            lat, lon = frame.to_lat_lon(asset.x, asset.y)
            said = {"labels": {"es": asset.spanish_label}, "owner": owner_of(asset.layer, asset.code)}
            yield AssetRow(asset.code, asset.label, lat, lon, properties=said, id=ids[asset.layer, asset.code])


def owner_of(layer: str, code: str) -> str:
    """Return who owns an asset: one in five streetlights hangs on the utility's poles, all else is the city's."""
    is_theirs = layer == "streetlights" and sum(code.encode()) % 5 == 0
    return UTILITY if is_theirs else f"City of {ground.NAME}"


def feature_rows(city: ground.Harborview) -> dict[str, list[FeatureRow]]:
    """Return what the map draws beneath, by layer."""
    found: dict[str, list[FeatureRow]] = {}
    for layer, name, shape in ground.map_layers(city):
        found.setdefault(layer, []).append(FeatureRow(ground.geojson(shape), name))
    return found


def _is_given(report: Report) -> bool:
    """Say whether somebody of the crew has it by name: what is planned or begun, and some of what waits."""
    return report.state in ("scheduled", "in_progress") or (report.state == "received" and report.number % 8 == 0)


class RequestRows:
    """Makes loadable requests of a history.

    Args:
        teams: team code to (department id, team id).
        team_names: team code to its name, as the history shows it.
        crew: team code to the person who has its planned and begun work.
        pictures: the documents of the album.
        address_ids, asset_ids: by label, and by layer and code.
    """

    def __init__(
        self,
        history: History,
        *,
        teams: Mapping[str, tuple[uuid.UUID, uuid.UUID]],
        team_names: Mapping[str, str],
        crew: Mapping[str, uuid.UUID],
        pictures: Mapping[Picture, uuid.UUID],
        address_ids: Mapping[str, uuid.UUID],
        asset_ids: Mapping[tuple[str, str], uuid.UUID],
    ) -> None:
        self._history, self._teams, self._team_names = history, teams, team_names
        self._pictures, self._address_ids, self._asset_ids = pictures, address_ids, asset_ids
        self._crew = crew

    def batches(self, size: int, told: Callable[[int], object]) -> Iterator[list[LoadedRequest]]:
        """Yield the requests in batches, of which the next is made while one is loaded; `told` hears of each."""
        requests = self._history.requests
        parts = [requests[start : start + size] for start in range(0, len(requests), size)]
        coming: deque[Future[list[LoadedRequest]]] = deque()
        for part in [*parts, []]:
            coming += aside.begin(partial(self._made, part))
            if len(coming) > 1:
                batch = coming.popleft().result()
                yield batch
                told(len(batch))

    def _made(self, reports: Iterable[Report]) -> list[LoadedRequest]:
        return [self._request(report) for report in reports]

    def _request(self, report: Report) -> LoadedRequest:
        department, team = self._teams[report.team]
        who = report.reporter
        return LoadedRequest(
            category_code=report.kind,
            requested_at=report.requested_at,
            place=Place(
                lat=report.lat,
                lon=report.lon,
                address=report.address,
                address_id=self._address_ids.get(report.address),
                asset_id=self._asset_ids[report.asset] if report.asset else None,
            ),
            external_id=str(report.number),
            description=report.text,
            answers=answer(report.kind, report.number),
            language=report.language,
            source=Source(report.source),
            state=State(report.state),
            outcome=Outcome(report.outcome) if report.outcome else None,
            outcome_sentence=report.sentence,
            referred_to=report.referred_to,
            scheduled_for=report.scheduled_for,
            updated_at=report.updated_at,
            closed_at=report.closed_at,
            department_id=department,
            team_id=team,
            assignee_id=self._crew.get(report.team) if _is_given(report) else None,
            priority=kinds.BY_CODE[report.kind].urgency,
            supporters=report.supporters,
            duplicate_of=str(report.duplicate_of or ""),
            events=tuple(self._event(line, report) for line in report.history),
            photos=self._documents(report.pictures),
            evidence=self._documents(report.evidence),
            contact=Contact(who.first_name, who.last_name, who.email, who.phone) if who.last_name else None,
            number=report.number,
            id=id_at(report.requested_at, report.number),
        )

    def _documents(self, pictures: list[Picture]) -> tuple[uuid.UUID, ...]:
        return tuple(self._pictures[entry(picture)] for picture in pictures)

    def _event(self, line: Happening, report: Report) -> LoadedEvent:
        staff = line.author.startswith("staff:")
        data = dict(line.data)
        if line.fact == "received" and report.pictures:
            data["photos"] = [str(one) for one in self._documents(report.pictures)]
        if line.fact == "closed" and report.evidence and line.at == report.closed_at:
            data["photos"] = [str(one) for one in self._documents(report.evidence)]
        return LoadedEvent(
            fact=Fact(line.fact),
            at=line.at,
            text=line.text,
            visibility=Visibility.PUBLIC if line.public else Visibility.INTERNAL,
            author_kind="staff" if staff else "anonymous",
            author_label=self._team_names[line.author.removeprefix("staff:")] if staff else "",
            data=data,
        )
