"""Turns a case's steps into the lines of a request's history, stopping at the present moment."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import datetime

from cityhall.demo.past import kinds, words
from cityhall.demo.past.records import Happening, Report
from cityhall.demo.past.work import Case, Step

Moment = Callable[[float], datetime]


class Life:
    """Writes down what happened to one request."""

    def __init__(self, report: Report, moment: Moment, now: float, rng: random.Random) -> None:
        self.report, self._moment, self._now, self._rng = report, moment, now, rng

    def _add(
        self,
        at: float,
        fact: str,
        author: str,
        text: str = "",
        public: bool = True,
        data: Mapping[str, object] | None = None,
    ) -> bool:
        """Add a line unless it lies in the future. Say whether it was added."""
        if at > self._now:
            return False
        when = self._moment(at)
        self.report.history.append(Happening(when, fact, author, text, public, dict(data or {})))
        self.report.updated_at = max(self.report.updated_at, when)
        return True

    def _say(self, occasion: str, utility: str = "") -> str:
        report = self.report
        return words.answer(occasion, report.language, self._rng, street=report.street, utility=utility)

    def received(self, at: float) -> None:
        """It was filed, and perhaps put into the right category."""
        report, rng = self.report, self._rng
        self._add(at, "received", "reporter")
        if report.filed_as != report.kind:
            right, settled = report.kind, at + 0.08 + rng.expovariate(0.9)
            data = {"from": report.filed_as, "to": right, "answers_before": {}}
            changed = self._add(settled, "category", f"staff:{report.team}", data=data)
            if not changed:
                report.kind = report.filed_as
                report.team = kinds.BY_CODE[report.filed_as].team
        if rng.random() < 0.07:
            text = words.answer("internal", "en", rng)
            self._add(at + 0.1 + rng.expovariate(0.8), "note", f"staff:{report.team}", text, public=False)

    def follow(self, case: Case) -> None:
        """Write down everything that happened to the case."""
        for step in case.steps:
            if step.at > self._now:
                break
            self._step(step, case)
        if (case.steps and case.steps[-1].at <= self._now) or self.report.state != "received":
            return
        waited = self._now - case.began
        if waited > 3 and self._rng.random() < 0.3:
            if self._rng.random() < 0.5:
                self._add(case.began + waited * self._rng.uniform(0.2, 0.9), "note", self._crew, self._say("note"))
            else:
                self._scheduled(
                    case.began + waited * self._rng.uniform(0.3, 0.95), self._now + self._rng.uniform(1, 14)
                )

    @property
    def _crew(self) -> str:
        return f"staff:{self.report.team}"

    def _state(self, at: float, to: str, text: str = "", **data: object) -> None:
        before = self.report.state
        if self._add(at, "state", self._crew, text, data={"from": before, "to": to, **data}):
            self.report.state = to

    def _scheduled(self, at: float, until: float, text: str = "") -> None:
        day = self._moment(until).date()
        self._state(at, "scheduled", text or self._say("scheduled"), on=day.isoformat())
        self.report.scheduled_for = day

    def _step(self, step: Step, case: Case) -> None:
        report = self.report
        match step.what:
            case "scheduled":
                self._scheduled(step.at, step.until)
            case "started":
                self._state(step.at, "in_progress")
            case "referred":
                report.referred_to = step.detail
                self._state(step.at, "referred", self._say("referred", step.detail), referred_to=step.detail)
            case "returned":
                self._scheduled(step.at, step.at + 5, self._say("returned", step.detail))
            case "contested":
                self._contested(step.at)
            case "agreed":
                self._scheduled(step.at, step.until + 2, self._say("reopened"))
            case "reopened":
                data = {"from": "closed", "outcome": report.outcome, "to": "received"}
                if self._add(step.at, "reopened", self._crew, self._say("reopened"), data=data):
                    self._open_again("received")
            case "closed":
                self.close(step.at, step.detail, self._closing_sentence(case, step))

    def _contested(self, at: float) -> None:
        data = {"from": "closed", "to": "contested", "outcome": self.report.outcome}
        if self._add(at, "contested", "reporter", self._say("contested"), data=data):
            self._open_again("contested")

    def _open_again(self, state: str) -> None:
        report = self.report
        report.state, report.outcome, report.sentence, report.closed_at = state, "", "", None

    def _closing_sentence(self, case: Case, step: Step) -> str:
        if self.report.state == "contested":
            return self._say("checked")
        if step.detail == "fixed":
            return self._say(f"fixed.{self.report.kind}")
        if step.detail == "not_city":
            return self._say("private" if case.fate == "private" else "not_city", case.owner)
        return self._say({"cannot": "cannot"}.get(step.detail, "not_found"))

    def close(self, at: float, outcome: str, sentence: str, **data: object) -> bool:
        """Close with an outcome. Say whether that lies in the past."""
        report = self.report
        outcome = "cannot_be_done" if outcome == "cannot" else outcome
        facts = {"from": report.state, "to": "closed", "outcome": outcome, **data}
        if not self._add(at, "closed", self._crew, sentence, data=facts):
            return False
        report.state, report.outcome, report.sentence = "closed", outcome, sentence
        report.closed_at = report.history[-1].at
        return True

    def merged(self, at: float, number: str) -> None:
        """Somebody else's report about the same thing was joined to this one."""
        if self._add(at, "merged", self._crew, data={"number": number}):
            self.report.supporters += 1
            self.report.history.sort(key=lambda line: line.at)
