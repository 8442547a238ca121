from django.db import migrations, models

# The parent of an H3 cell of resolution 10: its resolution in bits 52 to 55, the digits below set to 7.
FUNCTIONS = """
create function service_requests_parent(cell bigint, resolution int) returns bigint
language sql immutable parallel safe as $$
    select (cell & ~(15::bigint << 52)) | (resolution::bigint << 52) | ((1::bigint << (3 * (15 - resolution))) - 1)
$$;

create function service_requests_map_inserted() returns trigger language plpgsql as $$
begin
    insert into service_requests_mapchange (cell, count, lat, lon, number)
    select public_cell, count(*), sum(public_lat), sum(public_lon), sum(number)
    from added where not hidden and public_cell is not null group by public_cell;
    return null;
end $$;

create function service_requests_map_removed() returns trigger language plpgsql as $$
begin
    insert into service_requests_mapchange (cell, count, lat, lon, number)
    select public_cell, -count(*), -sum(public_lat), -sum(public_lon), -sum(number)
    from removed where not hidden and public_cell is not null group by public_cell;
    return null;
end $$;

create function service_requests_map_moved() returns trigger language plpgsql as $$
begin
    if not old.hidden and old.public_cell is not null then
        insert into service_requests_mapchange (cell, count, lat, lon, number)
        values (old.public_cell, -1, -old.public_lat, -old.public_lon, -old.number);
    end if;
    if not new.hidden and new.public_cell is not null then
        insert into service_requests_mapchange (cell, count, lat, lon, number)
        values (new.public_cell, 1, new.public_lat, new.public_lon, new.number);
    end if;
    return null;
end $$;

create function service_requests_add_up_map() returns bigint language plpgsql as $$
declare
    taken bigint;
begin
    -- One at a time; whoever comes second has nothing to do.
    if not pg_try_advisory_xact_lock(3117001) then
        return 0;
    end if;
    with changes as (
        delete from service_requests_mapchange returning cell, count, lat, lon, number
    ), added as (
        insert into service_requests_mapcell as m (cell, count, lat, lon, number)
        select service_requests_parent(cell, r), sum(count), sum(lat), sum(lon), sum(number)
        from changes, generate_series(7, 10) r group by 1
        on conflict (cell) do update set count = m.count + excluded.count, lat = m.lat + excluded.lat,
            lon = m.lon + excluded.lon, number = m.number + excluded.number
    )
    select count(*) into taken from changes;
    delete from service_requests_mapcell where count = 0;
    return taken;
end $$;

create function service_requests_count_map() returns void language sql as $$
    delete from service_requests_mapchange;
    delete from service_requests_mapcell;
    insert into service_requests_mapchange (cell, count, lat, lon, number)
    select public_cell, count(*), sum(public_lat), sum(public_lon), sum(number)
    from service_requests_servicerequest where not hidden and public_cell is not null group by public_cell;
    select service_requests_add_up_map();
$$;

create trigger map_inserted after insert on service_requests_servicerequest
    referencing new table as added for each statement execute function service_requests_map_inserted();
create trigger map_removed after delete on service_requests_servicerequest
    referencing old table as removed for each statement execute function service_requests_map_removed();
create trigger map_moved after update on service_requests_servicerequest for each row
    when (old.public_cell is distinct from new.public_cell or old.public_lat is distinct from new.public_lat
        or old.public_lon is distinct from new.public_lon or old.hidden is distinct from new.hidden)
    execute function service_requests_map_moved();

select service_requests_count_map();
"""
AWAY = """
drop trigger map_inserted on service_requests_servicerequest;
drop trigger map_removed on service_requests_servicerequest;
drop trigger map_moved on service_requests_servicerequest;
drop function service_requests_map_inserted, service_requests_map_removed, service_requests_map_moved,
    service_requests_count_map, service_requests_add_up_map, service_requests_parent;
"""


def _fields() -> list[tuple[str, models.Field]]:
    return [
        ("count", models.BigIntegerField()),
        ("lat", models.FloatField(help_text="Sum of the public latitudes; divided by the count, where to draw.")),
        ("lon", models.FloatField()),
        (
            "number",
            models.DecimalField(max_digits=30, decimal_places=0, help_text="Sum of the numbers: of one, its own."),
        ),
    ]


class Migration(migrations.Migration):
    dependencies = [("service_requests", "0002_lean_indexes")]
    operations = [
        migrations.CreateModel(
            name="MapCell",
            fields=[
                (
                    "cell",
                    models.BigIntegerField(
                        help_text="H3 cell; its resolution is part of it.", primary_key=True, serialize=False
                    ),
                ),
                *_fields(),
            ],
        ),
        migrations.CreateModel(
            name="MapChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cell", models.BigIntegerField()),
                ("count", models.BigIntegerField()),
                ("lat", models.FloatField()),
                ("lon", models.FloatField()),
                ("number", models.DecimalField(decimal_places=0, max_digits=30)),
            ],
        ),
        migrations.RunSQL(FUNCTIONS, AWAY),
    ]
