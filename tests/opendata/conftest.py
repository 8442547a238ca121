from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cityhall.apps.opendata.contracts import Published
from cityhall.kernel import offers
from cityhall.kernel.actors import system
from cityhall.kernel.registry import Registry

TREES = [
    ["id", "species", "height", "planted", "park"],
    ["1", "Oak", "12.5", "2019-03-05", "Balboa"],
    ["2", "Oak", "9", "2020-11-30", "Balboa"],
    ["3", "Palm <b>", "21", "2001-01-01", ""],
    ["4", "Ñandubay", "3.25", "2024-02-29", "Mission"],
]


@pytest.fixture
def publish(tmp_path: Path) -> Callable[..., Published]:
    """Publishes rows, the first of which are the headings, as a dataset."""
    from cityhall.apps.opendata import public

    def publishing(rows: list[list[str]] = TREES, *, name: str = "trees") -> Published:
        file = tmp_path / f"{name}.csv"
        file.write_text("".join(",".join(row) + "\n" for row in rows), encoding="utf-8")
        return public.publish_file(file, actor=system("test"), contract=None, name=name)

    return publishing


@pytest.fixture
def only_live(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Leaves only these of the city's own datasets, as each takes its time to publish."""

    def leave(*names: str) -> None:
        left: Registry[offers.LiveDataset] = Registry("live datasets", key=lambda one: one.name)
        for name in names:
            left.register(offers.live_datasets[name])
        monkeypatch.setattr(offers, "live_datasets", left)

    return leave
