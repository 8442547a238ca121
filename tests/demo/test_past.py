"""The history: believable, in order, consistent with its hidden truth, and the same every time."""

from __future__ import annotations

import math
import re
from collections import Counter
from datetime import timedelta
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

import shapely

import cityhall
from cityhall.apps.service_requests.services.category_packs import default_categories
from cityhall.demo import others
from cityhall.demo.ground import frame
from cityhall.demo.ground.city import TIME_ZONE, Harborview
from cityhall.demo.past import history, kinds
from cityhall.demo.past.history import History

ZONE = ZoneInfo(TIME_ZONE)


def test_two_years_hold_about_thirty_thousand_requests_up_to_the_last_hours(past: History) -> None:
    assert 28_000 < len(past.requests) < 32_500
    assert past.now - past.requests[0].requested_at > timedelta(days=729)
    assert timedelta(0) <= past.now - past.requests[-1].requested_at < timedelta(hours=6)


def test_numbers_follow_the_order_of_reporting(past: History) -> None:
    numbers = [report.number for report in past.requests]
    assert numbers == list(range(history.FIRST_NUMBER, history.FIRST_NUMBER + len(numbers)))
    times = [report.requested_at for report in past.requests]
    assert times == sorted(times)


def test_histories_are_in_order_begin_with_the_report_and_never_lie_in_the_future(past: History) -> None:
    for report in past.requests:
        times = [line.at for line in report.history]
        assert times == sorted(times)
        assert report.history[0].fact == "received"
        assert times[0] == report.requested_at
        assert times[-1] <= past.now


def test_a_closed_request_has_an_outcome_a_sentence_and_a_time_and_an_open_one_has_none(past: History) -> None:
    for report in past.requests:
        closed = report.state == "closed"
        assert bool(report.outcome) == bool(report.sentence) == bool(report.closed_at) == closed
        assert (report.outcome == "duplicate") == (report.duplicate_of is not None)
        if report.closed_at:
            assert report.closed_at > report.requested_at


def test_states_follow_from_one_another(past: History) -> None:
    for report in past.requests:
        state = "received"
        for line in report.history:
            if "to" in line.data and line.fact != "category":
                assert line.data["from"] == state, report.number
                state = line.data["to"]
        assert state == report.state


def test_true_duplicates_lie_within_eighty_metres_of_their_incident(past: History) -> None:
    by_number = {report.number: report for report in past.requests}
    together = 0
    for incident in past.truth.incidents:
        x, y = frame.to_metres(incident.lat, incident.lon)
        for number in incident.reports:
            report = by_number[number]
            assert math.dist(frame.to_metres(report.lat, report.lon), (x, y)) < 80
        together += len(incident.reports) > 1
    assert together > 2_000


def test_every_request_lies_inside_the_city(harborview: Harborview, past: History) -> None:
    points = [frame.to_metres(report.lat, report.lon) for report in past.requests]
    assert shapely.contains_xy(harborview.land.boundary, [x for x, _ in points], [y for _, y in points]).all()


def test_every_request_belongs_to_exactly_one_incident(past: History) -> None:
    numbers = Counter(number for incident in past.truth.incidents for number in incident.reports)
    assert set(numbers.values()) == {1}
    assert set(numbers) == {report.number for report in past.requests}


def test_staff_merge_only_true_duplicates_and_miss_some(past: History) -> None:
    incident_of = past.truth.incident_of()
    merged = [report for report in past.requests if report.duplicate_of]
    assert all(incident_of[report.number] == incident_of[report.duplicate_of or 0] for report in merged)
    echoes = sum(len(incident.reports) - 1 for incident in past.truth.incidents)
    assert 0.4 < len(merged) / echoes < 0.85


def test_the_truth_says_not_fixed_where_the_work_was_contested(past: History) -> None:
    by_number = {report.number: report for report in past.requests}
    for incident in past.truth.incidents:
        if by_number[incident.reports[0]].state == "contested" and incident.fixed_at:
            # Contested without reason: the truth keeps its time, which lies before the contest.
            assert incident.fixed_at < by_number[incident.reports[0]].updated_at


def test_an_open_pothole_stands_where_the_tutorial_reports_one(past: History) -> None:
    number, street = history.LESSON
    there = [
        one
        for one in past.requests
        if one.kind == "pothole" and not one.outcome and one.street == street
        and abs(int(one.address.split()[0]) - number) <= 10
    ]  # fmt: skip
    assert any(past.now - one.requested_at < timedelta(days=60) for one in there)
    tutorial = Path(cityhall.__file__).parents[2] / "docs" / "tutorial" / "first-hour.md"
    assert f"Type `{number} {street}`" in tutorial.read_text(encoding="utf-8")


