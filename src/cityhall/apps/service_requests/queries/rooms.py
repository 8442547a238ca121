"""The notify room: its public module where it is there, else a stand-in that tells nobody."""

from __future__ import annotations

import importlib
from types import SimpleNamespace
from typing import Any


def _room(name: str, stand_in: Any) -> Any:
    try:
        return importlib.import_module(f"cityhall.apps.{name}.public")
    except ImportError:
        return stand_in


notify: Any = _room(
    "notify",
    SimpleNamespace(
        follow=lambda *a, **k: "",
        followers_count=lambda *a: 0,
        move_followers=lambda *a: 0,
        tell_followers=lambda *a, **k: 0,
        cancel=lambda *a, **k: 0,
        send=lambda *a, **k: None,
    ),
)
