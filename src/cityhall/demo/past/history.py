"""Two years of Harborview's service requests, and the truth behind them."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from cityhall.demo.ground import city as ground
from cityhall.demo.ground import frame, plan
from cityhall.demo.ground.names import FIRST_NAMES, LAST_NAMES
from cityhall.demo.past import kinds, words
from cityhall.demo.past.life import Life
from cityhall.demo.past.records import Report, Reporter
from cityhall.demo.past.seasons import make_calendar, poisson
from cityhall.demo.past.spots import Place, Spots
from cityhall.demo.past.work import Case, Year
from cityhall.demo.truth import Incident, Truth

DAYS = 731
REQUESTS = 29_200
# The queues are run in before the history begins, so that it starts with a backlog as real ones do.
_WARM_UP = 150
FIRST_NUMBER = 18_121
RESIDENT = "resident@harborview.example"
_RECENT = 75.0
LESSON = (1200, "Grand Avenue")
"""Where the tutorial reports a pothole and expects that one is open near by."""

_SPANISH = {place.code: place.spanish for place in plan.NEIGHBOURHOODS}


@dataclass(frozen=True)
class History:
    """The requests in order of their numbers, and what really happened."""

    requests: list[Report]
    truth: Truth
    now: datetime


@dataclass
class _Told:
    """One report to be: when, about which case, where, and whether it is an echo."""

    at: float
    case: Case
    place: Place
    echo: bool


def number_text(number: int) -> str:
    """Return a request's number as people read it: "48-220"."""
    return f"{number // 1000}-{number % 1000:03d}"


