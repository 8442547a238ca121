"""How often a place is found however it is written, and how fast: `python benches/places_geocoding.py`.

The streets are real: the centrelines of Syracuse with their ranges of house numbers, and those of Somerville and Ames,
which have none and get one number for each 15 metres. Every number of a range becomes an address, some with flats,
until there are 500,000; crossings are where segments meet; named places are Boston's open spaces and New
York's libraries. Questions are made from them by rules, with typing errors from a fixed seed: the same each time.

Prints one JSON line for each kind of question: the share whose first answer, or one of the first three, is right, with
Wilson's 95 % interval, and the time a question takes. `only` leaves out the ambiguous: those where another street (with
that number, or crossing) resembles what was typed as well as the right one does, or is called just that. The baseline
of the same run is a search by beginning on a normalised column under an index. Before that come questions as one types,
over a fifth of the addresses and over all of them, and the memory of a fresh process that answers; behind it real
locations: those of Syracuse's records of filled potholes, as its crews wrote them, right when the answer is within 150
metres of the measured place. With -v, wrong answers are printed, too.

`own_cpu_ms` is what the process itself computed for a question: on a machine that does other things, times are longer.

Two numbers change how many addresses there are, and how many questions of each kind are asked (500). Needs the real
data (CITYHALL_REAL_DATA); without it nothing is measured.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import math
import os
import random
import string
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benches.support.own_city import own_city

TARGET_MS = 20.0
FLAT = 1.5
STREETS = (
    "geo/syracuse_street_centerlines_shapefile.zip",
    "networks/streets/somerville_ma_street_centerlines.geojson.gz",
    "networks/streets/ames_ia_roads_osm.geojson.gz",
)
POTHOLES = "311/syracuse_potholes_filled_2016_first.csv.gz"
OPEN_SPACES = "alexa/boston_Open_Space.csv.gz"
LIBRARIES = "equity/us_library_outlets_resource.csv.gz"
METRES_A_NUMBER = 15.0
NEAR_ENOUGH = 150.0


@dataclass(frozen=True)
class Question:
    """What is asked, the label that is right, and whether another answer is as good."""

    text: str
    truth: str
    ambiguous: bool = False


def table(path: Path) -> list[dict[str, str]]:
    text = gzip.decompress(path.read_bytes()).decode("utf-8-sig", "replace")
    return list(csv.DictReader(io.StringIO(text)))


def segments(data: Path) -> Iterator[Any]:
    """Read every street file into segments, with ranges of house numbers where the file has none."""
    from cityhall.apps.places.contracts import ImportOptions, SegmentRow, StreetKind
    from cityhall.apps.places.imports.guess import plan, text_of
    from cityhall.apps.places.imports.readers import read
    from cityhall.apps.places.rules.geometry import metres
    from cityhall.apps.places.rules.naming import spoken

    for file in STREETS:
        path = data / file
        rows = read(path, "")
        columns = plan(path, rows, ImportOptions()).columns
        hundreds: dict[str, int] = {}
        for raw in rows:
            name = spoken(text_of(raw.properties, columns.street))
            if not name or raw.geometry is None or "LineString" not in raw.geometry["type"]:
                continue
            line = raw.geometry["coordinates"]
            if raw.geometry["type"] == "MultiLineString":
                line = max(line, key=len)
            line = [(point[0], point[1]) for point in line]
            kind = StreetKind.RAMP if name.endswith(" Ramp") else StreetKind.LOCAL
            if columns.ranges:
                ends = [int(float(raw.properties[column] or 0)) for column in columns.ranges]
                left, right = ((low, high) if low and high else None for low, high in (ends[:2], ends[2:]))
            else:
                hundred = hundreds[name] = hundreds.get(name, 0) + 100
                long = sum(metres(*a[::-1], *b[::-1]) for a, b in pairwise(line))
                last = 2 * min(49, int(long / METRES_A_NUMBER))
                left, right = (hundred + 1, hundred + 1 + last), (hundred + 2, hundred + 2 + last)
            yield SegmentRow(name, line, left, right, kind)


def addresses(network: Sequence[Any], count: int, rng: random.Random) -> list[Any]:
    """Return `count` addresses in an order that mixes the streets: houses first, then flats in them."""
    import shapely

    from cityhall.apps.places.contracts import AddressRow, StreetKind
    from cityhall.apps.places.rules.address_text import short_words

    houses: dict[tuple[str, int], Any] = {}
    for row in network:
        if row.kind is StreetKind.RAMP:
            continue
        for side in (row.left, row.right):
            if side and abs(side[1] - side[0]) < 400:
                low, high = sorted(side)
                numbers = list(range(low, high + 1, 2))
                shares = [0.5 if low == high else (number - side[0]) / (side[1] - side[0]) for number in numbers]
                points = shapely.line_interpolate_point(shapely.LineString(row.line), shares, normalized=True)
                folded = short_words(row.street)
                for number, lon, lat in zip(numbers, shapely.get_x(points), shapely.get_y(points), strict=True):
                    houses.setdefault((folded, number), AddressRow(str(number), row.street, float(lat), float(lon)))
    found = list(houses.values())
    rng.shuffle(found)
    found = found[: max(1, count * 19 // 20)]
    flats = [
        AddressRow(house.number, house.street, house.lat, house.lon, unit)
        for house in found
        for unit in ("1", "2", "3", "4", "a", "b")
    ][: count - len(found)]
    rng.shuffle(flats)
    step = max(1, len(found) // max(1, len(flats)))
    mixed = [
        part for at, house in enumerate(found) for part in (house, *flats[at // step : at // step + (at % step == 0)])
    ]
    return mixed[:count]


def typos(text: str, count: int, rng: random.Random, *, name: str = "") -> str:
    """Return `text` with letters inserted, left out, replaced or swapped, inside `name`, else anywhere."""
    start = text.find(name) if name else 0
    end = start + len(name) if name else len(text)
    before, letters, after = text[:start], list(text[start:end]), text[end:]
    for _ in range(count):
        spots = [at for at, letter in enumerate(letters) if letter.isalpha()]
        at = rng.choice(spots)
        what = rng.choice(("insert", "delete", "substitute", "transpose"))
        if what == "insert":
            letters.insert(at, rng.choice(string.ascii_lowercase))
        elif what == "delete" and len(spots) > 1:
            del letters[at]
        elif (
            what == "transpose"
            and at + 1 < len(letters)
            and letters[at + 1].isalpha()
            and letters[at] != letters[at + 1]
        ):
            letters[at], letters[at + 1] = letters[at + 1], letters[at]
        else:
            letters[at] = rng.choice([letter for letter in string.ascii_lowercase if letter != letters[at].lower()])
    return before + "".join(letters) + after


LONG = {
    "St": "Street", "Ave": "Avenue", "Rd": "Road", "Dr": "Drive", "Ln": "Lane", "Ct": "Court", "Pl": "Place",
    "Ter": "Terrace", "Blvd": "Boulevard", "Cir": "Circle", "Pkwy": "Parkway", "Sq": "Square", "Hwy": "Highway",
    "N": "North", "S": "South", "E": "East", "W": "West", "Aly": "Alley", "Drwy": "Driveway", "Plz": "Plaza",
    "First": "1st", "Second": "2nd", "Third": "3rd", "Fourth": "4th", "Fifth": "5th", "Sixth": "6th", "Seventh": "7th",
    "Eighth": "8th", "Ninth": "9th", "Tenth": "10th",
}  # fmt: skip
SHORT = {long: short for short, long in LONG.items()}


def other_form(street: str, rng: random.Random) -> str:
    """Return a street with its words in the other form (St, Street; N, North; 5th, Fifth), in some case, with dots."""
    words = [SHORT.get(word) or LONG.get(word) or word for word in street.split()]
    words = [
        word + "." if word in {"St", "Ave", "N", "S", "E", "W", "Dr"} and rng.random() < 0.5 else word for word in words
    ]
    text = " ".join(words)
    return rng.choice((str, str.upper, str.lower))(text)


def wilson(right: int, of: int) -> list[float]:
    """Return the 95 % interval of a share."""
    if not of:
        return [0.0, 1.0]
    z, share = 1.96, right / of
    middle = (share + z * z / 2 / of) / (1 + z * z / of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / 4 / of / of) / (1 + z * z / of)
    return [round(middle - half, 3), round(min(1.0, middle + half), 3)]


def percentile(times: Sequence[float], share: float) -> float:
    ranked = sorted(times)
    return round(ranked[min(len(ranked) - 1, int(len(ranked) * share))], 2)


class Ambiguity:
    """Tells whether a mistyped street is as like another as it is like the right one."""

    def __init__(self) -> None:
        from cityhall.apps.places.models import Street
        from cityhall.apps.places.rules.address_text import core

        self.streets = list(Street.objects.exclude(kind="ramp").values_list("folded", flat=True))
        self.by_core: dict[str, list[str]] = {}
        for folded in self.streets:
            self.by_core.setdefault(core(folded), []).append(folded)

    def of_street(
        self, asked: str, truth: str, others: Callable[[str], bool] = lambda _folded: True, *, among: Sequence[str] = ()
    ) -> bool:
        """Say whether another name has no more errors than the right one, or is called just what was typed."""
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        from cityhall.apps.places.rules.address_text import core, short_words

        asked, truth = short_words(asked), short_words(truth)
        away = OSA.distance(asked, truth)
        near = process.extract(asked, among or self.streets, scorer=OSA.distance, score_cutoff=away, limit=None)
        alike = [name for name, _, _ in near]
        if not among and core(asked) != core(truth):
            alike += self.by_core.get(core(asked), [])
        return any(name != truth and others(name) for name in alike)


class Maker:
    """Makes questions from what was loaded."""

    def __init__(self, rng: random.Random, count: int) -> None:
        from cityhall.apps.places.models import Address, Intersection
        from cityhall.apps.places.rules.address_text import short_words

        self.rng, self.count = rng, count
        self.ambiguity = Ambiguity()
        self.numbers: dict[str, set[int]] = {}
        for folded, house in Address.objects.values_list("street__folded", "house").distinct().iterator():
            self.numbers.setdefault(folded, set()).add(house)
        rows = Address.objects.order_by("folded", "unit").values_list("number", "street__name", "unit", "house")
        every = list(rows)
        self.houses = rng.sample([row for row in every if not row[2]], self.count * 4)
        self.flats = rng.sample([row for row in every if row[2]], min(self.count, sum(1 for row in every if row[2])))
        self.long = [row for row in self.houses if self.name(row[1])]
        crossings = (
            Intersection.objects.order_by("label").values_list("label", "first__name", "second__name").distinct()
        )
        self.pairs = {frozenset(row[1:]) for row in crossings}
        self.meeting: dict[str, set[str]] = {}
        for pair in self.pairs:
            for one, other in permutations(sorted(map(short_words, pair)), 2):
                self.meeting.setdefault(one, set()).add(other)
        self.crossings = rng.sample([row for row in crossings if self.name(row[1]) and self.name(row[2])], self.count)

    def name(self, street: str) -> str:
        """Return the longest word of a street's own name, of five letters or more; "" when there is none."""
        words = [
            word for word in street.split()
            if len(word) >= 5 and word.isalpha() and word not in SHORT and word not in LONG and word != "Service"
        ]  # fmt: skip
        return max(words, key=len, default="")

    def addresses(self, count: int, change: Callable[[str], str] = str) -> list[Question]:
        """Return addresses with `count` errors in the street's name."""
        made = []
        for number, street, _unit, house in self.long[: self.count]:
            asked = typos(street, count, self.rng, name=self.name(street)) if count else street
            unsure = bool(count) and self.ambiguity.of_street(
                asked, street, lambda other, house=house: house in self.numbers.get(other, ())
            )
            made.append(Question(f"{number} {change(asked)}", f"{number} {street}", unsure))
        return made

    def anywhere(self, count: int) -> list[Question]:
        """Return addresses of every street, short ones too, with errors anywhere in the street's text."""
        made = []
        for number, street, _unit, house in self.houses[self.count : 2 * self.count]:
            asked = typos(street, count, self.rng) if any(letter.isalpha() for letter in street) else street
            unsure = self.ambiguity.of_street(
                asked, street, lambda other, house=house: house in self.numbers.get(other, ())
            )
            made.append(Question(f"{number} {asked}", f"{number} {street}", unsure))
        return made

    def written(self, form: Callable[[str, str], str]) -> list[Question]:
        """Return addresses written by `form` from number and street."""
        made = []
        for number, street, _unit, _house in self.houses[2 * self.count : 3 * self.count]:
            made.append(Question(form(number, street), f"{number} {street}"))
        return made

    def without_kind(self) -> list[Question]:
        """Return addresses without the kind of street; ambiguous where another street of that name has the number."""
        from cityhall.apps.places.rules.address_text import KINDS, short_words

        made = []
        for number, street, _unit, house in self.houses[2 * self.count : 3 * self.count]:
            words = street.split()
            if len(words) < 2 or short_words(words[-1]) not in KINDS:
                continue
            asked = short_words(" ".join(words[:-1]))
            same = [
                other for other in self.ambiguity.streets
                if other != short_words(street) and house in self.numbers.get(other, ())
                and (other == asked or other.startswith(asked + " "))
            ]  # fmt: skip
            made.append(Question(f"{number} {' '.join(words[:-1])}", f"{number} {street}", bool(same)))
        return made

    def units(self) -> list[Question]:
        made = []
        for number, street, unit, _house in self.flats:
            form = self.rng.choice(("{} Apt {}", "{} #{}", "{}, Unit {}", "{} apt. {}", "{} Suite {}", "{} apt #{}"))
            made.append(
                Question(form.format(f"{number} {street}", unit.upper()), f"{number} {street} Unit {unit.upper()}")
            )
        return made

    def unknown_units(self) -> list[Question]:
        """Return flats nobody listed: the house is the answer."""
        made = []
        for number, street, _unit, _house in self.houses[3 * self.count :]:
            form = self.rng.choice(("{} Apt 97", "{} #98", "{}, Unit 12F", "Apt 97, {}", "{} fl 9", "{} Rear"))
            made.append(Question(form.format(f"{number} {street}"), f"{number} {street}"))
        return made

    def crossed(self, count: int) -> list[Question]:
        """Return crossings with `count` errors in all, joined in every way."""
        made = []
        for label, one, other in self.crossings:
            first, second = (one, other) if self.rng.random() < 0.5 else (other, one)
            counts = [0, 0]
            for _ in range(count):
                counts[self.rng.randrange(2)] += 1
            asked = [
                typos(street, errors, self.rng, name=self.name(street))
                for street, errors in zip((first, second), counts, strict=True)
            ]
            joint = self.rng.choice((" & ", " and ", " at ", " / ", "/", "&", " @ "))
            unsure = any(
                self.ambiguity.of_street(text, street, self._meets(rest))
                for text, street, rest in ((asked[0], first, second), (asked[1], second, first))
            )  # fmt: skip
            made.append(Question(joint.join(asked), label, bool(count) and unsure))
        return made

    def _meets(self, rest: str) -> Callable[[str], bool]:
        from cityhall.apps.places.rules.address_text import short_words

        return lambda folded: folded in self.meeting.get(short_words(rest), ())

    def crossed_short(self) -> list[Question]:
        """Return crossings by the names alone, "Salina & Fayette"; ambiguous where several crossings are so called."""
        from cityhall.apps.places.rules.address_text import core, short_words

        by_core: dict[frozenset[str], set[frozenset[str]]] = {}
        for pair in self.pairs:
            by_core.setdefault(frozenset(core(short_words(name)) for name in pair), set()).add(pair)
        made = []
        for label, one, other in self.crossings:
            names = [core(short_words(name)) for name in (one, other)]
            made.append(Question(f"{names[0]} & {names[1]}", label, len(by_core[frozenset(names)]) > 1))
        return made

    def streets(self, count: int) -> list[Question]:
        made = []
        for street in dict.fromkeys(row[1] for row in self.long):
            asked = typos(street, count, self.rng, name=self.name(street)) if count else street
            made.append(Question(asked, street, bool(count) and self.ambiguity.of_street(asked, street)))
        return made[: self.count]


