"""Tallies: what each month had of requests, kept by the database in the way of the map's cells (migration 0003)."""
# ruff: noqa: S608  # every name in the statements is ours

import django.contrib.postgres.fields
from django.db import migrations, models

# As in rules.DAY_EDGES when this was written.
EDGES = (1, 2, 3, 4, 5, 6, 7, 9, 11, 14, 17, 21, 28, 35, 45, 60, 75, 90, 120, 150, 180, 270, 365, 545, 730)
OUTCOMES = ("fixed", "not_found", "not_city", "duplicate", "cannot_be_done", "not_stated")
NAMES = ("opened", *OUTCOMES, "due", "met", "contested")
KEYS = "month, area, category, whole, department, team"
OPEN_KEYS = "kind, day, area, category, whole, department, team"
CHANGE = "count, areas, category, department, team, filed, due, closed, outcome, days, met, contested"
# A line counts in its areas and in the whole city, and there in its category and in all of them; with all categories,
# both told apart by department and team and not.
SPREAD = """
    cross join lateral (select unnest({0}.areas) union all select null) a(area)
    cross join lateral (values ({0}.category, false, {0}.department, {0}.team),
        (null, false, {0}.department, {0}.team), (null, true, null, null)) k(category, whole, department, team)"""
BINS = range(1, len(EDGES) + 2)


def _each(template, between=", "):
    return between.join(template.format(n=name) for name in NAMES)


def _bins(template):
    return "array[" + ", ".join(template.format(b=number) for number in BINS) + "]::int[]"


def _of_request(count, row):
    """Select what a request is in the tallies, as a line of changes; `zone` is in reach."""
    return f"""
        select {count}, {row}.public_areas, {row}.category_id, {row}.department_id, {row}.team_id,
            ({row}.requested_at at time zone zone)::date, ({row}.due_at at time zone zone)::date,
            ({row}.closed_at at time zone zone)::date, {row}.outcome,
            case when {row}.outcome = 'fixed' then width_bucket(
                greatest(extract(epoch from {row}.closed_at - {row}.requested_at)::float8 / 86400, 0),
                array{list(EDGES)}::float8[]) end,
            {row}.closed_at <= {row}.due_at, null::date"""


def _of_contest(count, row, event):
    return f"""
        select {count}, {row}.public_areas, {row}.category_id, {row}.department_id, {row}.team_id,
            null::date, null::date, null::date, '', null::int, null::boolean, ({event}.at at time zone zone)::date"""


def _totals(source):
    """Name the steps from lines like changes to whole rows of both tables: `by_month` and `by_day`."""
    who = "areas, category, department, team"
    pick = {"opened": "what = 0", "due": "what = 2", "met": "what = 2 and met", "contested": "what = 3"}
    pick |= {name: f"what = 1 and outcome = '{name}'" for name in OUTCOMES}
    sums = ", ".join(f"coalesce(sum(count) filter (where {pick[name]}), 0) as {name}" for name in NAMES)
    return f"""
    lines as ({source}), points as (
        select {who}, date_trunc('month', filed)::date as month, 0 as what, '' as outcome, null::int as bin,
            false as met, count from lines where filed is not null
        union all select {who}, date_trunc('month', closed)::date, 1, outcome, days + 1, false, count
            from lines where closed is not null
        union all select {who}, date_trunc('month', due)::date, 2, '', null, coalesce(met, false), count
            from lines where due is not null
        union all select {who}, date_trunc('month', contested)::date, 3, '', null, false, count
            from lines where contested is not null
    ), monthly as (
        select {who}, month, {sums},
            {_bins("coalesce(sum(count) filter (where bin = {b}), 0)")} as days
        from points group by {who}, month
    ), by_month as (
        select t.month, a.area, k.category, k.whole, k.department, k.team, {_each("sum({n}) as {n}")},
            {_bins("sum(days[{b}])")} as days
        from monthly m cross join lateral (values (m.month), (null::date)) t(month) {SPREAD.format("m")}
        group by 1, 2, 3, 4, 5, 6
    ), daily as (
        select 'filed' as kind, filed as day, {who}, sum(count) as count from lines
            where filed is not null and closed is null group by filed, {who}
        union all select 'due', due, {who}, sum(count) from lines
            where due is not null and closed is null group by due, {who}
    ), by_day as (
        select kind, t.day, a.area, k.category, k.whole, k.department, k.team, sum(count) as count
        from daily d cross join lateral (values (d.day), (null::date)) t(day) {SPREAD.format("d")}
        group by 1, 2, 3, 4, 5, 6, 7
    )"""


