"""The guarded fetcher: what it may reach, how much it takes, how long it waits."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from cityhall.adapters.web.fetch import GuardedFetcher, is_public
from cityhall.kernel.ports import FetchRefused, FetchUnavailable, WebFetcher


class Pages(BaseHTTPRequestHandler):
    def do_GET(self):
        seen.append((self.headers["Host"], self.path))
        if self.path.startswith("/hop"):
            self.send_response(302)
            self.send_header("Location", f"/hop{int(self.path[4:]) - 1}" if self.path != "/hop0" else "/photo")
            self.end_headers()
        elif self.path == "/inside":
            self.send_response(302)
            self.send_header("Location", "http://169.254.169.254/latest/meta-data")
            self.end_headers()
        elif self.path.startswith("/photo"):
            self.send_response(200)
            self.send_header("Content-Type", "image/jpeg")
            self.end_headers()
            self.wfile.write(b"x" * 1000)
        elif self.path == "/busy":
            self.send_response(503)
            self.end_headers()
        else:
            self.send_response(404)
            self.end_headers()

    def log_message(self, *_):
        pass


seen: list[tuple[str, str]] = []


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    seen.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def fetcher(**changes) -> GuardedFetcher:
    """A fetcher for which loopback counts as the public web and every name is here."""
    settings = {
        "ports": None,
        "allowed": lambda address: address == "127.0.0.1",
        "resolver": lambda host, port: [host] if host[0].isdigit() else ["127.0.0.1"],
    }
    return GuardedFetcher(**{**settings, **changes})


def test_it_is_the_port():
    assert isinstance(GuardedFetcher(), WebFetcher)
    assert GuardedFetcher().capabilities.guards_private_networks


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1",
        "3fff::1", "3fff:fff:ffff::1", "5f00::1", "64:ff9b:1::1", "192.0.0.8", "192.0.0.170", "192.88.99.1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.215.14", "2606:4700:4700::1111"])
def test_addresses_that_are_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://2130706433/", "http://0x7f.1/",
        "http://169.254.169.254/latest/meta-data", "file:///etc/passwd", "ftp://example.org/a", "gopher://a/",
        "http://user:secret@example.org/", "http://example.org:22/", "http://", "//example.org/a", "", "not a url",
        "http://exa mple.org/", "https://example.org:99999/",
    ],
)  # fmt: skip
def test_what_is_never_fetched(url):
    with pytest.raises((FetchRefused, FetchUnavailable)) as refused:
        GuardedFetcher(resolver=lambda host, port: ["127.0.0.1"]).fetch(url)
    assert refused.type is FetchRefused


def test_one_private_address_among_public_ones_is_enough_to_refuse():
    with pytest.raises(FetchRefused):
        GuardedFetcher(resolver=lambda host, port: ["8.8.8.8", "10.0.0.1"]).fetch("http://rebind.example/")


def test_a_file_is_fetched_from_the_address_that_was_checked(server):
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    found = fetcher(resolver=lambda host, port: next(answers)).fetch(
        f"http://pictures.example:{server.server_port}/photo?a=1"
    )
    assert (len(found.content), found.content_type) == (1000, "image/jpeg")
    assert seen == [(f"pictures.example:{server.server_port}", "/photo?a=1")]


def test_redirects_are_followed_three_times(server):
    at = f"http://pictures.example:{server.server_port}"
    assert fetcher().fetch(f"{at}/hop1").url == f"{at}/photo"
    with pytest.raises(FetchRefused, match="redirects"):
        fetcher().fetch(f"{at}/hop5")


def test_a_redirect_into_the_network_is_refused(server):
    with pytest.raises(FetchRefused, match="public"):
        fetcher().fetch(f"http://pictures.example:{server.server_port}/inside")


def test_limits(server):
    at = f"http://pictures.example:{server.server_port}"
    with pytest.raises(FetchRefused, match="large"):
        fetcher(largest=999).fetch(f"{at}/photo")
    with pytest.raises(FetchUnavailable, match="slow"):
        fetcher(seconds=0).fetch(f"{at}/photo")
    with pytest.raises(FetchUnavailable, match="503"):
        fetcher().fetch(f"{at}/busy")
    with pytest.raises(FetchRefused, match="404"):
        fetcher().fetch(f"{at}/nothing")


@pytest.mark.parametrize(
    "host",
    [
        "127.1", "0177.0.0.1", "0x7f000001", "2130706433", "0", "0.0.0.0", "127.0.0.1.", "①②⑦.0.0.1", "[::]", "[::1]",
        "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::127.0.0.1]", "[64:ff9b:1::7f00:1]",
        "[fe80::1]", "[fec0::1]", "[2002:7f00:1::]", "169.254.169.254", "0xa9fea9fe", "[fd00:ec2::254]",
        "100.100.100.200",
    ],
)  # fmt: skip
def test_no_way_of_writing_an_inner_address_gets_through(host, monkeypatch):
    monkeypatch.setattr("httpx.HTTPTransport.handle_request", lambda *_a: pytest.fail("connected"))
    for url in (f"http://{host}/", f"http://{host}:80/latest/meta-data"):
        with pytest.raises((FetchRefused, FetchUnavailable)):
            GuardedFetcher().fetch(url)


def test_a_name_that_answers_differently_the_second_time_is_asked_once(monkeypatch):
    answers = iter([["93.184.215.14"], ["127.0.0.1"]])
    reached = []

    def handle(_transport, request):
        reached.append((request.url.host, request.headers["Host"], request.extensions["sni_hostname"]))
        raise httpx.ConnectError("far enough")

    monkeypatch.setattr("httpx.HTTPTransport.handle_request", handle)
    with pytest.raises(FetchUnavailable):
        GuardedFetcher(resolver=lambda host, port: next(answers)).fetch("https://rebind.example/a.jpg")
    assert reached == [("93.184.215.14", "rebind.example", "rebind.example")]
    assert next(answers) == ["127.0.0.1"]


def test_each_redirect_is_checked_anew(server):
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    with pytest.raises(FetchRefused, match="public"):
        fetcher(resolver=lambda host, port: next(answers)).fetch(f"http://pictures.example:{server.server_port}/hop0")


@pytest.fixture
def dripping() -> Iterator[Callable[[bytes], int]]:
    """Give the ports of servers that send this, and then a byte now and then for far longer than a fetch may take."""
    over = threading.Event()
    opened = []

    def serve(first: bytes) -> int:
        listening = socket.create_server(("127.0.0.1", 0))

        def drip() -> None:
            connection, _address = listening.accept()
            with connection, contextlib.suppress(OSError):  # the fetch closed it, as it should
                connection.sendall(first)
                while not over.wait(0.05):
                    connection.sendall(b"a")

        opened.append((listening, threading.Thread(target=drip, daemon=True)))
        opened[-1][1].start()
        return int(listening.getsockname()[1])

    stop = threading.Timer(10, over.set)  # a fetch that waits for the end is let go, and fails its test
    stop.start()
    yield serve
    stop.cancel()
    over.set()
    for listening, thread in opened:
        thread.join()
        listening.close()


@pytest.mark.parametrize(
    ("scheme", "first"),
    [
        ("http", b"HTTP/1.1 200 OK\r\nX-A: "),
        ("http", b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n"),
        ("https", b"\x16\x03\x03\x40\x00"),
    ],
    ids=["in the headers", "in a body without a length", "while TLS is agreed on"],
)
def test_a_server_that_sends_a_byte_now_and_then_holds_nobody_up(dripping, scheme, first):
    port = dripping(first)
    with pytest.raises(FetchUnavailable, match="ReadTimeout"):
        fetcher(seconds=0.5).fetch(f"{scheme}://pictures.example:{port}/a.jpg")
