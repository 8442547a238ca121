"""Where a dataset's rows are fetched from: what a contract may say of it, and when it is looked at again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from cityhall.apps.opendata import rules
from cityhall.apps.opendata.contracts import Contract, SourceKind, SourceTerms

FORMATS: Final = ("csv", "xlsx", "jsonl", "json", "geojson", "parquet")
SHORTEST: Final = timedelta(minutes=5)
_LONGEST: Final = timedelta(days=370)
_FIRST_RETRY: Final = timedelta(minutes=5)
_LAST_RETRY: Final = timedelta(days=1)
_MOST_ROWS: Final = 50_000_000
_MOST_DAYS: Final = 3650
_LONGEST_ADDRESS: Final = 1000
_OPTIONS: Final = frozenset({"schedule", "format", "most_rows", "days"})
_FILES: Final = frozenset({SourceKind.FILE, SourceKind.FOLDER})
_PORTALS: Final = frozenset({SourceKind.SODA, SourceKind.CKAN, SourceKind.GEOREPORT})
_SODA: Final = re.compile(r"(https?://[^/?#]+)/(?:[^?#]*/)?([a-z0-9]{4}-[a-z0-9]{4})(?:\.[a-z]+)?/?(?:[?#].*)?")
_UUID: Final = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_CKAN: Final = re.compile(rf"(https?://[^?#]+?)/(?:dataset/[^/?#]+/resource|datastore/dump)/({_UUID})(?:[/?#].*)?")
_CKAN_ACTION: Final = re.compile(r"(https?://[^?#]+?)/api/(?:3/)?action/[a-z_]+\?")


def read(given: Any, problems: dict[str, str]) -> SourceTerms | None:
    """Return the source a contract names, None when it names none; each fault by its field."""
    if given is None:
        return None
    kinds = [kind for kind in SourceKind if kind in given] if isinstance(given, Mapping) else []
    if len(kinds) != 1:
        problems["source"] = f"Name one source under [source]: {', '.join(SourceKind)}."
        return None
    kind, where = kinds[0], given[kinds[0]]
    for name in given.keys() - {kind} - _OPTIONS:
        problems[f"source.{name}"] = f"There is no such field. Use {', '.join(sorted(_OPTIONS))}."
    if problem := objection(kind, where):
        problems[f"source.{kind}"] = problem
        return None
    return SourceTerms(
        kind=kind,
        where=where.strip(),
        schedule=_schedule(given, problems),
        format=_format(given, kind, problems),
        most_rows=_whole(given, "most_rows", 1_000_000, _MOST_ROWS, kind in _PORTALS, problems),
        days=_whole(given, "days", 90, _MOST_DAYS, kind is SourceKind.GEOREPORT, problems),
    )


def objection(kind: SourceKind, where: Any) -> str:
    """Return why a source cannot be named so, "" when it can."""
    if not isinstance(where, str) or not where.strip() or len(where) > _LONGEST_ADDRESS:
        return f"Write a text of at most {_LONGEST_ADDRESS} characters."
    where = where.strip()
    if kind in _FILES:
        return _path_objection(kind, where)
    if problem := address_objection(where):
        return problem
    if kind is SourceKind.SODA and soda_place(where) is None:
        return "Write the address of a dataset with its 4x4, such as https://data.example.org/resource/abcd-1234."
    if kind is SourceKind.CKAN and ckan_place(where) is None:
        return "Write the address of a resource's page: https://data.example.org/dataset/trees/resource/ and its id."
    return ""


def address_objection(where: str) -> str:
    """Return why a text is no web address that may be kept in a contract, "" when it is one."""
    try:
        parts = urlsplit(where)
        host, _port = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    if parts.scheme not in {"https", "http"} or not host or re.search(r"[\s\x00-\x1f\\]", where):
        return "Write a web address that begins with https://."
    if parts.username is not None or parts.password is not None:
        return "Take the password out of the address: contracts keep no secrets."
    return ""


def _path_objection(kind: SourceKind, where: str) -> str:
    path = PurePosixPath(where)
    if path.is_absolute() or ".." in path.parts or "\\" in where or re.search(r"[\x00-\x1f]", where):
        return "Write a path below the folder of sources, without .. and without a / in front."
    has_pattern = [bool(set(part) & set("*?[")) for part in path.parts]
    if kind is SourceKind.FILE and any(has_pattern):
        return "Write the path of one file. For the newest of several, write it as folder."
    if kind is SourceKind.FOLDER and (any(has_pattern[:-1]) or not has_pattern[-1]):
        return "End with a pattern of file names, such as trees/*.csv."
    return ""


def soda_place(where: str) -> tuple[str, str] | None:
    """Return a portal's address and a dataset's 4x4."""
    found = _SODA.fullmatch(where)
    return (found[1], found[2]) if found else None


def ckan_place(where: str) -> tuple[str, str] | None:
    """Return a CKAN portal's address and a resource's id."""
    if found := _CKAN.fullmatch(where):
        return found[1], found[2]
    action = _CKAN_ACTION.match(where)
    given = parse_qs(urlsplit(where).query) if action else {}
    named = [*given.get("resource_id", []), *given.get("id", [])]
    return (action[1], named[0]) if action and len(named) == 1 and re.fullmatch(_UUID, named[0]) else None


def may_skip(contract: Contract) -> bool:
    """Say whether an unchanged file would be published unchanged.

    Not where time alone changes what is published: rows that are held back, data that may grow too old.
    """
    return not any(one.hold_hours or one.fresh_within for one in contract.columns)


def next_look(schedule: str, now: datetime, failures: int = 0, retry_after: int | None = None) -> datetime | None:
    """Return when a source is looked at again; None for by hand alone.

    After failures sooner than on schedule: in five minutes, then each time twice as long, up to a day.
    """
    every = rules.duration(schedule) if schedule else None
    if every is None:
        return None
    if not failures:
        return now + every
    wait = min(_FIRST_RETRY * (1 << min(failures - 1, 20)), _LAST_RETRY, every)
    return now + max(wait, timedelta(seconds=retry_after or 0))


def _schedule(given: Mapping[str, Any], problems: dict[str, str]) -> str:
    text = given.get("schedule", "")
    every = rules.duration(text) if isinstance(text, str) and text else None
    if text != "" and (every is None or not SHORTEST <= every <= _LONGEST):
        problems["source.schedule"] = "Write an ISO 8601 duration from PT5M to P12M, such as PT1H or P1D."
        return ""
    return str(text)


def _format(given: Mapping[str, Any], kind: SourceKind, problems: dict[str, str]) -> str:
    text = given.get("format", "")
    if text != "" and (text not in FORMATS or kind in _PORTALS):
        problems["source.format"] = (
            f"Choose one of {', '.join(FORMATS)} for a file, a folder or a URL, or leave it out."
        )
        return ""
    return str(text)


def _whole(given: Mapping[str, Any], name: str, usual: int, most: int, fits: bool, problems: dict[str, str]) -> int:
    value: Any = given.get(name, usual)
    if name in given and not fits:
        problems[f"source.{name}"] = "Take it out: this kind of source does not have it."
    elif isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= most:
        problems[f"source.{name}"] = f"Write a whole number from 1 to {most:,}."
    else:
        return int(value)
    return usual