def test_people_report_on_weekdays_and_by_day(past: History) -> None:
    local = [report.requested_at.astimezone(ZONE) for report in past.requests]
    days = Counter(moment.weekday() for moment in local)
    assert days[0] > days[4] > days[6]
    hours = Counter(moment.hour for moment in local)
    assert hours[9] > 8 * hours[3]


def test_streets_crews_do_not_work_on_weekends(past: History) -> None:
    for report in past.requests:
        if report.kind == "pothole":
            for line in report.history:
                if line.data.get("to") == "in_progress":
                    assert line.at.astimezone(ZONE).weekday() < 5


def test_the_seasons_show(past: History) -> None:
    months: dict[str, Counter[int]] = {}
    for report in past.requests:
        months.setdefault(report.kind, Counter())[report.requested_at.astimezone(ZONE).month] += 1

    def share(kind: str, *which: int) -> float:
        return sum(months[kind][month] for month in which) / sum(months[kind].values())

    assert share("pothole", 12, 1, 2, 3) > 1.4 * share("pothole", 6, 7, 8, 9)
    assert share("graffiti", 3, 4, 5) > share("graffiti", 10, 11, 12)
    assert share("streetlight-out", 11, 12, 1) > share("streetlight-out", 5, 6, 7)


def test_crews_with_too_much_to_do_have_the_longest_waits(past: History) -> None:
    waits: dict[str, list[float]] = {}
    for report in past.requests:
        if report.outcome == "fixed" and report.closed_at:
            waits.setdefault(report.kind, []).append((report.closed_at - report.requested_at).total_seconds() / 86400)
    assert median(waits["sidewalk-damage"]) > 5 * median(waits["missed-collection"])
    assert median(waits["fallen-tree"]) < median(waits["tree-trim"])


def test_about_a_sixth_of_the_texts_are_spanish_and_they_vary(past: History) -> None:
    spanish = sum(report.language == "es" for report in past.requests) / len(past.requests)
    assert 0.14 < spanish < 0.22
    assert len({report.text for report in past.requests}) > 0.85 * len(past.requests)
    assert not any("{" in report.text or "{" in report.sentence for report in past.requests)


def test_some_work_is_contested_reopened_referred_returned_and_recategorised(past: History) -> None:
    facts = Counter(line.fact for report in past.requests for line in report.history)
    assert facts["contested"] > 200
    assert facts["reopened"] > 30
    assert facts["category"] > 100
    assert facts["merged"] > 1_000
    assert sum("referred_to" in line.data for report in past.requests for line in report.history) > 300
    assert Counter(report.state for report in past.requests)["referred"] > 3


def test_reporters_use_addresses_and_numbers_kept_for_fiction(past: History) -> None:
    for report in past.requests:
        who = report.reporter
        assert not who.email or who.email.endswith(("@example.org", ".example"))
        assert not who.phone or re.fullmatch(r"555-01\d\d", who.phone)


def test_every_kind_has_a_crew(past: History) -> None:
    assert {kind.team for kind in kinds.KINDS} <= set(kinds.TEAM_BY_CODE)
    assert {report.kind for report in past.requests} == {kind.code for kind in kinds.KINDS}
    # Every way of publishing a place is seen in the demo, the withheld one too.
    policies = {one["code"]: one.get("place_policy", "exact") for one in default_categories()["categories"]}
    shown = Counter(policies[report.filed_as] for report in past.requests)
    assert min(shown[policy] for policy in ("exact", "generalised", "withheld")) > 100


def test_the_same_moment_and_seed_make_the_same_history(harborview: Harborview, past: History) -> None:
    again = history.build(harborview, past.now, 1)
    assert again.requests == past.requests
    assert again.truth == past.truth


def test_the_truth_can_be_written_for_benchmarks(past: History, tmp_path: Path) -> None:
    past.truth.write(tmp_path / "truth.jsonl")
    assert len((tmp_path / "truth.jsonl").read_text().splitlines()) == len(past.truth.incidents)


def test_nothing_outside_the_demo_reads_the_truth() -> None:
    root = Path(cityhall.__file__).parent
    for path in root.rglob("*.py"):
        if path.relative_to(root).parts[0] != "demo":
            assert "demo.truth" not in path.read_text(encoding="utf-8"), path
            assert "demo import truth" not in path.read_text(encoding="utf-8"), path


def test_what_reaches_the_database_does_not_know_the_truth() -> None:
    source = (Path(cityhall.__file__).parent / "demo" / "loading.py").read_text(encoding="utf-8")
    assert ".truth" not in source


def test_whoever_work_is_referred_to_is_a_body_the_city_chases() -> None:
    named = {name for names in kinds.UTILITIES.values() for name in names}
    assert named <= others.BODIES.keys()
