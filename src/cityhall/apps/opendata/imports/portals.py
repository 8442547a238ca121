"""Reading the rows of other portals, page after page: Socrata's SODA, CKAN's datastore and Open311's GeoReport.

No more than a page lies in memory or on the disk at once. Rows that come twice while pages are read are told apart by
the dataset's key later; a portal that cannot give all its rows is refused rather than read in part.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import ijson
from django.conf import settings
from django.utils.translation import gettext_noop as _

from cityhall.apps.opendata.contracts import SourceKind, SourceTerms
from cityhall.apps.opendata.imports.paging import Pages
from cityhall.apps.opendata.imports.tables import Table
from cityhall.apps.opendata.rules import sources
from cityhall.kernel import clock
from cityhall.kernel.downloads import Downloaded
from cityhall.kernel.georeport import parse
from cityhall.kernel.georeport.contracts import Request
from cityhall.kernel.georeport.render import moment
from cityhall.kernel.ports import FetchRefused
from cityhall.kernel.snapshots import UnreadableFile
from cityhall.kernel.told import Told

SODA_PAGE: Final = 50_000
CKAN_PAGE: Final = 10_000
_ABOUT: Final = 16 * 1024**2
_LONGEST_VALUE: Final = 16 * 1024**2
_POINTS: Final = {"point", "location"}
_WKT: Final = re.compile(r"\s*POINT\s*\(\s*(\S+)\s+(\S+)\s*\)\s*", re.IGNORECASE)
_PAIR: Final = re.compile(r"\(\s*(-?[\d.]+)°?\s*,\s*(-?[\d.]+)°?\s*\)\s*\Z")
_WINDOW: Final = timedelta(days=30)
_SHORTEST: Final = timedelta(minutes=10)
#: A server that has no pages may have cut what is this long or longer.
_SUSPECT: Final = 50
_GEOREPORT: Final = (
    "service_request_id", "status", "service_code", "service_name", "description", "agency_responsible",
    "service_notice", "status_notes", "requested_datetime", "updated_datetime", "expected_datetime", "address",
    "address_id", "zipcode", "lat", "long", "media_url",
)  # fmt: skip


def table(terms: SourceTerms, pages: Pages) -> Table:
    """Return a portal's rows; they are fetched as they are asked for.

    Raises:
        FetchRefused, FetchUnavailable, UnreadableFile: at once or while rows are read.
    """
    match terms.kind:
        case SourceKind.SODA:
            return _soda(terms, pages)
        case SourceKind.CKAN:
            return _ckan(terms, pages)
        case SourceKind.GEOREPORT:
            return Table(_GEOREPORT, _requests(terms, pages))
        case _:
            raise ValueError(f"no portal: {terms.kind}")


def mark(terms: SourceTerms, pages: Pages) -> Mapping[str, Any]:
    """Return what a portal says of when its rows changed; nothing where it says nothing to be relied on."""
    if terms.kind is not SourceKind.SODA:
        return {}
    base, code = _place(sources.soda_place(terms.where))
    try:
        pages.get(f"{base}/api/views/{code}.json", largest=_ABOUT)
        about = json.loads(pages.file.read_bytes())
        changed = {name: about[name] for name in ("rowsUpdatedAt", "viewLastModified") if name in about}
    except (FetchRefused, ValueError, TypeError, RecursionError):
        return {}
    return changed if isinstance(changed.get("rowsUpdatedAt"), int) else {}


def _place(found: tuple[str, str] | None) -> tuple[str, str]:
    assert found is not None  # the contract was checked
    return found


def _soda(terms: SourceTerms, pages: Pages) -> Table:
    base, code = _place(sources.soda_place(terms.where))
    token = settings.CITYHALL_SODA_TOKEN
    pages.headers = {"X-App-Token": token} if token and base.startswith("https://") else {}

    def page(offset: int) -> tuple[list[str], Iterator[list[str]], Mapping[str, str]]:
        asked = urlencode({"$limit": SODA_PAGE, "$offset": offset, "$order": ":id"})
        done = pages.get(f"{base}/resource/{code}.csv?{asked}")
        pages.goes_on()
        read = _csv_rows(pages)
        return next(read, []), read, done.headers

    headings, first, headers = page(0)
    if not headings:
        raise UnreadableFile(Told(_("it has no heading")))
    points = _points(headings, headers)

    def rows() -> Iterator[Sequence[str]]:
        read, offset = first, 0
        while True:
            before = offset
            for row in read:
                offset += 1
                pages.count()
                yield [*row, *(degree for at in points for degree in _degrees(row[at] if at < len(row) else ""))]
            if offset == before:
                return
            again, read, _headers = page(offset)
            if again != headings:
                raise FetchRefused(Told(_("its columns changed from one page to the next")))

    more = [f"{headings[at]} {axis}" for at in points for axis in ("longitude", "latitude")]
    return Table([*headings, *more], rows())


def _csv_rows(pages: Pages) -> Iterator[list[str]]:
    csv.field_size_limit(_LONGEST_VALUE)
    with pages.file.open(encoding="utf-8-sig", errors="replace", newline="") as opened:
        try:
            yield from csv.reader(opened)
        except csv.Error as problem:
            raise UnreadableFile(Told(_("a page of it is no CSV (%(why)s)"), {"why": str(problem)})) from problem


def _points(headings: Sequence[str], headers: Mapping[str, str]) -> list[int]:
    """Return where points are, as the portal says in its headers."""
    try:
        names, types = json.loads(headers["x-soda2-fields"]), json.loads(headers["x-soda2-types"])
        kinds = dict(zip(names, types, strict=True))
    except (KeyError, ValueError, TypeError, RecursionError):
        return []
    return [at for at, heading in enumerate(headings) if kinds.get(heading) in _POINTS]


def _degrees(text: str) -> tuple[str, str]:
    """Return longitude and latitude of a point as SODA writes it in CSV; nothing where there is none."""
    if found := _WKT.fullmatch(text):
        return found[1], found[2]
    found = _PAIR.search(text)
    return (found[2], found[1]) if found else ("", "")


def ckan_file(terms: SourceTerms, pages: Pages) -> tuple[str, Downloaded] | None:
    """Return the address of a resource's file and what named it; None when its rows are in the datastore."""
    base, resource = _place(sources.ckan_place(terms.where))
    done = pages.get(f"{base}/api/3/action/resource_show?id={resource}", largest=_ABOUT)
    try:
        about = json.loads(pages.file.read_bytes())["result"]
        url, is_there = str(about.get("url") or ""), about.get("datastore_active") is True
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise UnreadableFile(Told(_("it does not answer as CKAN does"))) from problem
    if not is_there and sources.address_objection(url):
        raise UnreadableFile(Told(_("its resource has no rows, and no file at a web address")))
    return None if is_there else (url, done)


