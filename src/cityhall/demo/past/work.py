"""Incidents, and the crews that get to them: a queue per crew, worked off day by day.

Fix times are not drawn from a distribution. They come out of how much breaks, how urgent it is, how many working days
there are and how much a crew gets done, so that a storm in January is still felt in March.
"""

from __future__ import annotations

import heapq
import random
from collections import defaultdict
from dataclasses import dataclass, field

from cityhall.demo.past import kinds
from cityhall.demo.past.kinds import Kind
from cityhall.demo.past.seasons import WEEKDAYS, Calendar, Hours, poisson, weight

# Expected echoes are cut short by the repair; this is about the share that still comes through.
_ECHOES_HEARD = 0.62
# Days a job is moved up or down its crew's queue, by urgency.
_HEAD_START = {1: -120.0, 2: -8.0, 3: 0.0, 4: 9.0, 5: 20.0}


@dataclass
class Step:
    """Something the city or the reporter did, at a time in days. `until` is the day work is promised for."""

    at: float
    what: str
    detail: str = ""
    until: float = 0.0


@dataclass
class Case:
    """One incident on its way through the city.

    Args:
        began: when it was first reported, in days.
        fate: what will come of it: "work", "others", "private" or "cannot".
        owner: the utility it is sent to.
        steps: what happened, in order.
        ended: when the last step closed it, None while open.
        truly: when it was truly put right.
    """

    id: int
    kind: Kind
    began: float
    fate: str = "work"
    owner: str = ""
    steps: list[Step] = field(default_factory=list)
    ended: float | None = None
    ending: str = ""
    truly: float | None = None
    visits: int = 0


