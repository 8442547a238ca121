"""How often suggested duplicates are right, on real exports and the demo's truth: `python benches/duplicates.py`.

Prints one JSON line each: the requests whose files name their original (recall), the pairs people labelled blind
(precision), and the generated city, where the truth is known and synthetic. Each has the usual rule beside it: the same
category within 60 metres, still open. Shares come with Wilson's 95 % interval.

`draw FILE` writes the pairs to be labelled, in an order that tells nothing and without what the matcher says of them;
FILE with the ending `.key` says which pairs they are and how many each stands for. Both are the same each time.
`keep LABELLED KEY` puts the labels with that key into tests/data. Needs the real data (CITYHALL_REAL_DATA).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LABELS = ROOT / "tests" / "data" / "duplicate_labels.jsonl"
EXPORTS: Mapping[str, str] = {
    "boston": "boston_*.csv.gz",
    "los_angeles_2017": "los_angeles_2017-12_subset.csv.gz",
    "los_angeles_2018": "los_angeles_2018-12_mini.csv.gz",
    "san_francisco": "san_francisco_311_bigquery_sample.csv.gz",
    "san_diego": "san_diego_getitdone_graffiti_2016-2018.csv.gz",
}
# Of each export, by what matcher and rule say: both, only the matcher, only the rule, neither.
WANTED = {(True, True): 20, (True, False): 14, (False, True): 20, (False, False): 6}
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_REACHED_BY = re.compile(r"\S+@\S+|\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}")


def main(arguments: list[str]) -> int:
    """Draw, keep, or measure."""
    os.environ.setdefault("CITYHALL_DATA", "/nonexistent")
    from cityhall.cli.runtime import load_django

    load_django()
    if arguments[:1] == ["draw"]:
        draw(Path(arguments[1]))
    elif arguments[:1] == ["keep"]:
        keep(Path(arguments[1]), Path(arguments[2]))
    else:
        measure()
    return 0


def histories() -> Iterator[tuple[str, Any]]:
    """Read the real exports, one city's at a time."""
    from cityhall.apps.service_requests.imports import read_history

    folder = Path(os.environ.get("CITYHALL_REAL_DATA") or ROOT.parent / "shared" / "data") / "311"
    for name, pattern in EXPORTS.items():
        files = sorted(folder.glob(pattern))
        if not files:
            sys.exit(f"no real data at {folder}: set CITYHALL_REAL_DATA")
        yield name, read_history(files)


def draw(out: Path) -> None:
    """Write 300 pairs to be labelled, and their key."""
    from cityhall.apps.service_requests.imports.duplicates import compared

    tasks, keys = [], []
    for export, history in histories():
        strata: dict[tuple[bool, bool], list[Any]] = defaultdict(list)
        for pair in compared(history):
            strata[pair.suggested, pair.by_rule].append(pair)
        spare = 0
        for stratum, wanted in reversed(WANTED.items()):
            there = sorted(strata[stratum], key=lambda pair: _chance(export, pair))
            taken = there[: wanted + (spare if stratum == (True, True) else 0)]
            spare += wanted - len(taken) if stratum != (True, True) else 0
            for pair in taken:
                known = {"id": _chance(f"shown {export}", pair)[:12]}
                tasks.append(known | _told(pair))
                keys.append(
                    known
                    | {"export": export, "later": pair.later.external_id, "earlier": pair.earlier.external_id}
                    | {"stands_for": round(len(there) / len(taken), 3)}
                )
    tasks.sort(key=lambda task: str(task["id"]))
    keys.sort(key=lambda key: str(key["id"]))
    _write(out, tasks)
    _write(out.with_name(out.name + ".key"), keys)


def _chance(export: str, pair: Any) -> str:
    return hashlib.sha256(f"{export} {pair.later.external_id} {pair.earlier.external_id}".encode()).hexdigest()


def _told(pair: Any) -> dict[str, Any]:
    return {
        "metres": round(pair.metres),
        "hours_between": round((pair.later.requested_at - pair.earlier.requested_at).total_seconds() / 3600, 1),
        "first": _facts(pair.earlier),
        "second": _facts(pair.later),
    }


def _facts(record: Any) -> dict[str, Any]:
    return {
        "category": record.category,
        "group": record.group,
        "detail": record.detail,
        "requested": str(record.requested_at),
        "state": record.state,
        "closed": str(record.closed_at or ""),
        "closing_note": _REACHED_BY.sub("…", record.note)[:400],
        "lat": record.lat,
        "lon": record.lon,
        "address": record.address,
        "words": record.description,
        "channel": record.channel,
    }


def keep(labelled: Path, key: Path) -> None:
    """Put the labels and their reasons where measuring finds them."""
    said = {row["id"]: row for row in _read(labelled)}
    rows = [
        one | {"label": said[one["id"]]["label"], "reason": said[one["id"]]["reason"]}
        for one in _read(key)
        if one["id"] in said
    ]
    LABELS.parent.mkdir(exist_ok=True)
    _write(LABELS, rows)