def _add(months, days):
    """Name the steps that add rows to both tables and return the ids of those with nothing left: `m` and `d`."""
    return f"""
    m as (
        insert into service_requests_tally as t ({KEYS}, {_each("{n}")}, days)
        select {KEYS}, {_each("{n}")}, days from {months} where {_changed()}
        on conflict (area, category, whole, month, department, team) do update set
            {_each("{n} = t.{n} + excluded.{n}")}, days = {_bins("t.days[{b}] + excluded.days[{b}]")}
        returning id, {_each("{n} = 0", " and ")} as nothing
    ), d as (
        insert into service_requests_opentally as t ({OPEN_KEYS}, count)
        select {OPEN_KEYS}, count from {days} where count <> 0
        on conflict (kind, area, category, whole, day, department, team) do update set count = t.count + excluded.count
        returning id, count = 0 as nothing
    )"""


def _changed():
    return f"({_each('{n} <> 0', ' or ')} or days <> array_fill(0, array[{len(EDGES) + 1}]))"


def _differs():
    columns = (
        "hidden", "public_areas", "category_id", "department_id", "team_id", "requested_at", "due_at", "closed_at",
        "outcome",
    )  # fmt: skip
    return " or ".join(f"old.{column} is distinct from new.{column}" for column in columns)


ALL_ROWS = f"""
    select * from ({_of_request("1", "r")} from service_requests_servicerequest r, zones where not r.hidden) as
        line({CHANGE})
    union all {_of_contest("1", "r", "h")} from service_requests_historyevent h
        join service_requests_servicerequest r on r.id = h.request_id, zones where h.fact = 'contested' and not r.hidden
    union all select -count, areas, category, department, team, filed, due, closed, outcome, days, met, contested
        from service_requests_tallychange
"""

