"""A client for any Open311 GeoReport v2 server, ours or another city's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from types import TracebackType
from typing import Literal

import httpx

from cityhall.kernel.georeport import parse
from cityhall.kernel.georeport.contracts import (
    Definition,
    Discovery,
    Problem,
    Receipt,
    Report,
    Request,
    Service,
    Update,
)
from cityhall.kernel.georeport.render import moment
from cityhall.kernel.ports import CallRefused, CallUnavailable

_LARGEST = 32 * 1024 * 1024


class Refused(CallRefused):
    """The server answered with an error.

    Args:
        status: the HTTP status.
        problems: what it said.
        retry_after: seconds to wait, when it said so.
    """

    def __init__(self, status: int, problems: list[Problem], retry_after: int | None = None) -> None:
        super().__init__(status, "; ".join(problem.description for problem in problems), retry_after)
        self.problems = problems


class Unreachable(CallUnavailable):
    """The server did not answer in time, or its answer could not be read to the end."""


class GeoReportClient:
    """Speaks to one endpoint.

    Args:
        url: the endpoint, for example "https://city.example/open311/v2".
        jurisdiction_id: sent with every call when given.
        api_key: sent when filing and when posting updates.
        fmt: "xml", which every server must speak, or "json".
        zone: for times that name no zone.
        timeout: seconds for each step of a call.
        redirects: follow them; without, they are refusals.
        transport: carries the calls; a guarded one where strangers may choose the address.
    """

    def __init__(
        self,
        url: str,
        *,
        jurisdiction_id: str = "",
        api_key: str = "",
        fmt: Literal["xml", "json"] = "xml",
        zone: tzinfo = UTC,
        timeout: float = 20.0,
        redirects: bool = True,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._url = url.rstrip("/")
        self._jurisdiction = {"jurisdiction_id": jurisdiction_id} if jurisdiction_id else {}
        self._key = {"api_key": api_key} if api_key else {}
        self._format = fmt
        self._zone = zone
        self._http = httpx.Client(
            timeout=timeout,
            transport=transport,
            follow_redirects=redirects,
            headers={"User-Agent": "cityhall-georeport/1", "Accept-Encoding": "gzip, identity"},
        )

    def __enter__(self) -> GeoReportClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, at: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def discovery(self) -> Discovery:
        """Return the discovery document beside the endpoint."""
        return parse.discovery(self._get("discovery", {}))

    def services(self) -> list[Service]:
        """Return the services that can be reported."""
        return parse.services(self._get("services", {}))

    def definition(self, service_code: str) -> Definition:
        """Return the questions of one service."""
        return parse.definition(self._get(f"services/{_path(service_code)}", {}))

    def file(self, report: Report, *, files: Iterable[tuple[str, bytes, str]] = ()) -> Receipt:
        """File a request; `files` are pictures as (name, content, media type). Returns an id or a token."""
        form: dict[str, str | list[str]] = {
            "service_code": report.service_code,
            "description": report.description,
            "lat": "" if report.lat is None else repr(report.lat),
            "long": "" if report.long is None else repr(report.long),
            "address_string": report.address,
            "address_id": report.address_id,
            "email": report.email,
            "first_name": report.first_name,
            "last_name": report.last_name,
            "phone": report.phone,
            "device_id": report.device_id,
            "account_id": report.account_id,
            "media_url": list(report.media_urls),
        }
        for code, answer in report.attributes.items():
            if isinstance(answer, str):
                form[f"attribute[{code}]"] = answer
            else:
                form[f"attribute[{code}][]"] = list(answer)
        return parse.receipt(self._post("requests", form, files))

    def token(self, token: str) -> Receipt:
        """Ask what became of a token; the id is "" as long as there is none."""
        return parse.receipt(self._get(f"tokens/{_path(token)}", {}))

    def requests(self, **filters: str | int | float | datetime | Iterable[str] | None) -> list[Request]:
        """Return requests by the standard's filters and the server's own (page, bbox, updated_after…)."""
        return parse.requests(self._get("requests", filters), zone=self._zone)

    def request(self, service_request_id: str) -> Request | None:
        """Return one request, None when the server answers with an empty list."""
        found = parse.requests(self._get(f"requests/{_path(service_request_id)}", {}), zone=self._zone)
        return found[0] if found else None

    def updates(self, *, start: datetime | None = None, end: datetime | None = None) -> list[Update]:
        """Return changes between two times (mySociety's extension)."""
        filters = {"start_date": start, "end_date": end}
        return parse.updates(self._get("servicerequestupdates", filters), zone=self._zone)

    def post_update(self, update: Update) -> str:
        """Send a change (mySociety's extension); return the server's id for it."""
        form: dict[str, str | list[str]] = {
            "update_id": update.update_id,
            "service_request_id": update.service_request_id,
            "status": update.status.upper(),
            "updated_datetime": moment(update.updated) or "",
            "description": update.description,
            "media_url": [update.media_url] if update.media_url else [],
        }
        found = parse.updates(self._post("servicerequestupdates", form, ()))
        return found[0].update_id if found else ""

    def _get(self, path: str, filters: Mapping[str, object]) -> bytes:
        asked = {**self._jurisdiction, **{name: _plain(value) for name, value in filters.items() if value is not None}}
        return self._call(self._http.build_request("GET", f"{self._url}/{path}.{self._format}", params=asked))

    def _post(self, path: str, form: Mapping[str, str | list[str]], files: Iterable[tuple[str, bytes, str]]) -> bytes:
        sent = {**self._jurisdiction, **self._key, **{name: value for name, value in form.items() if value}}
        parts = [("media", file) for file in files] or None
        return self._call(
            self._http.build_request("POST", f"{self._url}/{path}.{self._format}", data=sent, files=parts)
        )

    def _call(self, request: httpx.Request) -> bytes:
        try:
            answer = self._http.send(request, stream=True)
            try:
                body = bytearray()
                for chunk in answer.iter_bytes():
                    body += chunk
                    if len(body) > _LARGEST:
                        raise Unreachable("the answer is larger than 32 MB")
            finally:
                answer.close()
        except httpx.HTTPError as problem:
            raise Unreachable(f"{request.url.host}: {type(problem).__name__}") from problem
        if answer.status_code >= 300:
            wait = answer.headers.get("Retry-After", "")
            raise Refused(answer.status_code, parse.problems(bytes(body)), int(wait) if wait.isdecimal() else None)
        return bytes(body)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return moment(value) or ""
    if isinstance(value, str | int | float):
        return str(value)
    if isinstance(value, Iterable):
        return ",".join(str(item) for item in value)
    raise TypeError(f"not a filter: {value!r}")


def _path(identifier: str) -> str:
    return httpx.URL(path="/" + identifier).raw_path.decode()[1:].replace("/", "%2F").replace("?", "%3F")