def ask(questions: Sequence[Question], find: Callable[[str], Sequence[str]]) -> tuple[dict[str, Any], list[float]]:
    """Ask every question; return shares and times."""
    right: list[tuple[bool, bool, bool]] = []
    wrong: list[str] = []
    times = []
    for question in questions:
        begun = time.perf_counter()
        found = find(question.text)
        times.append((time.perf_counter() - begun) * 1000)
        right.append((question.truth in found[:1], question.truth in found[:3], question.ambiguous))
        if not right[-1][0] and not question.ambiguous:
            wrong.append(f"    {question.text} -> {question.truth} | {found[:3]}")
    if "-v" in sys.argv and find is ours:
        print(*wrong, sep="\n")
    clear = [row for row in right if not row[2]]
    first, third, only = (sum(row[0] for row in right), sum(row[1] for row in right), sum(row[0] for row in clear))
    return {
        "asked": len(right), "top1": round(first / len(right), 3), "top1_95": wilson(first, len(right)),
        "top3": round(third / len(right), 3), "top3_95": wilson(third, len(right)),
        "ambiguous": round(1 - len(clear) / len(right), 3),
        "only_top1": round(only / max(1, len(clear)), 3), "only_95": wilson(only, len(clear)),
    }, times  # fmt: skip


def ours(text: str) -> list[str]:
    from cityhall.apps.places import public

    return [hit.label for hit in public.locate(text)]