def _ckan(terms: SourceTerms, pages: Pages) -> Table:
    base, resource = _place(sources.ckan_place(terms.where))

    def page(offset: int) -> None:
        asked = {"resource_id": resource, "limit": CKAN_PAGE, "offset": offset, "sort": "_id"}
        pages.get(f"{base}/api/3/action/datastore_search?{urlencode(asked)}")

    page(0)
    headings = [str(one["id"]) for one in _items(pages, "result.fields.item") if "id" in one]
    headings = [one for one in headings if one != "_id" and not one.startswith("_full_text")]
    if not headings:
        raise UnreadableFile(Told(_("it does not answer as CKAN does")))

    def rows() -> Iterator[Sequence[Any]]:
        offset, last = 0, None
        while True:
            before = offset
            for record in _items(pages, "result.records.item"):
                own = record.get("_id")
                if isinstance(own, int) and isinstance(last, int) and own <= last:
                    raise FetchRefused(
                        Told(_("its pages do not follow one another: it does not give out its rows in order"))
                    )
                last = own
                offset += 1
                pages.count()
                yield [record.get(name) for name in headings]
            if offset == before:
                return
            page(offset)

    return Table(headings, rows())


def _items(pages: Pages, prefix: str) -> Iterator[dict[str, Any]]:
    with pages.file.open("rb") as opened:
        try:
            for one in ijson.items(opened, prefix, use_float=True):
                if not isinstance(one, dict):
                    raise UnreadableFile(Told(_("it does not answer as CKAN does")))
                yield one
        except (ijson.JSONError, UnicodeError, ValueError) as problem:
            raise UnreadableFile(Told(_("it does not answer as CKAN does"))) from problem


def _requests(terms: SourceTerms, pages: Pages) -> Iterator[Sequence[Any]]:
    """Give requests window by window of time: servers answer no more than 90 days, and many no more than so many."""
    end = clock.now()
    start, seen = end - timedelta(days=terms.days), set[str]()
    while start < end:
        window, before = min(start + _WINDOW, end), seen
        seen = set()
        for one in _within(terms, pages, start, window):
            if one.service_request_id not in before and one.service_request_id not in seen:
                pages.count()
                yield _values(one)
            seen.add(one.service_request_id)
        start = window


def _within(terms: SourceTerms, pages: Pages, start: datetime, end: datetime) -> Iterator[Request]:
    """Give what lies in a window. Where a server has no pages, the window is halved until it cannot have cut it."""
    first = _page(terms, pages, start, end, 1)
    second = _page(terms, pages, start, end, 2) if first else []
    ids = {one.service_request_id for one in first}
    if second and {one.service_request_id for one in second} <= ids:
        if len(first) >= _SUSPECT:
            middle = start + (end - start) / 2
            if end - start < _SHORTEST:
                raise FetchRefused(
                    Told(_("it has no pages, and %(many)s requests or more within ten minutes"), {"many": len(first)})
                )
            yield from _within(terms, pages, start, middle)
            yield from _within(terms, pages, middle, end)
            return
        second = []
    yield from first
    number, found = 2, second
    while found:
        yield from found
        ids |= {one.service_request_id for one in found}
        number += 1
        found = _page(terms, pages, start, end, number)
        if {one.service_request_id for one in found} <= ids:
            return


def _page(terms: SourceTerms, pages: Pages, start: datetime, end: datetime, number: int) -> list[Request]:
    parts = urlsplit(terms.where)
    asked = {"start_date": moment(start), "end_date": moment(end), "page": number, "page_size": 100}
    query = urlencode([*parse_qsl(parts.query), *asked.items()])
    path = parts.path.rstrip("/").removesuffix("/requests.json").removesuffix("/requests.xml")
    pages.get(urlunsplit((parts.scheme, parts.netloc, f"{path}/requests.json", query, "")), largest=2 * _ABOUT)
    try:
        return parse.requests(pages.file.read_bytes())
    except parse.Unreadable as problem:
        raise UnreadableFile(
            Told(_("it does not answer as GeoReport does (%(why)s)"), {"why": str(problem)})
        ) from problem


def _values(one: Request) -> Sequence[Any]:
    return (
        one.service_request_id, one.status, one.service_code, one.service_name, one.description,
        one.agency_responsible, one.service_notice, one.status_notes, one.requested, one.updated, one.expected,
        one.address, one.address_id, one.zipcode, one.lat, one.long, one.media_url,
    )  # fmt: skip
