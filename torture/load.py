"""Clients that use the city while it is being killed, and remember what they were told.

A write is acknowledged when its client read the answer that says so. Doors that take a command id (the resident's form,
the desk, updates of GeoReport) are asked again with the same id until they answer for certain, as people and programs
do; filing by GeoReport has none, so a broken answer there leaves it open whether the report exists.
"""

from __future__ import annotations

import io
import random
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
from PIL import Image

CENTRE = (32.72, -117.16)
_DEFINITE_SECONDS = 60.0
_VERSION = re.compile(r'name="version" value="(\d+)"')
_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_COMMAND = re.compile(r'name="command_id" value="([^"]+)"')


@dataclass(slots=True)
class Write:
    """One write as its client knows it.

    Args:
        door: "georeport", "form", "update", or "desk".
        act: "file" or what was done to a request.
        token: stands in the text of it and nowhere else.
        number: of the request, as far as the client knows.
        fate: "acknowledged", "refused", "unsent" (nobody listened), or "unknown".
        command: the command id, "" where the door has none.
        tries: how often it was sent.
    """

    door: str
    act: str
    token: str
    number: str = ""
    fate: str = "unknown"
    command: str = ""
    tries: int = 0
    photo: bool = False

    def plain(self) -> dict[str, Any]:
        """The write for the log."""
        return asdict(self)