def baseline(text: str) -> list[str]:
    """Search addresses, crossings, streets and names by beginning on a normalised column: LIKE, which has an index."""
    from django.db import connection

    from cityhall.apps.places.rules.address_text import short_words

    with connection.cursor() as cursor:
        cursor.execute(
            "select label from plain where folded like %s order by length(folded), folded limit 3",
            [short_words(text).replace("%", "") + "%"],
        )
        return [label for (label,) in cursor.fetchall()]


def _label(number: str, street: str, unit: str) -> str:
    return f"{number} {street} Unit {unit.upper()}" if unit else f"{number} {street}"


def make_baseline() -> None:
    from django.db import connection

    from cityhall.apps.places.models import Address, Intersection, MapFeature, Street
    from cityhall.apps.places.rules.address_text import short_words

    rows = [
        (f"{folded} {short_words('unit ' + unit)}" if unit else folded, _label(number, street, unit))
        for number, street, unit, folded in Address.objects.values_list("number", "street__name", "unit", "folded")
    ]
    for model, column in ((Street, "name"), (Intersection, "label"), (MapFeature, "name")):
        rows += [(short_words(text), text) for text in model.objects.values_list(column, flat=True)]
    with connection.cursor() as cursor:
        cursor.execute('create temporary table plain (folded text collate "C", label text)')
        with cursor.copy("copy plain from stdin") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute("create index on plain (folded)")
        cursor.execute("analyze plain")


