"""A city with millions of requests, made in minutes: the spots in Python, the rows in PostgreSQL.

The rows are what the room's own loader would write: public places by each category's policy, cells, areas, words. They
come at the same pace whatever their number (900 a day, as in a city of 1.4 million), so that more rows mean a longer
history, not a denser present. Indexes are taken away while rows are written and made again as the schema has them.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

PER_DAY = 900
SPOTS = 60_000
CATEGORIES = 40
PHOTOS = 200
CENTRES = (
    (32.7157, -117.1611, 0.03, 5),
    (32.75, -117.13, 0.05, 9),
    (32.83, -117.14, 0.06, 5),
    (32.92, -117.1, 0.05, 3),
)
BOX = (-117.30, 32.53, -116.88, 33.12)
STREETS = ("Grand Ave", "Harbor St", "Juniper Ln", "Mission Rd", "Ocean Blvd", "Palm Dr", "Quince St", "Sage Way")
TEXT = """there is a deep pothole in the right lane close to the crossing and cars swerve into the bicycle lane the
street light has been out for three nights trash was left beside the container a branch fell on the sidewalk water runs
from under the asphalt somebody painted over the sign the signal skips its green phase every second time"""
TABLES = ("servicerequest", "historyevent", "reporter", "requestphoto")


def prepare(seed: int = 311) -> None:
    """Make the city, its areas, addresses, categories and spots; the rows come by `fill`."""
    from django.db import connection

    from cityhall.apps.places import public as places
    from cityhall.apps.places.contracts import AddressRow, AreaRow

    west, south, east, north = BOX
    places.set_city(
        name="San Diego", time_zone="America/Los_Angeles", holidays_country="US", holidays_subdivision="CA",
        boundary=_rectangle(west, south, east, north),
    )  # fmt: skip
    for kind, across, up in (("council_district", 3, 3), ("neighborhood", 8, 12)):
        wide, high = (east - west) / across, (north - south) / up
        rows = [
            AreaRow(
                str(1 + x + y * across),
                {"en": f"{kind} {1 + x + y * across}"},
                _rectangle(west + x * wide, south + y * high, west + (x + 1) * wide, south + (y + 1) * high),
            )
            for x in range(across)
            for y in range(up)
        ]
        places.replace_areas(kind, rows)
    chance = random.Random(seed)
    spots = [_spot(chance) for _ in range(SPOTS)]
    places.load_addresses(AddressRow(str(n), street, lat, lon) for lat, lon, n, street in spots[:20_000])
    _categories(chance)
    _documents()
    spot_rows = list(_spot_rows(spots))
    with connection.cursor() as cursor:
        cursor.execute(
            "create table bench_spot (n int primary key, lat float8, lon float8, address text, cell bigint,"
            " cell7 bigint, areas uuid[], glat float8, glon float8, gaddress text, gcell bigint, gcell7 bigint,"
            " gareas uuid[])"
        )
        with cursor.copy("copy bench_spot from stdin") as copy:
            for row in spot_rows:
                copy.write_row([list(one) if isinstance(one, tuple) else one for one in row])
        cursor.execute("analyze bench_spot")


def _rectangle(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _spot(chance: random.Random) -> tuple[float, float, int, str]:
    lat, lon, wide, _ = chance.choices(CENTRES, [one[3] for one in CENTRES])[0]
    west, south, east, north = BOX
    lat = min(north - 0.001, max(south + 0.001, chance.gauss(lat, wide)))
    lon = min(east - 0.001, max(west + 0.001, chance.gauss(lon, wide)))
    return round(lat, 6), round(lon, 6), chance.randrange(100, 9999), chance.choice(STREETS)


def _spot_rows(spots: list[tuple[float, float, int, str]]) -> Iterator[tuple[Any, ...]]:
    from cityhall.apps.places import public as places
    from cityhall.apps.service_requests.rules import grid

    coarse = [places.generalise(lat, lon) for lat, lon, _, _ in spots]
    areas = [list(one) for one in places.bulk_areas([(lat, lon) for lat, lon, _, _ in spots])]
    coarse_areas = [list(one) for one in places.bulk_areas(coarse)]
    for n, (lat, lon, number, street) in enumerate(spots):
        address, (glat, glon) = f"{number} {street}", coarse[n]
        yield (
            n, lat, lon, address, grid.cell(lat, lon, grid.FINE), grid.cell(lat, lon, grid.COARSE), areas[n], glat,
            glon, places.generalise_address(address), grid.cell(glat, glon, grid.FINE),
            grid.cell(glat, glon, grid.COARSE), coarse_areas[n],
        )  # fmt: skip


def _categories(chance: random.Random) -> None:
    from cityhall.apps.identity.models import Department
    from cityhall.apps.service_requests.public import ensure_category

    departments = [
        Department.objects.create(code=f"dept-{n}", name={"en": f"Department {n}", "es": f"Departamento {n}"})
        for n in range(6)
    ]
    for n in range(CATEGORIES):
        ensure_category(
            f"kind-{n}",
            group=f"group-{n % 6}",
            name={"en": f"Kind {n} of trouble", "es": f"Problema {n}"},
            notice={"en": "A crew comes within days."},
            department_id=departments[n % 6].id,
            target_days=5 + n % 20,
            place_policy="generalised" if n % 13 == 12 else "withheld" if n == 20 else "exact",
            text_policy="withheld" if n % 11 == 10 else "exact",
            open311_per_minute=32_000,
        )


def _documents() -> None:
    from cityhall.apps.documents.models import Document
    from cityhall.kernel import clock

    Document.objects.bulk_create(
        Document(
            kind="image", media_type="image/jpeg", key=f"bench/{n}", sizes={}, bytes=1, sha256=f"{n:064x}",
            is_public=True, is_kept=True, created_at=clock.now(),
        )
        for n in range(PHOTOS)
    )  # fmt: skip


def fill(first: int, last: int, say: Any = print) -> None:
    """Write rows number `first` to `last`, the newest first: row 0 is of today."""
    from django.db import connection

    started = time.perf_counter()
    now = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)
    with connection.cursor() as cursor:
        cursor.execute("set synchronous_commit = off; set maintenance_work_mem = '768MB'; set work_mem = '64MB'")
        cursor.execute("set session_replication_role = replica")  # the keys are right by construction
        made = _drop_indexes(cursor)
        cursor.execute(
            "create temp table bench_category as select (row_number() over (order by code) - 1)::int as n, id,"
            " place_policy, text_policy, department_id, target_days from service_requests_category"
        )
        cursor.execute(
            "create temp table bench_document as"
            " select (row_number() over (order by key) - 1)::int as n, id from documents_document"
        )
        cursor.execute("analyze bench_category; analyze bench_document")
        cursor.execute("create temp table bench_word (n int, word text)")
        cursor.execute("insert into bench_word select * from unnest(%s::int[], %s::text[])", _phrases())
        cursor.execute("analyze bench_word")
        for start in range(first, last, 250_000):
            cursor.execute(_ROWS, {"first": start, "last": min(start + 250_000, last) - 1, "now": now, "day": PER_DAY})
            cursor.execute(_HISTORY, {"first": start, "last": min(start + 250_000, last) - 1})
        say(f"  rows written after {time.perf_counter() - started:.0f} s")
        for statement in made:
            cursor.execute(statement)
        cursor.execute("select service_requests_count_map()")
        cursor.execute("select service_requests_count_tallies()")
        say(f"  indexes made after {time.perf_counter() - started:.0f} s")
        cursor.execute("drop table bench_category, bench_document, bench_word")
        cursor.execute("select setval('service_requests_number', 20000000 + %s)", [last])
        cursor.execute("set session_replication_role = origin; set synchronous_commit = on")
    connection.close()
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"vacuum (analyze) service_requests_{table}")
        cursor.execute("checkpoint")
    say(f"  ready after {time.perf_counter() - started:.0f} s")


def _phrases() -> tuple[list[int], list[str]]:
    chance = random.Random(5)
    numbers = list(range(4096))
    return numbers, [
        " ".join(chance.choices(TEXT.split(), k=chance.randrange(6, 24))).capitalize() + "." for _ in numbers
    ]


def _drop_indexes(cursor: Any) -> list[str]:
    """Drop every index that is no key; return the statements that make them again."""
    cursor.execute(
        "select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) from pg_index i"
        " where i.indrelid = any(%s::regclass[]) and not i.indisunique",
        [[f"service_requests_{table}" for table in TABLES]],
    )
    found = cursor.fetchall()
    for name, _ in found:
        cursor.execute(f"drop index {name}")
    return [definition for _, definition in found]


_ID = """(lpad(to_hex((extract(epoch from %(now)s::timestamptz) * 1000)::bigint - {n}::bigint * 86400000 / %(day)s),
    12, '0') || '7' || lpad(to_hex(({n}) %% 4096), 3, '0') || '8' || lpad(to_hex({n}), 15, '0'))::uuid"""
_ROWS = f"""
insert into service_requests_servicerequest (
    id, number, category_id, state, outcome, outcome_sentence, referred_to, version, description, showing, answers,
    language, source, lat, lon, address, cell, areas, public_lat, public_lon, public_address, public_areas, public_cell,
    public_cell7, words, department_id, priority, duplicate_of_id, supporters, hidden, requested_at, updated_at, due_at,
    closed_at, queue_at
)
select
    {_ID.format(n="z.n")}, 10000000 - z.n, c.id,
    case when closed then 'closed' else (array['received', 'received', 'scheduled', 'in_progress', 'referred'])
        [1 + h %% 5] end,
    case when not closed then '' when dup then 'duplicate'
         else (array['fixed', 'fixed', 'fixed', 'not_found', 'cannot_be_done'])[1 + h %% 5] end,
    case when closed then 'A crew was here and took care of it.' else '' end,
    '', 1, w.word, case when h %% 97 = 0 then 'withheld' else 'shown' end, '{{}}', 'en',
    (array['web', 'open311', 'phone'])[1 + h %% 3],
    s.lat, s.lon, s.address, s.cell, s.areas,
    case c.place_policy when 'exact' then s.lat when 'generalised' then s.glat end,
    case c.place_policy when 'exact' then s.lon when 'generalised' then s.glon end,
    case c.place_policy when 'exact' then s.address when 'generalised' then s.gaddress else '' end,
    case c.place_policy when 'exact' then s.areas when 'generalised' then s.gareas else '{{}}' end,
    case c.place_policy when 'exact' then s.cell when 'generalised' then s.gcell end,
    case c.place_policy when 'exact' then s.cell7 when 'generalised' then s.gcell7 end,
    lower((10000000 - z.n) / 1000 || ' ' || s.address
        || case when c.text_policy = 'exact' then ' ' || w.word else '' end)::text::tsvector,
    c.department_id, 3, case when closed and dup then {_ID.format(n="(z.n + 50)")} end,
    case when h %% 9 = 0 then h %% 7 else 0 end, h %% 1999 = 0, at, coalesce(done, at),
    at + c.target_days * interval '1 day', done, at
