"""Writes Harborview's history in the shape San Diego publishes its own: a sample for the importer that ships.

The 23 columns are those of San Diego's "Get It Done" open data. Only the shape is theirs; every row is invented.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import shapely

from cityhall.demo.ground import city as ground
from cityhall.demo.ground import frame, plan
from cityhall.demo.past import kinds
from cityhall.demo.past.history import History
from cityhall.demo.past.records import Report

COLUMNS = (
    "service_request_id", "service_request_parent_id", "sap_notification_number", "date_requested", "case_age_days",
    "case_record_type", "service_name", "service_name_detail", "date_closed", "status", "lat", "lng",
    "street_address", "zipcode", "council_district", "comm_plan_code", "comm_plan_name", "park_name", "case_origin",
    "referred", "iamfloc", "floc", "public_description",
)  # fmt: skip

# Our categories under names like San Diego's: service name and detail.
_SERVICES: dict[str, tuple[str, str]] = {
    "pothole": ("Pothole", ""),
    "street-damage": ("Pavement Maintenance", "Street surface"),
    "sidewalk-damage": ("Sidewalk Repair Issue", "Raised or broken"),
    "streetlight-out": ("Street Light Maintenance", "Light out"),
    "traffic-signal": ("Traffic Signal Issue", "Signal malfunction"),
    "street-sign": ("Traffic Sign Maintenance", "Damaged or missing"),
    "graffiti": ("Graffiti", "Graffiti removal"),
    "illegal-dumping": ("Illegal Dumping", "Bulky items"),
    "missed-collection": ("Missed Collection", "Missed Collection"),
    "overflowing-bin": ("Trash/Recycling Collection", "Public container"),
    "fallen-tree": ("Tree Maintenance", "Fallen or hanging limb"),
    "tree-trim": ("Tree Maintenance", "Trim"),
    "park-damage": ("Parks Issue", "Damage"),
    "playground": ("Parks Issue", "Playground"),
    "bench": ("Parks Issue", "Bench"),
    "public-restroom": ("Parks Issue", "Restroom"),
    "weeds": ("Weed Cleanup", "Right-of-way"),
    "blocked-drain": ("Stormwater", "Drain inlet"),
    "street-flooding": ("Street Flooded", ""),
    "stormwater-pollution": ("Stormwater Code Enforcement", "Pollution prevention"),
    "water-leak": ("Water Leak", ""),
    "hydrant": ("Fire Hydrant", "Leaking or damaged"),
    "abandoned-vehicle": ("Abandoned Vehicle", ""),
    "parking-72h": ("72 Hour Violation", "72-Hour Parking Violation"),
    "dead-animal": ("Dead Animal", ""),
    "noise": ("Code Enforcement", "Noise"),
    "construction-noise": ("Code Enforcement", "Construction noise"),
    "property-condition": ("Code Enforcement", "Property condition"),
    "rodents": ("Code Enforcement", "Rodents"),
    "encampment": ("Encampment", "Outreach"),
    "welfare-concern": ("Welfare Check", "Outreach"),
    "crosswalk": ("Traffic Engineering", "Crosswalk"),
    "bike-lane": ("Bike Lane Maintenance", "Sweep or stripe"),
    "shared-mobility": ("Shared Mobility Device", "Blocking"),
    "street-sweeping": ("Street Sweeping", "Missed"),
    "curb-ramp": ("ADA Ramp", "Missing or broken"),
    "bus-stop": ("Transit Stop", "Damage"),
    "other": ("Other", ""),
}
_ORIGINS = {"web": "Web", "open311": "Mobile", "phone": "Phone", "desk": "City Staff"}
_RECORD_TYPES = {
    "streets": "TSW", "lighting": "TSW", "sanitation": "ESD Complaint/Report", "parks": "Parks", "water": "Water",
    "code": "DSD", "mobility": "Parking", "environment": "Storm Water Code Enforcement",
}  # fmt: skip


class _Areas:
    """Finds the area a place is in."""

    def __init__(self, city: ground.Harborview) -> None:
        self._kinds = [city.districts, city.neighbourhoods, city.postal_zones]
        self._trees = [shapely.STRtree(list(shapes.values())) for shapes in self._kinds]

    def find(self, reports: Iterable[Report]) -> list[tuple[str, str, str]]:
        """Return (district, neighbourhood, postal zone) of each report."""
        points = [shapely.Point(*frame.to_metres(report.lat, report.lon)) for report in reports]
        columns = []
        for shapes, tree in zip(self._kinds, self._trees, strict=True):
            codes = list(shapes)
            columns.append([codes[int(index)] for index in tree.nearest(points)])
        return list(zip(*columns, strict=True))


def _rows(city: ground.Harborview, history: History) -> Iterator[tuple[Report, list[str]]]:
    zone = ZoneInfo(ground.TIME_ZONE)
    names = {place.code: place.name for place in plan.NEIGHBOURHOODS}
    codes = {place.code: str(index) for index, place in enumerate(plan.NEIGHBOURHOODS, start=1)}

    def local(moment: datetime) -> str:
        return moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S")

    for report, (district, home, postal) in zip(history.requests, _Areas(city).find(history.requests), strict=True):
        service, detail = _SERVICES[report.kind]
        until = report.closed_at or history.now
        park = report.address.split(", near ")[0] if ", near " in report.address else ""
        yield (
            report,
            [
                str(report.number),
                str(report.duplicate_of or ""),
                "",
                local(report.requested_at),
                str((until - report.requested_at).days),
                _RECORD_TYPES[kinds.TEAM_BY_CODE[report.team].department],
                service,
                detail,
                local(report.closed_at) if report.closed_at else "",
                _status(report),
                f"{report.lat:.6f}",
                f"{report.lon:.6f}",
                report.address,
                postal,
                district,
                codes[home],
                names[home],
                park,
                _ORIGINS[report.source],
                report.referred_to,
                "",
                report.asset[1] if report.asset else "",
                report.text,
            ],
        )


def _status(report: Report) -> str:
    if report.state == "closed":
        return "Closed"
    if report.state == "referred":
        return "Referred"
    return "New" if report.state == "received" else "In Process"


def export_history(
    city: ground.Harborview,
    history: History,
    folder: Path,
    *,
    on_row: Callable[[], object] | None = None,
) -> list[Path]:
    """Write the history into `folder` as San Diego does: one file of open requests, one of closed ones a year.

    Returns the files written, the open one first. What was there under the same names is replaced.
    """
    folder.mkdir(parents=True, exist_ok=True)
    zone = ZoneInfo(ground.TIME_ZONE)
    files: dict[str, list[list[str]]] = {"open": []}
    for report, row in _rows(city, history):
        name = "open" if report.closed_at is None else f"closed_{report.closed_at.astimezone(zone).year}"
        files.setdefault(name, []).append(row)
        if on_row:
            on_row()
    written = []
    for name, rows in files.items():
        path = folder / f"get_it_done_requests_{name}_datasd.csv"
        with path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows(rows)
        written.append(path)
    return written
