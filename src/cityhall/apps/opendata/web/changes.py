"""What a SODA query asks with `$$changes` and `$$row_count`."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from cityhall.apps.opendata import services
from cityhall.apps.opendata.web import answers
from cityhall.apps.opendata.web.answers import Pairs, Refused
from cityhall.kernel.analytics.building import call
from cityhall.kernel.analytics.columns import ID
from cityhall.kernel.analytics.functions import Function
from cityhall.kernel.analytics.port import Limits, SnapshotSource, analytics
from cityhall.kernel.analytics.query import Item, Query
from cityhall.kernel.comparing import CHANGE
from cityhall.kernel.errors import NotFound

SELECTED: Final = f"{ID}, {CHANGE.name}, *"
"""What is given of each difference when the query does not say."""
_BOTH: Final = re.compile(r"([0-9]{1,9})\.\.([0-9]{1,9})")


def ends_of(pairs: Pairs) -> tuple[int, int] | None:
    """Return the numbers of the two snapshots that `$$changes` compares, None without it. Raises Refused."""
    given = [value.strip() for name, value in pairs if name.lower() == "$$changes"]
    if not given:
        return None
    found = _BOTH.fullmatch(given[0])
    ends = (int(found[1]), int(found[2])) if found else (0, 0)
    if len(given) > 1 or not 0 < ends[0] < ends[1] or any(name.lower() == "$$snapshot" for name, _ in pairs):
        told = "$$changes is the numbers of two snapshots, the earlier first, such as 3..5, given once."
        raise Refused(f"{told} It does not go with $$snapshot.", code=answers.MALFORMED)
    return ends


def source(code: str, ends: tuple[int, int]) -> SnapshotSource:
    """Return where the differences lie. Raises Refused with NO_DATASET, Gone, TimedOut, TooMany."""
    try:
        return services.changes(code, *ends, seconds=answers.SECONDS)
    except NotFound as missing:
        raise Refused(str(missing.message), code=answers.NO_DATASET, status=404) from missing


def counted(rows: SnapshotSource, query: Query) -> int:
    """Return how many rows a query has without its limit and offset. Raises QueryError."""
    whole = replace(query, limit=None, offset=0, order=())
    adds_up = not (query.is_grouped or query.distinct)
    if adds_up:
        whole = replace(whole, items=(Item(call(Function.COUNT_ALL), "n"),))
    with analytics.get().run(rows, whole, Limits(seconds=answers.SECONDS)) as result:
        return sum(int(batch.column(0)[0].as_py()) if adds_up else batch.num_rows for batch in result.batches())