def typed(questions: Sequence[Question], rng: random.Random) -> list[str]:
    return [question.text[: rng.randint(2, len(question.text))] for question in questions]


def typing_times(texts: Sequence[str]) -> dict[str, float]:
    from cityhall.apps.places import public

    times = []
    cpu = time.process_time()
    for text in texts:
        begun = time.perf_counter()
        public.suggest(text)
        times.append((time.perf_counter() - begun) * 1000)
    cpu = (time.process_time() - cpu) / len(texts) * 1000
    return {
        "p50_ms": percentile(times, 0.5), "p95_ms": percentile(times, 0.95), "p99_ms": percentile(times, 0.99),
        "own_cpu_ms": round(cpu, 2),
    }  # fmt: skip


def memory_mb() -> dict[str, float]:
    """Return the memory of a fresh process of ours: started, with every address of the run within reach, and used."""
    program = (
        "import django, psutil; django.setup(); from cityhall.apps.places import public;"
        " from django.test import Client; import cityhall.config.wsgi; own = psutil.Process().memory_info;"
        " begun = own().rss;"
        " [public.locate(text) for n in range(300) for text in (f'{n} Mian St', f'{n} E Genesse', 'Genese & Sallina')];"
        " [public.suggest('Onondaga Avenue'[:n]) for n in range(15)];"
        " print(begun, own().rss)"
    )
    begun, used = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    ).stdout.split()  # fmt: skip
    return {"web_process_mb": round(int(used) / 1e6, 1), "of_it_index_mb": round((int(used) - int(begun)) / 1e6, 1)}


