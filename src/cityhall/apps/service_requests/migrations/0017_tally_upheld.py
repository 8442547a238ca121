"""Count contests that a supervisor found right: a column beside those that were said, kept as migration 0007 does it."""
# ruff: noqa: S608  # every name in the statements is ours

from django.db import migrations, models

EDGES = (1, 2, 3, 4, 5, 6, 7, 9, 11, 14, 17, 21, 28, 35, 45, 60, 75, 90, 120, 150, 180, 270, 365, 545, 730)
OUTCOMES = ("fixed", "not_found", "not_city", "duplicate", "cannot_be_done", "not_stated")
NAMES = ("opened", *OUTCOMES, "due", "met", "contested", "upheld")
KEYS = "month, area, category, whole, department, team"
OPEN_KEYS = "kind, day, area, category, whole, department, team"
CHANGE = "count, areas, category, department, team, filed, due, closed, outcome, days, met, contested, upheld"
WHO = ("hidden", "public_areas", "category_id", "department_id", "team_id")
MOVED = " or ".join(f"old.{column} is distinct from new.{column}" for column in WHO)
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
            {row}.closed_at <= {row}.due_at, null::date, null::date"""


def _of_contest(count, row, event):
    return f"""
        select {count}, {row}.public_areas, {row}.category_id, {row}.department_id, {row}.team_id,
            null::date, null::date, null::date, '', null::int, null::boolean, ({event}.at at time zone zone)::date, null::date"""


def _of_upheld(count, row, contest):
    return f"""
        select {count}, {row}.public_areas, {row}.category_id, {row}.department_id, {row}.team_id,
            null::date, null::date, null::date, '', null::int, null::boolean, null::date,
            ({contest}.at at time zone zone)::date"""


def _totals(source):
    """Name the steps from lines like changes to whole rows of both tables: `by_month` and `by_day`."""
    who = "areas, category, department, team"
    pick = {
        "opened": "what = 0",
        "due": "what = 2",
        "met": "what = 2 and met",
        "contested": "what = 3",
        "upheld": "what = 4",
    }
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
        union all select {who}, date_trunc('month', upheld)::date, 4, '', null, false, count
            from lines where upheld is not null
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


ALL_ROWS = f"""
    select * from ({_of_request("1", "r")} from service_requests_servicerequest r, zones where not r.hidden) as
        line({CHANGE})
    union all {_of_contest("1", "r", "h")} from service_requests_historyevent h
        join service_requests_servicerequest r on r.id = h.request_id, zones where h.fact = 'contested' and not r.hidden
    union all {_of_upheld("1", "r", "c")} from service_requests_contest c
        join service_requests_servicerequest r on r.id = c.request_id, zones where c.upheld and not r.hidden
    union all select -count, areas, category, department, team, filed, due, closed, outcome, days, met, contested, upheld
        from service_requests_tallychange
"""

FUNCTIONS = f"""
create or replace function service_requests_add_up_tallies() returns bigint language plpgsql as $$
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

create or replace function service_requests_recount_tallies() returns jsonb language plpgsql as $$
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

create function service_requests_tally_upheld() returns trigger language plpgsql as $$
declare
    zone text := service_requests_tally_zone();
begin
    if tg_op <> 'INSERT' and old.upheld then
        insert into service_requests_tallychange ({CHANGE}) {_of_upheld("-1", "r", "old")}
            from service_requests_servicerequest r where r.id = old.request_id and not r.hidden;
    end if;
    if tg_op <> 'DELETE' and new.upheld then
        insert into service_requests_tallychange ({CHANGE}) {_of_upheld("1", "r", "new")}
            from service_requests_servicerequest r where r.id = new.request_id and not r.hidden;
    end if;
    return null;
end $$;

create function service_requests_tally_upheld_moved() returns trigger language plpgsql as $$
declare
    zone text := service_requests_tally_zone();
begin
    if not old.hidden then
        insert into service_requests_tallychange ({CHANGE}) {_of_upheld("-1", "old", "c")}
            from service_requests_contest c where c.request_id = old.id and c.upheld;
    end if;
    if tg_op <> 'DELETE' and not new.hidden then
        insert into service_requests_tallychange ({CHANGE}) {_of_upheld("1", "new", "c")}
            from service_requests_contest c where c.request_id = new.id and c.upheld;
    end if;
    return null;
end $$;

create trigger tally_upheld after insert on service_requests_contest
    for each row when (new.upheld) execute function service_requests_tally_upheld();
-- Loads leave out the look-ups of keys, which are triggers too: this one counts all the same.
alter table service_requests_contest enable always trigger tally_upheld;
create trigger tally_upheld_changed after update on service_requests_contest
    for each row when (old.upheld or new.upheld) execute function service_requests_tally_upheld();
create trigger tally_upheld_removed after delete on service_requests_contest
    for each row when (old.upheld) execute function service_requests_tally_upheld();
create trigger tally_upheld_moved after update on service_requests_servicerequest
    for each row when ({MOVED})
    execute function service_requests_tally_upheld_moved();
create trigger tally_upheld_gone after delete on service_requests_servicerequest
    for each row execute function service_requests_tally_upheld_moved();
"""
AWAY = """
drop trigger tally_upheld on service_requests_contest;
drop trigger tally_upheld_changed on service_requests_contest;
drop trigger tally_upheld_removed on service_requests_contest;
drop trigger tally_upheld_moved on service_requests_servicerequest;
drop trigger tally_upheld_gone on service_requests_servicerequest;
drop function service_requests_tally_upheld, service_requests_tally_upheld_moved;
"""


class Migration(migrations.Migration):
    dependencies = [("service_requests", "0016_likeness_waits")]
    operations = [
        migrations.AddField(
            "tally",
            "upheld",
            models.IntegerField(default=0, help_text="Of those contested, what a supervisor found right."),
        ),
        migrations.AddField("tallychange", "upheld", models.DateField(null=True)),
        migrations.RunSQL(FUNCTIONS, AWAY),
        migrations.RunSQL(
            "select service_requests_recount_tallies() where exists (select from service_requests_contest where upheld)",
            migrations.RunSQL.noop,
        ),
    ]
