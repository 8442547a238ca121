"""A history as it is in files: what models are judged on, without a city and without writing anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from itertools import chain, islice
from pathlib import Path

from cityhall.apps.service_requests.imports import columns
from cityhall.apps.service_requests.imports.normalise import Normaliser
from cityhall.apps.service_requests.imports.profiles import named, shipped
from cityhall.apps.service_requests.imports.readers import open_file
from cityhall.apps.service_requests.imports.recognise import recognise
from cityhall.apps.service_requests.imports.records import Record, Unusable
from cityhall.kernel import clock

_SAMPLE = 500
_TRAINED_ON = 0.7


@dataclass(frozen=True, slots=True)
class History:
    """Requests of one city, oldest first.

    Args:
        records: each number once, as importing the files in turn leaves it: in one file the first row stands, where
            files overlap the last file.
        unusable: rows that an import would put aside.
        profile: the name of the profile they were read by.
        zone: where the source's clocks stand, for days that somebody names.
    """

    records: tuple[Record, ...]
    unusable: int
    profile: str
    zone: tzinfo = UTC

    def days(self) -> tuple[datetime, datetime]:
        """Return when the first and the last of the requests were made.

        Raises:
            Unusable: no record has a date.
        """
        dated = self._dated()
        return dated[0], dated[-1]

    def default_split(self) -> datetime:
        """Return the moment before which seven in ten of the requests were made: what is before it is learnt from.

        Raises:
            Unusable: no record has a date.
        """
        dated = self._dated()
        return dated[min(len(dated) - 1, int(len(dated) * _TRAINED_ON))]

    def _dated(self) -> list[datetime]:
        dated = [one.requested_at for one in self.records if one.requested_at is not None]
        if not dated:
            raise Unusable("No row says when the request was made: nothing can be learnt from before and after a date.")
        return dated


def read_history(files: Sequence[Path], *, profile: str = "") -> History:
    """Read one city's requests from its files, as an import would, without a database.

    Args:
        profile: a shipped profile's name or the path of a TOML file; "" recognises the first file by its columns.

    Raises:
        Unusable: a file or the profile cannot be used at all.
    """
    records: dict[str, Record] = {}
    unusable = 0
    found = named(profile) if profile else None
    for path in files:
        with open_file(path) as opened:
            sample = list(islice(opened.rows, _SAMPLE))
            found = found or recognise(shipped().values(), opened.kind, sample)
            understood = Normaliser(found, sample, inside=None, now=clock.now())
            rows = chain(sample, opened.rows)
            said: dict[str, Record] = {}
            while given := list(islice(rows, _SAMPLE)):
                for record in columns.records(understood, given):
                    if not isinstance(record, Record) or _differs(record, said.setdefault(record.external_id, record)):
                        unusable += 1
        records = {**said, **records} if found.partial else {**records, **said}
    if found is None:
        raise Unusable("No file was given.")
    return History(tuple(sorted(records.values(), key=_age)), unusable, found.name, found.zone)


def _differs(record: Record, first: Record) -> bool:
    """Say whether a row says something else than the first of the file with its number."""
    return record is not first and record.fingerprint() != first.fingerprint()


def _age(record: Record) -> tuple[float, str]:
    at = record.requested_at
    return (at.timestamp() if at is not None else float("-inf"), record.external_id)