from (
    select n, h, at, closed, h %% 40 = 3 and n + 50 <= %(last)s as dup,
        case when closed then least(at + (h %% 4000) * interval '10 minutes', %(now)s) end as done
    from (
        select n, h, %(now)s::timestamptz - n * interval '1 day' / %(day)s as at,
            h %% 100 < case when n < 90 * %(day)s then 55 else 97 end and h %% 40 <> 13 as closed
        from (select n, abs(hashint4(n)) as h from generate_series(%(first)s, %(last)s) n) x
    ) y
) z
join bench_spot s on s.n = (h / 7) %% {SPOTS}
join bench_category c on c.n = (h / 3) %% {CATEGORIES}
join bench_word w on w.n = (h / 11) %% 4096
"""
_HISTORY = """
with rows as materialized (
    select id, requested_at, closed_at, outcome, number from service_requests_servicerequest
    where number between 10000000 - %(last)s and 10000000 - %(first)s
), told as (
    insert into service_requests_historyevent (id, request_id, fact, at, visibility, author_kind, author_label, text,
        showing, data)
    select overlay(id::text placing 'a' from 20)::uuid, id, 'received', requested_at, 'public', 'anonymous', '', '',
        'shown', '{}' from rows
    union all
    select overlay(id::text placing 'b' from 20)::uuid, id, 'closed', closed_at, 'public', 'staff', 'Crew', '',
        'shown', jsonb_build_object('to', 'closed', 'outcome', outcome) from rows where closed_at is not null
), pictured as (
    insert into service_requests_requestphoto (id, request_id, document_id, is_evidence, showing, withheld_by_policy,
        "order", added_at)
    select r.id, r.id, d.id, false, 'shown', false, 0, r.requested_at
    from rows r join bench_document d on d.n = r.number %% 200 where r.number %% 9 = 0
)
insert into service_requests_reporter (request_id, first_name, last_name, email, phone, private_token_hash)
select id, 'Ann', 'Example', 'ann' || number || '@example.org', '', md5(number::text) from rows where number %% 3 = 0
"""
