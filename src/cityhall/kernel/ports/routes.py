"""Routes for vehicles."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from cityhall.kernel.slots import Slot


@dataclass(frozen=True, slots=True)
class RoutingCapabilities:
    """What a route solver can do.

    Args:
        improves: looks for a better plan for as long as it is given, rather than taking the next best step.
        own_process: works outside the process that asks, within bounds of time and memory.
    """

    improves: bool
    own_process: bool


@dataclass(frozen=True, slots=True)
class RoutingStop:
    """Somewhere to be once. Times are whole seconds after a moment the caller chose.

    Args:
        place: row of the problem's distances.
        seconds: how long the work takes.
        earliest, latest: when it may begin.
        units: what it takes of a vehicle's capacity.
        skill: what its vehicle must be able to do; "" for what any can.
        weight: how bad it is to leave it out; 1 is ordinary.
        soon: to be there early is worth a detour.
    """

    place: int
    seconds: int
    earliest: int
    latest: int
    units: int = 1
    skill: str = ""
    weight: int = 1
    soon: bool = False


@dataclass(frozen=True, slots=True)
class RoutingVehicle:
    """Who goes: from `start` to `end` (rows of the distances), within its hours, at a speed in metres a second."""

    start: int
    end: int
    earliest: int
    latest: int
    units: int
    speed: float
    skills: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RoutingProblem:
    """Stops to share out among vehicles. `metres` is how far it is from each place to each other."""

    metres: tuple[tuple[int, ...], ...]
    stops: tuple[RoutingStop, ...]
    vehicles: tuple[RoutingVehicle, ...]

    def travel(self, vehicle: RoutingVehicle, here: int, there: int) -> int:
        """Return the whole seconds a vehicle needs from one place to another."""
        return math.ceil(self.metres[here][there] / vehicle.speed)


@dataclass(frozen=True, slots=True)
class RoutingAnswer:
    """For each vehicle its stops (by index) in order; what nobody does; and the name of what found it."""

    routes: tuple[tuple[int, ...], ...]
    left_out: tuple[int, ...]
    solver: str


class RoutingUnavailable(Exception):
    """The solver gave no answer: it is not there, broke, or took too long."""


@runtime_checkable
class RouteSolver(Protocol):
    """Shares stops out among vehicles: in their hours, within capacity, by skill, with little travel."""

    capabilities: RoutingCapabilities

    def solve(self, problem: RoutingProblem, *, seconds: float) -> RoutingAnswer:
        """Return a plan that keeps every bound, thinking for about `seconds`. Raises RoutingUnavailable."""


route_solver: Slot[RouteSolver] = Slot("route solver")