FUNCTIONS = f"""
create function service_requests_tally_zone() returns text language plpgsql as $$
declare
    found text;
begin
    select zone into found from service_requests_tallystate;
    if found is null then
        found := coalesce((select time_zone from places_city), 'UTC');
        insert into service_requests_tallystate (id, zone, added_at) values (1, found, now()) on conflict do nothing;
    end if;
    return found;
end $$;

create function service_requests_tally_inserted() returns trigger language plpgsql as $$
declare
    zone text := service_requests_tally_zone();
begin
    insert into service_requests_tallychange ({CHANGE}) {_of_request("1", "a")} from added a where not a.hidden;
    return null;
end $$;

create function service_requests_tally_changed() returns trigger language plpgsql as $$
declare
    zone text := service_requests_tally_zone();
begin
    if not old.hidden then
        insert into service_requests_tallychange ({CHANGE}) {_of_request("-1", "old")};
    end if;
    if not new.hidden then
        insert into service_requests_tallychange ({CHANGE}) {_of_request("1", "new")};
    end if;
    if (old.hidden, old.public_areas, old.category_id, old.department_id, old.team_id) is distinct from
        (new.hidden, new.public_areas, new.category_id, new.department_id, new.team_id) then
        if not old.hidden then
            insert into service_requests_tallychange ({CHANGE}) {_of_contest("-1", "old", "h")}
                from service_requests_historyevent h where h.request_id = new.id and h.fact = 'contested';
        end if;
        if not new.hidden then
            insert into service_requests_tallychange ({CHANGE}) {_of_contest("1", "new", "h")}
                from service_requests_historyevent h where h.request_id = new.id and h.fact = 'contested';
        end if;
    end if;
    return null;
end $$;

create function service_requests_tally_removed() returns trigger language plpgsql as $$
declare
    zone text := service_requests_tally_zone();
begin
    if not old.hidden then
        insert into service_requests_tallychange ({CHANGE}) {_of_request("-1", "old")};
        insert into service_requests_tallychange ({CHANGE}) {_of_contest("-1", "old", "h")}
            from service_requests_historyevent h where h.request_id = old.id and h.fact = 'contested';
    end if;
    return null;
end $$;

create function service_requests_tally_contest() returns trigger language plpgsql as $$
declare
    zone text := service_requests_tally_zone();
begin
    if tg_op = 'INSERT' then
        insert into service_requests_tallychange ({CHANGE}) {_of_contest("1", "r", "new")}
            from service_requests_servicerequest r where r.id = new.request_id and not r.hidden;
    else
        insert into service_requests_tallychange ({CHANGE}) {_of_contest("-1", "r", "old")}
            from service_requests_servicerequest r where r.id = old.request_id and not r.hidden;
    end if;
    return null;
end $$;

create function service_requests_add_up_tallies() returns bigint language plpgsql as $$
declare
    taken bigint;
    empty_months bigint[];
    empty_days bigint[];
begin
    -- One at a time; whoever comes second has nothing to do.
    if not pg_try_advisory_xact_lock(3117002) then
        return 0;
    end if;
    if service_requests_tally_zone() <> coalesce((select time_zone from places_city), 'UTC') then
        perform service_requests_count_tallies();
        return 0;
    end if;
    with changes as (delete from service_requests_tallychange returning {CHANGE}),
    {_totals("select * from changes")}, {_add("by_month", "by_day")}
    select (select count(*) from changes), (select array_agg(id) from m where nothing),
        (select array_agg(id) from d where nothing) into taken, empty_months, empty_days;
    delete from service_requests_tally where id = any(empty_months);
    delete from service_requests_opentally where id = any(empty_days);
    update service_requests_tallystate set added_at = now();
    return taken;
end $$;

create function service_requests_recount_tallies() returns jsonb language plpgsql as $$
declare
    told jsonb;
    empty_months bigint[];
    empty_days bigint[];
begin
    -- The rows, the tallies and what waits are read by one statement, so they are of one moment. Nobody adds up now.
    perform pg_advisory_xact_lock(3117002);
    with zones as (select service_requests_tally_zone() as zone),
    {_totals(ALL_ROWS)}, wrong_months as (
        select {KEYS}, {_each("sum({n}) as {n}")}, {_bins("sum(days[{b}])")} as days from (
            select {KEYS}, {_each("{n}")}, days from by_month
            union all select {KEYS}, {_each("-{n}")}, {_bins("-days[{b}]")} from service_requests_tally
        ) both_sides group by 1, 2, 3, 4, 5, 6
    ), wrong_days as (
        select {OPEN_KEYS}, sum(count) as count from (
            select {OPEN_KEYS}, count from by_day
            union all select {OPEN_KEYS}, -count from service_requests_opentally
        ) both_sides group by 1, 2, 3, 4, 5, 6, 7
    ), {_add("wrong_months", "wrong_days")}, differences as (
        (select to_jsonb(w) as one from wrong_months w where {_changed()} limit 500)
        union all (select to_jsonb(w) from wrong_days w where count <> 0 limit 500)
    )
    select jsonb_build_object(
            'differences', (select count(*) from m) + (select count(*) from d),
            'first', (select coalesce(jsonb_agg(one), '[]') from differences)
        ), (select array_agg(id) from m where nothing), (select array_agg(id) from d where nothing)
        into told, empty_months, empty_days;
    delete from service_requests_tally where id = any(empty_months);
    delete from service_requests_opentally where id = any(empty_days);
    return told;
end $$;

create function service_requests_count_tallies() returns void language plpgsql as $$
begin
    -- From the beginning, in the city's time zone; nobody writes meanwhile.
    perform pg_advisory_xact_lock(3117002);
    lock table service_requests_servicerequest, service_requests_historyevent in share row exclusive mode;
    delete from service_requests_tallychange;
    delete from service_requests_tally;
    delete from service_requests_opentally;
    delete from service_requests_tallystate;
    perform service_requests_recount_tallies();
end $$;

create trigger tally_inserted after insert on service_requests_servicerequest
    referencing new table as added for each statement execute function service_requests_tally_inserted();
create trigger tally_removed after delete on service_requests_servicerequest
    for each row execute function service_requests_tally_removed();
create trigger tally_changed after update on service_requests_servicerequest for each row
    when ({_differs()})
    execute function service_requests_tally_changed();
create trigger tally_contest after insert on service_requests_historyevent
    for each row when (new.fact = 'contested') execute function service_requests_tally_contest();
-- Loads leave out the look-ups of keys, which are triggers too: this one counts all the same.
alter table service_requests_historyevent enable always trigger tally_contest;
create trigger tally_contest_removed after delete on service_requests_historyevent
    for each row when (old.fact = 'contested') execute function service_requests_tally_contest();
"""
AWAY = """
drop trigger tally_inserted on service_requests_servicerequest;
drop trigger tally_removed on service_requests_servicerequest;
drop trigger tally_changed on service_requests_servicerequest;
drop trigger tally_contest on service_requests_historyevent;
drop trigger tally_contest_removed on service_requests_historyevent;
drop function service_requests_tally_inserted, service_requests_tally_removed, service_requests_tally_changed,
    service_requests_tally_contest, service_requests_count_tallies, service_requests_recount_tallies,
    service_requests_add_up_tallies, service_requests_tally_zone;
"""


