"""What really happened: known to the generator and to tests that measure the product, to nobody else.

No module outside `cityhall.demo` may import this, and nothing of it is written to the database: a test says so.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path


@dataclass
class Incident:
    """One real trouble, however many people reported it.

    Args:
        kind: the category it truly belongs to.
        lat, lon: where it is, WGS 84 degrees.
        fixed_at: when it was truly put right; None while it is not, or never will be.
        ending: "fixed", "gone" (nothing was there), "others" (not the city's), "cannot", or "" while open.
        reports: numbers of the requests about it, the first one first.
    """

    id: int
    kind: str
    lat: float
    lon: float
    began: datetime
    fixed_at: datetime | None = None
    ending: str = ""
    reports: list[int] = field(default_factory=list)


@dataclass
class Truth:
    """All incidents, and which one each request is about."""

    incidents: list[Incident]

    def incident_of(self) -> dict[int, int]:
        """Return the incident's id by request number."""
        return {number: incident.id for incident in self.incidents for number in incident.reports}

    def write(self, path: Path) -> None:
        """Write one JSON object a line, for tests and benchmarks."""
        with path.open("w", encoding="utf-8") as out:
            for incident in self.incidents:
                row = asdict(incident)
                row["began"] = incident.began.isoformat()
                row["fixed_at"] = incident.fixed_at.isoformat() if incident.fixed_at else None
                out.write(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n")
