"""How long a plan takes, and what it saves beside the next nearest stop: `python benches/day_plan.py`.

60 jobs for 4 crews and 300 for 18, strewn at random (the same each time) over a town of 12 by 12 kilometres, twenty
minutes each; one in five with a window of two hours. Both solvers get the same problem. Prints one JSON line for each:
seconds, minutes of driving, jobs done; and how much one drives for a job beside the other.
"""

from __future__ import annotations

import itertools
import json
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from cityhall.adapters.routes.nearest import NearestFirst
from cityhall.adapters.routes.ortools import OrTools
from cityhall.kernel.ports import RouteSolver, RoutingAnswer, RoutingProblem, RoutingStop, RoutingVehicle

DAY = 510 * 60
SPEED = 6.7


def town(jobs: int, crews: int) -> RoutingProblem:
    """Return a day of a made-up town; the depot is in its middle."""
    dice = random.Random(jobs)
    points = [(0.0, 0.0)] + [(dice.uniform(-6000, 6000), dice.uniform(-6000, 6000)) for _ in range(jobs)]
    metres = tuple(tuple(round(1.35 * ((x - u) ** 2 + (y - v) ** 2) ** 0.5) for u, v in points) for x, y in points)
    stops = []
    for number in range(jobs):
        first = dice.randrange(0, DAY - 7200) if number % 5 == 0 else 0
        stops.append(RoutingStop(number + 1, 1200, first, first + 7200 if number % 5 == 0 else DAY))
    return RoutingProblem(metres, tuple(stops), tuple(RoutingVehicle(0, 0, 0, DAY, 20, SPEED) for _ in range(crews)))


def minutes(asked: RoutingProblem, answer: RoutingAnswer) -> int:
    """Return the minutes of driving of all crews together."""
    total = 0
    for vehicle, route in zip(asked.vehicles, answer.routes, strict=True):
        places = [vehicle.start, *(asked.stops[index].place for index in route), vehicle.end]
        total += sum(asked.travel(vehicle, here, there) for here, there in itertools.pairwise(places))
    return round(total / 60)


def main() -> None:
    """Run and print."""
    for jobs, crews, seconds in ((60, 4, 3.0), (300, 18, 8.0)):
        asked = town(jobs, crews)
        driven: dict[str, float] = {}
        solvers: tuple[RouteSolver, ...] = (NearestFirst(), OrTools())
        for solver in solvers:
            started = time.perf_counter()
            answer = solver.solve(asked, seconds=seconds)
            took = time.perf_counter() - started
            done = jobs - len(answer.left_out)
            driven[answer.solver] = minutes(asked, answer) / max(done, 1)
            line = {"jobs": jobs, "crews": crews, "solver": answer.solver, "seconds": round(took, 2)}
            print(json.dumps({**line, "driving_minutes": minutes(asked, answer), "done": done}))
        print(json.dumps({"jobs": jobs, "driving_per_job_ratio": round(driven["ortools"] / driven["nearest"], 3)}))


if __name__ == "__main__":
    main()
