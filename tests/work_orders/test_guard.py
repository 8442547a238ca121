"""Where a connection may lead: never into a network nobody named, whatever the name server says the second time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from cityhall.adapters.systems.guarded import GuardedSystems
from cityhall.kernel.georeport.contracts import Report
from cityhall.kernel.ports import CallForbidden, CallRefused, CallUnavailable, OtherSystems

LOOPBACK = ["127.0.0.0/8"]
seen: list[tuple[str, str]] = []


class Pages(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        seen.append((self.headers["Host"], self.path))
        if self.path.startswith("/inside"):
            self.send_response(307)
            self.send_header("Location", "http://169.254.169.254/latest/meta-data")
            self.end_headers()
        elif self.path == "/huge":
            self.send_response(200)
            self.end_headers()
            for _ in range(100):
                self.wfile.write(b"x" * 65_536)
        else:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"thanks")

    do_GET = do_POST

    def log_message(self, *_):
        pass


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    seen.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_it_is_the_port():
    assert isinstance(GuardedSystems(), OtherSystems)
    assert GuardedSystems().capabilities.guards_private_networks
    assert not GuardedSystems().capabilities.follows_redirects


def rebinding(*answers: str):
    """A name server of an attacker: what it says changes from one question to the next."""
    left = list(answers)
    asked = []

    def resolve(host, port):
        asked.append(host)
        return [left.pop(0) if len(left) > 1 else left[0]]

    resolve.asked = asked
    return resolve


def test_a_name_that_turns_to_loopback_after_the_check_is_never_reached_by_webhook(server, monkeypatch):
    # The check sees a public address. A connection by name would ask again, and be sent to our own machine.
    resolve = rebinding("93.184.215.14", "127.0.0.1")
    reached = connections(monkeypatch)
    with pytest.raises(CallUnavailable):
        GuardedSystems(resolver=resolve).post(f"https://rebind.example:{server.server_port}/", b"{}", {})
    assert (resolve.asked, reached, seen) == (["rebind.example"], ["93.184.215.14"], [])
    # The second delivery asks anew, and now the check refuses.
    with pytest.raises(CallForbidden):
        GuardedSystems(resolver=resolve).post(f"https://rebind.example:{server.server_port}/", b"{}", {})
    assert seen == []


def test_a_name_that_turns_to_loopback_after_the_check_is_never_reached_by_georeport(server, monkeypatch):
    resolve = rebinding("93.184.215.14", "127.0.0.1")
    reached = connections(monkeypatch)
    systems = GuardedSystems(resolver=resolve)
    url = f"https://rebind.example:{server.server_port}/open311/v2"
    with pytest.raises(CallUnavailable), systems.georeport(url) as client:
        client.file(Report("pothole", lat=1, long=2))
    assert (resolve.asked, reached, seen) == (["rebind.example"], ["93.184.215.14"], [])
    with pytest.raises(CallForbidden), systems.georeport(url) as client:
        client.request("1")
    assert seen == []


def connections(monkeypatch) -> list[str]:
    """Remember to which addresses connections are made, and let none leave this machine."""
    import httpcore

    reached: list[str] = []

    def connect_tcp(self, host, port, **more):
        reached.append(host)
        raise httpcore.ConnectError("no network in tests")

    monkeypatch.setattr(httpcore._backends.sync.SyncBackend, "connect_tcp", connect_tcp)
    return reached


def test_one_private_address_among_public_ones_is_enough_to_refuse():
    with pytest.raises(CallForbidden):
        GuardedSystems(resolver=lambda host, port: ["8.8.8.8", "10.0.0.1"]).post("https://two.example/", b"", {})


def test_the_checked_address_is_called_with_the_name_it_was_asked_by(server):
    systems = GuardedSystems(networks=LOOPBACK, resolver=rebinding("127.0.0.1", "10.0.0.1"))
    answer = systems.post(f"http://works.example:{server.server_port}/hook?a=1", b"{}", {})
    assert (answer.status, answer.text) == (200, "thanks")
    assert seen == [(f"works.example:{server.server_port}", "/hook?a=1")]


def test_redirects_are_not_followed(server):
    systems = GuardedSystems(networks=LOOPBACK, resolver=lambda host, port: ["127.0.0.1"])
    at = f"http://works.example:{server.server_port}/inside"
    assert systems.post(at, b"{}", {}).status == 307
    with systems.georeport(at) as client:
        with pytest.raises(CallRefused) as refused:
            client.file(Report("pothole", lat=1, long=2))
        with pytest.raises(CallRefused):
            client.request("1")
    assert refused.value.status == 307
    assert len(seen) == 3


def test_an_endless_answer_is_cut_off(server):
    systems = GuardedSystems(networks=LOOPBACK, resolver=lambda host, port: ["127.0.0.1"])
    with pytest.raises(CallUnavailable):
        systems.post(f"http://works.example:{server.server_port}/huge", b"", {})


def test_without_tls_only_this_machine_and_only_when_named(server):
    port = server.server_port
    with pytest.raises(CallForbidden):
        GuardedSystems().post(f"http://127.0.0.1:{port}/", b"", {})
    with pytest.raises(CallForbidden):
        GuardedSystems(networks=["10.0.0.0/8"], resolver=lambda host, port: ["10.1.2.3"]).post(
            "http://works.example/", b"", {}
        )
    assert seen == []


@pytest.mark.parametrize(
    ("url", "objection"),
    [
        ("https://works.example/hook", ""), ("https://works.example:8443/hook", ""),
        ("http://works.example/", "insecure"),
        ("http://127.0.0.1/", "insecure"), ("https://127.0.0.1/", "private"), ("https://localhost/", "private"),
        ("https://10.1.2.3/", "private"), ("https://[::1]/", "private"), ("https://169.254.169.254/", "private"),
        ("https://[::ffff:127.0.0.1]/", "private"), ("https://8.8.8.8/", ""),
        ("ftp://works.example/", "address"), ("https://user:pass@works.example/", "address"),
        ("works.example", "address"), ("", "address"), ("https://", "address"), ("javascript:alert(1)", "address"),
        ("https://exa mple.org/", "address"),
    ],
)  # fmt: skip
def test_what_may_be_configured(url, objection):
    assert GuardedSystems().objection(url) == objection


def test_a_named_network_may_be_configured():
    systems = GuardedSystems(networks=["10.20.0.0/16", "127.0.0.0/8"])
    assert [systems.objection(url) for url in ("https://10.20.1.1/", "http://127.0.0.1:9/", "http://10.20.1.1/")] == [
        "", "", "insecure",
    ]  # fmt: skip