def landmarks(data: Path) -> list[Any]:
    """Return Boston's open spaces (their file has no shapes: the points are made up) and New York's libraries."""
    from cityhall.apps.places.contracts import FeatureRow
    from cityhall.apps.places.rules.naming import spoken

    found: dict[str, Any] = {}
    for at, row in enumerate(table(data / OPEN_SPACES)):
        point = (-71.1 + at % 40 * 0.002, 42.3 + at // 40 * 0.002)
        found.setdefault(
            row["SITE_NAME"].strip(), FeatureRow({"type": "Point", "coordinates": point}, row["SITE_NAME"].strip())
        )
    for row in table(data / LIBRARIES):
        if row["STABR"] == "NY":
            name = spoken(row["LIBNAME"].strip())
            point = (float(row["LONGITUD"]), float(row["LATITUDE"]))
            found.setdefault(name, FeatureRow({"type": "Point", "coordinates": point}, name))
    return [row for name, row in found.items() if len(name) >= 5]


def say(**values: Any) -> None:
    print(json.dumps(values), flush=True)


def main(data: Path, count: int, questions: int) -> int:
    from cityhall.apps.places import public
    from cityhall.apps.places.rules.address_text import short_words

    rng = random.Random(35)
    started = time.monotonic()
    public.set_city(name="Syracuse", time_zone="America/New_York")
    network = list(segments(data))
    public.load_streets(network)
    named = landmarks(data)
    public.load_features("parks", named)
    rows = addresses(network, count, rng)
    public.load_addresses(rows[: count // 5])
    say(
        addresses=count // 5,
        segments=len(network),
        streets=len({row.street for row in network}),
        named_places=len(named),
    )

    public.suggest("1 warm up")
    few = Maker(random.Random(36), questions)
    typing = {
        "as one types": typed(few.addresses(0), rng) + typed(few.streets(0), rng),
        "as one types, one error": typed(few.addresses(1), rng) + typed(few.crossed(1), rng),
    }
    small = {kind: typing_times(texts) for kind, texts in typing.items()}
    public.load_addresses(rows[count // 5 :])
    public.suggest("1 warm up")
    say(addresses=len(rows), load_seconds=round(time.monotonic() - started, 1), **memory_mb())

    worst, flat = 0.0, True
    for kind, texts in typing.items():
        large = typing_times(texts)
        worst = max(worst, large["p99_ms"])
        ratio = {key: round(large[key] / small[kind][key], 2) for key in ("p50_ms", "p99_ms")}
        flat = flat and ratio["p50_ms"] < FLAT
        say(suggest=kind, addresses=len(rows), **large, at_a_fifth=small[kind], times_slower=ratio)

    make_baseline()
    make = Maker(random.Random(37), questions)
    kinds: dict[str, list[Question]] = {
        "address": make.addresses(0),
        "address, one typo": make.addresses(1),
        "address, two typos": make.addresses(2),
        "address of any street, one typo anywhere": make.anywhere(1),
        "address, words in other forms": make.written(lambda number, street: f"{number} {other_form(street, rng)}"),
        "address, city, state and ZIP behind": make.written(
            lambda number, street: (
                f"{number} {street}{rng.choice((', ', ' '))}Syracuse{rng.choice((', NY 13210', ' NY', ' 13210', ''))}"
            )
        ),
        "address without kind": make.without_kind(),
        "address with a listed unit": make.units(),
        "address with an unlisted unit": make.unknown_units(),
        "address, other forms and one typo": make.addresses(1, lambda street: other_form(street, rng)),
        "crossing": make.crossed(0),
        "crossing, one typo": make.crossed(1),
        "crossing, two typos": make.crossed(2),
        "crossing by names alone": make.crossed_short(),
        "street": make.streets(0),
        "street, one typo": make.streets(1),
        "street, two typos": make.streets(2),
    }
    for errors in (0, 1, 2):
        chosen = random.Random(38).sample([row.name for row in named], min(questions, len(named)))
        every_name = [short_words(row.name) for row in named]
        kind = "named place" + ("", ", one typo", ", two typos")[errors]
        for name in chosen:
            asked = typos(name, errors, rng)
            unsure = bool(errors) and (
                make.ambiguity.of_street(asked, name) or make.ambiguity.of_street(asked, name, among=every_name)
            )
            kinds.setdefault(kind, []).append(Question(asked, name, unsure))
    for kind, asked_so in kinds.items():
        shares, times = ask(asked_so, ours)
        plain, plain_times = ask(asked_so, baseline)
        say(
            question=kind, **shares, p50_ms=percentile(times, 0.5), p99_ms=percentile(times, 0.99),
            baseline={"top1": plain["top1"], "top3": plain["top3"], "p50_ms": percentile(plain_times, 0.5)},
        )  # fmt: skip
    potholes(data, rng, 2 * questions)
    say(load_average=round(os.getloadavg()[0], 1))
    say(target_p99_ms=TARGET_MS, met=worst < TARGET_MS, flat=flat)
    return 0 if worst < TARGET_MS and flat else 1


def potholes(data: Path, rng: random.Random, count: int) -> None:
    """Ask where crews wrote that they were, and compare with where they were."""
    from cityhall.apps.places import public
    from cityhall.apps.places.rules.geometry import metres

    rows = [row for row in table(data / POTHOLES) if float(row["Latitude"] or 0) > 40 and row["Location"].strip()]
    rows = list({row["Location"]: row for row in rows}.values())
    rows = rng.sample(rows, min(count, len(rows)))
    near = answered = 0
    for row in rows:
        hits = public.locate(row["Location"])
        answered += bool(hits)
        right = (
            bool(hits)
            and metres(hits[0].lat, hits[0].lon, float(row["Latitude"]), float(row["Longitude"])) <= NEAR_ENOUGH
        )
        near += right
        if not right and "-v" in sys.argv:
            print("   ", row["Location"], "|", [(hit.label, hit.score) for hit in hits[:3]])
    say(
        question="as crews wrote it", asked=len(rows), answered=round(answered / len(rows), 3),
        within_150_m=round(near / len(rows), 3), within_95=wilson(near, len(rows)),
    )  # fmt: skip


if __name__ == "__main__":
    default = Path(__file__).resolve().parents[2] / "shared" / "data"
    source = Path(os.environ.get("CITYHALL_REAL_DATA") or default)
    if not source.is_dir():
        sys.exit(f"no real data at {source}: set CITYHALL_REAL_DATA")
    numbers = [int(word) for word in sys.argv[1:] if word.isdecimal()]
    with own_city():
        status = main(source, *(numbers + [500_000, 500][len(numbers) :])[:2])
    sys.exit(status)