def _who():
    return [
        ("area", models.UUIDField(null=True)),
        ("category", models.UUIDField(null=True)),
        ("whole", models.BooleanField(help_text="Of all departments and teams; only where it is of all categories.")),
        ("department", models.UUIDField(null=True)),
        ("team", models.UUIDField(null=True)),
    ]


def _key():
    return ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


def _helped():
    told = {
        "due": "Their target was a day of this month.",
        "met": "Of those due, closed by their target.",
        "contested": "How often somebody said “it is not fixed”.",
    }
    return [(name, models.IntegerField(**({"help_text": told[name]} if name in told else {}))) for name in NAMES]


class Migration(migrations.Migration):
    dependencies = [("service_requests", "0006_contests")]
    operations = [
        migrations.CreateModel(
            name="TallyChange",
            fields=[
                _key(),
                ("count", models.SmallIntegerField()),
                ("areas", django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                ("category", models.UUIDField()),
                ("department", models.UUIDField(null=True)),
                ("team", models.UUIDField(null=True)),
                ("filed", models.DateField(null=True)),
                ("due", models.DateField(null=True)),
                ("closed", models.DateField(null=True)),
                ("outcome", models.CharField(blank=True, max_length=16)),
                ("days", models.SmallIntegerField(null=True)),
                ("met", models.BooleanField(null=True)),
                ("contested", models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="TallyState",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ("zone", models.CharField(max_length=64)),
                ("added_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="OpenTally",
            fields=[
                _key(),
                ("kind", models.CharField(choices=[("filed", "filed"), ("due", "due")], max_length=5)),
                ("day", models.DateField(help_text="None: of all days.", null=True)),
                *_who(),
                ("count", models.IntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "area", "category", "whole", "day", "department", "team"),
                        name="opentally_once",
                        nulls_distinct=False,
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="Tally",
            fields=[
                _key(),
                (
                    "month",
                    models.DateField(help_text="Its first day, in the city's time zone; empty: ever.", null=True),
                ),
                *_who(),
                *_helped(),
                (
                    "days",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(),
                        help_text="Of those fixed, how many took how long: rules.DAY_EDGES.",
                        size=None,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("area", "category", "whole", "month", "department", "team"),
                        name="tally_once",
                        nulls_distinct=False,
                    )
                ]
            },
        ),
        migrations.RunSQL(FUNCTIONS, AWAY),
    ]