class Year:
    """The simulation: arrivals and work, one day after the other."""

    def __init__(self, calendar: Calendar, wanted: int, warm_up: int, rng: random.Random) -> None:
        self._calendar, self._rng, self._hours = calendar, rng, Hours()
        self._queues: dict[str, list[tuple[float, int, Case]]] = defaultdict(list)
        self._returning: dict[int, list[Case]] = defaultdict(list)
        self._left_over: dict[str, float] = defaultdict(float)
        self.cases: list[Case] = []
        counted = range(warm_up, calendar.days)
        weights = {season: [weight(season, calendar, day) for day in range(calendar.days)] for season in kinds.Season}
        self._weights = weights
        expected = sum(
            kind.per_year / 365.25 * weights[kind.season][day] * self._weekday(day)
            for kind in kinds.KINDS
            for day in counted
        )
        self._scale = wanted / expected
        self._capacity = self._capacities(len(counted) / 365.25, counted)

    def _weekday(self, day: int) -> float:
        return WEEKDAYS[self._calendar.date(day).weekday()]

    def _rate(self, kind: Kind, day: int) -> float:
        """Return the incidents of a kind expected on a day; its echoes make up the rest of the reports."""
        reports = kind.per_year / 365.25 * self._scale * self._weights[kind.season][day] * self._weekday(day)
        return max(0.0, reports / (1 + kind.echoes * _ECHOES_HEARD))

    def _capacities(self, years: float, counted: range) -> dict[str, float]:
        """Return the jobs each crew does on an ordinary working day, from its load."""
        found = {}
        workdays = sum(self._calendar.working[day] for day in counted)
        for team in kinds.TEAMS:
            jobs = sum(
                self._rate(kind, day) * (1 - kind.others * 0.8 - kind.cannot + 0.03)
                for kind in kinds.KINDS
                if kind.team == team.code
                for day in counted
            )
            worked = workdays + team.weekend * (len(counted) - workdays)
            found[team.code] = jobs / worked / team.load
        return found

    def run(self) -> list[Case]:
        """Run all days and return every case, in order of its beginning."""
        for day in range(self._calendar.days):
            self._arrive(day)
            for case in self._returning.pop(day, ()):
                self._queue(case, day + 0.0, boost=-12.0 if case.visits else -3.0)
            for team in kinds.TEAMS:
                self._work(team, day)
        return self.cases

    def _arrive(self, day: int) -> None:
        for kind in kinds.KINDS:
            for _ in range(poisson(self._rate(kind, day), self._rng)):
                case = Case(len(self.cases), kind, day + self._hours.draw(self._rng))
                self.cases.append(case)
                self._decide(case)

    def _decide(self, case: Case) -> None:
        """Settle what will come of a case, and take the paths that need no crew."""
        rng, kind = self._rng, case.kind
        chance = rng.random()
        if chance < kind.others:
            owners = kinds.UTILITIES.get(kind.code)
            case.fate = "others" if owners and rng.random() < 0.8 else "private"
            case.owner = rng.choice(owners) if owners else ""
            looked = self._office_hour(int(case.began) + 1 + int(rng.expovariate(0.5)))
            if case.fate == "private":
                self._close(case, looked, "not_city", "private")
            else:
                self._refer(case, looked)
        elif chance < kind.others + kind.cannot:
            case.fate = "cannot"
            self._close(case, self._office_hour(int(case.began) + 4 + int(rng.expovariate(0.08))), "cannot", "cannot")
        else:
            self._queue(case, case.began, boost=0.0)

    def _refer(self, case: Case, at: float) -> None:
        rng = self._rng
        case.steps.append(Step(at, "referred", case.owner))
        answer = self._office_hour(int(at) + 3 + int(rng.lognormvariate(2.8, 0.7)))
        if rng.random() < 0.32:
            case.steps.append(Step(answer, "returned", case.owner))
            day = int(answer) + 1
            if day < self._calendar.days:
                self._returning[day].append(case)
        else:
            case.truly = answer - 0.5
            self._close(case, answer, "not_city", "others")

    def _office_hour(self, day: int) -> float:
        """Return a time in office hours on the first working day from `day` on."""
        while day < self._calendar.days and not self._calendar.working[day]:
            day += 1
        return day + 8.2 / 24 + self._rng.random() * 8 / 24

    def _queue(self, case: Case, at: float, boost: float) -> None:
        # A crew does not go strictly in order: it takes what lies on its way.
        key = at + _HEAD_START[case.kind.urgency] + boost + self._rng.gauss(0, 2.5)
        heapq.heappush(self._queues[case.kind.team], (key, case.id, case))

    def _work(self, team: kinds.Team, day: int) -> None:
        calendar, rng = self._calendar, self._rng
        today = calendar.date(day)
        share = 1.0 if calendar.working[day] else team.weekend
        if share == 0.0:
            return
        if (today.month, today.day) >= (12, 20) or (today.month, today.day) <= (1, 2):
            share *= 0.55
        elif today.month == 8:
            share *= 0.88
        if team.code in ("trees", "drains", "signals") and calendar.rain[day] > 0:
            share *= 2.6
        elif calendar.rain[day] > 0.7 and team.code in ("pavement", "sidewalks", "graffiti", "signs"):
            share *= 0.35
        able = self._capacity[team.code] * share * rng.uniform(0.75, 1.25) + self._left_over[team.code]
        jobs = int(able)
        self._left_over[team.code] = min(able - jobs, 1.0)
        queue = self._queues[team.code]
        shift = 8.6 / 24
        for turn in range(jobs):
            if not queue:
                return
            start = day + 7.2 / 24 + shift * (turn + rng.random() * 0.8) / max(jobs, 1)
            _, _, case = heapq.heappop(queue)
            if (case.steps[-1].at if case.steps else case.began) > start - 0.01:
                # Reported later today than the crew comes by: first thing tomorrow.
                self._returning[day + 1].append(case)
                continue
            self._visit(case, start, shift / max(jobs, 1))

    def _visit(self, case: Case, start: float, slot: float) -> None:
        rng = self._rng
        case.visits += 1
        waited = start - (case.steps[-1].at if case.steps else case.began)
        if waited > 2.2 and rng.random() < 0.75:
            told = start - waited * rng.uniform(0.15, 0.7)
            case.steps.append(Step(self._office_hour(int(told)) if int(told) > case.began + 1 else told, "scheduled"))
            case.steps[-1].until = start
            if case.steps[-1].at >= start:
                case.steps.pop()
        length = max(0.012, slot * rng.uniform(0.4, 0.9))
        case.steps.append(Step(start, "started"))
        if case.visits == 1 and rng.random() < case.kind.gone:
            self._close(case, start + length, "not_found", "gone")
            self._perhaps_contested(case, 0.07)
            return
        if rng.random() < 0.05:
            # Needs a second day: parts, a bigger machine.
            length = self._office_hour(int(start) + rng.randint(1, 4)) - start
        case.truly = start + length
        self._close(case, start + length, "fixed", "fixed")
        self._perhaps_contested(case, 0.035 if case.visits == 1 else 0.02)

    def _close(self, case: Case, at: float, outcome: str, ending: str) -> None:
        case.steps.append(Step(at, "closed", outcome))
        case.ended, case.ending = at, ending

    def _perhaps_contested(self, case: Case, chance: float) -> None:
        rng = self._rng
        drawn = rng.random()
        if drawn < chance * 0.2:
            # A supervisor checks the work and is not content.
            looked = self._office_hour(int(case.steps[-1].at) + 1)
            case.steps.append(Step(looked, "reopened"))
            case.ended, case.truly, case.ending = None, None, ""
            self._returning[int(looked) + 1].append(case)
        if not chance * 0.2 <= drawn < chance:
            return
        said = case.steps[-1].at + 0.15 + rng.expovariate(0.55)
        case.steps.append(Step(said, "contested"))
        looked = self._office_hour(int(said) + 1 + int(rng.expovariate(0.35)))
        case.ended = None
        if rng.random() < 0.78:
            case.steps.append(Step(looked, "agreed", until=int(looked) + 1.0))
            case.truly, case.ending = None, ""
            self._returning[int(looked) + 1].append(case)
        else:
            self._close(case, looked, "fixed" if case.ending == "fixed" else "not_found", case.ending)
