"""What must hold before the program serves, and what a live city should have."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cityhall.kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One thing that must hold before the program is ready. `check` returns "" or what is wrong and the mend."""

    key: str
    check: Callable[[], str]


health_checks: Registry[HealthCheck] = Registry("health checks", key=lambda item: item.key)


@dataclass(frozen=True, slots=True)
class SetupCheck:
    """One thing a live city should have. `check` returns what is missing, each with its mend; nothing when all is well.

    Unlike a health check it never stops the city from serving; `cityhall doctor` reads it.
    """

    key: str
    check: Callable[[], Iterable[str]]


setup_checks: Registry[SetupCheck] = Registry("setup checks", key=lambda item: item.key)
