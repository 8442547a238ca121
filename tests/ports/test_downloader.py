"""The downloader's port, by the engine and by the tests' shelf; and what guards the engine alone."""

from __future__ import annotations

import gzip
import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.support.shelf import Shelf, served

from cityhall.adapters.web.download import GuardedDownloader
from cityhall.kernel.downloads import Asked, Downloader, Known
from cityhall.kernel.ports import FetchRefused, FetchUnavailable

HERE = ("127.0.0.0/8",)


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, Shelf]]:
    shelf = Shelf()
    with served(shelf) as url:
        yield url, shelf


@pytest.fixture
def at(server: tuple[str, Shelf]) -> str:
    server[1].answers.clear()
    server[1].calls.clear()
    return server[0]


def engine(**changes: Any) -> GuardedDownloader:
    return GuardedDownloader(**{"networks": HERE, **changes})


@pytest.mark.parametrize("kind", ["engine", "shelf"])
def test_the_port(kind: str, at: str, server: tuple[str, Shelf], tmp_path: Path) -> None:
    shelf = server[1]
    shelf.put("/trees.csv", "id\n1\n", ETag='"one"', Content_Type="text/csv")
    shelf.put("/busy", "", status=503)
    found: Downloader = engine() if kind == "engine" else shelf
    assert isinstance(found, Downloader) and found.capabilities.guards_private_networks
    to = tmp_path / "trees"
    done = found.download(Asked(f"{at}/trees.csv"), to)
    assert done is not None and (to.read_text(), done.size, done.headers["content-type"]) == ("id\n1\n", 5, "text/csv")
    assert found.download(Asked(f"{at}/trees.csv", known=done.known), tmp_path / "again") is None
    changed = found.download(Asked(f"{at}/trees.csv", known=Known(etag='"other"')), tmp_path / "again")
    assert changed is not None
    for path, problem, largest in (
        ("/nothing", FetchRefused, None), ("/busy", FetchUnavailable, None), ("/trees.csv", FetchRefused, 4),
    ):  # fmt: skip
        with pytest.raises(problem):
            found.download(Asked(f"{at}{path}", largest=largest), tmp_path / "never")
        assert not (tmp_path / "never").exists()


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/", "https://localhost/", "https://[::1]/", "https://169.254.169.254/latest/meta-data",
        "https://2130706433/", "file:///etc/passwd", "ftp://example.org/a", "https://user:secret@example.org/",
        "nothing", "http://93.184.215.14/without-tls", "https://exa mple.org/",
    ],
)  # fmt: skip
def test_what_is_never_fetched(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("httpx.HTTPTransport.handle_request", lambda *_: pytest.fail("connected"))
    resolver = {"localhost": ["127.0.0.1"]}
    found = GuardedDownloader(resolver=lambda host, _port: resolver.get(host, [host.strip("[]")]))
    with pytest.raises((FetchRefused, FetchUnavailable)) as refused:
        found.download(Asked(url), tmp_path / "never")
    assert refused.type is FetchRefused


def test_a_redirect_is_checked_like_an_address_and_takes_no_token_along(
    at: str, server: tuple[str, Shelf], tmp_path: Path
) -> None:
    shelf = server[1]
    shelf.put("/inside", "", status=302, Location="https://10.0.0.1/secret")
    shelf.put("/round", "", status=302, Location="/round")
    shelf.put("/elsewhere", "", status=302, Location=at.replace("127.0.0.1", "files.example") + "/trees.csv")
    shelf.put("/trees.csv", "id\n1\n")
    names = {"files.example": ["127.0.0.1"]}
    found = engine(resolver=lambda host, _port: names.get(host, [host]))
    with pytest.raises(FetchRefused, match="public"):
        found.download(Asked(f"{at}/inside"), tmp_path / "never")
    with pytest.raises(FetchRefused, match="without an end"):
        found.download(Asked(f"{at}/round"), tmp_path / "never")
    shelf.calls.clear()
    assert found.download(Asked(f"{at}/elsewhere", {"X-App-Token": "hush"}), tmp_path / "trees") is not None
    assert [headers.get("X-App-Token") for _path, headers in shelf.calls] == ["hush", None]


def test_what_is_packed_is_unpacked_within_the_limit(at: str, server: tuple[str, Shelf], tmp_path: Path) -> None:
    shelf = server[1]
    shelf.put("/packed", gzip.compress(b"id\n" + b"1\n" * 100_000), Content_Encoding="gzip")
    shelf.put("/bomb", gzip.compress(b"\0" * 20_000_000), Content_Encoding="gzip")
    shelf.put("/torn", gzip.compress(b"id\n1\n" * 1000)[:-12], Content_Encoding="gzip")
    shelf.put("/odd", b"x", Content_Encoding="br")
    done = engine().download(Asked(f"{at}/packed"), tmp_path / "packed")
    assert done is not None and done.size == 200_003 == (tmp_path / "packed").stat().st_size
    with pytest.raises(FetchRefused, match="larger than 1 MB"):
        engine().download(Asked(f"{at}/bomb", largest=1024**2), tmp_path / "never")
    with pytest.raises(FetchUnavailable, match="in the middle"):
        engine().download(Asked(f"{at}/torn"), tmp_path / "never")
    with pytest.raises(FetchRefused, match="packs"):
        engine().download(Asked(f"{at}/odd"), tmp_path / "never")
    assert not (tmp_path / "never").exists()


def test_a_server_that_trickles_or_says_when_to_come_back(at: str, server: tuple[str, Shelf], tmp_path: Path) -> None:
    shelf = server[1]
    shelf.put("/slow", "x" * 500)
    shelf.put("/busy", "", status=429, Retry_After="90")
    ticks = itertools.count(0, 61)
    with pytest.raises(FetchUnavailable, match="too slow"):
        engine(clock=lambda: float(next(ticks))).download(Asked(f"{at}/slow"), tmp_path / "never")
    with pytest.raises(FetchUnavailable) as busy:
        engine().download(Asked(f"{at}/busy"), tmp_path / "never")
    assert busy.value.retry_after == 90


def test_a_file_that_says_it_is_too_large_is_not_begun(at: str, server: tuple[str, Shelf], tmp_path: Path) -> None:
    server[1].put("/large", b"x" * 100, Content_Length="100")
    with pytest.raises(FetchRefused, match="larger than 99 bytes"):
        engine(largest=99).download(Asked(f"{at}/large"), tmp_path / "never")


def test_whoever_is_asked_outside_cannot_send_us_into_our_own_networks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached: list[str] = []

    def handle(_self: Any, request: httpx.Request) -> httpx.Response:
        reached.append(str(request.url))
        sends = request.url.path == "/sends"
        to = {"Location": "http://10.20.0.5/staff.csv"} if sends else {}
        return httpx.Response(302 if sends else 200, headers=to, stream=httpx.ByteStream(b"id"))

    monkeypatch.setattr("httpx.HTTPTransport.handle_request", handle)
    names = {"partner.example": ["93.184.215.14"], "ours.example": ["10.20.0.1"]}
    found = GuardedDownloader(networks=("10.20.0.0/16",), resolver=lambda host, _port: names.get(host, [host]))
    partner = found.download(Asked("https://partner.example/dataset"), tmp_path / "partner")
    ours = found.download(Asked("https://ours.example/dataset"), tmp_path / "ours")
    within = Asked("http://10.20.0.5/staff.csv", told_by=partner)
    reached.clear()
    for asked in (Asked("https://partner.example/sends"), within):
        with pytest.raises(FetchRefused, match="public"):
            found.download(asked, tmp_path / "never")
    assert reached == ["https://93.184.215.14/sends"]
    for at, asked in enumerate((Asked("http://ours.example/sends"), replace(within, told_by=ours))):
        assert found.download(asked, tmp_path / str(at)) is not None
    names["partner.example"] = ["10.20.0.1"]  # its name now leads to us, long after it was asked
    with pytest.raises(FetchRefused, match="public"):
        found.download(within, tmp_path / "never")


def test_the_address_that_was_looked_at_is_the_one_that_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached: list[str] = []

    def handle(_self: Any, request: httpx.Request) -> httpx.Response:
        reached.append(str(request.url))
        is_first = len(reached) == 1
        to = {"Location": "http://ours.example/trees.csv"} if is_first else {}
        return httpx.Response(302 if is_first else 200, headers=to, stream=httpx.ByteStream(b"id"))

    monkeypatch.setattr("httpx.HTTPTransport.handle_request", handle)
    answers = iter((["10.20.0.1"], ["10.20.0.2"], ["192.168.0.1"]))
    found = GuardedDownloader(networks=("10.20.0.0/16",), resolver=lambda _host, _port: next(answers))
    assert found.download(Asked("http://ours.example/now"), tmp_path / "trees") is not None
    assert reached == ["http://10.20.0.1/now", "http://10.20.0.2/trees.csv"]
    with pytest.raises(FetchRefused, match="public"):
        found.download(Asked("http://ours.example/trees.csv"), tmp_path / "never")
    assert len(reached) == 2


def test_all_parts_of_what_is_packed_are_unpacked(at: str, server: tuple[str, Shelf], tmp_path: Path) -> None:
    parts = [gzip.compress(f"{n}\n".encode() * 50_000) for n in range(3)]
    server[1].put("/parts", b"".join(parts) + b"\0" * 100, Content_Encoding="gzip")
    assert engine().download(Asked(f"{at}/parts"), tmp_path / "parts") is not None
    assert (tmp_path / "parts").read_text() == "0\n" * 50_000 + "1\n" * 50_000 + "2\n" * 50_000
