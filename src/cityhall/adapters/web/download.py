"""Downloads files of any size to the disk, from addresses that were checked, and never without an end.

Each step is guarded anew: the address and every redirect's, the bytes that come and those they unpack to, the whole
time, and the speed, so that a server that trickles does not hold a worker for ever.
"""

from __future__ import annotations

import ipaddress
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from urllib.parse import urljoin

import httpx
from django.utils.translation import gettext_noop as _

from cityhall.adapters.web.guard import (
    Allowed,
    Forbidden,
    Guard,
    GuardedTransport,
    Resolve,
    Unresolved,
    is_public,
    resolve,
)
from cityhall.kernel.downloads import Asked, Downloaded
from cityhall.kernel.ports import FetchCapabilities, FetchRefused, FetchUnavailable
from cityhall.kernel.told import Told

_REDIRECTS = {301, 302, 303, 307, 308}
_LATER = {408, 425, 429}
_PIECE = 1024 * 1024
_LONGEST_WAIT = 24 * 3600


class GuardedDownloader:
    """Downloads over https; over http only from a network that is named.

    Args:
        networks: networks besides the public internet that may be asked, such as "10.20.0.0/16"; who is asked outside
            cannot send us there.
        largest: most bytes of a file, packed or not.
        seconds: most time for a file, redirects included.
        silence: most time between two pieces of it.
        slowest: fewest bytes a second, on the whole, once `patience` seconds are over.
        redirects: most redirects followed.
        resolver: finds a name's addresses.
        clock: tells seconds that only grow.
    """

    capabilities = FetchCapabilities(guards_private_networks=True)

    def __init__(
        self,
        *,
        networks: Sequence[str] = (),
        largest: int = 8 * 1024**3,
        seconds: float = 3600.0,
        silence: float = 60.0,
        slowest: float = 1024.0,
        patience: float = 60.0,
        redirects: int = 5,
        resolver: Resolve = resolve,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._networks = [ipaddress.ip_network(network) for network in networks]
        self._largest, self._seconds, self._silence = largest, seconds, silence
        self._slowest, self._patience, self._redirects = slowest, patience, redirects
        self._resolver = resolver
        self._clock = clock

    def download(self, asked: Asked, to: Path) -> Downloaded | None:
        """Write the file to `to`; None when what is known still holds."""
        try:
            return self._followed(asked, to)
        except (FetchRefused, FetchUnavailable):
            to.unlink(missing_ok=True)
            raise
        except Forbidden as problem:
            to.unlink(missing_ok=True)
            raise FetchRefused(Told(str(problem))) from problem
        except Unresolved as problem:
            raise FetchUnavailable(Told(str(problem))) from problem
        except (httpx.HTTPError, httpx.InvalidURL, zlib.error) as problem:
            to.unlink(missing_ok=True)
            raise FetchUnavailable(_why(problem)) from problem

    def _followed(self, asked: Asked, to: Path) -> Downloaded | None:
        began, url = self._clock(), asked.url
        most = self._largest if asked.largest is None else min(asked.largest, self._largest)
        reach = _Reach(self._named, None if asked.told_by is None else asked.told_by.is_ours)
        guard = Guard(allowed=reach.may, plain=reach.may_plainly, resolver=self._resolver)
        transport = GuardedTransport(guard, largest=most + _PIECE, seconds=self._seconds)
        with httpx.Client(
            transport=transport, timeout=self._silence, trust_env=False, follow_redirects=False,
            headers={"User-Agent": "cityhall-sources/1", "Accept-Encoding": "gzip, identity"},
        ) as client:  # fmt: skip
            for _step in range(self._redirects + 1):
                with client.stream("GET", url, headers=_headers(asked, url)) as answer:
                    if answer.status_code in _REDIRECTS and "location" in answer.headers:
                        url = urljoin(url, answer.headers["location"])
                        continue
                    if answer.status_code == 304 and (asked.known.etag or asked.known.modified):
                        return None
                    _check_status(answer)
                    size = self._write(answer, to, most, began)
                    headers = {name.lower(): value for name, value in answer.headers.items()}
                    return Downloaded(url, headers, size, reach.began_within)
        raise FetchRefused(Told(_("it sends from one address to the next without an end")))

    def _write(self, answer: httpx.Response, to: Path, most: int, began: float) -> int:
        declared = answer.headers.get("content-length", "")
        if declared.isascii() and declared.isdecimal() and len(declared) < 19 and int(declared) > most:
            raise FetchRefused(_too_large(most))
        size = 0
        with to.open("xb") as opened:
            for piece in _unpacked(self._in_time(answer.iter_raw(), began), answer.headers.get("content-encoding", "")):
                size += len(piece)
                if size > most:
                    raise FetchRefused(_too_large(most))
                opened.write(piece)
        return size

    def _in_time(self, pieces: Iterable[bytes], began: float) -> Iterator[bytes]:
        taken = 0
        for piece in pieces:
            taken += len(piece)
            passed = self._clock() - began
            if passed > self._seconds or (passed > self._patience and taken < self._slowest * passed):
                raise FetchUnavailable(Told(_("its server is too slow")))
            yield piece

    def _named(self, address: str) -> bool:
        found = ipaddress.ip_address(address.partition("%")[0])
        return any(found.version == network.version and found in network for network in self._networks)


class _Reach:
    """Where one download may come to: into the networks that are named only if it began in one.

    Whoever is asked outside could else send us to an address within, and have what lies there published. Where it
    began is seen once, at the address that is connected to: a name may have another one the next time.

    Args:
        told_within: whether who named the first address lies within; None for a person.
    """

    def __init__(self, named: Allowed, told_within: bool | None) -> None:
        self._named = named
        self._began_within = told_within

    @property
    def began_within(self) -> bool:
        """Say whether it began in a network that is named."""
        return self._began_within is True

    def may(self, address: str) -> bool:
        """Say whether an address may be asked."""
        is_named = self._named(address)
        if self._began_within is None:
            self._began_within = is_named
        return is_public(address) or (is_named and self.began_within)

    def may_plainly(self, address: str) -> bool:
        """Say whether it may be asked without TLS."""
        return self.began_within and self._named(address)


def _headers(asked: Asked, url: str) -> dict[str, str]:
    """Return what is sent: what was given along goes to no other host than was asked."""
    try:
        first, now = httpx.URL(asked.url), httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as problem:
        raise FetchRefused(Told(_("not a web address"))) from problem
    told = {"If-None-Match": asked.known.etag, "If-Modified-Since": asked.known.modified}
    conditions = {name: value for name, value in told.items() if value and value.isascii()}
    if (first.scheme, first.host, first.port) != (now.scheme, now.host, now.port):
        return conditions
    return {**asked.headers, **conditions}


def _check_status(answer: httpx.Response) -> None:
    status = answer.status_code
    if status >= 500 or status in _LATER:
        wait = answer.headers.get("retry-after", "")
        asks = wait.isascii() and wait.isdecimal() and len(wait) < 10
        raise FetchUnavailable(
            Told(_("its server answered %(status)s"), {"status": status}),
            retry_after=min(int(wait), _LONGEST_WAIT) if asks else None,
        )
    if status != 200:
        raise FetchRefused(Told(_("its server answered %(status)s"), {"status": status}))


def _unpacked(pieces: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Unpack what a server packed on its way, never more than a piece at a time."""
    match encoding.strip().lower():
        case "" | "identity":
            yield from pieces
        case "gzip" | "x-gzip":
            inflate = zlib.decompressobj(wbits=31)
            for piece in pieces:
                rest = piece
                while rest := rest.lstrip(b"\0") if inflate.eof else rest:
                    if inflate.eof:  # what is packed may have several parts, one after the other
                        inflate = zlib.decompressobj(wbits=31)
                    yield inflate.decompress(rest, _PIECE)
                    rest = inflate.unused_data if inflate.eof else inflate.unconsumed_tail
            yield inflate.flush()
            if not inflate.eof:
                raise FetchUnavailable(Told(_("it ended in the middle")))
        case _:
            raise FetchRefused(Told(_("its server packs it in a way that was not asked for")))


def _too_large(most: int) -> Told:
    if most >= 1024**2:
        return Told(_("it is larger than %(most)s MB"), {"most": f"{most // 1024**2:,}"})
    return Told(_("it is larger than %(most)s bytes"), {"most": f"{most:,}"})


def _why(problem: Exception) -> Told:
    match problem:
        case httpx.TimeoutException():
            return Told(_("its server is too slow"))
        case httpx.ConnectError():
            return Told(_("its server cannot be reached"))
        case httpx.RemoteProtocolError() | zlib.error():
            return Told(_("it ended in the middle"))
        case _:
            return Told(_("its server cannot be read"))