def _read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _write(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def measure() -> None:
    """Print the figures."""
    from cityhall.apps.service_requests.imports import judge_duplicates
    from cityhall.apps.service_requests.imports.duplicates import compared

    labels = {(one["export"], one["later"], one["earlier"]): one for one in _read(LABELS)} if LABELS.exists() else {}
    labelled: list[tuple[dict[str, Any], Any]] = []
    for export, history in histories():
        started = time.perf_counter()
        figures = judge_duplicates(history, BEGINNING)
        seconds = round(time.perf_counter() - started, 1)
        figures.pop("rows")
        print(json.dumps({"export": export, "requests": len(history.records), **figures, "seconds": seconds}))
        for pair in compared(history) if labels else ():
            label = labels.get((export, pair.later.external_id, pair.earlier.external_id))
            if label:
                labelled.append((label, pair))
    for export in EXPORTS:
        _print_labelled(export, [one for one in labelled if one[0]["export"] == export])
    _print_labelled("all, each export counted alike", labelled)
    _print_demo()


def _print_labelled(name: str, labelled: list[tuple[dict[str, Any], Any]]) -> None:
    """Print the precision on labelled pairs: those people were unsure of are left out, and counted as wrong."""
    whole: dict[str, float] = defaultdict(float)
    for label, _ in labelled:
        whole[label["export"]] += label["stands_for"]
    row: dict[str, Any] = {"labelled": name, "pairs": len(labelled)}
    for who, says in (("matcher", lambda pair: pair.suggested), ("rule", lambda pair: pair.by_rule)):
        said = [label for label, pair in labelled if says(pair)]
        for kind, skipped in (("", {"unsure"}), ("_unsure_is_wrong", set())):
            judged = [one for one in said if one["label"] not in skipped]
            row[f"{who}{kind}"] = _weighed(judged, _per_export(said) if name not in EXPORTS else {})
    print(json.dumps(row))


def _per_export(said: list[dict[str, Any]]) -> dict[str, float]:
    found: dict[str, float] = defaultdict(float)
    for one in said:
        found[one["export"]] += one["stands_for"]
    return found


def _weighed(judged: list[dict[str, Any]], shares: Mapping[str, float]) -> dict[str, Any]:
    """Return the share of the same, each pair counted for those it stands for, and Wilson's interval for as many pairs
    as the weights are worth (Kish).
    """
    from cityhall.apps.service_requests.imports.duplicates import wilson

    weights = [one["stands_for"] / shares.get(one["export"], 1.0) for one in judged]
    right = sum(weight for weight, one in zip(weights, judged, strict=True) if one["label"] == "same")
    if not judged:
        return {"judged": 0}
    worth = sum(weights) ** 2 / sum(weight**2 for weight in weights)
    share = right / sum(weights)
    bounds = wilson(share * worth, worth)
    same = sum(one["label"] == "same" for one in judged)
    return {
        "judged": len(judged),
        "same": same,
        "precision": round(share, 3),
        "interval": [round(bound, 3) for bound in bounds or ()],
    }


def _print_demo() -> None:
    """Print how both do on the generated city, whose truth is known."""
    from cityhall.apps.service_requests.imports.duplicates import compared, wilson
    from cityhall.apps.service_requests.imports.history import History
    from cityhall.demo.ground import city
    from cityhall.demo.past import history

    past = history.build(city.build(), datetime(2026, 11, 20, 20, tzinfo=UTC))
    incident_of = {str(number): incident for number, incident in past.truth.incident_of().items()}
    first: set[int] = set()
    repeats = set()
    for report in past.requests:
        incident = incident_of[str(report.number)]
        if incident in first:
            repeats.add(str(report.number))
        first.add(incident)
    pairs = list(compared(History(tuple(_as_record(one) for one in past.requests), 0, "demo")))

    def figures(suggested: list[Any]) -> dict[str, Any]:
        right = [one for one in suggested if _same(incident_of, one)]
        found = len({one.later.external_id for one in right} & repeats)
        return {
            "suggested": len(suggested),
            "precision": round(len(right) / max(1, len(suggested)), 4),
            "precision_interval": [round(one, 4) for one in wilson(len(right), len(suggested)) or ()],
            "recall": round(found / len(repeats), 4),
            "recall_interval": [round(one, 4) for one in wilson(found, len(repeats)) or ()],
        }

    rule = figures([one for one in pairs if one.by_rule])
    print(json.dumps({"demo": "matcher", "repeats": len(repeats), **figures([one for one in pairs if one.suggested])}))
    print(json.dumps({"demo": "rule", "repeats": len(repeats), **rule}))
    for percent in range(48, 0, -2):
        lower = figures([one for one in pairs if one.probability >= percent / 100])
        if lower["recall"] >= rule["recall"]:
            print(json.dumps({"demo": f"matcher from {percent} % on, at the rule's recall", **lower}))
            return


def _same(incident_of: Mapping[str, int], pair: Any) -> bool:
    return incident_of[pair.later.external_id] == incident_of[pair.earlier.external_id]


def _as_record(report: Any) -> Any:
    from cityhall.apps.service_requests.imports import Record

    return Record(
        external_id=str(report.number), category=report.filed_as, category_code="", group=report.team, detail="",
        state=report.state, outcome="", sentence="", requested_at=report.requested_at, updated_at=None,
        closed_at=report.closed_at, due_at=None, lat=report.lat, lon=report.lon, address=report.address,
        description=report.text, note="", parent="", referred_to="", channel="", agency="", media="",
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
