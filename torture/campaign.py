"""One campaign: load, trouble, recovery, count; again and again."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from torture import reconcile
from torture.city import City, NotReady
from torture.faults import FAULTS
from torture.load import Load
from torture.records import Records, point_django_at

SETTLE_SECONDS = 480.0


@dataclass(slots=True)
class Cycle:
    """One kill and what was found after it."""

    number: int
    kind: str
    how: str = ""
    at: str = ""
    recovered: float | None = None
    acknowledged: int = 0
    counted: float = 0.0
    problems: list[str] = field(default_factory=list)


class Campaign:
    """Runs the plan on a city and writes each cycle to `log` as a line of JSON."""

    def __init__(self, city: City, kinds: list[str], seed: int, log: Path) -> None:
        self.city, self.kinds, self.seed, self.log = city, kinds, seed, log
        self.chance = random.Random(f"campaign {seed}")
        self.records = Records(city.data)
        self.load = Load(city.address, city.given, seed)
        self.photos = reconcile.Photos(city.data / "blobs")
        point_django_at(city.data, self.records.url)
        from cityhall.kernel.events import receivers

        self.receivers = {one.name: sorted(one.kinds) for one in receivers}
        self.end: dict[str, Any] = {}
        self.stopping = False

    def run(self) -> Iterator[Cycle]:
        """Do every cycle, then let everything settle and count a last time."""
        try:
            for number, kind in enumerate(self.kinds, start=1):
                cycle = self._cycle(number, kind)
                self._say(asdict(cycle))
                yield cycle
                if self.stopping:
                    break
            cycle = self._settle(len(self.kinds) + 1)
            self._say({**asdict(cycle), **self.end})
            yield cycle
        finally:
            self.load.stop()
            for write in self.load.writes:
                self._say({"write": write.plain()})

    def _say(self, line: dict[str, Any]) -> None:
        with self.log.open("a", encoding="utf-8") as out:
            out.write(json.dumps(line, default=str) + "\n")

    def _cycle(self, number: int, kind: str) -> Cycle:
        cycle = Cycle(number, kind, at=datetime.now(UTC).isoformat(timespec="milliseconds"))
        before = self.load.acknowledged()
        self.load.gate.open()
        self._until_more_than(before + 2)
        time.sleep(self.chance.uniform(0.2, 1.2))
        began = time.monotonic()
        try:
            cycle.how = FAULTS[kind].strike(self.city, self.chance, self.records)
            began = time.monotonic() if kind not in {"everything"} else began
            cycle.recovered = self._recover(began)
        except NotReady as late:
            cycle.problems.append(f"NOT READY after {late.args[0]:.0f} s")
            self.city.kill_everything()
            self.city.start()
        after = self.load.acknowledged()
        self._until_more_than(after + 1)
        if not self.load.gate.shut(90):
            cycle.problems.append("STUCK: a client got no answer for certain in 90 s")
        cycle.acknowledged = self.load.acknowledged() - before
        self._count(cycle)
        return cycle

    def _recover(self, began: float) -> float:
        """Wait until the city is ready, twice in a row: what was hit may answer once more before it falls."""
        self.city.until_ready(began)
        time.sleep(0.3)
        return max(0.0, self.city.until_ready(began) - 0.3)

    def _until_more_than(self, count: int) -> None:
        deadline = time.monotonic() + 20
        while self.load.acknowledged() <= count and time.monotonic() < deadline:
            time.sleep(0.05)

    def _count(self, cycle: Cycle, *, settled: bool = False) -> None:
        began = time.monotonic()
        for attempt in range(20):
            try:
                with self.records.snapshot() as now:
                    cycle.problems += self._problems(now, settled=settled)
                break
            except psycopg.OperationalError as problem:
                if attempt == 19:
                    cycle.problems.append(f"DATABASE: {problem}")
                time.sleep(0.5)
        cycle.problems += self._audit()
        cycle.problems += [f"CLIENT: {one}" for one in self.load.faults]
        self.load.faults.clear()
        cycle.counted = time.monotonic() - began

    def _problems(self, now: Any, *, settled: bool) -> Iterator[str]:
        writes = list(self.load.writes)
        yield from reconcile.acknowledged_writes(now, writes)
        yield from reconcile.half_written(now)
        yield from reconcile.events(now, self.receivers, settled=settled)
        yield from reconcile.map_counts(now)
        yield from self.photos.check(now, again=settled)
        if settled:
            yield from reconcile.told_once(now, writes, self.city.given["watched"])

    def _audit(self) -> Iterator[str]:
        from django.db import connection

        from cityhall.kernel.django import audit

        try:
            connection.close()
            verdict = audit.verify()
            if verdict.problem:
                yield f"AUDIT: {verdict.problem}"
        except Exception as problem:
            yield f"AUDIT: could not be read: {problem!r}"
        finally:
            connection.close()

    def _settle(self, number: int) -> Cycle:
        """End the load, let everything that waits be done, sweep, and count again."""
        cycle = Cycle(number, "settled", at=datetime.now(UTC).isoformat(timespec="milliseconds"))
        began = time.monotonic()
        waits = ""
        while time.monotonic() - began < SETTLE_SECONDS:
            self.records.hurry()
            waits = self._waiting()
            if not waits:
                break
            time.sleep(2)
        if waits:
            cycle.problems.append(f"NOT SETTLED: {waits}")
        cycle.recovered = None
        cycle.problems += self._sweep()
        self._count(cycle, settled=True)
        cycle.how = f"settled in {time.monotonic() - began:.0f} s"
        self._sum_up()
        return cycle

    def _waiting(self) -> str:
        with self.records.snapshot() as now:
            told = {
                "events": now.value("select count(*) from kernel_outboxevent where relayed_at is null"),
                "jobs": now.value("select count(*) from procrastinate_jobs where status in ('todo', 'doing')"),
                "messages": now.value(
                    "select count(*) from notify_message where sent_at is null and failed_at is null"
                ),
                "audit entries": now.value("select count(*) from kernel_auditentry where waiting"),
                "map changes": now.value("select count(*) from service_requests_mapchange"),
            }
        return ", ".join(f"{count} {what}" for what, count in told.items() if count)

    def _sweep(self) -> Iterator[str]:
        """Do what the nightly job does, as if days had passed; nothing may be left over then."""
        from datetime import timedelta

        from django.db import connection

        from cityhall.apps.documents.services import taking

        connection.close()
        with self.records.snapshot() as now:
            self.end["blobs without a row"] = len(self.photos.without_rows(now))
        self.end["scratch files"] = len(reconcile.leftovers(self.city.data))
        taking.sweep_orphans(older_than=-timedelta(days=2))  # a clock that went ahead dated some up to 26 hours late
        connection.close()
        with self.records.snapshot() as now:
            if left := self.photos.without_rows(now):
                yield f"ORPHANS: {len(left)} files without a row after the sweep, such as {left[0]}"
        if left := reconcile.leftovers(self.city.data):
            yield f"LEFTOVERS: {len(left)}, such as {left[0]}"

    def _sum_up(self) -> None:
        with self.records.snapshot() as now:
            self.end |= {
                "requests": now.value("select count(*) from service_requests_servicerequest"),
                "history": now.value("select count(*) from service_requests_historyevent"),
                "events": now.value("select count(*) from kernel_outboxevent"),
                "audit entries": now.value("select count(*) from kernel_auditentry"),
                "photos": now.value("select count(*) from service_requests_requestphoto"),
                "messages": now.value("select count(*) from notify_message where sent_at is not null"),
            }
            sent = {
                f"<{one}@127.0.0.1>"
                for (one,) in now.rows("select id::text from notify_message where sent_at is not null")
            }
        taken = self.city.mail.taken
        self.end["messages sent but not at the server"] = len(sent - set(taken))
        self.end["messages the server got twice"] = sum(count > 1 for count in taken.values())
        fates = [write.fate for write in self.load.writes]
        self.end |= {fate: fates.count(fate) for fate in ("acknowledged", "refused", "unknown")}
