"""OR-Tools, asked in a process of its own: the library is never loaded where pages are made."""

from __future__ import annotations

import json
import logging
import subprocess
import sys

import msgspec

from cityhall.adapters.routes.nearest import NearestFirst
from cityhall.kernel.ports import (
    RouteSolver,
    RoutingAnswer,
    RoutingCapabilities,
    RoutingProblem,
    RoutingUnavailable,
)

_LOG = logging.getLogger(__name__)
#: What the process may take beside thinking: to start, to read, to write.
_SPARE_SECONDS = 20.0
_MODULE = "cityhall.adapters.routes.solving"


class OrTools:
    """Google's OR-Tools routing library in a child process, which ends with the time it was given."""

    capabilities = RoutingCapabilities(improves=True, own_process=True)

    def solve(self, problem: RoutingProblem, *, seconds: float) -> RoutingAnswer:
        """Return the best plan found in the time."""
        if not problem.stops or not problem.vehicles:
            return RoutingAnswer(tuple(() for _ in problem.vehicles), tuple(range(len(problem.stops))), "ortools")
        asked = json.dumps({"problem": msgspec.to_builtins(problem), "seconds": seconds})
        try:
            ran = subprocess.run(
                [sys.executable, "-m", _MODULE],
                input=asked, capture_output=True, text=True, timeout=seconds + _SPARE_SECONDS, check=False,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as problem_met:
            raise RoutingUnavailable(str(problem_met)) from problem_met
        if ran.returncode:
            raise RoutingUnavailable(ran.stderr.strip()[-500:] or f"it ended with status {ran.returncode}")
        try:
            routes = tuple(tuple(int(index) for index in route) for route in json.loads(ran.stdout))
        except (ValueError, TypeError) as problem_met:
            raise RoutingUnavailable("it wrote what is no plan") from problem_met
        used = {index for route in routes for index in route}
        return RoutingAnswer(routes, tuple(i for i in range(len(problem.stops)) if i not in used), "ortools")


class WithFallback:
    """Asks the first solver, and the second when the first gives no answer: a plan made by hand is better than none."""

    def __init__(self, first: RouteSolver | None = None, second: RouteSolver | None = None) -> None:
        self._first, self._second = first or OrTools(), second or NearestFirst()
        self.capabilities = self._first.capabilities

    def solve(self, problem: RoutingProblem, *, seconds: float) -> RoutingAnswer:
        """Return the plan of the first that has one; its answer says which."""
        try:
            return self._first.solve(problem, seconds=seconds)
        except RoutingUnavailable as reason:
            _LOG.warning("The route solver gave no answer, so the next nearest stop is taken: %s", reason)
            return self._second.solve(problem, seconds=seconds)
