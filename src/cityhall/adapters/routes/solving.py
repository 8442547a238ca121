"""The process OR-Tools runs in: reads a problem as JSON, thinks for a bounded time, writes the routes as JSON."""

from __future__ import annotations

import json
import sys
from typing import Any

import msgspec
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from cityhall.kernel.memory import stay_small
from cityhall.kernel.ports import RoutingProblem

#: What leaving one ordinary stop out costs, in seconds of travel: more than any way to it.
_LEFT_OUT = 1_000_000
#: What each second costs by which somebody comes later to where they are to be soon. A second of driving costs 1; a
#: whole day of waiting costs less than to leave the least job out.
_LATER = 20
_MOST_BYTES = 3 * 1024**3


def main() -> None:
    """Answer the problem on standard input."""
    stay_small(_MOST_BYTES)
    asked = json.load(sys.stdin)
    problem = msgspec.convert(asked["problem"], RoutingProblem)
    json.dump(_routes(problem, asked["seconds"]), sys.stdout)


def _routes(problem: RoutingProblem, seconds: float) -> list[list[int]]:
    """Return each vehicle's stops. Node numbers: the stops, then each vehicle's start and end."""
    stops, vehicles = problem.stops, problem.vehicles
    place = [stop.place for stop in stops]
    for one in vehicles:
        place += [one.start, one.end]
    first = len(stops)
    starts = [first + 2 * number for number in range(len(vehicles))]
    manager = pywrapcp.RoutingIndexManager(len(place), len(vehicles), starts, [start + 1 for start in starts])
    model = pywrapcp.RoutingModel(manager)
    horizon = max(one.latest for one in vehicles)
    work = [stop.seconds for stop in stops] + [0] * (2 * len(vehicles))

    ways = []
    for number, one in enumerate(vehicles):
        travel = [[problem.travel(one, here, there) for there in place] for here in place]
        way = model.RegisterTransitMatrix(travel)
        model.SetArcCostEvaluatorOfVehicle(way, number)
        ways.append(model.RegisterTransitMatrix([[work[here] + to for to in row] for here, row in enumerate(travel)]))
    model.AddDimensionWithVehicleTransits(ways, horizon, horizon, False, "time")
    time = model.GetDimensionOrDie("time")
    # A short day for everybody counts as much as short ways: without it one crew would do all it can.
    time.SetGlobalSpanCostCoefficient(1)
    load = model.RegisterUnaryTransitVector([stop.units for stop in stops] + [0] * (2 * len(vehicles)))
    model.AddDimensionWithVehicleCapacity(load, 0, [one.units for one in vehicles], True, "load")

    for index, stop in enumerate(stops):
        node = manager.NodeToIndex(index)
        model.AddDisjunction([node], _LEFT_OUT * stop.weight)
        fit = [number for number, one in enumerate(vehicles) if not stop.skill or stop.skill in one.skills]
        latest = min(stop.latest, horizon)
        if not fit or stop.earliest > latest:
            model.VehicleVar(node).SetValue(-1)
            continue
        model.VehicleVar(node).SetValues([-1, *fit])
        time.CumulVar(node).SetRange(max(0, stop.earliest), latest)
        if stop.soon:
            time.SetCumulVarSoftUpperBound(node, max(0, stop.earliest), _LATER)
    for number, one in enumerate(vehicles):
        for end in (model.Start(number), model.End(number)):
            time.CumulVar(end).SetRange(one.earliest, one.latest)

    wanted = pywrapcp.DefaultRoutingSearchParameters()
    wanted.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    wanted.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    wanted.time_limit.FromMilliseconds(max(50, int(seconds * 1000)))
    found = model.SolveWithParameters(wanted)
    if found is None:
        raise SystemExit("no plan was found")
    return [_visited(model, manager, found, number, first) for number in range(len(vehicles))]


def _visited(model: Any, manager: Any, found: Any, number: int, stops: int) -> list[int]:
    visited, index = [], found.Value(model.NextVar(model.Start(number)))
    while not model.IsEnd(index):
        visited.append(manager.IndexToNode(index))
        index = found.Value(model.NextVar(index))
    return [node for node in visited if node < stops]


if __name__ == "__main__":
    main()
