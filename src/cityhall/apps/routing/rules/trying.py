"""Playing rules through over requests of the past."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from cityhall.apps.routing.contracts import Example, Moved, Rule
from cityhall.apps.routing.rules.matching import choose, first_match
from cityhall.kernel.offers import ToRoute

EXAMPLES = 12


@dataclass(slots=True)
class Player:
    """Decides by one set of rules, and keeps how many open requests each team has then.

    Args:
        loads: open requests by team; counted on.
    """

    rules: Sequence[Rule]
    teams: Collection[uuid.UUID]
    is_holiday: Callable[[date], bool]
    loads: Counter[uuid.UUID]
    came: Counter[uuid.UUID | None] = field(default_factory=Counter)
    decided: Counter[int] = field(default_factory=Counter)

    def send(self, request: ToRoute, local: datetime, otherwise: uuid.UUID | None) -> tuple[uuid.UUID | None, int]:
        """Return the team and the place of the rule that decides; `otherwise` and 0 when none does."""
        found = first_match(self.rules, request, local, is_holiday=self.is_holiday, teams=self.teams)
        number, team = 0, otherwise
        if found is not None:
            number, _rule, shares = found
            team = choose(shares, self.loads).team
        self.decided[number] += 1
        self.came[team] += 1
        if team is not None:
            self.loads[team] += 1
        return team, number


@dataclass(slots=True)
class Played:
    """What came of it. See `contracts.Trial`."""

    tested: int = 0
    moved: int = 0
    by_hand: int = 0
    by_hand_right: int = 0
    flows: Counter[tuple[uuid.UUID | None, uuid.UUID | None]] = field(default_factory=Counter)
    examples: list[Example] = field(default_factory=list)

    @property
    def flow_rows(self) -> tuple[Moved, ...]:
        """The flows, the greatest first."""
        rows = [Moved(before, after, count) for (before, after), count in self.flows.items()]
        return tuple(sorted(rows, key=lambda row: (-row.count, str(row.before), str(row.after))))


@dataclass(frozen=True, slots=True)
class Past:
    """A request of the past: `otherwise` is its category's team, `team` whose it is now."""

    id: uuid.UUID
    number: str
    request: ToRoute
    local: datetime
    otherwise: uuid.UUID | None
    team: uuid.UUID | None


def play(past: Iterable[Past], before: Player, after: Player) -> Played:
    """Send requests, the oldest first, by two sets of rules. The newest of each flow come first as examples."""
    played = Played()
    found: dict[tuple[uuid.UUID | None, uuid.UUID | None], list[Example]] = {}
    for one in past:
        old, _number = before.send(one.request, one.local, one.otherwise)
        new, number = after.send(one.request, one.local, one.otherwise)
        played.tested += 1
        if one.team != old and one.team is not None:
            played.by_hand += 1
            played.by_hand_right += one.team == new
        if old != new:
            played.moved += 1
            played.flows[old, new] += 1
            kept = found.setdefault((old, new), [])
            kept.insert(0, Example(one.id, one.number, old, new, number))
            del kept[EXAMPLES:]
    played.examples = _spread([found[row.before, row.after] for row in played.flow_rows])
    return played


def _spread(groups: Sequence[Sequence[Example]]) -> list[Example]:
    """Take in turn from each group, the greatest flow's first, until there are enough."""
    taken: list[Example] = []
    for place in range(EXAMPLES):
        taken += [group[place] for group in groups if place < len(group)]
    return taken[:EXAMPLES]


def week_counts(came: Mapping[uuid.UUID | None, int], days: float) -> dict[uuid.UUID, float]:
    """Return how many requests came to each team in a week."""
    return {team: count * 7 / days for team, count in came.items() if team is not None}