class Gate:
    """Lets clients through, or holds them between two requests."""

    def __init__(self, clients: int) -> None:
        self._clients = clients
        self._held = 0
        self._open = False
        self._ended = False
        self._changed = threading.Condition()

    def pass_through(self) -> bool:
        """Wait while the gate is shut; False when the campaign is over."""
        with self._changed:
            if not self._open and not self._ended:
                self._held += 1
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._open or self._ended)
                self._held -= 1
            return not self._ended

    def open(self) -> None:
        """Let everybody through."""
        with self._changed:
            self._open = True
            self._changed.notify_all()

    def shut(self, patience: float) -> bool:
        """Hold everybody; wait until all are held and say whether that came about."""
        with self._changed:
            self._open = False
            return self._changed.wait_for(lambda: self._held >= self._clients, patience)

    def end(self) -> None:
        """Let everybody go home."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()


class Load:
    """The clients and their ledger.

    Args:
        given: what `torture.setting` printed.
        pause: seconds each client rests after a write, so that the campaign measures kills and not the machine.
    """

    def __init__(self, address: str, given: dict[str, Any], seed: int, *, pause: float = 0.12) -> None:
        self.address, self.given, self.seed, self.pause = address, given, seed, pause
        self.writes: list[Write] = []
        self.open_numbers: list[str] = []
        self.faults: list[str] = []
        self._lock = threading.Lock()
        self._tokens = 0
        works: list[Callable[[random.Random, httpx.Client], None]] = [
            self._georeport,
            self._georeport,
            self._update,
            self._form,
            self._form,
            *(self._desk_as(session) for session in given["sessions"]),
        ]
        self.gate = Gate(len(works))
        self._threads = [
            threading.Thread(target=self._run, args=(work, place), daemon=True) for place, work in enumerate(works)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End the clients."""
        self.gate.end()
        for thread in self._threads:
            thread.join(30)

    def acknowledged(self) -> int:
        """Return how many writes were acknowledged so far."""
        return sum(one.fate == "acknowledged" for one in list(self.writes))

    def _run(self, work: Callable[[random.Random, httpx.Client], None], place: int) -> None:
        chance = random.Random(f"{self.seed} {place}")
        while self.gate.pass_through():
            try:
                # Reading the certificates of the machine, which plain HTTP has no use for, costs 40 ms for each client.
                with httpx.Client(
                    base_url=self.address, timeout=25, verify=False, headers={"X-Forwarded-For": _someone(chance)}
                ) as client:
                    work(chance, client)
            except (httpx.HTTPError, Ended):
                time.sleep(0.1)
            except Exception as fault:
                self.faults.append(repr(fault))
                time.sleep(0.5)
            time.sleep(self.pause)

    def _note(self, door: str, act: str, **known: Any) -> Write:
        with self._lock:
            self._tokens += 1
            write = Write(door, act, f"tk{self.seed}x{self._tokens}z", **known)
            self.writes.append(write)
        return write

    def _known(self, chance: random.Random) -> str:
        """Return a request to do something to: a watched one, or one of the newest."""
        with self._lock:
            newest = self.open_numbers[-40:]
        if not newest or chance.random() < 0.4:
            return str(chance.choice(list(self.given["watched"])))
        return chance.choice(newest)

    def _filed(self, write: Write, number: str) -> None:
        write.number, write.fate = number, "acknowledged"
        with self._lock:
            self.open_numbers.append(number)

    def _georeport(self, chance: random.Random, client: httpx.Client) -> None:
        write = self._note("georeport", "file")
        lat, lon = _spot(chance)
        form = {
            "service_code": "pothole", "lat": f"{lat:.6f}", "long": f"{lon:.6f}", "attribute[size]": "small",
            "description": f"hole {write.token}", "email": f"{write.token}@city.example", "api_key": self.given["key"],
        }  # fmt: skip
        files = None
        if chance.random() < 0.3:
            write.photo = True
            files = {"media": ("hole.jpg", _photo(chance), "image/jpeg")}
        write.tries, write.fate = 1, "unsent"
        with unsent_unless_connected(write):
            answer = client.post("/open311/v2/requests.json", data=form, files=files)
        if answer.status_code == 200:
            self._filed(write, answer.json()[0]["service_request_id"])
        elif answer.status_code < 500:
            write.fate = "refused"
            self.faults.append(f"georeport {answer.status_code} {answer.text[:200]}")
        else:
            time.sleep(0.3)

    def _update(self, chance: random.Random, client: httpx.Client) -> None:
        number = self._known(chance)
        write = self._note("update", chance.choice(["IN_PROGRESS", "PLANNED", "FIXED", "OPEN"]), number=number)
        form = {
            "api_key": self.given["key"], "update_id": write.token, "service_request_id": number, "status": write.act,
            "updated_datetime": datetime.now(UTC).isoformat(), "description": f"said {write.token}",
        }  # fmt: skip
        self._until_definite(write, lambda: client.post("/open311/v2/servicerequestupdates.json", data=form), {200})

    def _form(self, chance: random.Random, client: httpx.Client) -> None:
        began = time.monotonic()

        def send(path: str, files: Any = None, **fields: Any) -> httpx.Response:
            if not self.gate.pass_through():
                raise Ended
            token = client.cookies.get("csrftoken") or ""
            return client.post(path, data={"csrfmiddlewaretoken": token, **fields}, files=files)

        page = client.get("/report/")
        if not (found := _CSRF.search(page.text)):
            return
        client.headers["X-CSRFToken"] = found[1]
        # No form's answer counts before the last one: a broken step only means that this visitor gives up.
        if send("/report/", begin="photo").status_code != 302:
            return
        send("/report/photo/", files={"photo": ("hole.jpg", _photo(chance), "image/jpeg")})
        lat, lon = _spot(chance)
        send("/report/place/", lat=f"{lat:.6f}", lon=f"{lon:.6f}")
        send("/report/what/", category="pothole")
        send("/report/which/")
        send("/report/nearby/")
        write = self._note("form", "file", photo=True)
        answers = {"answers.size": "small", "shown": ["size", "where"]}
        send("/report/questions/", description=f"hole {write.token}", **answers)
        send("/report/contact/", email=f"{write.token}@city.example", follow="1")
        while time.monotonic() - began < 4.4:  # the form takes no report that was written faster
            time.sleep(0.1)
            if not self.gate.pass_through():
                raise Ended
        page = client.get("/report/check/")
        found = _COMMAND.search(page.text)
        if not found:
            return
        write.command = found[1]
        answer = self._until_definite(write, lambda: send("/report/check/", command_id=write.command), {302})
        place = answer.headers.get("location", "") if answer is not None else ""
        if write.fate == "acknowledged":
            if "/receipt/" in place:
                self._filed(write, place.rstrip("/").rsplit("/", 1)[1])
            else:  # led back to a step: what the draft held was lost with the answer of an earlier step
                write.fate = "refused"

    def _desk_as(self, session: str) -> Callable[[random.Random, httpx.Client], None]:
        def work(chance: random.Random, client: httpx.Client) -> None:
            client.cookies.set("sessionid", session)
            self._desk(chance, client)

        return work

    def _desk(self, chance: random.Random, client: httpx.Client) -> None:
        number = self._known(chance)
        page = client.get(f"/desk/requests/{number}/")
        version, token = _VERSION.search(page.text), _CSRF.search(page.text)
        if page.status_code != 200 or not version or not token:
            return
        offered = [
            act
            for act in ("take", "schedule", "start", "close", "reopen", "note", "reply", "merge")
            if f"/desk/requests/{number}/{act}/" in page.text
        ]
        if not offered:
            return
        act = chance.choice(offered)
        others = [one for one in self.open_numbers[-30:] if one != number]
        if act == "merge" and not others:
            return
        write = self._note("desk", act, number=number, command=str(uuid.UUID(int=chance.getrandbits(128), version=4)))
        form = {
            "csrfmiddlewaretoken": token[1], "version": version[1], "command_id": write.command,
            "sentence": f"said {write.token}", "outcome": "fixed", "on": "2030-01-15",
        }  # fmt: skip
        if act == "merge":
            form |= {"other": chance.choice(others), "keep": "this", "sure": "yes"}
        path = f"/desk/requests/{number}/{act}/"
        self._until_definite(write, lambda: client.post(path, data=form), {302})

    def _until_definite(
        self, write: Write, send: Callable[[], httpx.Response], done: set[int]
    ) -> httpx.Response | None:
        """Send the same command again and again until the door says yes or no."""
        deadline = time.monotonic() + _DEFINITE_SECONDS
        while time.monotonic() < deadline:
            write.tries += 1
            try:
                answer = send()
            except httpx.HTTPError:
                time.sleep(0.2)
                continue
            if answer.status_code in done:
                write.fate = "acknowledged"
                return answer
            if answer.status_code < 500 and answer.status_code != 429:
                write.fate = "refused"
                return answer
            time.sleep(0.2)
        return None


@contextmanager
def unsent_unless_connected(write: Write) -> Iterator[None]:
    """Nobody listened: nothing was sent. Anything else leaves it open whether the city has it."""
    try:
        yield
    except httpx.ConnectError:
        time.sleep(0.3)
        raise
    except BaseException:
        write.fate = "unknown"
        raise
    write.fate = "unknown"


class Ended(Exception):
    """The campaign is over."""


def _someone(chance: random.Random) -> str:
    return f"10.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(1, 255)}"


def _spot(chance: random.Random) -> tuple[float, float]:
    return CENTRE[0] + chance.uniform(-0.009, 0.009), CENTRE[1] + chance.uniform(-0.009, 0.009)


def _photo(chance: random.Random) -> bytes:
    picture = Image.new("RGB", (96, 64), (chance.randrange(256), chance.randrange(256), chance.randrange(256)))
    for _ in range(40):
        picture.putpixel((chance.randrange(96), chance.randrange(64)), (chance.randrange(256), 0, 0))
    out = io.BytesIO()
    picture.save(out, "JPEG")
    return out.getvalue()
