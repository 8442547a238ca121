"""Two web processes behind nginx, with the example's own configuration: they restart in turn and nobody notices."""

from __future__ import annotations

import itertools
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx
import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tests.support import proxy
from tests.support.commands import environment

from cityhall.adapters.database.embedded import EmbeddedPostgres

from .conftest import copied
from .test_serving import answers, command, free_port, until

NGINX = proxy.nginx()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("rolling"),
    pytest.mark.skipif(NGINX is None, reason="no nginx here: `make test` installs it as root on Debian"),
]
HOST = "requests.city.example"
LOOPBACK = ip_address("127.0.0.1")
EXAMPLE = Path(__file__).resolve().parents[2] / "deploy" / "nginx" / "cityhall.conf"
KEY = """
import django; django.setup()
from cityhall.apps.identity.services.keys import make_key
from django.contrib.auth import get_user_model
from cityhall.kernel.actors import Actor, ActorKind
owner = Actor(ActorKind.SYSTEM, get_user_model().objects.get().id, "test")
print(make_key(actor=owner, name="load", scopes=["open311.write"], per_minute=100_000)[1])
"""


def certificate(folder: Path) -> ssl.SSLContext:
    """Write a certificate for HOST and its key; return what trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST), x509.IPAddress(LOOPBACK)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(made.public_bytes(pem))
    plain = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(plain)
    return ssl.create_default_context(cafile=str(folder / "cert.pem"))


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def nginx(folder: Path, http: int, https: int, webs: list[int]) -> Iterator[None]:
    """Run nginx on the example with our ports and certificate in it."""
    text = EXAMPLE.read_text(encoding="utf-8")
    text = text.replace("127.0.0.1:8001", f"127.0.0.1:{webs[0]}").replace("127.0.0.1:8002", f"127.0.0.1:{webs[1]}")
    text = re.sub(r"listen \[::\]:.*\n", "\n", text).replace("listen 80;", f"listen 127.0.0.1:{http};")
    text = text.replace("listen 443 ssl", f"listen 127.0.0.1:{https} ssl").replace("/etc/ssl/cityhall", str(folder))
    (folder / "site.conf").write_text(text)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ access_log off; {places} include {folder}/site.conf; }}"
    )
    assert NGINX
    process = subprocess.Popen([NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")])
    try:
        until(lambda: listens(https) or process.poll() is not None, "nginx listens")
        assert process.poll() is None, (folder / "error.log").read_text()
        yield
    finally:
        process.terminate()
        process.wait(20)


class Web:
    """One `cityhall web`."""

    def __init__(self, data: Path, port: int) -> None:
        self.data, self.port = data, port
        self.start()

    def start(self) -> None:
        live = {"CITYHALL_PUBLIC_URL": f"https://{HOST}", "CITYHALL_HOSTS": f"{HOST},127.0.0.1"}
        self.process = subprocess.Popen(
            command(self.data, "web", "--port", str(self.port), "--workers", "1"),
            env=environment(CITYHALL_BEHIND_PROXY="1", **live),
        )
        until(lambda: answers(self.port), "the web process answers")

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(60) == 0


def test_a_rolling_restart_behind_nginx_drops_nothing(restored_city: Path, tmp_path: Path) -> None:
    data = copied(restored_city, tmp_path / "city")
    trusted = certificate(tmp_path)
    server = EmbeddedPostgres(data, options={"fsync": "off"})
    server.start()
    http, https, *ports = [free_port() for _ in range(4)]
    webs: list[Web] = []
    try:
        key = subprocess.run(
            [sys.executable, "-c", KEY],
            env=environment(CITYHALL_DATA=str(data), DJANGO_SETTINGS_MODULE="cityhall.config.settings"),
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        webs += [Web(data, port) for port in ports]
        with nginx(tmp_path, http, https, ports):
            stopping = threading.Event()
            numbers = itertools.count()
            failed: list[str] = []
            acknowledged: list[int] = []
            read: list[int] = []

            def ask(client: httpx.Client) -> None:
                number = next(numbers)
                if number % 3:
                    answer = client.get("/open311/v2/services.json")
                    read.append(number)
                    good = answer.status_code == 200
                else:
                    form = {"service_code": "pothole", "lat": "32.72", "long": "-117.16", "attribute[size]": "small"}
                    answer = client.post(
                        "/open311/v2/requests.json", data={**form, "description": f"load {number}", "api_key": key}
                    )
                    good = answer.status_code == 200
                    if good:
                        acknowledged.append(number)
                if not good:
                    failed.append(f"{number}: {answer.status_code} {answer.text[:200]}")

            def load() -> None:
                with httpx.Client(
                    base_url=f"https://127.0.0.1:{https}", headers={"Host": HOST}, verify=trusted, timeout=30
                ) as client:
                    while not stopping.is_set() and not failed:
                        try:
                            ask(client)
                        except httpx.HTTPError as problem:
                            failed.append(repr(problem))

            with ThreadPoolExecutor(4) as pool:
                loads = [pool.submit(load) for _ in range(4)]
                until(lambda: len(acknowledged) > 10 or bool(failed), "the load runs")
                for web in webs:
                    web.stop()
                    before = len(acknowledged)
                    until(lambda before=before: len(acknowledged) > before + 3 or bool(failed), "the other goes on")  # type: ignore[misc]
                    web.start()
                stopping.set()
                for one in loads:
                    one.result()
            assert failed == []
            assert len(read) > 50
        with psycopg.connect(server.url) as connection:
            found = connection.execute(
                "select description from service_requests_servicerequest where description like 'load %'"
            ).fetchall()
        assert sorted(int(text.split()[1]) for (text,) in found) == sorted(acknowledged), "each acknowledged one, once"
    finally:
        for web in webs:
            web.process.terminate()  # not killed: its workers would stay
            web.process.wait(60)
        server.stop()