class _Writer:
    """Writes all reports down."""

    def __init__(self, city: ground.Harborview, now: datetime, seed: int) -> None:
        self._rng = random.Random(f"{seed}/past")
        self._zone = ZoneInfo(ground.TIME_ZONE)
        local = now.astimezone(self._zone)
        self._first = local.date() - timedelta(days=DAYS + _WARM_UP - 1)
        midnight = datetime.combine(local.date(), time(), tzinfo=self._zone)
        self._now = DAYS + _WARM_UP - 1 + (local - midnight).total_seconds() / 86400
        self._city = city
        self._spots = Spots(city, random.Random(f"{seed}/spots"))
        self._calendar = make_calendar(self._first, DAYS + _WARM_UP, random.Random(f"{seed}/weather"))
        self._year = Year(self._calendar, REQUESTS, _WARM_UP, random.Random(f"{seed}/work"))
        self._day = cache(self._midnight)

    def _midnight(self, day: int) -> datetime:
        today: date = self._first + timedelta(days=day)
        return datetime.combine(today, time(), tzinfo=self._zone).astimezone(UTC)

    def moment(self, at: float) -> datetime:
        """Return the UTC moment of a time in days, to the second."""
        day = int(at)
        begins, ends = self._day(day), self._day(day + 1)
        # Twice a year a day is an hour shorter or longer: its last hour stays its own.
        return begins + timedelta(seconds=int((at - day) * (ends - begins).total_seconds()))

    def write(self) -> tuple[list[Report], Truth]:
        """Run the simulation and write down what was reported."""
        told: list[_Told] = []
        for case in self._year.run():
            if case.began < _WARM_UP or case.began > self._now:
                continue
            told += self._tell(case)
        told.sort(key=lambda item: (item.at, item.case.id))
        self._set_the_lesson(told)
        leaders: dict[int, Report] = {}
        lives: dict[int, Life] = {}
        incidents: dict[int, Incident] = {}
        reports = []
        for number, item in enumerate(told, start=FIRST_NUMBER):
            report = self._report(number, item)
            reports.append(report)
            life = Life(report, self.moment, self._now, self._rng)
            life.received(item.at)
            if item.echo:
                self._settle_echo(life, item, leaders[item.case.id], lives[item.case.id])
                incidents[item.case.id].reports.append(number)
            else:
                life.follow(item.case)
                leaders[item.case.id], lives[item.case.id] = report, life
                incidents[item.case.id] = self._incident(len(incidents), item, number)
        for report in reports:
            self._finish(report)
        self._give_to_the_resident(reports)
        return reports, Truth(list(incidents.values()))

    def _tell(self, case: Case) -> list[_Told]:
        rng = self._rng
        place = self._spots.draw(case.kind)
        told = [_Told(case.began, case, place, False)]
        until = min(case.ended if case.ended is not None else self._now, self._now)
        waits = max(until - case.began, 0.01)
        for _ in range(poisson(case.kind.echoes, rng)):
            # Most neighbours speak up in the first days; some much later, while it still stands.
            at = case.began + 0.02 + rng.expovariate(1 / min(7.0, 0.15 + waits * 0.5))
            if at < until - 0.01:
                told.append(_Told(at, case, self._spots.near(place), True))
        return told

    def _set_the_lesson(self, told: list[_Told]) -> None:
        """Move the newest open pothole that only one person told of next to the tutorial's address."""
        number, street = LESSON
        home = min(
            (one for one in self._city.addresses if one.street == street), key=lambda one: abs(one.number - number)
        )
        tellers = Counter(item.case.id for item in told)
        for item in reversed(told):
            case = item.case
            is_open = case.ended is None or case.ended > self._now
            if case.kind.code == "pothole" and is_open and tellers[case.id] == 1:
                item.place = Place(home.x, home.y, home.neighbourhood, home, home.label)
                return

    def _incident(self, number: int, item: _Told, report: int) -> Incident:
        case = item.case
        lat, lon = frame.to_lat_lon(item.place.x, item.place.y)
        past = case.ended is not None and case.ended <= self._now
        fixed = self.moment(case.truly) if case.truly is not None and case.truly <= self._now else None
        ending = case.ending if past else ""
        return Incident(number, case.kind.code, lat, lon, self.moment(case.began), fixed, ending, [report])

    def _report(self, number: int, item: _Told) -> Report:
        rng, place, kind = self._rng, item.place, item.case.kind
        language = "es" if rng.random() < _SPANISH[place.neighbourhood] * 0.88 else "en"
        street, house = place.address.street, place.address.number
        taken_for = kinds.MISTAKEN.get(kind.code)
        filed_as = rng.choice(taken_for) if taken_for and rng.random() < 0.09 else kind.code
        source = rng.choices(("web", "open311", "phone", "desk"), (54, 25, 14, 7))[0]
        lat, lon = frame.to_lat_lon(place.x, place.y)
        at = self.moment(item.at)
        report = Report(
            number=number, filed_as=filed_as, kind=kind.code, team=kind.team, neighbourhood=place.neighbourhood,
            lat=lat, lon=lon, address=place.label, street=street,
            asset=(place.asset.layer, place.asset.code) if place.asset else None,
            text=words.report_text(kind.code, language, street, house, rng), language=language, source=source,
            reporter=self._who(source), requested_at=at, updated_at=at,
        )  # fmt: skip
        waits = min(item.case.ended or self._now, self._now) - item.at
        report.supporters = poisson(min(kind.echoes * 1.4 * (1 - 2.7 ** (-waits / 12)), 2.5), rng)
        recent = self._now - item.at < _RECENT
        if kind.picture and source in ("web", "open311") and rng.random() < (0.34 if recent else 0.03):
            report.pictures.append((kind.picture, rng.randrange(10_000), "before"))
        return report

    def _who(self, source: str) -> Reporter:
        rng = self._rng
        if rng.random() < {"web": 0.42, "open311": 0.25, "phone": 0.2, "desk": 0.1}[source]:
            return Reporter()
        first, last = rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
        # 555-0100 to 555-0199 are kept free for fiction, as example.org is.
        phone = f"555-01{rng.randrange(100):02d}" if source in ("phone", "desk") or rng.random() < 0.3 else ""
        email = "" if source == "phone" else f"{first}.{last}{rng.randrange(1, 90)}@example.org".lower()
        return Reporter(first, last, email, phone)

    def _settle_echo(self, life: Life, item: _Told, leader: Report, leading: Life) -> None:
        """Decide what becomes of a second report: found and merged, or left to be closed on its own."""
        rng, report, case = self._rng, life.report, item.case
        if rng.random() < 0.64:
            found = item.at + 0.06 + rng.lognormvariate(-0.4, 1.2)
            leader_number = number_text(leader.number)
            sentence = (
                "Alguien reportó antes el mismo problema. Atendemos los dos reportes juntos."
                if report.language == "es"
                else "Somebody reported the same trouble before. We handle both reports together."
            )
            if life.close(found, "duplicate", sentence, duplicate_of=leader_number):
                report.duplicate_of = leader.number
                leading.merged(found, number_text(report.number))
            return
        if case.ended is None:
            return
        seen = case.ended + rng.uniform(0.1, 5.5)
        if case.ending == "fixed":
            if rng.random() < 0.5:
                life.close(
                    seen, "fixed", words.answer(f"fixed.{report.kind}", report.language, rng, street=report.street)
                )
            else:
                life.close(seen, "not_found", words.answer("already", report.language, rng, street=report.street))
        elif case.ending == "gone":
            life.close(seen, "not_found", words.answer("not_found", report.language, rng, street=report.street))
        elif case.ending == "cannot":
            life.close(seen, "cannot", words.answer("cannot", report.language, rng, street=report.street))
        else:
            occasion = "not_city" if case.fate == "others" else "private"
            said = words.answer(occasion, report.language, rng, street=report.street, utility=case.owner)
            life.close(seen, "not_city", said)

    def _give_to_the_resident(self, reports: list[Report]) -> None:
        """Let some of the last weeks' requests be the demo resident's own."""
        own = [report for report in reports[-1500:] if report.source == "web" and report.language == "en"]
        for report in self._rng.sample(own, 6):
            report.reporter = Reporter("Maria", "Alvarez", RESIDENT, "555-0142")

    def _finish(self, report: Report) -> None:
        """Put evidence beside repairs of what was photographed."""
        report.history.sort(key=lambda line: line.at)
        if report.outcome == "fixed" and report.pictures and self._rng.random() < 0.7:
            scene, variant, _ = report.pictures[0]
            report.evidence.append((scene, variant, "after"))


def build(city: ground.Harborview, now: datetime, seed: int = 1) -> History:
    """Make the history that ends at `now` (aware). The same city, moment and seed make the same history."""
    requests, truth = _Writer(city, now.replace(second=0, microsecond=0), seed).write()
    return History(requests, truth, now)
