"""Points are looked up in an area by one thread at a time: GEOS ends the process otherwise."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely

from cityhall.adapters.analytics.duckdb import engine


def test_two_threads_of_the_engine_look_up_points_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    look_up, inside, second_came = shapely.contains_xy, threading.Semaphore(1), threading.Event()
    overlapped = []

    def watched(*given: Any) -> Any:
        if not inside.acquire(blocking=False):
            overlapped.append(given)
            second_came.set()
            return look_up(*given)
        second_came.wait(0.3)  # long enough for another thread to come, were it let in
        found = look_up(*given)
        inside.release()
        return found

    monkeypatch.setattr(shapely, "contains_xy", watched)
    keys: list[int] = []
    key = engine._named(shapely.box(0, 0, 1, 1), keys)
    lon = pa.array(np.array([0.5, 2.0]))
    try:
        with ThreadPoolExecutor(2) as threads:
            found = list(threads.map(lambda _: engine._in_area(lon, lon, pa.array([key, key])), range(2)))
    finally:
        engine._forget(keys)
    assert [one.to_pylist() for one in found] == [[True, False]] * 2
    assert not overlapped
