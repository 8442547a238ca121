"""What everybody will see of a file, made from its beginning before anything is published."""

from __future__ import annotations

import csv
import logging
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any, Final

from cityhall.apps.opendata.contracts import PUBLISH, Contract
from cityhall.apps.opendata.queries import desk
from cityhall.apps.opendata.services.columns import snapshot_columns
from cityhall.apps.opendata.services.making import place_to_write
from cityhall.apps.opendata.soda import rows
from cityhall.apps.opendata.soql.parameters import read_parameters
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.analytics.columns import Column
from cityhall.kernel.analytics.errors import QueryError
from cityhall.kernel.analytics.port import Limits, SnapshotSource, analytics
from cityhall.kernel.django.permissions import need
from cityhall.kernel.snapshots import QUERY_FILE, Sample, SnapshotJob, UnreadableFile, snapshot_writer

LOOKED_AT: Final = 500
SHOWN: Final = 10
_SECONDS: Final = 10
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows as everybody will see them.

    Args:
        columns: those that are published.
        rows: values by column.
        looked_at: how many rows of the file were read for this.
        aside: reasons why some of those cannot be used, with how many.
        held: how many are too new to be shown.
    """

    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Any], ...]
    looked_at: int
    aside: Mapping[str, int]
    held: int


def preview(draft_id: uuid.UUID, contract: Contract, *, actor: Actor) -> Preview | None:
    """Return the preview of a file that was brought; None when it cannot be made just now.

    Raises:
        NotAllowed: without "opendata.publish".
        NotFound: the file is gone.
    """
    need(actor, PUBLISH)
    sample = desk.draft_sample(draft_id, LOOKED_AT)
    try:
        with place_to_write() as making:
            return _made(sample, contract, making)
    except (QueryError, UnreadableFile, OSError):
        logger.exception("opendata_preview_failed")
        return None


def _made(sample: Sample, contract: Contract, making: Path) -> Preview:
    file, folder = making / "beginning.csv", making / "snapshot"
    folder.mkdir()
    _write(file, sample.headings, sample.rows)
    columns = snapshot_columns(contract, sample.headings, clock.now())
    job = SnapshotJob(file, folder, columns, contract.key, None, clock.now().astimezone(UTC), contract.suppress)
    written = snapshot_writer.get().write(job)
    source = SnapshotSource(
        tuple(Column(one.name, one.type.kept_as) for one in columns), query_file=folder / QUERY_FILE
    )
    order = [("$order", ", ".join(f"`{one}`" for one in contract.key))] if contract.key else []
    query = read_parameters([*order, ("$limit", str(SHOWN))], source.all_columns)
    with analytics.get().run(source, query, Limits(seconds=_SECONDS, rows=SHOWN)) as result:
        found = [row for batch in result.batches() for row in rows.objects(result.columns, batch)]
    return Preview(source.columns, tuple(found), len(sample.rows), written.reasons, written.held)


def _write(file: Path, headings: Sequence[str], lines: Sequence[Sequence[str | None]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow(headings)
        writer.writerows(["" if value is None else value for value in line] for line in lines)
