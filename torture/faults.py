"""What is done to the city. Each fault leaves it to mend itself, or starts again what only a person could start."""

from __future__ import annotations

import contextlib
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

import psutil

from torture.city import City
from torture.mailserver import MODES
from torture.records import Records

HOUR = 3600


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of trouble.

    Args:
        weight: how often it is drawn, beside the others.
        strike: does it; returns a word on how, once the trouble is over.
        possible: whether this machine lets us.
    """

    weight: int
    strike: Callable[[City, random.Random, Records], str]
    possible: Callable[[City], bool] = lambda city: True


def _kill(processes: list[psutil.Process]) -> None:
    for one in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            one.kill()


def _database(city: City, chance: random.Random, records: Records) -> str:
    found = city.postgres()
    how = chance.choice(["all", "all", "postmaster", "backend"])
    if how == "all":
        _kill(found)
    elif how == "postmaster":
        _kill(found[:1])
    else:
        busy = [one for one in found[1:] if _name(one).endswith(("idle", "INSERT", "SELECT", "UPDATE", "COMMIT"))]
        _kill([chance.choice(busy or found[1:])] if found[1:] else [])
    return how


def _name(process: psutil.Process) -> str:
    with contextlib.suppress(psutil.Error):
        return " ".join(process.cmdline()).strip()
    return ""


def _web(city: City, chance: random.Random, records: Records) -> str:
    found = city.web()
    how = chance.choice(["all", "parent", "one"])
    _kill(found if how == "all" else found[:1] if how == "parent" else [chance.choice(found[1:] or found)])
    return how


def _worker(city: City, chance: random.Random, records: Records) -> str:
    if found := city.worker():
        _kill([found])
    return "worker"


def _everything(city: City, chance: random.Random, records: Records) -> str:
    city.kill_everything()
    city.start()
    return "supervisor, web, worker, database"


def _disk_full(city: City, chance: random.Random, records: Records) -> str:
    city.fill_disk()
    how = chance.choice(["left alone", "worker killed", "database killed"])
    time.sleep(chance.uniform(0.8, 2.0))
    if how == "worker killed":
        _worker(city, chance, records)
    elif how == "database killed":
        _kill(city.postgres())
    time.sleep(chance.uniform(0.2, 1.0))
    city.empty_disk()
    return how


def _clock(city: City, chance: random.Random, records: Records) -> str:
    seconds = chance.choice([-26 * HOUR, -2 * HOUR, -90, 90, 2 * HOUR, 26 * HOUR])
    city.set_clock(seconds)
    time.sleep(chance.uniform(1.5, 2.5))
    if killed := chance.random() < 0.3:
        _worker(city, chance, records)
        time.sleep(0.5)
    city.set_clock(0)
    return f"{seconds:+d} s and back{', worker killed between' if killed else ''}"


def _slow_disk(city: City, chance: random.Random, records: Records) -> str:
    """Stop and continue the database's processes: they stall as on a disk that answers late."""
    until = time.monotonic() + chance.uniform(1.0, 2.5)
    try:
        while time.monotonic() < until:
            _signal(city.postgres(), signal.SIGSTOP)
            time.sleep(chance.uniform(0.1, 0.4))
            _signal(city.postgres(), signal.SIGCONT)
            time.sleep(0.05)
    finally:
        _signal(city.postgres(), signal.SIGCONT)
    how = chance.choice(["only slow", "web killed", "worker killed"])
    if how == "web killed":
        _web(city, chance, records)
    elif how == "worker killed":
        _worker(city, chance, records)
    return how


def _signal(processes: list[psutil.Process], number: signal.Signals) -> None:
    for one in processes:
        with contextlib.suppress(psutil.Error):
            one.send_signal(number)


def _mail(city: City, chance: random.Random, records: Records) -> str:
    city.mail.mode = mode = chance.choice(MODES)
    time.sleep(chance.uniform(0.8, 2.0))
    if killed := chance.random() < 0.5:
        _worker(city, chance, records)
    time.sleep(chance.uniform(0.2, 0.8))
    city.mail.mode = "ok"
    return f"{mode}{', worker killed' if killed else ''}"


def _deliveries(city: City, chance: random.Random, records: Records) -> str:
    """Have events delivered again and late: jobs deferred twice, marks of the relay taken away, the worker killed."""
    how = chance.choice(["deferred again", "marks taken away", "both"])
    if how != "marks taken away":
        records.defer_again(30)
    if how != "deferred again":
        records.take_marks_away(20)
    time.sleep(chance.uniform(0.1, 0.6))
    _worker(city, chance, records)
    return how


FAULTS: dict[str, Fault] = {
    "database": Fault(5, _database),
    "web": Fault(3, _web),
    "worker": Fault(5, _worker),
    "everything": Fault(1, _everything),
    "disk-full": Fault(3, _disk_full, lambda city: city.own_disk),
    "clock": Fault(4, _clock, lambda city: city.clock_library is not None),
    "slow-disk": Fault(3, _slow_disk),
    "mail": Fault(4, _mail),
    "deliveries": Fault(4, _deliveries),
}


def plan(kinds: list[str], kills: int, seed: int) -> list[str]:
    """Return which fault comes when: each kind in proportion to its weight, in an order the seed decides."""
    chance = random.Random(f"plan {seed}")
    weights = {kind: FAULTS[kind].weight for kind in kinds}
    shares = [kind for kind in kinds for _ in range(max(1, round(kills * weights[kind] / sum(weights.values()))))]
    chance.shuffle(shares)
    first = chance.sample(kinds, len(kinds))  # a short campaign has as many kinds as it can
    found = (first + shares) if kills < 3 * len(kinds) else shares
    while len(found) < kills:
        found.append(chance.choices(kinds, list(weights.values()))[0])
    return found[:kills]
