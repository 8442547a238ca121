SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
CREATE TYPE public.procrastinate_job_event_type AS ENUM (
    'deferred',
    'started',
    'deferred_for_retry',
    'failed',
    'succeeded',
    'cancelled',
    'abort_requested',
    'aborted',
    'scheduled',
    'retried'
);
CREATE TYPE public.procrastinate_job_status AS ENUM (
    'todo',
    'doing',
    'succeeded',
    'failed',
    'cancelled',
    'aborting',
    'aborted'
);
CREATE TYPE public.procrastinate_job_to_defer_v1 AS (
	queue_name character varying,
	task_name character varying,
	priority integer,
	lock text,
	queueing_lock text,
	args jsonb,
	scheduled_at timestamp with time zone
);
CREATE FUNCTION public.kernel_audit_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if tg_op = 'UPDATE' and tg_table_name = 'kernel_auditentry' then
        if old.waiting and not new.waiting then
            old.waiting := false;
            if old is not distinct from new then
                return new;
            end if;
        end if;
    end if;
    raise exception 'the audit log is append-only';
end $$;
CREATE FUNCTION public.procrastinate_cancel_job_v1(job_id bigint, abort boolean, delete_job boolean) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
BEGIN
    IF delete_job THEN
        DELETE FROM procrastinate_jobs
        WHERE id = job_id AND status = 'todo'
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        IF abort THEN
            UPDATE procrastinate_jobs
            SET abort_requested = true,
                status = CASE status
                    WHEN 'todo' THEN 'cancelled'::procrastinate_job_status ELSE status
                END
            WHERE id = job_id AND status IN ('todo', 'doing')
            RETURNING id INTO _job_id;
        ELSE
            UPDATE procrastinate_jobs
            SET status = 'cancelled'::procrastinate_job_status
            WHERE id = job_id AND status = 'todo'
            RETURNING id INTO _job_id;
        END IF;
    END IF;
    RETURN _job_id;
END;
$$;
CREATE FUNCTION public.procrastinate_defer_jobs_v1(jobs public.procrastinate_job_to_defer_v1[]) RETURNS bigint[]
    LANGUAGE plpgsql
    AS $$
DECLARE
    job_ids bigint[];
BEGIN
    WITH inserted_jobs AS (
        INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args, scheduled_at)
        SELECT (job).queue_name,
               (job).task_name,
               (job).priority,
               (job).lock,
               (job).queueing_lock,
               (job).args,
               (job).scheduled_at
        FROM unnest(jobs) AS job
        RETURNING id
    )
    SELECT array_agg(id) FROM inserted_jobs INTO job_ids;
    RETURN job_ids;
END;
$$;
CREATE FUNCTION public.procrastinate_defer_periodic_job_v2(_queue_name character varying, _lock character varying, _queueing_lock character varying, _task_name character varying, _priority integer, _periodic_id character varying, _defer_timestamp bigint, _args jsonb) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
	_job_id bigint;
	_defer_id bigint;
BEGIN
    INSERT
        INTO procrastinate_periodic_defers (task_name, periodic_id, defer_timestamp)
        VALUES (_task_name, _periodic_id, _defer_timestamp)
        ON CONFLICT DO NOTHING
        RETURNING id into _defer_id;
    IF _defer_id IS NULL THEN
        RETURN NULL;
    END IF;
    UPDATE procrastinate_periodic_defers
        SET job_id = (
            SELECT COALESCE((
                SELECT unnest(procrastinate_defer_jobs_v1(
                    ARRAY[
                        ROW(
                            _queue_name,
                            _task_name,
                            _priority,
                            _lock,
                            _queueing_lock,
                            _args,
                            NULL::timestamptz
                        )
                    ]::procrastinate_job_to_defer_v1[]
                ))
            ), NULL)
        )
        WHERE id = _defer_id
        RETURNING job_id INTO _job_id;
    DELETE
        FROM procrastinate_periodic_defers
        USING (
            SELECT id
            FROM procrastinate_periodic_defers
            WHERE procrastinate_periodic_defers.task_name = _task_name
            AND procrastinate_periodic_defers.periodic_id = _periodic_id
            AND procrastinate_periodic_defers.defer_timestamp < _defer_timestamp
            ORDER BY id
            FOR UPDATE
        ) to_delete
        WHERE procrastinate_periodic_defers.id = to_delete.id;
    RETURN _job_id;
END;
$$;
SET default_tablespace = '';
CREATE TABLE public.procrastinate_jobs (
    id bigint NOT NULL,
    queue_name character varying(128) NOT NULL,
    task_name character varying(128) NOT NULL,
    lock text,
    args jsonb DEFAULT '{}'::jsonb NOT NULL,
    status public.procrastinate_job_status DEFAULT 'todo'::public.procrastinate_job_status NOT NULL,
    scheduled_at timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    queueing_lock text,
    priority integer DEFAULT 0 NOT NULL,
    abort_requested boolean DEFAULT false NOT NULL,
    worker_id bigint,
    CONSTRAINT check_not_todo_abort_requested CHECK ((NOT ((status = 'todo'::public.procrastinate_job_status) AND (abort_requested = true))))
);
CREATE FUNCTION public.procrastinate_fetch_job_v2(target_queue_names character varying[], p_worker_id bigint) RETURNS public.procrastinate_jobs
    LANGUAGE plpgsql
    AS $$
DECLARE
	found_jobs procrastinate_jobs;
BEGIN
    WITH candidate AS (
        SELECT jobs.*
            FROM procrastinate_jobs AS jobs
            WHERE
                -- reject the job if its lock has earlier or higher priority jobs
                NOT EXISTS (
                    SELECT 1
                        FROM procrastinate_jobs AS other_jobs
                        WHERE
                            jobs.lock IS NOT NULL
                            AND other_jobs.lock = jobs.lock
                            AND (
                                -- job with same lock is already running
                                other_jobs.status = 'doing'
                                OR
                                -- job with same lock is waiting and has higher priority (or same priority but was queued first)
                                (
                                    other_jobs.status = 'todo'
                                    AND (
                                        other_jobs.priority > jobs.priority
                                        OR (
                                        other_jobs.priority = jobs.priority
                                        AND other_jobs.id < jobs.id
                                        )
                                    )
                                )
                            )
                )
                AND jobs.status = 'todo'
                AND (target_queue_names IS NULL OR jobs.queue_name = ANY( target_queue_names ))
                AND (jobs.scheduled_at IS NULL OR jobs.scheduled_at <= now())
            ORDER BY jobs.priority DESC, jobs.id ASC LIMIT 1
            FOR UPDATE OF jobs SKIP LOCKED
    )
    UPDATE procrastinate_jobs
        SET status = 'doing', worker_id = p_worker_id
        FROM candidate
        WHERE procrastinate_jobs.id = candidate.id
        RETURNING procrastinate_jobs.* INTO found_jobs;
 RETURN found_jobs;
END;
$$;
CREATE FUNCTION public.procrastinate_finish_job_v1(job_id bigint, end_status public.procrastinate_job_status, delete_job boolean) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
BEGIN
    IF end_status NOT IN ('succeeded', 'failed', 'aborted') THEN
        RAISE 'End status should be either "succeeded", "failed" or "aborted" (job id: %)', job_id;
    END IF;
    IF delete_job THEN
        DELETE FROM procrastinate_jobs
        WHERE id = job_id AND status IN ('todo', 'doing')
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = end_status,
            abort_requested = false,
            attempts = CASE status
                WHEN 'doing' THEN attempts + 1 ELSE attempts
            END
        WHERE id = job_id AND status IN ('todo', 'doing')
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        RAISE 'Job was not found or not in "doing" or "todo" status (job id: %)', job_id;
    END IF;
END;
$$;
CREATE FUNCTION public.procrastinate_notify_queue_abort_job_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    payload TEXT;
BEGIN
    SELECT json_build_object('type', 'abort_job_requested', 'job_id', NEW.id)::text INTO payload;
	PERFORM pg_notify('procrastinate_queue_v1#' || NEW.queue_name, payload);
	PERFORM pg_notify('procrastinate_any_queue_v1', payload);
	RETURN NEW;
END;
$$;
CREATE FUNCTION public.procrastinate_notify_queue_job_inserted_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    payload TEXT;
BEGIN
    SELECT json_build_object('type', 'job_inserted', 'job_id', NEW.id)::text INTO payload;
	PERFORM pg_notify('procrastinate_queue_v1#' || NEW.queue_name, payload);
	PERFORM pg_notify('procrastinate_any_queue_v1', payload);
	RETURN NEW;
END;
$$;
CREATE FUNCTION public.procrastinate_prune_stalled_workers_v1(seconds_since_heartbeat double precision) RETURNS TABLE(worker_id bigint)
    LANGUAGE plpgsql
    AS $$
BEGIN
    RETURN QUERY
    DELETE FROM procrastinate_workers
    WHERE last_heartbeat < NOW() - (seconds_since_heartbeat || 'SECOND')::INTERVAL
    RETURNING procrastinate_workers.id;
END;
$$;
CREATE FUNCTION public.procrastinate_register_worker_v1() RETURNS TABLE(worker_id bigint)
    LANGUAGE plpgsql
    AS $$
BEGIN
    RETURN QUERY
    INSERT INTO procrastinate_workers DEFAULT VALUES
    RETURNING procrastinate_workers.id;
END;
$$;
CREATE FUNCTION public.procrastinate_retry_job_v1(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
    _abort_requested boolean;
BEGIN
    SELECT abort_requested FROM procrastinate_jobs
    WHERE id = job_id AND status = 'doing'
    FOR UPDATE
    INTO _abort_requested;
    IF _abort_requested THEN
        UPDATE procrastinate_jobs
        SET status = 'failed'::procrastinate_job_status
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = 'todo'::procrastinate_job_status,
            attempts = attempts + 1,
            scheduled_at = retry_at,
            priority = COALESCE(new_priority, priority),
            queue_name = COALESCE(new_queue_name, queue_name),
            lock = COALESCE(new_lock, lock)
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        RAISE 'Job was not found or not in "doing" status (job id: %)', job_id;
    END IF;
END;
$$;
CREATE FUNCTION public.procrastinate_retry_job_v2(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
    _abort_requested boolean;
    _current_status procrastinate_job_status;
BEGIN
    SELECT status, abort_requested FROM procrastinate_jobs
    WHERE id = job_id AND status IN ('doing', 'failed')
    FOR UPDATE
    INTO _current_status, _abort_requested;
    IF _current_status = 'doing' AND _abort_requested THEN
        UPDATE procrastinate_jobs
        SET status = 'failed'::procrastinate_job_status
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = 'todo'::procrastinate_job_status,
            attempts = attempts + 1,
            scheduled_at = retry_at,
            priority = COALESCE(new_priority, priority),
            queue_name = COALESCE(new_queue_name, queue_name),
            lock = COALESCE(new_lock, lock)
        WHERE id = job_id AND status IN ('doing', 'failed')
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        RAISE 'Job was not found or has an invalid status to retry (job id: %)', job_id;
    END IF;
END;
$$;
CREATE FUNCTION public.procrastinate_trigger_abort_requested_events_procedure_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type)
        VALUES (NEW.id, 'abort_requested'::procrastinate_job_event_type);
    RETURN NEW;
END;
$$;
CREATE FUNCTION public.procrastinate_trigger_function_scheduled_events_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type, at)
        VALUES (NEW.id, 'scheduled'::procrastinate_job_event_type, NEW.scheduled_at);
	RETURN NEW;
END;
$$;
CREATE FUNCTION public.procrastinate_trigger_function_status_events_insert_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type)
        VALUES (NEW.id, 'deferred'::procrastinate_job_event_type);
	RETURN NEW;
END;
$$;
CREATE FUNCTION public.procrastinate_trigger_function_status_events_update_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    WITH t AS (
        SELECT CASE
            WHEN OLD.status = 'todo'::procrastinate_job_status
                AND NEW.status = 'doing'::procrastinate_job_status
                THEN 'started'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'todo'::procrastinate_job_status
                THEN 'deferred_for_retry'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'failed'::procrastinate_job_status
                THEN 'failed'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'succeeded'::procrastinate_job_status
                THEN 'succeeded'::procrastinate_job_event_type
            WHEN OLD.status = 'todo'::procrastinate_job_status
                AND (
                    NEW.status = 'cancelled'::procrastinate_job_status
                    OR NEW.status = 'failed'::procrastinate_job_status
                    OR NEW.status = 'succeeded'::procrastinate_job_status
                )
                THEN 'cancelled'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'aborted'::procrastinate_job_status
                THEN 'aborted'::procrastinate_job_event_type
            WHEN OLD.status = 'failed'::procrastinate_job_status
                AND NEW.status = 'todo'::procrastinate_job_status
                THEN 'retried'::procrastinate_job_event_type
            ELSE NULL
        END as event_type
    )
    INSERT INTO procrastinate_events(job_id, type)
        SELECT NEW.id, t.event_type
        FROM t
        WHERE t.event_type IS NOT NULL;
	RETURN NEW;
END;
$$;
CREATE FUNCTION public.procrastinate_unlink_periodic_defers_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE procrastinate_periodic_defers
    SET job_id = NULL
    WHERE job_id = OLD.id;
    RETURN OLD;
END;
$$;
CREATE FUNCTION public.procrastinate_unregister_worker_v1(worker_id bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    DELETE FROM procrastinate_workers
    WHERE id = worker_id;
END;
$$;
CREATE FUNCTION public.procrastinate_update_heartbeat_v1(worker_id bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE procrastinate_workers
    SET last_heartbeat = NOW()
    WHERE id = worker_id;
END;
$$;
CREATE FUNCTION public.service_requests_add_up_map() RETURNS bigint
    LANGUAGE plpgsql
    AS $$
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
CREATE FUNCTION public.service_requests_add_up_tallies() RETURNS bigint
    LANGUAGE plpgsql
    AS $$
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
    with changes as (delete from service_requests_tallychange returning count, areas, category, department, team, filed, due, closed, outcome, days, met, contested, upheld),
    lines as (select * from changes), points as (
        select areas, category, department, team, date_trunc('month', filed)::date as month, 0 as what, '' as outcome, null::int as bin,
            false as met, count from lines where filed is not null
        union all select areas, category, department, team, date_trunc('month', closed)::date, 1, outcome, days + 1, false, count
            from lines where closed is not null
        union all select areas, category, department, team, date_trunc('month', due)::date, 2, '', null, coalesce(met, false), count
            from lines where due is not null
        union all select areas, category, department, team, date_trunc('month', contested)::date, 3, '', null, false, count
            from lines where contested is not null
        union all select areas, category, department, team, date_trunc('month', upheld)::date, 4, '', null, false, count
            from lines where upheld is not null
    ), monthly as (
        select areas, category, department, team, month, coalesce(sum(count) filter (where what = 0), 0) as opened, coalesce(sum(count) filter (where what = 1 and outcome = 'fixed'), 0) as fixed, coalesce(sum(count) filter (where what = 1 and outcome = 'not_found'), 0) as not_found, coalesce(sum(count) filter (where what = 1 and outcome = 'not_city'), 0) as not_city, coalesce(sum(count) filter (where what = 1 and outcome = 'duplicate'), 0) as duplicate, coalesce(sum(count) filter (where what = 1 and outcome = 'cannot_be_done'), 0) as cannot_be_done, coalesce(sum(count) filter (where what = 1 and outcome = 'not_stated'), 0) as not_stated, coalesce(sum(count) filter (where what = 2), 0) as due, coalesce(sum(count) filter (where what = 2 and met), 0) as met, coalesce(sum(count) filter (where what = 3), 0) as contested, coalesce(sum(count) filter (where what = 4), 0) as upheld,
            array[coalesce(sum(count) filter (where bin = 1), 0), coalesce(sum(count) filter (where bin = 2), 0), coalesce(sum(count) filter (where bin = 3), 0), coalesce(sum(count) filter (where bin = 4), 0), coalesce(sum(count) filter (where bin = 5), 0), coalesce(sum(count) filter (where bin = 6), 0), coalesce(sum(count) filter (where bin = 7), 0), coalesce(sum(count) filter (where bin = 8), 0), coalesce(sum(count) filter (where bin = 9), 0), coalesce(sum(count) filter (where bin = 10), 0), coalesce(sum(count) filter (where bin = 11), 0), coalesce(sum(count) filter (where bin = 12), 0), coalesce(sum(count) filter (where bin = 13), 0), coalesce(sum(count) filter (where bin = 14), 0), coalesce(sum(count) filter (where bin = 15), 0), coalesce(sum(count) filter (where bin = 16), 0), coalesce(sum(count) filter (where bin = 17), 0), coalesce(sum(count) filter (where bin = 18), 0), coalesce(sum(count) filter (where bin = 19), 0), coalesce(sum(count) filter (where bin = 20), 0), coalesce(sum(count) filter (where bin = 21), 0), coalesce(sum(count) filter (where bin = 22), 0), coalesce(sum(count) filter (where bin = 23), 0), coalesce(sum(count) filter (where bin = 24), 0), coalesce(sum(count) filter (where bin = 25), 0), coalesce(sum(count) filter (where bin = 26), 0)]::int[] as days
        from points group by areas, category, department, team, month
    ), by_month as (
        select t.month, a.area, k.category, k.whole, k.department, k.team, sum(opened) as opened, sum(fixed) as fixed, sum(not_found) as not_found, sum(not_city) as not_city, sum(duplicate) as duplicate, sum(cannot_be_done) as cannot_be_done, sum(not_stated) as not_stated, sum(due) as due, sum(met) as met, sum(contested) as contested, sum(upheld) as upheld,
            array[sum(days[1]), sum(days[2]), sum(days[3]), sum(days[4]), sum(days[5]), sum(days[6]), sum(days[7]), sum(days[8]), sum(days[9]), sum(days[10]), sum(days[11]), sum(days[12]), sum(days[13]), sum(days[14]), sum(days[15]), sum(days[16]), sum(days[17]), sum(days[18]), sum(days[19]), sum(days[20]), sum(days[21]), sum(days[22]), sum(days[23]), sum(days[24]), sum(days[25]), sum(days[26])]::int[] as days
        from monthly m cross join lateral (values (m.month), (null::date)) t(month) 
    cross join lateral (select unnest(m.areas) union all select null) a(area)
    cross join lateral (values (m.category, false, m.department, m.team),
        (null, false, m.department, m.team), (null, true, null, null)) k(category, whole, department, team)
        group by 1, 2, 3, 4, 5, 6
    ), daily as (
        select 'filed' as kind, filed as day, areas, category, department, team, sum(count) as count from lines
            where filed is not null and closed is null group by filed, areas, category, department, team
        union all select 'due', due, areas, category, department, team, sum(count) from lines
            where due is not null and closed is null group by due, areas, category, department, team
    ), by_day as (
        select kind, t.day, a.area, k.category, k.whole, k.department, k.team, sum(count) as count
        from daily d cross join lateral (values (d.day), (null::date)) t(day) 
    cross join lateral (select unnest(d.areas) union all select null) a(area)
    cross join lateral (values (d.category, false, d.department, d.team),
        (null, false, d.department, d.team), (null, true, null, null)) k(category, whole, department, team)
        group by 1, 2, 3, 4, 5, 6, 7
    ), 
    m as (
        insert into service_requests_tally as t (month, area, category, whole, department, team, opened, fixed, not_found, not_city, duplicate, cannot_be_done, not_stated, due, met, contested, upheld, days)
        select month, area, category, whole, department, team, opened, fixed, not_found, not_city, duplicate, cannot_be_done, not_stated, due, met, contested, upheld, days from by_month where (opened <> 0 or fixed <> 0 or not_found <> 0 or not_city <> 0 or duplicate <> 0 or cannot_be_done <> 0 or not_stated <> 0 or due <> 0 or met <> 0 or contested <> 0 or upheld <> 0 or days <> array_fill(0, array[26]))
        on conflict (area, category, whole, month, department, team) do update set
            opened = t.opened + excluded.opened, fixed = t.fixed + excluded.fixed, not_found = t.not_found + excluded.not_found, not_city = t.not_city + excluded.not_city, duplicate = t.duplicate + excluded.duplicate, cannot_be_done = t.cannot_be_done + excluded.cannot_be_done, not_stated = t.not_stated + excluded.not_stated, due = t.due + excluded.due, met = t.met + excluded.met, contested = t.contested + excluded.contested, upheld = t.upheld + excluded.upheld, days = array[t.days[1] + excluded.days[1], t.days[2] + excluded.days[2], t.days[3] + excluded.days[3], t.days[4] + excluded.days[4], t.days[5] + excluded.days[5], t.days[6] + excluded.days[6], t.days[7] + excluded.days[7], t.days[8] + excluded.days[8], t.days[9] + excluded.days[9], t.days[10] + excluded.days[10], t.days[11] + excluded.days[11], t.days[12] + excluded.days[12], t.days[13] + excluded.days[13], t.days[14] + excluded.days[14], t.days[15] + excluded.days[15], t.days[16] + excluded.days[16], t.days[17] + excluded.days[17], t.days[18] + excluded.days[18], t.days[19] + excluded.days[19], t.days[20] + excluded.days[20], t.days[21] + excluded.days[21], t.days[22] + excluded.days[22], t.days[23] + excluded.days[23], t.days[24] + excluded.days[24], t.days[25] + excluded.days[25], t.days[26] + excluded.days[26]]::int[]
        returning id, opened = 0 and fixed = 0 and not_found = 0 and not_city = 0 and duplicate = 0 and cannot_be_done = 0 and not_stated = 0 and due = 0 and met = 0 and contested = 0 and upheld = 0 as nothing
    ), d as (
        insert into service_requests_opentally as t (kind, day, area, category, whole, department, team, count)
        select kind, day, area, category, whole, department, team, count from by_day where count <> 0
        on conflict (kind, area, category, whole, day, department, team) do update set count = t.count + excluded.count
        returning id, count = 0 as nothing
    )
    select (select count(*) from changes), (select array_agg(id) from m where nothing),
        (select array_agg(id) from d where nothing) into taken, empty_months, empty_days;
    delete from service_requests_tally where id = any(empty_months);
    delete from service_requests_opentally where id = any(empty_days);
    update service_requests_tallystate set added_at = now();
    return taken;
end $$;
CREATE FUNCTION public.service_requests_count_map() RETURNS void
    LANGUAGE sql
    AS $$
    delete from service_requests_mapchange;
    delete from service_requests_mapcell;
    insert into service_requests_mapchange (cell, count, lat, lon, number)
    select public_cell, count(*), sum(public_lat), sum(public_lon), sum(number)
    from service_requests_servicerequest where not hidden and public_cell is not null group by public_cell;
    select service_requests_add_up_map();
$$;
CREATE FUNCTION public.service_requests_count_tallies() RETURNS void
    LANGUAGE plpgsql
    AS $$
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
CREATE FUNCTION public.service_requests_map_inserted() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    insert into service_requests_mapchange (cell, count, lat, lon, number)
    select public_cell, count(*), sum(public_lat), sum(public_lon), sum(number)
    from added where not hidden and public_cell is not null group by public_cell;
    return null;
end $$;
CREATE FUNCTION public.service_requests_map_moved() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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
CREATE FUNCTION public.service_requests_map_removed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    insert into service_requests_mapchange (cell, count, lat, lon, number)
    select public_cell, -count(*), -sum(public_lat), -sum(public_lon), -sum(number)
    from removed where not hidden and public_cell is not null group by public_cell;
    return null;
end $$;
CREATE FUNCTION public.service_requests_parent(cell bigint, resolution integer) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select (cell & ~(15::bigint << 52)) | (resolution::bigint << 52) | ((1::bigint << (3 * (15 - resolution))) - 1)
$$;
CREATE FUNCTION public.service_requests_recount_tallies() RETURNS jsonb
    LANGUAGE plpgsql
    AS $$
declare
    told jsonb;
    empty_months bigint[];
    empty_days bigint[];
begin
    -- The rows, the tallies and what waits are read by one statement, so they are of one moment. Nobody adds up now.
    perform pg_advisory_xact_lock(3117002);
    with zones as (select service_requests_tally_zone() as zone),
    lines as (
    select * from (
        select 1, r.public_areas, r.category_id, r.department_id, r.team_id,
            (r.requested_at at time zone zone)::date, (r.due_at at time zone zone)::date,
            (r.closed_at at time zone zone)::date, r.outcome,
            case when r.outcome = 'fixed' then width_bucket(
                greatest(extract(epoch from r.closed_at - r.requested_at)::float8 / 86400, 0),
                array[1, 2, 3, 4, 5, 6, 7, 9, 11, 14, 17, 21, 28, 35, 45, 60, 75, 90, 120, 150, 180, 270, 365, 545, 730]::float8[]) end,
            r.closed_at <= r.due_at, null::date, null::date from service_requests_servicerequest r, zones where not r.hidden) as
        line(count, areas, category, department, team, filed, due, closed, outcome, days, met, contested, upheld)
    union all 
        select 1, r.public_areas, r.category_id, r.department_id, r.team_id,
            null::date, null::date, null::date, '', null::int, null::boolean, (h.at at time zone zone)::date, null::date from service_requests_historyevent h
        join service_requests_servicerequest r on r.id = h.request_id, zones where h.fact = 'contested' and not r.hidden
    union all 
        select 1, r.public_areas, r.category_id, r.department_id, r.team_id,
            null::date, null::date, null::date, '', null::int, null::boolean, null::date,
            (c.at at time zone zone)::date from service_requests_contest c
        join service_requests_servicerequest r on r.id = c.request_id, zones where c.upheld and not r.hidden
    union all select -count, areas, category, department, team, filed, due, closed, outcome, days, met, contested, upheld
        from service_requests_tallychange
), points as (
        select areas, category, department, team, date_trunc('month', filed)::date as month, 0 as what, '' as outcome, null::int as bin,
            false as met, count from lines where filed is not null
        union all select areas, category, department, team, date_trunc('month', closed)::date, 1, outcome, days + 1, false, count
            from lines where closed is not null
        union all select areas, category, department, team, date_trunc('month', due)::date, 2, '', null, coalesce(met, false), count
            from lines where due is not null
        union all select areas, category, department, team, date_trunc('month', contested)::date, 3, '', null, false, count
            from lines where contested is not null
        union all select areas, category, department, team, date_trunc('month', upheld)::date, 4, '', null, false, count
            from lines where upheld is not null
    ), monthly as (
        select areas, category, department, team, month, coalesce(sum(count) filter (where what = 0), 0) as opened, coalesce(sum(count) filter (where what = 1 and outcome = 'fixed'), 0) as fixed, coalesce(sum(count) filter (where what = 1 and outcome = 'not_found'), 0) as not_found, coalesce(sum(count) filter (where what = 1 and outcome = 'not_city'), 0) as not_city, coalesce(sum(count) filter (where what = 1 and outcome = 'duplicate'), 0) as duplicate, coalesce(sum(count) filter (where what = 1 and outcome = 'cannot_be_done'), 0) as cannot_be_done, coalesce(sum(count) filter (where what = 1 and outcome = 'not_stated'), 0) as not_stated, coalesce(sum(count) filter (where what = 2), 0) as due, coalesce(sum(count) filter (where what = 2 and met), 0) as met, coalesce(sum(count) filter (where what = 3), 0) as contested, coalesce(sum(count) filter (where what = 4), 0) as upheld,
            array[coalesce(sum(count) filter (where bin = 1), 0), coalesce(sum(count) filter (where bin = 2), 0), coalesce(sum(count) filter (where bin = 3), 0), coalesce(sum(count) filter (where bin = 4), 0), coalesce(sum(count) filter (where bin = 5), 0), coalesce(sum(count) filter (where bin = 6), 0), coalesce(sum(count) filter (where bin = 7), 0), coalesce(sum(count) filter (where bin = 8), 0), coalesce(sum(count) filter (where bin = 9), 0), coalesce(sum(count) filter (where bin = 10), 0), coalesce(sum(count) filter (where bin = 11), 0), coalesce(sum(count) filter (where bin = 12), 0), coalesce(sum(count) filter (where bin = 13), 0), coalesce(sum(count) filter (where bin = 14), 0), coalesce(sum(count) filter (where bin = 15), 0), coalesce(sum(count) filter (where bin = 16), 0), coalesce(sum(count) filter (where bin = 17), 0), coalesce(sum(count) filter (where bin = 18), 0), coalesce(sum(count) filter (where bin = 19), 0), coalesce(sum(count) filter (where bin = 20), 0), coalesce(sum(count) filter (where bin = 21), 0), coalesce(sum(count) filter (where bin = 22), 0), coalesce(sum(count) filter (where bin = 23), 0), coalesce(sum(count) filter (where bin = 24), 0), coalesce(sum(count) filter (where bin = 25), 0), coalesce(sum(count) filter (where bin = 26), 0)]::int[] as days
        from points group by areas, category, department, team, month
    ), by_month as (
        select t.month, a.area, k.category, k.whole, k.department, k.team, sum(opened) as opened, sum(fixed) as fixed, sum(not_found) as not_found, sum(not_city) as not_city, sum(duplicate) as duplicate, sum(cannot_be_done) as cannot_be_done, sum(not_stated) as not_stated, sum(due) as due, sum(met) as met, sum(contested) as contested, sum(upheld) as upheld,
            array[sum(days[1]), sum(days[2]), sum(days[3]), sum(days[4]), sum(days[5]), sum(days[6]), sum(days[7]), sum(days[8]), sum(days[9]), sum(days[10]), sum(days[11]), sum(days[12]), sum(days[13]), sum(days[14]), sum(days[15]), sum(days[16]), sum(days[17]), sum(days[18]), sum(days[19]), sum(days[20]), sum(days[21]), sum(days[22]), sum(days[23]), sum(days[24]), sum(days[25]), sum(days[26])]::int[] as days
        from monthly m cross join lateral (values (m.month), (null::date)) t(month) 
    cross join lateral (select unnest(m.areas) union all select null) a(area)
    cross join lateral (values (m.category, false, m.department, m.team),
        (null, false, m.department, m.team), (null, true, null, null)) k(category, whole, department, team)
        group by 1, 2, 3, 4, 5, 6
    ), daily as (
        select 'filed' as kind, filed as day, areas, category, department, team, sum(count) as count from lines
            where filed is not null and closed is null group by filed, areas, category, department, team
        union all select 'due', due, areas, category, department, team, sum(count) from lines
            where due is not null and closed is null group by due, areas, category, department, team
    ), by_day as (
        select kind, t.day, a.area, k.category, k.whole, k.department, k.team, sum(count) as count
        from daily d cross join lateral (values (d.day), (null::date)) t(day) 
    cross join lateral (select unnest(d.areas) union all select null) a(area)
    cross join lateral (values (d.category, false, d.department, d.team),
        (null, false, d.department, d.team), (null, true, null, null)) k(category, whole, department, team)
        group by 1, 2, 3, 4, 5, 6, 7
    ), wrong_months as (
        select month, area, category, whole, department, team, sum(opened) as opened, sum(fixed) as fixed, sum(not_found) as not_found, sum(not_city) as not_city, sum(duplicate) as duplicate, sum(cannot_be_done) as cannot_be_done, sum(not_stated) as not_stated, sum(due) as due, sum(met) as met, sum(contested) as contested, sum(upheld) as upheld, array[sum(days[1]), sum(days[2]), sum(days[3]), sum(days[4]), sum(days[5]), sum(days[6]), sum(days[7]), sum(days[8]), sum(days[9]), sum(days[10]), sum(days[11]), sum(days[12]), sum(days[13]), sum(days[14]), sum(days[15]), sum(days[16]), sum(days[17]), sum(days[18]), sum(days[19]), sum(days[20]), sum(days[21]), sum(days[22]), sum(days[23]), sum(days[24]), sum(days[25]), sum(days[26])]::int[] as days from (
            select month, area, category, whole, department, team, opened, fixed, not_found, not_city, duplicate, cannot_be_done, not_stated, due, met, contested, upheld, days from by_month
            union all select month, area, category, whole, department, team, -opened, -fixed, -not_found, -not_city, -duplicate, -cannot_be_done, -not_stated, -due, -met, -contested, -upheld, array[-days[1], -days[2], -days[3], -days[4], -days[5], -days[6], -days[7], -days[8], -days[9], -days[10], -days[11], -days[12], -days[13], -days[14], -days[15], -days[16], -days[17], -days[18], -days[19], -days[20], -days[21], -days[22], -days[23], -days[24], -days[25], -days[26]]::int[] from service_requests_tally
        ) both_sides group by 1, 2, 3, 4, 5, 6
    ), wrong_days as (
        select kind, day, area, category, whole, department, team, sum(count) as count from (
            select kind, day, area, category, whole, department, team, count from by_day
            union all select kind, day, area, category, whole, department, team, -count from service_requests_opentally
        ) both_sides group by 1, 2, 3, 4, 5, 6, 7
    ), 
    m as (
        insert into service_requests_tally as t (month, area, category, whole, department, team, opened, fixed, not_found, not_city, duplicate, cannot_be_done, not_stated, due, met, contested, upheld, days)
        select month, area, category, whole, department, team, opened, fixed, not_found, not_city, duplicate, cannot_be_done, not_stated, due, met, contested, upheld, days from wrong_months where (opened <> 0 or fixed <> 0 or not_found <> 0 or not_city <> 0 or duplicate <> 0 or cannot_be_done <> 0 or not_stated <> 0 or due <> 0 or met <> 0 or contested <> 0 or upheld <> 0 or days <> array_fill(0, array[26]))
        on conflict (area, category, whole, month, department, team) do update set
            opened = t.opened + excluded.opened, fixed = t.fixed + excluded.fixed, not_found = t.not_found + excluded.not_found, not_city = t.not_city + excluded.not_city, duplicate = t.duplicate + excluded.duplicate, cannot_be_done = t.cannot_be_done + excluded.cannot_be_done, not_stated = t.not_stated + excluded.not_stated, due = t.due + excluded.due, met = t.met + excluded.met, contested = t.contested + excluded.contested, upheld = t.upheld + excluded.upheld, days = array[t.days[1] + excluded.days[1], t.days[2] + excluded.days[2], t.days[3] + excluded.days[3], t.days[4] + excluded.days[4], t.days[5] + excluded.days[5], t.days[6] + excluded.days[6], t.days[7] + excluded.days[7], t.days[8] + excluded.days[8], t.days[9] + excluded.days[9], t.days[10] + excluded.days[10], t.days[11] + excluded.days[11], t.days[12] + excluded.days[12], t.days[13] + excluded.days[13], t.days[14] + excluded.days[14], t.days[15] + excluded.days[15], t.days[16] + excluded.days[16], t.days[17] + excluded.days[17], t.days[18] + excluded.days[18], t.days[19] + excluded.days[19], t.days[20] + excluded.days[20], t.days[21] + excluded.days[21], t.days[22] + excluded.days[22], t.days[23] + excluded.days[23], t.days[24] + excluded.days[24], t.days[25] + excluded.days[25], t.days[26] + excluded.days[26]]::int[]
        returning id, opened = 0 and fixed = 0 and not_found = 0 and not_city = 0 and duplicate = 0 and cannot_be_done = 0 and not_stated = 0 and due = 0 and met = 0 and contested = 0 and upheld = 0 as nothing
    ), d as (
        insert into service_requests_opentally as t (kind, day, area, category, whole, department, team, count)
        select kind, day, area, category, whole, department, team, count from wrong_days where count <> 0
        on conflict (kind, area, category, whole, day, department, team) do update set count = t.count + excluded.count
        returning id, count = 0 as nothing
    ), differences as (
        (select to_jsonb(w) as one from wrong_months w where (opened <> 0 or fixed <> 0 or not_found <> 0 or not_city <> 0 or duplicate <> 0 or cannot_be_done <> 0 or not_stated <> 0 or due <> 0 or met <> 0 or contested <> 0 or upheld <> 0 or days <> array_fill(0, array[26])) limit 500)
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
CREATE FUNCTION public.service_requests_tally_changed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    zone text := service_requests_tally_zone();
begin
    if not old.hidden then
        insert into service_requests_tallychange (count, areas, category, department, team, filed, due, closed, outcome, days, met, contested) 
        select -1, old.public_areas, old.category_id, old.department_id, old.team_id,
            (old.requested_at at time zone zone)::date, (old.due_at at time zone zone)::date,
            (old.closed_at at time zone zone)::date, old.outcome,
            case when old.outcome = 'fixed' then width_bucket(
                greatest(extract(epoch from old.closed_at - old.requested_at)::float8 / 86400, 0),
                array[1, 2, 3, 4, 5, 6, 7, 9, 11, 14, 17, 21, 28, 35, 45, 60, 75, 90, 120, 150, 180, 270, 365, 545, 730]::float8[]) end,
            old.closed_at <= old.due_at, null::date;
    end if;
    if not new.hidden then
        insert into service_requests_tallychange (count, areas, category, department, team, filed, due, closed, outcome, days, met, contested) 
        select 1, new.public_areas, new.category_id, new.department_id, new.team_id,
            (new.requested_at at time zone zone)::date, (new.due_at at time zone zone)::date,
            (new.closed_at at time zone zone)::date, new.outcome,
            case when new.outcome = 'fixed' then width_bucket(
                greatest(extract(epoch from new.closed_at - new.requested_at)::float8 / 86400, 0),
                array[1, 2, 3, 4, 5, 6, 7, 9, 11, 14, 17, 21, 28, 35, 45, 60, 75, 90, 120, 150, 180, 270, 365, 545, 730]::float8[]) end,
            new.closed_at <= new.due_at, null::date;
    end if;
    if (old.hidden, old.public_areas, old.category_id, old.department_id, old.team_id) is distinct from
        (new.hidden, new.public_areas, new.category_id, new.department_id, new.team_id) then
        if not old.hidden then
            insert into service_requests_tallychange (count, areas, category, department, team, filed, due, closed, outcome, days, met, contested) 
        select -1, old.public_areas, old.category_id, old.department_id, old.team_id,
            null::date, null::date, null::date, '', null::int, null::boolean, (h.at at time zone zone)::date
                from service_requests_historyevent h where h.request_id = new.id and h.fact = 'contested';
        end if;
        if not new.hidden then
            insert into service_requests_tallychange (count, areas, category, department, team, filed, due, closed, outcome, days, met, contested) 
        select 1, new.public_areas, new.category_id, new.department_id, new.team_id,
            null::date, null::date, null::date, '', null::int, null::boolean, (h.at at time zone zone)::date
                from service_requests_historyevent h where h.request_id = new.id and h.fact = 'contested';
        end if;
    end if;
    return null;
end $$;
CREATE FUNCTION public.service_requests_tally_contest() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    zone text := service_requests_tally_zone();
begin
    if tg_op = 'INSERT' then
        insert into service_requests_tallychange (count, areas, category, department, team, filed, due, closed, outcome, days, met, contested) 
        select 1, r.public_areas, r.category_id, r.department_id, r.team_id,
            null::date, null::date, null::date, '', null::int, null::boolean, (new.at at time zone zone)::date
            from service_requests_servicerequest r where r.id = new.request_id and not r.hidden;
    else
        insert into service_requests_tallychange (count, areas, category, department, team, filed, due, closed, outcome, days, met, contested) 
        select -1, r.public_areas, r.category_id, r.department_id, r.team_id,
            null::date, null::date, null::date, '', null::int, null::boolean, (old.at at time zone zone)::date
            from service_requests_servicerequest r where r.id = old.request_id and not r.hidden;
    end if;
    return null;
end $$;
CREATE FUNCTION public.service_requests_tally_inserted() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    zone text := service_requests_tally_zone();
begin
    insert into service_requests_tallychange (count, areas, category, department, team, filed, due, closed, outcome, days, met, contested) 
        select 1, a.public_areas, a.category_id, a.department_id, a.team_id,
            (a.requested_at at time zone zone)::date, (a.due_at at time zone zone)::date,
            (a.closed_at at time zone zone)::date, a.outcome,
            case when a.outcome = 'fixed' then width_bucket(
                greatest(extract(epoch from a.closed_at - a.requested_at)::float8 / 86400, 0),
                array[1, 2, 3, 4, 5, 6, 7, 9, 11, 14, 17, 21, 28, 35, 45, 60, 75, 90, 120, 150, 180, 270, 365, 545, 730]::float8[]) end,
            a.closed_at <= a.due_at, null::date from added a where not a.hidden;
    return null;
end $$;
CREATE FUNCTION public.service_requests_tally_removed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    zone text := service_requests_tally_zone();
begin
    if not old.hidden then
        insert into service_requests_tallychange (count, areas, category, department, team, filed, due, closed, outcome, days, met, contested) 
        select -1, old.public_areas, old.category_id, old.department_id, old.team_id,
            (old.requested_at at time zone zone)::date, (old.due_at at time zone zone)::date,
            (old.closed_at at time zone zone)::date, old.outcome,
            case when old.outcome = 'fixed' then width_bucket(
                greatest(extract(epoch from old.closed_at - old.requested_at)::float8 / 86400, 0),
                array[1, 2, 3, 4, 5, 6, 7, 9, 11, 14, 17, 21, 28, 35, 45, 60, 75, 90, 120, 150, 180, 270, 365, 545, 730]::float8[]) end,
            old.closed_at <= old.due_at, null::date;
        insert into service_requests_tallychange (count, areas, category, department, team, filed, due, closed, outcome, days, met, contested) 
        select -1, old.public_areas, old.category_id, old.department_id, old.team_id,
            null::date, null::date, null::date, '', null::int, null::boolean, (h.at at time zone zone)::date
            from service_requests_historyevent h where h.request_id = old.id and h.fact = 'contested';
    end if;
    return null;
end $$;
CREATE FUNCTION public.service_requests_tally_upheld() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    zone text := service_requests_tally_zone();
begin
    if tg_op <> 'INSERT' and old.upheld then
        insert into service_requests_tallychange (count, areas, category, department, team, filed, due, closed, outcome, days, met, contested, upheld) 
        select -1, r.public_areas, r.category_id, r.department_id, r.team_id,
            null::date, null::date, null::date, '', null::int, null::boolean, null::date,
            (old.at at time zone zone)::date
            from service_requests_servicerequest r where r.id = old.request_id and not r.hidden;
    end if;
    if tg_op <> 'DELETE' and new.upheld then
        insert into service_requests_tallychange (count, areas, category, department, team, filed, due, closed, outcome, days, met, contested, upheld) 
        select 1, r.public_areas, r.category_id, r.department_id, r.team_id,
            null::date, null::date, null::date, '', null::int, null::boolean, null::date,
            (new.at at time zone zone)::date
            from service_requests_servicerequest r where r.id = new.request_id and not r.hidden;
    end if;
    return null;
end $$;
CREATE FUNCTION public.service_requests_tally_upheld_moved() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    zone text := service_requests_tally_zone();
begin
    if not old.hidden then
        insert into service_requests_tallychange (count, areas, category, department, team, filed, due, closed, outcome, days, met, contested, upheld) 
        select -1, old.public_areas, old.category_id, old.department_id, old.team_id,
            null::date, null::date, null::date, '', null::int, null::boolean, null::date,
            (c.at at time zone zone)::date
            from service_requests_contest c where c.request_id = old.id and c.upheld;
    end if;
    if tg_op <> 'DELETE' and not new.hidden then
        insert into service_requests_tallychange (count, areas, category, department, team, filed, due, closed, outcome, days, met, contested, upheld) 
        select 1, new.public_areas, new.category_id, new.department_id, new.team_id,
            null::date, null::date, null::date, '', null::int, null::boolean, null::date,
            (c.at at time zone zone)::date
            from service_requests_contest c where c.request_id = new.id and c.upheld;
    end if;
    return null;
end $$;
CREATE FUNCTION public.service_requests_tally_zone() RETURNS text
    LANGUAGE plpgsql
    AS $$
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
CREATE TABLE public.account_emailaddress (
    id integer NOT NULL,
    email character varying(254) NOT NULL,
    verified boolean NOT NULL,
    "primary" boolean NOT NULL,
    user_id uuid NOT NULL
);
ALTER TABLE public.account_emailaddress ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.account_emailaddress_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.account_emailconfirmation (
    id integer NOT NULL,
    created timestamp with time zone NOT NULL,
    sent timestamp with time zone,
    key character varying(64) NOT NULL,
    email_address_id integer NOT NULL
);
ALTER TABLE public.account_emailconfirmation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.account_emailconfirmation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.answers_answer (
    id uuid NOT NULL,
    use character varying(20) NOT NULL,
    category_code character varying(60) NOT NULL,
    text jsonb NOT NULL,
    "order" smallint NOT NULL,
    is_active boolean NOT NULL,
    used integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT answers_answer_order_check CHECK (("order" >= 0)),
    CONSTRAINT answers_answer_used_check CHECK ((used >= 0))
);
CREATE TABLE public.answers_notice (
    id uuid NOT NULL,
    kind character varying(10) NOT NULL,
    request_id uuid NOT NULL,
    event_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    read_at timestamp with time zone,
    user_id uuid NOT NULL
);
CREATE TABLE public.answers_noticechoice (
    user_id uuid NOT NULL,
    by_mail boolean NOT NULL
);
CREATE TABLE public.auth_group (
    id integer NOT NULL,
    name character varying(150) NOT NULL
);
ALTER TABLE public.auth_group ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_group_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.auth_group_permissions (
    id bigint NOT NULL,
    group_id integer NOT NULL,
    permission_id integer NOT NULL
);
ALTER TABLE public.auth_group_permissions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_group_permissions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.auth_permission (
    id integer NOT NULL,
    name character varying(255) NOT NULL,
    content_type_id integer NOT NULL,
    codename character varying(100) NOT NULL
);
ALTER TABLE public.auth_permission ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_permission_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.crews_material (
    id uuid NOT NULL,
    name jsonb NOT NULL,
    unit jsonb NOT NULL,
    step numeric(6,2) NOT NULL,
    "order" smallint NOT NULL,
    is_active boolean NOT NULL,
    CONSTRAINT crews_material_order_check CHECK (("order" >= 0))
);
CREATE TABLE public.crews_materialused (
    id uuid NOT NULL,
    quantity numeric(9,2) NOT NULL,
    material_id uuid NOT NULL,
    visit_id uuid NOT NULL
);
CREATE TABLE public.crews_visit (
    id uuid NOT NULL,
    request_id uuid NOT NULL,
    number character varying(20) NOT NULL,
    category character varying(60) NOT NULL,
    department_id uuid,
    team_id uuid,
    person_id uuid,
    started_at timestamp with time zone NOT NULL,
    start_arrived_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    finish_arrived_at timestamp with time zone,
    minutes smallint,
    result character varying(16) NOT NULL,
    reason character varying(16) NOT NULL,
    read_version integer,
    left_version integer,
    CONSTRAINT crews_visit_left_version_check CHECK ((left_version >= 0)),
    CONSTRAINT crews_visit_minutes_check CHECK ((minutes >= 0)),
    CONSTRAINT crews_visit_read_version_check CHECK ((read_version >= 0)),
    CONSTRAINT visit_ended_with_result CHECK ((((finished_at IS NULL) AND ((result)::text = ''::text)) OR ((finished_at IS NOT NULL) AND (NOT ((result)::text = ''::text))))),
    CONSTRAINT visit_reason_sent_back CHECK ((((reason)::text = ''::text) OR ((result)::text = 'sent_back'::text)))
);
CREATE TABLE public.day_plans_crew (
    id uuid NOT NULL,
    name character varying(80) NOT NULL,
    members uuid[] NOT NULL,
    skills character varying(40)[] NOT NULL,
    most_jobs smallint NOT NULL,
    begins time without time zone,
    ends time without time zone,
    is_active boolean NOT NULL,
    team_id uuid NOT NULL,
    CONSTRAINT day_plans_crew_most_jobs_check CHECK ((most_jobs >= 0))
);
CREATE TABLE public.day_plans_dayplan (
    id uuid NOT NULL,
    day date NOT NULL,
    version integer NOT NULL,
    standing character varying(8) NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    asked_by_id uuid,
    shown integer,
    published integer,
    proposed integer,
    requests uuid[] NOT NULL,
    team_id uuid NOT NULL,
    CONSTRAINT day_plans_dayplan_proposed_check CHECK ((proposed >= 0)),
    CONSTRAINT day_plans_dayplan_published_check CHECK ((published >= 0)),
    CONSTRAINT day_plans_dayplan_shown_check CHECK ((shown >= 0)),
    CONSTRAINT day_plans_dayplan_version_check CHECK ((version >= 0))
);
CREATE TABLE public.day_plans_jobprogress (
    id uuid NOT NULL,
    request_id uuid NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    plan_id uuid NOT NULL
);
CREATE TABLE public.day_plans_kind (
    category character varying(60) NOT NULL,
    minutes smallint,
    skill character varying(40) NOT NULL,
    CONSTRAINT day_plans_kind_minutes_check CHECK ((minutes >= 0))
);
CREATE TABLE public.day_plans_planversion (
    id uuid NOT NULL,
    number integer NOT NULL,
    parent integer,
    reason character varying(12) NOT NULL,
    at timestamp with time zone NOT NULL,
    by_id uuid,
    content jsonb NOT NULL,
    plan_id uuid NOT NULL,
    CONSTRAINT day_plans_planversion_number_check CHECK ((number >= 0)),
    CONSTRAINT day_plans_planversion_parent_check CHECK ((parent >= 0))
);
CREATE TABLE public.day_plans_teamday (
    id uuid NOT NULL,
    depot character varying(200) NOT NULL,
    lat double precision,
    lon double precision,
    begins time without time zone NOT NULL,
    ends time without time zone NOT NULL,
    speed smallint NOT NULL,
    at_once boolean NOT NULL,
    team_id uuid NOT NULL,
    CONSTRAINT day_plans_teamday_speed_check CHECK ((speed >= 0))
);
CREATE TABLE public.day_plans_window (
    id uuid NOT NULL,
    request_id uuid NOT NULL,
    day date NOT NULL,
    begins time without time zone NOT NULL,
    ends time without time zone NOT NULL,
    CONSTRAINT window_has_time CHECK ((ends > begins))
);
CREATE TABLE public.django_content_type (
    id integer NOT NULL,
    app_label character varying(100) NOT NULL,
    model character varying(100) NOT NULL
);
ALTER TABLE public.django_content_type ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_content_type_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.django_migrations (
    id bigint NOT NULL,
    app character varying(255) NOT NULL,
    name character varying(255) NOT NULL,
    applied timestamp with time zone NOT NULL
);
ALTER TABLE public.django_migrations ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_migrations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.django_session (
    session_key character varying(40) NOT NULL,
    session_data text NOT NULL,
    expire_date timestamp with time zone NOT NULL
);
CREATE TABLE public.documents_document (
    id uuid NOT NULL,
    kind character varying(20) NOT NULL,
    media_type character varying(60) NOT NULL,
    key character varying(200) NOT NULL,
    sizes jsonb NOT NULL,
    bytes bigint NOT NULL,
    sha256 character varying(64) NOT NULL,
    width integer,
    height integer,
    owner_id uuid,
    title character varying(200) NOT NULL,
    is_public boolean NOT NULL,
    is_kept boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    is_withdrawn boolean NOT NULL,
    CONSTRAINT documents_document_bytes_check CHECK ((bytes >= 0)),
    CONSTRAINT documents_document_height_check CHECK ((height >= 0)),
    CONSTRAINT documents_document_width_check CHECK ((width >= 0))
);
CREATE TABLE public.estimates_model (
    id uuid NOT NULL,
    version integer NOT NULL,
    made_at timestamp with time zone NOT NULL,
    learnt_since timestamp with time zone NOT NULL,
    requests integer NOT NULL,
    closings integer NOT NULL,
    horizon double precision NOT NULL,
    categories jsonb NOT NULL,
    CONSTRAINT estimates_model_closings_check CHECK ((closings >= 0)),
    CONSTRAINT estimates_model_requests_check CHECK ((requests >= 0)),
    CONSTRAINT estimates_model_version_check CHECK ((version >= 0))
);
CREATE TABLE public.estimates_said (
    id uuid NOT NULL,
    request_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    half_at timestamp with time zone NOT NULL,
    nine_at timestamp with time zone NOT NULL,
    version integer NOT NULL,
    because character varying(10) NOT NULL,
    stands boolean NOT NULL,
    CONSTRAINT estimates_said_version_check CHECK ((version >= 0))
);
CREATE TABLE public.identity_apikey (
    id uuid NOT NULL,
    name character varying(120) NOT NULL,
    prefix character varying(12) NOT NULL,
    hash character varying(64) NOT NULL,
    scopes character varying(80)[] NOT NULL,
    per_minute integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    last_used_at timestamp with time zone,
    owner_id uuid NOT NULL,
    CONSTRAINT identity_apikey_per_minute_check CHECK ((per_minute >= 0))
);
CREATE TABLE public.identity_cache (
    cache_key character varying(255) NOT NULL,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE TABLE public.identity_contractor (
    id uuid NOT NULL,
    name character varying(120) NOT NULL,
    contract_number character varying(60) NOT NULL,
    contact_name character varying(120) NOT NULL,
    contact_email character varying(254) NOT NULL,
    contact_phone character varying(32) NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    ended_at timestamp with time zone,
    reads_notes boolean NOT NULL,
    CONSTRAINT contract_has_days CHECK ((ends_on >= starts_on))
);
CREATE TABLE public.identity_department (
    id uuid NOT NULL,
    code character varying(40) NOT NULL,
    name jsonb NOT NULL,
    email character varying(254) NOT NULL,
    is_active boolean NOT NULL
);
CREATE TABLE public.identity_membership (
    id uuid NOT NULL,
    department_id uuid,
    user_id uuid NOT NULL,
    role_id uuid NOT NULL,
    team_id uuid,
    source character varying(10) NOT NULL
);
CREATE TABLE public.identity_role (
    id uuid NOT NULL,
    code character varying(40) NOT NULL,
    name jsonb NOT NULL,
    permissions character varying(80)[] NOT NULL
);
CREATE TABLE public.identity_team (
    id uuid NOT NULL,
    code character varying(40) NOT NULL,
    name jsonb NOT NULL,
    is_active boolean NOT NULL,
    department_id uuid NOT NULL,
    contractor_id uuid
);
CREATE TABLE public.identity_user (
    password character varying(128) NOT NULL,
    last_login timestamp with time zone,
    is_superuser boolean NOT NULL,
    id uuid NOT NULL,
    email character varying(254) NOT NULL,
    name character varying(150) NOT NULL,
    phone character varying(32) NOT NULL,
    language character varying(8) NOT NULL,
    is_staff boolean NOT NULL,
    is_active boolean NOT NULL,
    is_demo boolean NOT NULL,
    date_joined timestamp with time zone NOT NULL,
    contractor_id uuid,
    phone_confirmed_at timestamp with time zone
);
CREATE TABLE public.identity_user_groups (
    id bigint NOT NULL,
    user_id uuid NOT NULL,
    group_id integer NOT NULL
);
ALTER TABLE public.identity_user_groups ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.identity_user_groups_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.identity_user_user_permissions (
    id bigint NOT NULL,
    user_id uuid NOT NULL,
    permission_id integer NOT NULL
);
ALTER TABLE public.identity_user_user_permissions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.identity_user_user_permissions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.kernel_auditentry (
    id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    actor_kind character varying(20) NOT NULL,
    actor_id uuid,
    actor_label character varying(200) NOT NULL,
    action character varying(80) NOT NULL,
    subject_kind character varying(80) NOT NULL,
    subject_id uuid,
    data jsonb NOT NULL,
    request_id character varying(64) NOT NULL,
    waiting boolean DEFAULT true NOT NULL
);
CREATE TABLE public.kernel_auditseal (
    "position" bigint NOT NULL,
    hash character varying(64) NOT NULL,
    entry_id uuid NOT NULL
);
CREATE TABLE public.kernel_commandresult (
    id uuid NOT NULL,
    name character varying(80) NOT NULL,
    actor_id uuid,
    fingerprint character varying(64) NOT NULL,
    result jsonb NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE TABLE public.kernel_delivery (
    id bigint NOT NULL,
    receiver character varying(80) NOT NULL,
    at timestamp with time zone NOT NULL,
    event_id uuid NOT NULL
);
ALTER TABLE public.kernel_delivery ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.kernel_delivery_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.kernel_outboxevent (
    id uuid NOT NULL,
    kind character varying(80) NOT NULL,
    subject_id uuid,
    at timestamp with time zone NOT NULL,
    data jsonb NOT NULL,
    relayed_at timestamp with time zone
);
CREATE TABLE public.kernel_ratecount (
    id bigint NOT NULL,
    key character varying(160) NOT NULL,
    "window" timestamp with time zone NOT NULL,
    count integer NOT NULL,
    CONSTRAINT kernel_ratecount_count_check CHECK ((count >= 0))
);
ALTER TABLE public.kernel_ratecount ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.kernel_ratecount_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.mfa_authenticator (
    id bigint NOT NULL,
    type character varying(20) NOT NULL,
    data jsonb NOT NULL,
    user_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone
);
ALTER TABLE public.mfa_authenticator ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.mfa_authenticator_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.notify_follower (
    id uuid NOT NULL,
    kind character varying(40) NOT NULL,
    subject_id uuid NOT NULL,
    user_id uuid,
    email character varying(254) NOT NULL,
    language character varying(8) NOT NULL,
    confirmed_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT follower_is_somebody CHECK (((((email)::text = ''::text) AND (user_id IS NOT NULL)) OR ((user_id IS NULL) AND (NOT ((email)::text = ''::text)))))
);
CREATE TABLE public.notify_message (
    id uuid NOT NULL,
    "to" character varying(254) NOT NULL,
    user_id uuid,
    follower_id uuid,
    template character varying(80) NOT NULL,
    language character varying(8) NOT NULL,
    subject character varying(200) NOT NULL,
    text text NOT NULL,
    html text NOT NULL,
    unsubscribe_url character varying(500) NOT NULL,
    key character varying(120) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    send_after timestamp with time zone NOT NULL,
    attempts smallint NOT NULL,
    problem character varying(200) NOT NULL,
    sent_at timestamp with time zone,
    failed_at timestamp with time zone,
    channel character varying(8) NOT NULL,
    CONSTRAINT notify_message_attempts_check CHECK ((attempts >= 0))
);
CREATE TABLE public.notify_suppression (
    id uuid NOT NULL,
    address character varying(254) NOT NULL,
    created_at timestamp with time zone NOT NULL
);
CREATE TABLE public.offices_member (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    office_id uuid NOT NULL
);
CREATE TABLE public.offices_office (
    id uuid NOT NULL,
    name jsonb NOT NULL,
    area_kind character varying(60) NOT NULL,
    area_code character varying(60) NOT NULL,
    is_active boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    told_until timestamp with time zone NOT NULL
);
CREATE TABLE public.opendata_cataloguetold (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    known jsonb NOT NULL
);
ALTER TABLE public.opendata_cataloguetold ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.opendata_cataloguetold_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.opendata_contractversion (
    id uuid NOT NULL,
    number integer NOT NULL,
    contract jsonb NOT NULL,
    at timestamp with time zone NOT NULL,
    by uuid,
    dataset_id uuid NOT NULL,
    CONSTRAINT opendata_contractversion_number_check CHECK ((number >= 0))
);
CREATE TABLE public.opendata_dataset (
    id uuid NOT NULL,
    code character varying(9) NOT NULL COLLATE pg_catalog."C",
    name character varying(80) NOT NULL,
    contract jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    current_id uuid,
    returned_at timestamp with time zone,
    live_mark character varying(200) NOT NULL
);
CREATE TABLE public.opendata_draft (
    id uuid NOT NULL,
    by uuid NOT NULL,
    language character varying(20) NOT NULL,
    file_name character varying(200) NOT NULL,
    at timestamp with time zone NOT NULL,
    state character varying(12) NOT NULL,
    step character varying(40) NOT NULL,
    contract jsonb NOT NULL,
    confirmed boolean NOT NULL,
    seen character varying(20) NOT NULL,
    problem text NOT NULL,
    reasons jsonb NOT NULL,
    outcome jsonb NOT NULL,
    dataset_id uuid
);
CREATE TABLE public.opendata_elsewhere (
    id uuid NOT NULL,
    identifier character varying(500) NOT NULL COLLATE pg_catalog."C",
    title character varying(300) NOT NULL,
    description text NOT NULL,
    publisher character varying(300) NOT NULL,
    licence character varying(500) NOT NULL,
    keywords jsonb NOT NULL,
    page character varying(2000) NOT NULL,
    files jsonb NOT NULL,
    words text NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    portal_id uuid NOT NULL
);
CREATE TABLE public.opendata_look (
    id uuid NOT NULL,
    source jsonb NOT NULL,
    looked_at timestamp with time zone NOT NULL,
    next_at timestamp with time zone,
    failures integer NOT NULL,
    trouble character varying(20) NOT NULL,
    reason text NOT NULL,
    mark jsonb NOT NULL,
    snapshot integer,
    dataset_id uuid NOT NULL,
    "values" jsonb NOT NULL,
    CONSTRAINT opendata_look_failures_check CHECK ((failures >= 0)),
    CONSTRAINT opendata_look_snapshot_check CHECK ((snapshot >= 0))
);
CREATE TABLE public.opendata_mistake (
    id uuid NOT NULL,
    number integer NOT NULL,
    "row" character varying(200) NOT NULL,
    "column" character varying(63) NOT NULL,
    what text NOT NULL,
    state character varying(10) NOT NULL,
    answer text NOT NULL,
    email character varying(254) NOT NULL,
    user_id uuid,
    language character varying(8) NOT NULL,
    reported_at timestamp with time zone NOT NULL,
    answered_at timestamp with time zone,
    dataset_id uuid NOT NULL,
    CONSTRAINT opendata_mistake_number_check CHECK ((number >= 0))
);
CREATE TABLE public.opendata_ownterms (
    id bigint NOT NULL,
    owner character varying(200) NOT NULL,
    licence character varying(200) NOT NULL
);
ALTER TABLE public.opendata_ownterms ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.opendata_ownterms_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.opendata_portal (
    id uuid NOT NULL,
    name character varying(80) NOT NULL,
    title character varying(200) NOT NULL,
    address character varying(1000) NOT NULL,
    kind character varying(10) NOT NULL,
    schedule character varying(40) NOT NULL,
    looked_at timestamp with time zone,
    next_at timestamp with time zone,
    failures integer NOT NULL,
    reason text NOT NULL,
    mark jsonb NOT NULL,
    "values" jsonb NOT NULL,
    CONSTRAINT opendata_portal_failures_check CHECK ((failures >= 0))
);
CREATE TABLE public.opendata_run (
    id uuid NOT NULL,
    started_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone NOT NULL,
    reasons jsonb NOT NULL,
    dataset_id uuid NOT NULL,
    snapshot_id uuid
);
CREATE TABLE public.opendata_snapshot (
    id uuid NOT NULL,
    number integer NOT NULL,
    published_at timestamp with time zone NOT NULL,
    checked_at timestamp with time zone NOT NULL,
    rows bigint NOT NULL,
    quarantined bigint NOT NULL,
    added bigint NOT NULL,
    changed bigint NOT NULL,
    removed bigint NOT NULL,
    size bigint NOT NULL,
    facts jsonb NOT NULL,
    parts jsonb NOT NULL,
    dataset_id uuid NOT NULL,
    contract jsonb NOT NULL,
    recalled_at timestamp with time zone,
    recall_reason text NOT NULL,
    CONSTRAINT opendata_snapshot_added_check CHECK ((added >= 0)),
    CONSTRAINT opendata_snapshot_changed_check CHECK ((changed >= 0)),
    CONSTRAINT opendata_snapshot_number_check CHECK ((number >= 0)),
    CONSTRAINT opendata_snapshot_quarantined_check CHECK ((quarantined >= 0)),
    CONSTRAINT opendata_snapshot_removed_check CHECK ((removed >= 0)),
    CONSTRAINT opendata_snapshot_rows_check CHECK ((rows >= 0)),
    CONSTRAINT opendata_snapshot_size_check CHECK ((size >= 0)),
    CONSTRAINT snapshot_from_one CHECK ((number > 0)),
    CONSTRAINT snapshot_recalled_with_reason CHECK ((((recall_reason = ''::text) AND (recalled_at IS NULL)) OR ((recalled_at IS NOT NULL) AND (NOT (recall_reason = ''::text)))))
);
CREATE TABLE public.opendata_told (
    dataset_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    columns jsonb NOT NULL
);
CREATE TABLE public.opendata_wish (
    id uuid NOT NULL,
    what character varying(120) NOT NULL,
    why text NOT NULL,
    state character varying(10) NOT NULL,
    answer text NOT NULL,
    email character varying(254) NOT NULL,
    user_id uuid,
    language character varying(8) NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    answered_at timestamp with time zone,
    dataset_id uuid
);
CREATE TABLE public.opendata_wishvote (
    id bigint NOT NULL,
    who character varying(64) NOT NULL,
    at timestamp with time zone NOT NULL,
    wish_id uuid NOT NULL
);
ALTER TABLE public.opendata_wishvote ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.opendata_wishvote_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.places_address (
    id uuid NOT NULL,
    number character varying(16) NOT NULL,
    house integer NOT NULL,
    unit character varying(20) NOT NULL,
    folded character varying(180) NOT NULL COLLATE pg_catalog."C",
    lat double precision NOT NULL,
    lon double precision NOT NULL,
    cell bigint NOT NULL,
    street_id uuid NOT NULL,
    CONSTRAINT places_address_house_check CHECK ((house >= 0))
);
CREATE TABLE public.places_area (
    id uuid NOT NULL,
    code character varying(120) NOT NULL,
    name jsonb NOT NULL,
    folded character varying(300) NOT NULL COLLATE pg_catalog."C",
    geojson jsonb NOT NULL,
    west double precision NOT NULL,
    south double precision NOT NULL,
    east double precision NOT NULL,
    north double precision NOT NULL,
    properties jsonb NOT NULL,
    is_current boolean NOT NULL,
    revision integer NOT NULL,
    kind_id uuid NOT NULL,
    CONSTRAINT places_area_revision_check CHECK ((revision >= 0))
);
CREATE TABLE public.places_areacell (
    id bigint NOT NULL,
    cell bigint NOT NULL,
    whole boolean NOT NULL,
    area_id uuid NOT NULL
);
ALTER TABLE public.places_areacell ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.places_areacell_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.places_areakind (
    id uuid NOT NULL,
    code character varying(60) NOT NULL,
    name jsonb NOT NULL,
    "order" smallint NOT NULL,
    CONSTRAINT places_areakind_order_check CHECK (("order" >= 0))
);
CREATE TABLE public.places_asset (
    id uuid NOT NULL,
    code character varying(60) NOT NULL,
    code_folded character varying(60) NOT NULL COLLATE pg_catalog."C",
    label character varying(200) NOT NULL,
    lat double precision NOT NULL,
    lon double precision NOT NULL,
    cell bigint NOT NULL,
    properties jsonb NOT NULL,
    is_current boolean NOT NULL,
    layer_id uuid NOT NULL
);
CREATE TABLE public.places_assetlayer (
    id uuid NOT NULL,
    code character varying(60) NOT NULL,
    name jsonb NOT NULL
);
CREATE TABLE public.places_city (
    id smallint NOT NULL,
    name character varying(120) NOT NULL,
    time_zone character varying(64) NOT NULL,
    languages character varying(8)[] NOT NULL,
    boundary jsonb,
    bounds double precision[] NOT NULL,
    holidays_country character varying(2) NOT NULL,
    holidays_subdivision character varying(10) NOT NULL,
    closed_days date[] NOT NULL,
    revision bigint NOT NULL,
    boundary_revision bigint NOT NULL,
    CONSTRAINT city_only_one CHECK ((id = 1)),
    CONSTRAINT places_city_boundary_revision_check CHECK ((boundary_revision >= 0)),
    CONSTRAINT places_city_id_check CHECK ((id >= 0)),
    CONSTRAINT places_city_revision_check CHECK ((revision >= 0))
);
CREATE TABLE public.places_intersection (
    id uuid NOT NULL,
    label character varying(260) NOT NULL,
    lat double precision NOT NULL,
    lon double precision NOT NULL,
    cell bigint NOT NULL,
    first_id uuid NOT NULL,
    second_id uuid NOT NULL
);
CREATE TABLE public.places_mapfeature (
    id uuid NOT NULL,
    layer character varying(60) NOT NULL,
    name character varying(120) NOT NULL,
    geojson jsonb NOT NULL,
    properties jsonb NOT NULL
);
CREATE TABLE public.places_street (
    id uuid NOT NULL,
    name character varying(120) NOT NULL,
    folded character varying(140) NOT NULL COLLATE pg_catalog."C",
    core character varying(140) NOT NULL COLLATE pg_catalog."C",
    kind character varying(8) NOT NULL,
    lat double precision NOT NULL,
    lon double precision NOT NULL
);
CREATE TABLE public.places_streetsegment (
    id uuid NOT NULL,
    code character varying(60) NOT NULL COLLATE pg_catalog."C",
    line jsonb NOT NULL,
    left_from integer,
    left_to integer,
    right_from integer,
    right_to integer,
    kind character varying(8) NOT NULL,
    cells bigint[] NOT NULL,
    properties jsonb NOT NULL,
    street_id uuid NOT NULL,
    CONSTRAINT places_streetsegment_left_from_check CHECK ((left_from >= 0)),
    CONSTRAINT places_streetsegment_left_to_check CHECK ((left_to >= 0)),
    CONSTRAINT places_streetsegment_right_from_check CHECK ((right_from >= 0)),
    CONSTRAINT places_streetsegment_right_to_check CHECK ((right_to >= 0))
);
CREATE TABLE public.procrastinate_events (
    id bigint NOT NULL,
    job_id bigint NOT NULL,
    type public.procrastinate_job_event_type,
    at timestamp with time zone DEFAULT now()
);
CREATE SEQUENCE public.procrastinate_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.procrastinate_events_id_seq OWNED BY public.procrastinate_events.id;
CREATE SEQUENCE public.procrastinate_jobs_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.procrastinate_jobs_id_seq OWNED BY public.procrastinate_jobs.id;
CREATE TABLE public.procrastinate_periodic_defers (
    id bigint NOT NULL,
    task_name character varying(128) NOT NULL,
    defer_timestamp bigint,
    job_id bigint,
    periodic_id character varying(128) DEFAULT ''::character varying NOT NULL
);
CREATE SEQUENCE public.procrastinate_periodic_defers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.procrastinate_periodic_defers_id_seq OWNED BY public.procrastinate_periodic_defers.id;
CREATE TABLE public.procrastinate_workers (
    id bigint NOT NULL,
    last_heartbeat timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE public.procrastinate_workers ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.procrastinate_workers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.records_chosenperiod (
    kind character varying(60) NOT NULL,
    number integer,
    unit character varying(10) NOT NULL,
    CONSTRAINT records_chosenperiod_number_check CHECK ((number >= 0))
);
CREATE TABLE public.records_erasure (
    id uuid NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    done_at timestamp with time zone,
    is_whole boolean NOT NULL,
    account_id uuid,
    requests uuid[] NOT NULL,
    follows uuid[] NOT NULL,
    email character varying(254) NOT NULL,
    phone character varying(32) NOT NULL,
    rows integer NOT NULL,
    CONSTRAINT records_erasure_rows_check CHECK ((rows >= 0))
);
CREATE TABLE public.records_hold (
    id uuid NOT NULL,
    name character varying(120) NOT NULL,
    reason text NOT NULL,
    requests uuid[] NOT NULL,
    area_id uuid,
    address character varying(300) NOT NULL,
    since date,
    until date,
    email character varying(254) NOT NULL,
    phone character varying(32) NOT NULL,
    account_id uuid,
    is_of_person boolean NOT NULL,
    placed_at timestamp with time zone NOT NULL,
    placed_by uuid,
    lifted_at timestamp with time zone,
    lifted_by uuid
);
CREATE TABLE public.records_personfile (
    id uuid NOT NULL,
    made_at timestamp with time zone NOT NULL,
    made_by uuid,
    proof character varying(300) NOT NULL,
    account_id uuid,
    requests uuid[] NOT NULL,
    follows uuid[] NOT NULL,
    key character varying(200) NOT NULL,
    bytes bigint NOT NULL,
    CONSTRAINT records_personfile_bytes_check CHECK ((bytes >= 0))
);
CREATE TABLE public.records_purgerun (
    id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    kind character varying(60) NOT NULL,
    before timestamp with time zone NOT NULL,
    removed integer NOT NULL,
    held integer NOT NULL,
    is_rehearsal boolean NOT NULL,
    problem character varying(300) NOT NULL,
    CONSTRAINT records_purgerun_held_check CHECK ((held >= 0)),
    CONSTRAINT records_purgerun_removed_check CHECK ((removed >= 0))
);
CREATE TABLE public.records_schedule (
    id smallint NOT NULL,
    started_at timestamp with time zone,
    CONSTRAINT records_schedule_id_check CHECK ((id >= 0)),
    CONSTRAINT schedule_only_one CHECK ((id = 1))
);
CREATE TABLE public.records_walk (
    kind character varying(60) NOT NULL,
    after character varying(120) NOT NULL,
    ended_at timestamp with time zone,
    holds character varying(80) NOT NULL,
    held integer NOT NULL,
    CONSTRAINT records_walk_held_check CHECK ((held >= 0))
);
CREATE TABLE public.referrals_answer (
    id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    kind character varying(10) NOT NULL,
    "on" date,
    via character varying(10) NOT NULL,
    message_id character varying(250),
    referral_id uuid NOT NULL
);
CREATE TABLE public.referrals_body (
    id uuid NOT NULL,
    name jsonb NOT NULL,
    kind character varying(10) NOT NULL,
    mail character varying(254) NOT NULL,
    channel character varying(10) NOT NULL,
    connection_id uuid,
    answer_days smallint NOT NULL,
    language character varying(8) NOT NULL,
    is_active boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT referrals_body_answer_days_check CHECK ((answer_days >= 0))
);
CREATE TABLE public.referrals_bodyalias (
    id uuid NOT NULL,
    name character varying(200) NOT NULL,
    folded character varying(200) NOT NULL,
    body_id uuid NOT NULL
);
CREATE TABLE public.referrals_referral (
    id uuid NOT NULL,
    request_id uuid NOT NULL,
    number character varying(20) NOT NULL,
    event_id uuid,
    referred_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    waiting character varying(4) NOT NULL,
    scheduled_for date,
    answered_at timestamp with time zone,
    chased_at timestamp with time zone,
    chases smallint NOT NULL,
    ended_at timestamp with time zone,
    ended character varying(10) NOT NULL,
    body_id uuid NOT NULL,
    shares_all boolean NOT NULL,
    to_read boolean NOT NULL,
    told_at timestamp with time zone,
    done_at timestamp with time zone,
    CONSTRAINT referral_ended_for_a_reason CHECK (((((ended)::text = ''::text) AND (ended_at IS NULL)) OR ((ended_at IS NOT NULL) AND (NOT ((ended)::text = ''::text))))),
    CONSTRAINT referrals_referral_chases_check CHECK ((chases >= 0))
);
CREATE TABLE public.referrals_replylink (
    id uuid NOT NULL,
    token_hash character varying(64) NOT NULL,
    made_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    referral_id uuid NOT NULL
);
CREATE TABLE public.routing_nearingplan (
    id smallint NOT NULL,
    steps jsonb NOT NULL,
    is_paused boolean NOT NULL,
    revision integer NOT NULL,
    CONSTRAINT nearingplan_only_one CHECK ((id = 1)),
    CONSTRAINT routing_nearingplan_id_check CHECK ((id >= 0)),
    CONSTRAINT routing_nearingplan_revision_check CHECK ((revision >= 0))
);
CREATE TABLE public.routing_ruleset (
    id uuid NOT NULL,
    state character varying(5) NOT NULL,
    number integer,
    revision integer NOT NULL,
    rules jsonb NOT NULL,
    trial jsonb,
    copied_from integer,
    changed_at timestamp with time zone NOT NULL,
    live_from timestamp with time zone,
    live_until timestamp with time zone,
    live_by uuid,
    CONSTRAINT routing_ruleset_copied_from_check CHECK ((copied_from >= 0)),
    CONSTRAINT routing_ruleset_number_check CHECK ((number >= 0)),
    CONSTRAINT routing_ruleset_revision_check CHECK ((revision >= 0)),
    CONSTRAINT ruleset_numbered_once_in_force CHECK ((((number IS NULL) AND ((state)::text = 'draft'::text)) OR ((NOT ((state)::text = 'draft'::text)) AND (number IS NOT NULL))))
);
CREATE TABLE public.service_requests_abusereport (
    id uuid NOT NULL,
    reason character varying(500) NOT NULL,
    at timestamp with time zone NOT NULL,
    settled_at timestamp with time zone,
    request_id uuid NOT NULL
);
CREATE TABLE public.service_requests_approval (
    id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    by_kind character varying(20) NOT NULL,
    by_id uuid,
    by_label character varying(200) NOT NULL,
    outcome character varying(16) NOT NULL,
    sentence text NOT NULL,
    also jsonb,
    evidence uuid[] NOT NULL,
    no_proof boolean NOT NULL,
    settled_at timestamp with time zone,
    settled_by_id uuid,
    settled character varying(10) NOT NULL,
    request_id uuid NOT NULL
);
CREATE TABLE public.service_requests_bulkchange (
    id uuid NOT NULL,
    actor_id uuid,
    at timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL,
    change jsonb NOT NULL,
    before jsonb NOT NULL,
    undone_at timestamp with time zone
);
CREATE TABLE public.service_requests_call (
    id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    kind character varying(16) NOT NULL,
    channel character varying(16) NOT NULL,
    topic character varying(80) NOT NULL,
    note text NOT NULL,
    name character varying(201) NOT NULL,
    email character varying(254) NOT NULL,
    phone character varying(32) NOT NULL,
    language character varying(8) NOT NULL,
    taken_by uuid,
    told character varying(8) NOT NULL,
    request_id uuid,
    consent text NOT NULL,
    consent_at timestamp with time zone,
    office_id uuid
);
CREATE TABLE public.service_requests_calltopic (
    id uuid NOT NULL,
    name character varying(80) NOT NULL,
    "order" smallint NOT NULL,
    CONSTRAINT service_requests_calltopic_order_check CHECK (("order" >= 0))
);
CREATE TABLE public.service_requests_category (
    id uuid NOT NULL,
    code character varying(60) NOT NULL,
    name jsonb NOT NULL,
    description jsonb NOT NULL,
    keywords jsonb NOT NULL,
    notice jsonb NOT NULL,
    "order" smallint NOT NULL,
    is_active boolean NOT NULL,
    is_emergency boolean NOT NULL,
    asset_layer character varying(60) NOT NULL,
    priority smallint NOT NULL,
    target_days smallint,
    place_policy character varying(16) NOT NULL,
    text_policy character varying(16) NOT NULL,
    photo_policy character varying(16) NOT NULL,
    moderation character varying(16) NOT NULL,
    duplicate_metres smallint NOT NULL,
    open311_without_key boolean NOT NULL,
    open311_per_minute smallint NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    department_id uuid,
    team_id uuid,
    group_id uuid NOT NULL,
    proof_photo boolean NOT NULL,
    approve_outcomes character varying(16)[] NOT NULL,
    CONSTRAINT service_requests_category_duplicate_metres_check CHECK ((duplicate_metres >= 0)),
    CONSTRAINT service_requests_category_open311_per_minute_check CHECK ((open311_per_minute >= 0)),
    CONSTRAINT service_requests_category_order_check CHECK (("order" >= 0)),
    CONSTRAINT service_requests_category_priority_check CHECK ((priority >= 0)),
    CONSTRAINT service_requests_category_target_days_check CHECK ((target_days >= 0))
);
CREATE TABLE public.service_requests_categorygroup (
    id uuid NOT NULL,
    code character varying(60) NOT NULL,
    name jsonb NOT NULL,
    "order" smallint NOT NULL,
    icon character varying(40) NOT NULL,
    CONSTRAINT service_requests_categorygroup_order_check CHECK (("order" >= 0))
);
CREATE TABLE public.service_requests_contest (
    id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    by character varying(12) NOT NULL,
    closed_at timestamp with time zone NOT NULL,
    closed_by_id uuid,
    outcome character varying(16) NOT NULL,
    outcome_sentence text NOT NULL,
    duplicate_of_id uuid,
    settled_at timestamp with time zone,
    settled_by_id uuid,
    upheld boolean,
    request_id uuid NOT NULL,
    outcome_also jsonb
);
CREATE TABLE public.service_requests_historyevent (
    id uuid NOT NULL,
    fact character varying(16) NOT NULL,
    at timestamp with time zone NOT NULL,
    visibility character varying(10) NOT NULL,
    author_kind character varying(20) NOT NULL,
    author_id uuid,
    author_label character varying(200) NOT NULL,
    text text NOT NULL,
    showing character varying(10) NOT NULL,
    data jsonb NOT NULL,
    corrects_id uuid,
    request_id uuid NOT NULL
);
CREATE TABLE public.service_requests_importedrecord (
    id bigint NOT NULL,
    source_system character varying(60) NOT NULL,
    external_id character varying(120) NOT NULL,
    row_hash character varying(64) NOT NULL,
    run_id uuid NOT NULL,
    request_id uuid NOT NULL
);
ALTER TABLE public.service_requests_importedrecord ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.service_requests_importedrecord_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.service_requests_importrun (
    id uuid NOT NULL,
    profile character varying(60) NOT NULL,
    filename character varying(255) NOT NULL,
    started_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    rows bigint NOT NULL,
    imported bigint NOT NULL,
    updated bigint NOT NULL,
    unchanged bigint NOT NULL,
    quarantined bigint NOT NULL,
    CONSTRAINT service_requests_importrun_imported_check CHECK ((imported >= 0)),
    CONSTRAINT service_requests_importrun_quarantined_check CHECK ((quarantined >= 0)),
    CONSTRAINT service_requests_importrun_rows_check CHECK ((rows >= 0)),
    CONSTRAINT service_requests_importrun_unchanged_check CHECK ((unchanged >= 0)),
    CONSTRAINT service_requests_importrun_updated_check CHECK ((updated >= 0))
);
CREATE TABLE public.service_requests_likeness (
    request_id uuid NOT NULL,
    probability double precision NOT NULL,
    at timestamp with time zone,
    other_id uuid
);
CREATE TABLE public.service_requests_mapcell (
    cell bigint NOT NULL,
    count bigint NOT NULL,
    lat double precision NOT NULL,
    lon double precision NOT NULL,
    number numeric(30,0) NOT NULL
);
CREATE TABLE public.service_requests_mapchange (
    id bigint NOT NULL,
    cell bigint NOT NULL,
    count bigint NOT NULL,
    lat double precision NOT NULL,
    lon double precision NOT NULL,
    number numeric(30,0) NOT NULL
);
ALTER TABLE public.service_requests_mapchange ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.service_requests_mapchange_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.service_requests_notefile (
    id uuid NOT NULL,
    name character varying(120) NOT NULL,
    document_id uuid NOT NULL,
    event_id uuid NOT NULL
);
CREATE SEQUENCE public.service_requests_number
    START WITH 1001
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
CREATE TABLE public.service_requests_opentally (
    id bigint NOT NULL,
    kind character varying(5) NOT NULL,
    day date,
    area uuid,
    category uuid,
    whole boolean NOT NULL,
    department uuid,
    team uuid,
    count integer NOT NULL
);
ALTER TABLE public.service_requests_opentally ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.service_requests_opentally_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.service_requests_quarantinedrow (
    id uuid NOT NULL,
    row_number bigint NOT NULL,
    reason_code character varying(40) NOT NULL,
    reason character varying(500) NOT NULL,
    "row" jsonb NOT NULL,
    run_id uuid NOT NULL,
    CONSTRAINT service_requests_quarantinedrow_row_number_check CHECK ((row_number >= 0))
);
CREATE TABLE public.service_requests_question (
    id uuid NOT NULL,
    code character varying(60) NOT NULL,
    text jsonb NOT NULL,
    hint jsonb NOT NULL,
    datatype character varying(20) NOT NULL,
    variable boolean NOT NULL,
    required boolean NOT NULL,
    "order" smallint NOT NULL,
    "values" jsonb NOT NULL,
    when_code character varying(60) NOT NULL,
    when_values character varying(120)[] NOT NULL,
    is_public boolean NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    category_id uuid NOT NULL,
    CONSTRAINT service_requests_question_order_check CHECK (("order" >= 0))
);
CREATE TABLE public.service_requests_reporter (
    request_id uuid NOT NULL,
    user_id uuid,
    first_name character varying(100) NOT NULL,
    last_name character varying(100) NOT NULL,
    email character varying(254) NOT NULL,
    phone character varying(32) NOT NULL,
    private_token_hash character varying(64) NOT NULL,
    api_key_id uuid
);
CREATE TABLE public.service_requests_requestphoto (
    id uuid NOT NULL,
    is_evidence boolean NOT NULL,
    showing character varying(10) NOT NULL,
    withheld_by_policy boolean NOT NULL,
    "order" smallint NOT NULL,
    added_at timestamp with time zone NOT NULL,
    document_id uuid NOT NULL,
    request_id uuid NOT NULL,
    covered jsonb,
    covered_at timestamp with time zone,
    original_id uuid,
    CONSTRAINT service_requests_requestphoto_order_check CHECK (("order" >= 0))
);
CREATE TABLE public.service_requests_savedfilter (
    id uuid NOT NULL,
    name character varying(80) NOT NULL,
    query character varying(1000) NOT NULL,
    department_id uuid,
    owner_id uuid NOT NULL
);
CREATE TABLE public.service_requests_servicerequest (
    id uuid NOT NULL,
    number bigint NOT NULL,
    state character varying(16) NOT NULL,
    outcome character varying(16) NOT NULL,
    outcome_sentence text NOT NULL,
    referred_to character varying(200) NOT NULL,
    version integer NOT NULL,
    description text NOT NULL,
    showing character varying(10) NOT NULL,
    answers jsonb NOT NULL,
    language character varying(8) NOT NULL,
    source character varying(16) NOT NULL,
    lat double precision,
    lon double precision,
    address character varying(300) NOT NULL,
    address_id uuid,
    asset_id uuid,
    cell bigint,
    areas uuid[] NOT NULL,
    public_lat double precision,
    public_lon double precision,
    public_address character varying(300) NOT NULL,
    public_areas uuid[] NOT NULL,
    public_cell bigint,
    public_cell7 bigint,
    words tsvector,
    priority smallint NOT NULL,
    supporters integer NOT NULL,
    hidden boolean NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    scheduled_for date,
    due_at timestamp with time zone,
    closed_at timestamp with time zone,
    queue_at timestamp with time zone NOT NULL,
    assignee_id uuid,
    category_id uuid NOT NULL,
    department_id uuid,
    duplicate_of_id uuid,
    team_id uuid,
    escalated smallint DEFAULT 0 NOT NULL,
    look_at timestamp with time zone,
    outcome_also jsonb,
    CONSTRAINT request_closed_with_outcome CHECK ((((closed_at IS NOT NULL) AND ((outcome)::text > ''::text) AND ((state)::text = 'closed'::text)) OR ((NOT ((state)::text = 'closed'::text)) AND (closed_at IS NULL) AND ((outcome)::text = ''::text)))),
    CONSTRAINT request_duplicate_of_one CHECK ((((duplicate_of_id IS NOT NULL) AND ((outcome)::text = 'duplicate'::text)) OR ((NOT ((outcome)::text = 'duplicate'::text)) AND (duplicate_of_id IS NULL)))),
    CONSTRAINT service_requests_servicerequest_escalated_check CHECK ((escalated >= 0)),
    CONSTRAINT service_requests_servicerequest_priority_check CHECK ((priority >= 0)),
    CONSTRAINT service_requests_servicerequest_supporters_check CHECK ((supporters >= 0)),
    CONSTRAINT service_requests_servicerequest_version_check CHECK ((version >= 0))
);
CREATE TABLE public.service_requests_star (
    id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    request_id uuid NOT NULL,
    user_id uuid NOT NULL
);
CREATE TABLE public.service_requests_supporter (
    id uuid NOT NULL,
    who character varying(64) NOT NULL,
    at timestamp with time zone NOT NULL,
    request_id uuid NOT NULL,
    came_with_id uuid
);
CREATE TABLE public.service_requests_tally (
    id bigint NOT NULL,
    month date,
    area uuid,
    category uuid,
    whole boolean NOT NULL,
    department uuid,
    team uuid,
    opened integer NOT NULL,
    fixed integer NOT NULL,
    not_found integer NOT NULL,
    not_city integer NOT NULL,
    duplicate integer NOT NULL,
    cannot_be_done integer NOT NULL,
    not_stated integer NOT NULL,
    due integer NOT NULL,
    met integer NOT NULL,
    contested integer NOT NULL,
    days integer[] NOT NULL,
    upheld integer NOT NULL
);
ALTER TABLE public.service_requests_tally ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.service_requests_tally_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.service_requests_tallychange (
    id bigint NOT NULL,
    count smallint NOT NULL,
    areas uuid[] NOT NULL,
    category uuid NOT NULL,
    department uuid,
    team uuid,
    filed date,
    due date,
    closed date,
    outcome character varying(16) NOT NULL,
    days smallint,
    met boolean,
    contested date,
    upheld date
);
ALTER TABLE public.service_requests_tallychange ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.service_requests_tallychange_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.service_requests_tallystate (
    id smallint NOT NULL,
    zone character varying(64) NOT NULL,
    added_at timestamp with time zone NOT NULL,
    CONSTRAINT service_requests_tallystate_id_check CHECK ((id >= 0))
);
CREATE TABLE public.setup_progress (
    id smallint NOT NULL,
    code_hash character varying(64) NOT NULL,
    code_made_at timestamp with time zone,
    key_hash character varying(64) NOT NULL,
    finished_at timestamp with time zone,
    mail_tested_at timestamp with time zone,
    mail_tested_hash character varying(64) NOT NULL,
    loaded jsonb NOT NULL,
    CONSTRAINT setup_only_one CHECK ((id = 1)),
    CONSTRAINT setup_progress_id_check CHECK ((id >= 0))
);
CREATE TABLE public.setup_upload (
    id uuid NOT NULL,
    kind character varying(20) NOT NULL,
    name character varying(200) NOT NULL,
    options jsonb NOT NULL,
    state character varying(10) NOT NULL,
    report jsonb NOT NULL,
    problem text NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE TABLE public.socialaccount_socialaccount (
    id integer NOT NULL,
    provider character varying(200) NOT NULL,
    uid character varying(191) NOT NULL,
    last_login timestamp with time zone NOT NULL,
    date_joined timestamp with time zone NOT NULL,
    extra_data jsonb NOT NULL,
    user_id uuid NOT NULL
);
ALTER TABLE public.socialaccount_socialaccount ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.socialaccount_socialaccount_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.socialaccount_socialapp (
    id integer NOT NULL,
    provider character varying(30) NOT NULL,
    name character varying(40) NOT NULL,
    client_id character varying(191) NOT NULL,
    secret character varying(191) NOT NULL,
    key character varying(191) NOT NULL,
    provider_id character varying(200) NOT NULL,
    settings jsonb NOT NULL
);
ALTER TABLE public.socialaccount_socialapp ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.socialaccount_socialapp_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.socialaccount_socialtoken (
    id integer NOT NULL,
    token text NOT NULL,
    token_secret text NOT NULL,
    expires_at timestamp with time zone,
    account_id integer NOT NULL,
    app_id integer
);
ALTER TABLE public.socialaccount_socialtoken ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.socialaccount_socialtoken_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.subscriptions_subscription (
    id uuid NOT NULL,
    area_kind character varying(60) NOT NULL,
    area_code character varying(120) NOT NULL,
    street character varying(200) NOT NULL,
    street_words character varying(200) NOT NULL,
    category character varying(60) NOT NULL,
    every character varying(8) NOT NULL,
    told_until timestamp with time zone NOT NULL
);
CREATE TABLE public.taggit_tag (
    id integer NOT NULL,
    name character varying(100) NOT NULL,
    slug character varying(100) NOT NULL
);
ALTER TABLE public.taggit_tag ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.taggit_tag_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.taggit_taggeditem (
    id integer NOT NULL,
    object_id integer NOT NULL,
    content_type_id integer NOT NULL,
    tag_id integer NOT NULL
);
ALTER TABLE public.taggit_taggeditem ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.taggit_taggeditem_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.triage_learntmodel (
    id uuid NOT NULL,
    made_at timestamp with time zone NOT NULL,
    catalogue_at timestamp with time zone NOT NULL,
    categories integer NOT NULL,
    requests integer NOT NULL,
    corrected integer NOT NULL,
    body bytea NOT NULL,
    CONSTRAINT triage_learntmodel_categories_check CHECK ((categories >= 0)),
    CONSTRAINT triage_learntmodel_corrected_check CHECK ((corrected >= 0)),
    CONSTRAINT triage_learntmodel_requests_check CHECK ((requests >= 0))
);
CREATE TABLE public.usersessions_usersession (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    ip inet NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    session_key character varying(40) NOT NULL,
    user_agent character varying(200) NOT NULL,
    data jsonb NOT NULL,
    user_id uuid NOT NULL
);
ALTER TABLE public.usersessions_usersession ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.usersessions_usersession_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.wagtailadmin_admin (
    id integer NOT NULL
);
ALTER TABLE public.wagtailadmin_admin ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wagtailadmin_admin_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.wagtailadmin_editingsession (
    id integer NOT NULL,
    object_id character varying(255) NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    content_type_id integer NOT NULL,
    user_id uuid NOT NULL,
    is_editing boolean NOT NULL
);
ALTER TABLE public.wagtailadmin_editingsession ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wagtailadmin_editingsession_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.wagtailadmin_formstate (
    id integer NOT NULL,
    data text NOT NULL,
    object_id character varying(255) NOT NULL,
    parent_object_id character varying(255) NOT NULL,
    last_updated_at timestamp with time zone NOT NULL,
    content_type_id integer NOT NULL,
    user_id uuid NOT NULL
);
ALTER TABLE public.wagtailadmin_formstate ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wagtailadmin_formstate_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.wagtailcore_collection (
    id integer NOT NULL,
    path character varying(255) NOT NULL COLLATE pg_catalog."C",
    depth integer NOT NULL,
    numchild integer NOT NULL,
    name character varying(255) NOT NULL,
    CONSTRAINT wagtailcore_collection_depth_check CHECK ((depth >= 0)),
    CONSTRAINT wagtailcore_collection_numchild_check CHECK ((numchild >= 0))
);
ALTER TABLE public.wagtailcore_collection ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wagtailcore_collection_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.wagtailcore_collectionviewrestriction (
    id integer NOT NULL,
    restriction_type character varying(20) NOT NULL,
    password character varying(255) NOT NULL,
    collection_id integer NOT NULL
);
CREATE TABLE public.wagtailcore_collectionviewrestriction_groups (
    id bigint NOT NULL,
    collectionviewrestriction_id integer CONSTRAINT wagtailcore_collectionviewr_collectionviewrestriction__not_null NOT NULL,
    group_id integer NOT NULL
);
ALTER TABLE public.wagtailcore_collectionviewrestriction_groups ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wagtailcore_collectionviewrestriction_groups_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE public.wagtailcore_collectionviewrestriction ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wagtailcore_collectionviewrestriction_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.wagtailcore_comment (
    id integer NOT NULL,
    text text NOT NULL,
    contentpath text NOT NULL,
    "position" text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    resolved_at timestamp with time zone,
    page_id integer NOT NULL,
    resolved_by_id uuid,
    revision_created_id integer,
    user_id uuid NOT NULL
);
ALTER TABLE public.wagtailcore_comment ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wagtailcore_comment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.wagtailcore_commentreply (
    id integer NOT NULL,
    text text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    comment_id integer NOT NULL,
    user_id uuid NOT NULL
);
ALTER TABLE public.wagtailcore_commentreply ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wagtailcore_commentreply_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.wagtailcore_groupapprovaltask (
    task_ptr_id integer NOT NULL
);
CREATE TABLE public.wagtailcore_groupapprovaltask_groups (
    id bigint NOT NULL,
    groupapprovaltask_id integer CONSTRAINT wagtailcore_groupapprovaltask_gro_groupapprovaltask_id_not_null NOT NULL,
    group_id integer NOT NULL
);
ALTER TABLE public.wagtailcore_groupapprovaltask_groups ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wagtailcore_groupapprovaltask_groups_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.wagtailcore_groupcollectionpermission (
    id integer NOT NULL,
    collection_id integer NOT NULL,
    group_id integer NOT NULL,
    permission_id integer NOT NULL
);
ALTER TABLE public.wagtailcore_groupcollectionpermission ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wagtailcore_groupcollectionpermission_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.wagtailcore_grouppagepermission (
    id integer NOT NULL,
    group_id integer NOT NULL,
    page_id integer NOT NULL,
    permission_id integer NOT NULL
);
ALTER TABLE public.wagtailcore_grouppagepermission ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wagtailcore_grouppagepermission_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.wagtailcore_groupsitepermission (
    id integer NOT NULL,
    group_id integer NOT NULL,
    permission_id integer NOT NULL,
    site_id integer NOT NULL
);
ALTER TABLE public.wagtailcore_groupsitepermission ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wagtailcore_groupsitepermission_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.wagtailcore_locale (
    id integer NOT NULL,
    language_code character varying(100) NOT NULL
);
ALTER TABLE public.wagtailcore_locale ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wagtailcore_locale_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.wagtailcore_modellogentry (
    id integer NOT NULL,
    label text NOT NULL,
    action character varying(255) NOT NULL,
    data jsonb CONSTRAINT wagtailcore_modellogentry_data_json_not_null NOT NULL,
    "timestamp" timestamp with time zone NOT NULL,
    content_changed boolean NOT NULL,
    deleted boolean NOT NULL,
    object_id character varying(255) NOT NULL,
    content_type_id integer,
    user_id uuid,
    uuid uuid,
    revision_id integer
);
ALTER TABLE public.wagtailcore_modellogentry ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wagtailcore_modellogentry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.wagtailcore_page (
    id integer NOT NULL,
    path character varying(255) NOT NULL COLLATE pg_catalog."C",
    depth integer NOT NULL,
    numchild integer NOT NULL,
    title character varying(255) NOT NULL,
    slug character varying(255) NOT NULL,
    live boolean NOT NULL,
    has_unpublished_changes boolean NOT NULL,
    url_path text NOT NULL,
    seo_title character varying(255) NOT NULL,
    show_in_menus boolean NOT NULL,
    search_description text NOT NULL,
    go_live_at timestamp with time zone,
    expire_at timestamp with time zone,
    expired boolean NOT NULL,
    content_type_id integer NOT NULL,
    owner_id uuid,
    locked boolean NOT NULL,
    latest_revision_created_at timestamp with time zone,
    first_published_at timestamp with time zone,
    live_revision_id integer,
    last_published_at timestamp with time zone,
    draft_title character varying(255) NOT NULL,
    locked_at timestamp with time zone,
    locked_by_id uuid,
    translation_key uuid NOT NULL,
    locale_id integer NOT NULL,
    alias_of_id integer,
    latest_revision_id integer,
    CONSTRAINT wagtailcore_page_depth_check CHECK ((depth >= 0)),
    CONSTRAINT wagtailcore_page_numchild_check CHECK ((numchild >= 0))
);
ALTER TABLE public.wagtailcore_page ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wagtailcore_page_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.wagtailcore_pagelogentry (
    id integer NOT NULL,
    label text NOT NULL,
    action character varying(255) NOT NULL,
    data jsonb CONSTRAINT wagtailcore_pagelogentry_data_json_not_null NOT NULL,
    "timestamp" timestamp with time zone NOT NULL,
    content_changed boolean NOT NULL,
    deleted boolean NOT NULL,
    content_type_id integer,
    page_id integer NOT NULL,
    revision_id integer,
    user_id uuid,
    uuid uuid
);
ALTER TABLE public.wagtailcore_pagelogentry ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wagtailcore_pagelogentry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.wagtailcore_revision (
    id integer CONSTRAINT wagtailcore_pagerevision_id_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT wagtailcore_pagerevision_created_at_not_null NOT NULL,
    content jsonb CONSTRAINT wagtailcore_pagerevision_content_json_not_null NOT NULL,
    approved_go_live_at timestamp with time zone,
    object_id character varying(255) CONSTRAINT wagtailcore_pagerevision_page_id_not_null NOT NULL,
    user_id uuid,
    content_type_id integer NOT NULL,
    base_content_type_id integer NOT NULL,
    object_str text NOT NULL
);
ALTER TABLE public.wagtailcore_revision ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wagtailcore_pagerevision_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.wagtailcore_pagesubscription (
    id integer NOT NULL,
    comment_notifications boolean NOT NULL,
    page_id integer NOT NULL,
    user_id uuid NOT NULL
);
ALTER TABLE public.wagtailcore_pagesubscription ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wagtailcore_pagesubscription_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.wagtailcore_pageviewrestriction (
    id integer NOT NULL,
    password character varying(255) NOT NULL,
    page_id integer NOT NULL,
    restriction_type character varying(20) NOT NULL
);
CREATE TABLE public.wagtailcore_pageviewrestriction_groups (
    id bigint NOT NULL,
    pageviewrestriction_id integer CONSTRAINT wagtailcore_pageviewrestriction_pageviewrestriction_id_not_null NOT NULL,
    group_id integer NOT NULL
);
ALTER TABLE public.wagtailcore_pageviewrestriction_groups ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wagtailcore_pageviewrestriction_groups_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE public.wagtailcore_pageviewrestriction ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wagtailcore_pageviewrestriction_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.wagtailcore_referenceindex (
    id integer NOT NULL,
    object_id character varying(255) NOT NULL,
    to_object_id character varying(255) NOT NULL,
    model_path text NOT NULL,
    content_path text NOT NULL,
    content_path_hash uuid NOT NULL,
    base_content_type_id integer NOT NULL,
    content_type_id integer NOT NULL,
    to_content_type_id integer NOT NULL
);
ALTER TABLE public.wagtailcore_referenceindex ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wagtailcore_referenceindex_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.wagtailcore_site (
    id integer NOT NULL,
    hostname character varying(255) NOT NULL,
    port integer NOT NULL,
    is_default_site boolean NOT NULL,
    root_page_id integer NOT NULL,
    site_name character varying(255) NOT NULL
);
ALTER TABLE public.wagtailcore_site ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wagtailcore_site_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.wagtailcore_task (
    id integer NOT NULL,
    name character varying(255) NOT NULL,
    active boolean NOT NULL,
    content_type_id integer NOT NULL
);
ALTER TABLE public.wagtailcore_task ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wagtailcore_task_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.wagtailcore_taskstate (
    id integer NOT NULL,
    status character varying(50) NOT NULL,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    content_type_id integer NOT NULL,
    revision_id integer CONSTRAINT wagtailcore_taskstate_page_revision_id_not_null NOT NULL,
    task_id integer NOT NULL,
    workflow_state_id integer NOT NULL,
    finished_by_id uuid,
    comment text NOT NULL
);
ALTER TABLE public.wagtailcore_taskstate ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wagtailcore_taskstate_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.wagtailcore_uploadedfile (
    id integer NOT NULL,
    file character varying(200) NOT NULL,
    for_content_type_id integer,
    uploaded_by_user_id uuid
);
ALTER TABLE public.wagtailcore_uploadedfile ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wagtailcore_uploadedfile_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.wagtailcore_workflow (
    id integer NOT NULL,
    name character varying(255) NOT NULL,
    active boolean NOT NULL
);
ALTER TABLE public.wagtailcore_workflow ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wagtailcore_workflow_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.wagtailcore_workflowcontenttype (
    content_type_id integer NOT NULL,
    workflow_id integer NOT NULL
);
CREATE TABLE public.wagtailcore_workflowpage (
    page_id integer NOT NULL,
    workflow_id integer NOT NULL
);
CREATE TABLE public.wagtailcore_workflowstate (
    id integer NOT NULL,
    status character varying(50) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    current_task_state_id integer,
    object_id character varying(255) CONSTRAINT wagtailcore_workflowstate_page_id_not_null NOT NULL,
    requested_by_id uuid,
    workflow_id integer NOT NULL,
    content_type_id integer NOT NULL,
    base_content_type_id integer NOT NULL
);
ALTER TABLE public.wagtailcore_workflowstate ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wagtailcore_workflowstate_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.wagtailcore_workflowtask (
    id integer NOT NULL,
    sort_order integer,
    task_id integer NOT NULL,
    workflow_id integer NOT NULL
);
ALTER TABLE public.wagtailcore_workflowtask ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wagtailcore_workflowtask_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.wagtaildocs_document (
    id integer NOT NULL,
    title character varying(255) NOT NULL,
    file character varying(100) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    uploaded_by_user_id uuid,
    collection_id integer NOT NULL,
    file_size bigint,
    file_hash character varying(40) NOT NULL,
    CONSTRAINT wagtaildocs_document_file_size_check CHECK ((file_size >= 0))
);
ALTER TABLE public.wagtaildocs_document ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wagtaildocs_document_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.wagtailembeds_embed (
    id integer NOT NULL,
    url text NOT NULL,
    max_width smallint,
    type character varying(10) NOT NULL,
    html text NOT NULL,
    title text NOT NULL,
    author_name text NOT NULL,
    provider_name text NOT NULL,
    thumbnail_url text NOT NULL,
    width integer,
    height integer,
    last_updated timestamp with time zone NOT NULL,
    hash character varying(32) NOT NULL,
    cache_until timestamp with time zone
);
ALTER TABLE public.wagtailembeds_embed ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wagtailembeds_embed_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.wagtailimages_image (
    id integer NOT NULL,
    title character varying(255) NOT NULL,
    file character varying(100) NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    focal_point_x integer,
    focal_point_y integer,
    focal_point_width integer,
    focal_point_height integer,
    uploaded_by_user_id uuid,
    file_size integer,
    collection_id integer NOT NULL,
    file_hash character varying(40) NOT NULL,
    description character varying(255) NOT NULL,
    CONSTRAINT wagtailimages_image_file_size_check CHECK ((file_size >= 0)),
    CONSTRAINT wagtailimages_image_focal_point_height_check CHECK ((focal_point_height >= 0)),
    CONSTRAINT wagtailimages_image_focal_point_width_check CHECK ((focal_point_width >= 0)),
    CONSTRAINT wagtailimages_image_focal_point_x_check CHECK ((focal_point_x >= 0)),
    CONSTRAINT wagtailimages_image_focal_point_y_check CHECK ((focal_point_y >= 0))
);
ALTER TABLE public.wagtailimages_image ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wagtailimages_image_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.wagtailimages_rendition (
    id integer NOT NULL,
    file character varying(100) NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    focal_point_key character varying(16) NOT NULL,
    filter_spec character varying(255) NOT NULL,
    image_id integer NOT NULL
);
ALTER TABLE public.wagtailimages_rendition ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wagtailimages_rendition_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.wagtailredirects_redirect (
    id integer NOT NULL,
    old_path character varying(255) NOT NULL,
    is_permanent boolean NOT NULL,
    redirect_link character varying(255) NOT NULL,
    redirect_page_id integer,
    site_id integer,
    automatically_created boolean NOT NULL,
    created_at timestamp with time zone,
    redirect_page_route_path character varying(255) NOT NULL
);
ALTER TABLE public.wagtailredirects_redirect ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wagtailredirects_redirect_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.wagtailsearch_indexentry (
    id integer NOT NULL,
    object_id character varying(50) NOT NULL,
    title_norm double precision NOT NULL,
    content_type_id integer NOT NULL,
    autocomplete tsvector NOT NULL,
    title tsvector NOT NULL,
    body tsvector NOT NULL,
    title_text text NOT NULL,
    body_text text NOT NULL
);
ALTER TABLE public.wagtailsearch_indexentry ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wagtailsearch_indexentry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.wagtailusers_userprofile (
    id integer NOT NULL,
    submitted_notifications boolean NOT NULL,
    approved_notifications boolean NOT NULL,
    rejected_notifications boolean NOT NULL,
    user_id uuid NOT NULL,
    preferred_language character varying(10) NOT NULL,
    current_time_zone character varying(40) NOT NULL,
    avatar character varying(100) NOT NULL,
    updated_comments_notifications boolean CONSTRAINT wagtailusers_userprofile_updated_comments_notification_not_null NOT NULL,
    dismissibles jsonb NOT NULL,
    theme character varying(40) NOT NULL,
    density character varying(40) NOT NULL,
    contrast character varying(40) NOT NULL,
    keyboard_shortcuts boolean NOT NULL
);
ALTER TABLE public.wagtailusers_userprofile ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.wagtailusers_userprofile_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.website_citydocument (
    id bigint NOT NULL,
    title character varying(255) NOT NULL,
    file character varying(100) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    file_size bigint,
    file_hash character varying(40) NOT NULL,
    collection_id integer NOT NULL,
    uploaded_by_user_id uuid,
    CONSTRAINT website_citydocument_file_size_check CHECK ((file_size >= 0))
);
ALTER TABLE public.website_citydocument ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.website_citydocument_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.website_cityimage (
    id bigint NOT NULL,
    title character varying(255) NOT NULL,
    file character varying(100) NOT NULL,
    description character varying(255) NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    focal_point_x integer,
    focal_point_y integer,
    focal_point_width integer,
    focal_point_height integer,
    file_size integer,
    file_hash character varying(40) NOT NULL,
    collection_id integer NOT NULL,
    uploaded_by_user_id uuid,
    CONSTRAINT website_cityimage_file_size_check CHECK ((file_size >= 0)),
    CONSTRAINT website_cityimage_focal_point_height_check CHECK ((focal_point_height >= 0)),
    CONSTRAINT website_cityimage_focal_point_width_check CHECK ((focal_point_width >= 0)),
    CONSTRAINT website_cityimage_focal_point_x_check CHECK ((focal_point_x >= 0)),
    CONSTRAINT website_cityimage_focal_point_y_check CHECK ((focal_point_y >= 0))
);
ALTER TABLE public.website_cityimage ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.website_cityimage_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.website_cityrendition (
    id bigint NOT NULL,
    filter_spec character varying(255) NOT NULL,
    file character varying(100) NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    focal_point_key character varying(16) NOT NULL,
    image_id bigint NOT NULL
);
ALTER TABLE public.website_cityrendition ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.website_cityrendition_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.website_homepage (
    page_ptr_id integer NOT NULL,
    question character varying(120) NOT NULL,
    lead character varying(240) NOT NULL
);
CREATE TABLE public.work_orders_connection (
    id uuid NOT NULL,
    name character varying(80) NOT NULL,
    kind character varying(10) NOT NULL,
    url character varying(500) NOT NULL,
    categories character varying(60)[] NOT NULL,
    departments uuid[] NOT NULL,
    teams uuid[] NOT NULL,
    notes boolean NOT NULL,
    contact boolean NOT NULL,
    secret character varying(500) NOT NULL,
    former_secret character varying(500) NOT NULL,
    former_until timestamp with time zone,
    api_key character varying(1000) NOT NULL,
    jurisdiction_id character varying(200) NOT NULL,
    service_codes jsonb NOT NULL,
    sends_updates boolean NOT NULL,
    closed_means character varying(16) NOT NULL,
    offers_updates boolean,
    read_until timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    paused_at timestamp with time zone,
    failures integer NOT NULL,
    failing_since timestamp with time zone,
    last_success_at timestamp with time zone,
    CONSTRAINT work_orders_connection_failures_check CHECK ((failures >= 0))
);
CREATE TABLE public.work_orders_delivery (
    id uuid NOT NULL,
    request_id uuid,
    number character varying(20) NOT NULL,
    kind character varying(40) NOT NULL,
    event_id uuid,
    at timestamp with time zone NOT NULL,
    version integer NOT NULL,
    external_id character varying(120) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    send_after timestamp with time zone NOT NULL,
    attempts smallint NOT NULL,
    problem character varying(200) NOT NULL,
    sent_at timestamp with time zone,
    failed_at timestamp with time zone,
    connection_id uuid NOT NULL,
    CONSTRAINT work_orders_delivery_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT work_orders_delivery_version_check CHECK ((version >= 0))
);
CREATE TABLE public.work_orders_incoming (
    id uuid NOT NULL,
    message_id character varying(120) NOT NULL,
    fingerprint character varying(64) NOT NULL,
    request_id uuid,
    number character varying(20) NOT NULL,
    status character varying(20) NOT NULL,
    state character varying(10) NOT NULL,
    problem character varying(500) NOT NULL,
    at timestamp with time zone NOT NULL,
    connection_id uuid NOT NULL
);
CREATE TABLE public.work_orders_order (
    id uuid NOT NULL,
    request_id uuid NOT NULL,
    number character varying(20) NOT NULL,
    external_number character varying(120) NOT NULL,
    token character varying(120) NOT NULL,
    status character varying(16) NOT NULL,
    told_at timestamp with time zone,
    asked_at timestamp with time zone,
    closed_there boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    connection_id uuid NOT NULL,
    sees character varying(10) NOT NULL
);
CREATE TABLE public.work_orders_try (
    id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    status smallint,
    milliseconds integer NOT NULL,
    problem character varying(200) NOT NULL,
    answer character varying(500) NOT NULL,
    delivery_id uuid NOT NULL,
    CONSTRAINT work_orders_try_milliseconds_check CHECK ((milliseconds >= 0)),
    CONSTRAINT work_orders_try_status_check CHECK ((status >= 0))
);
ALTER TABLE ONLY public.procrastinate_events ALTER COLUMN id SET DEFAULT nextval('public.procrastinate_events_id_seq'::regclass);
ALTER TABLE ONLY public.procrastinate_jobs ALTER COLUMN id SET DEFAULT nextval('public.procrastinate_jobs_id_seq'::regclass);
ALTER TABLE ONLY public.procrastinate_periodic_defers ALTER COLUMN id SET DEFAULT nextval('public.procrastinate_periodic_defers_id_seq'::regclass);
INSERT INTO public.auth_group VALUES
	(1, 'Moderators'),
	(2, 'Editors');
INSERT INTO public.auth_group_permissions VALUES
	(1, 1, 1),
	(2, 2, 1),
	(3, 1, 106),
	(4, 1, 107),
	(5, 1, 108),
	(6, 2, 106),
	(7, 2, 107),
	(8, 2, 108),
	(9, 1, 109),
	(10, 2, 109),
	(11, 1, 112),
	(12, 1, 110),
	(13, 1, 111),
	(14, 2, 112),
	(15, 2, 110),
	(16, 2, 111),
	(17, 1, 113),
	(18, 2, 113);
INSERT INTO public.auth_permission VALUES
	(1, 'Can access Wagtail admin', 2, 'access_admin'),
	(2, 'Can add locale', 4, 'add_locale'),
	(3, 'Can change locale', 4, 'change_locale'),
	(4, 'Can delete locale', 4, 'delete_locale'),
	(5, 'Can view locale', 4, 'view_locale'),
	(6, 'Can add site', 5, 'add_site'),
	(7, 'Can change site', 5, 'change_site'),
	(8, 'Can delete site', 5, 'delete_site'),
	(9, 'Can view site', 5, 'view_site'),
	(10, 'Can add group site permission', 6, 'add_groupsitepermission'),
	(11, 'Can change group site permission', 6, 'change_groupsitepermission'),
	(12, 'Can delete group site permission', 6, 'delete_groupsitepermission'),
	(13, 'Can view group site permission', 6, 'view_groupsitepermission'),
	(14, 'Can add model log entry', 7, 'add_modellogentry'),
	(15, 'Can change model log entry', 7, 'change_modellogentry'),
	(16, 'Can delete model log entry', 7, 'delete_modellogentry'),
	(17, 'Can view model log entry', 7, 'view_modellogentry'),
	(18, 'Can add revision', 8, 'add_revision'),
	(19, 'Can change revision', 8, 'change_revision'),
	(20, 'Can delete revision', 8, 'delete_revision'),
	(21, 'Can view revision', 8, 'view_revision'),
	(22, 'Can add collection view restriction', 9, 'add_collectionviewrestriction'),
	(23, 'Can change collection view restriction', 9, 'change_collectionviewrestriction'),
	(24, 'Can delete collection view restriction', 9, 'delete_collectionviewrestriction'),
	(25, 'Can view collection view restriction', 9, 'view_collectionviewrestriction'),
	(26, 'Can add collection', 10, 'add_collection'),
	(27, 'Can change collection', 10, 'change_collection'),
	(28, 'Can delete collection', 10, 'delete_collection'),
	(29, 'Can view collection', 10, 'view_collection'),
	(30, 'Can add group collection permission', 11, 'add_groupcollectionpermission'),
	(31, 'Can change group collection permission', 11, 'change_groupcollectionpermission'),
	(32, 'Can delete group collection permission', 11, 'delete_groupcollectionpermission'),
	(33, 'Can view group collection permission', 11, 'view_groupcollectionpermission'),
	(34, 'Can add uploaded file', 12, 'add_uploadedfile'),
	(35, 'Can change uploaded file', 12, 'change_uploadedfile'),
	(36, 'Can delete uploaded file', 12, 'delete_uploadedfile'),
	(37, 'Can view uploaded file', 12, 'view_uploadedfile'),
	(38, 'Can add workflow content type', 13, 'add_workflowcontenttype'),
	(39, 'Can change workflow content type', 13, 'change_workflowcontenttype'),
	(40, 'Can delete workflow content type', 13, 'delete_workflowcontenttype'),
	(41, 'Can view workflow content type', 13, 'view_workflowcontenttype'),
	(42, 'Can add Workflow state', 14, 'add_workflowstate'),
	(43, 'Can change Workflow state', 14, 'change_workflowstate'),
	(44, 'Can delete Workflow state', 14, 'delete_workflowstate'),
	(45, 'Can view Workflow state', 14, 'view_workflowstate'),
	(46, 'Can add workflow', 15, 'add_workflow'),
	(47, 'Can change workflow', 15, 'change_workflow'),
	(48, 'Can delete workflow', 15, 'delete_workflow'),
	(49, 'Can view workflow', 15, 'view_workflow'),
	(50, 'Can add workflow task order', 16, 'add_workflowtask'),
	(51, 'Can change workflow task order', 16, 'change_workflowtask'),
	(52, 'Can delete workflow task order', 16, 'delete_workflowtask'),
	(53, 'Can view workflow task order', 16, 'view_workflowtask'),
	(54, 'Can add task', 17, 'add_task'),
	(55, 'Can change task', 17, 'change_task'),
	(56, 'Can delete task', 17, 'delete_task'),
	(57, 'Can view task', 17, 'view_task'),
	(58, 'Can add Group approval task', 3, 'add_groupapprovaltask'),
	(59, 'Can change Group approval task', 3, 'change_groupapprovaltask'),
	(60, 'Can delete Group approval task', 3, 'delete_groupapprovaltask'),
	(61, 'Can view Group approval task', 3, 'view_groupapprovaltask'),
	(62, 'Can add Task state', 18, 'add_taskstate'),
	(63, 'Can change Task state', 18, 'change_taskstate'),
	(64, 'Can delete Task state', 18, 'delete_taskstate'),
	(65, 'Can view Task state', 18, 'view_taskstate'),
	(66, 'Can add page', 1, 'add_page'),
	(67, 'Can change page', 1, 'change_page'),
	(68, 'Can delete page', 1, 'delete_page'),
	(69, 'Can view page', 1, 'view_page'),
	(70, 'Delete pages with children', 1, 'bulk_delete_page'),
	(71, 'Lock/unlock pages you''ve locked', 1, 'lock_page'),
	(72, 'Publish any page', 1, 'publish_page'),
	(73, 'Unlock any page', 1, 'unlock_page'),
	(74, 'Can add group page permission', 19, 'add_grouppagepermission'),
	(75, 'Can change group page permission', 19, 'change_grouppagepermission'),
	(76, 'Can delete group page permission', 19, 'delete_grouppagepermission'),
	(77, 'Can view group page permission', 19, 'view_grouppagepermission'),
	(78, 'Can add page view restriction', 20, 'add_pageviewrestriction'),
	(79, 'Can change page view restriction', 20, 'change_pageviewrestriction'),
	(80, 'Can delete page view restriction', 20, 'delete_pageviewrestriction'),
	(81, 'Can view page view restriction', 20, 'view_pageviewrestriction'),
	(82, 'Can add workflow page', 21, 'add_workflowpage'),
	(83, 'Can change workflow page', 21, 'change_workflowpage'),
	(84, 'Can delete workflow page', 21, 'delete_workflowpage'),
	(85, 'Can view workflow page', 21, 'view_workflowpage'),
	(86, 'Can add page log entry', 22, 'add_pagelogentry'),
	(87, 'Can change page log entry', 22, 'change_pagelogentry'),
	(88, 'Can delete page log entry', 22, 'delete_pagelogentry'),
	(89, 'Can view page log entry', 22, 'view_pagelogentry'),
	(90, 'Can add comment', 23, 'add_comment'),
	(91, 'Can change comment', 23, 'change_comment'),
	(92, 'Can delete comment', 23, 'delete_comment'),
	(93, 'Can view comment', 23, 'view_comment'),
	(94, 'Can add comment reply', 24, 'add_commentreply'),
	(95, 'Can change comment reply', 24, 'change_commentreply'),
	(96, 'Can delete comment reply', 24, 'delete_commentreply'),
	(97, 'Can view comment reply', 24, 'view_commentreply'),
	(98, 'Can add page subscription', 25, 'add_pagesubscription'),
	(99, 'Can change page subscription', 25, 'change_pagesubscription'),
	(100, 'Can delete page subscription', 25, 'delete_pagesubscription'),
	(101, 'Can view page subscription', 25, 'view_pagesubscription'),
	(102, 'Can add reference index', 26, 'add_referenceindex'),
	(103, 'Can change reference index', 26, 'change_referenceindex'),
	(104, 'Can delete reference index', 26, 'delete_referenceindex'),
	(105, 'Can view reference index', 26, 'view_referenceindex'),
	(106, 'Can add document', 27, 'add_document'),
	(107, 'Can change document', 27, 'change_document'),
	(108, 'Can delete document', 27, 'delete_document'),
	(109, 'Can choose document', 27, 'choose_document'),
	(110, 'Can add image', 28, 'add_image'),
	(111, 'Can change image', 28, 'change_image'),
	(112, 'Can delete image', 28, 'delete_image'),
	(113, 'Can choose image', 28, 'choose_image'),
	(114, 'Can add command result', 30, 'add_commandresult'),
	(115, 'Can change command result', 30, 'change_commandresult'),
	(116, 'Can delete command result', 30, 'delete_commandresult'),
	(117, 'Can view command result', 30, 'view_commandresult'),
	(118, 'Can add audit entry', 31, 'add_auditentry'),
	(119, 'Can change audit entry', 31, 'change_auditentry'),
	(120, 'Can delete audit entry', 31, 'delete_auditentry'),
	(121, 'Can view audit entry', 31, 'view_auditentry'),
	(122, 'Can add audit seal', 32, 'add_auditseal'),
	(123, 'Can change audit seal', 32, 'change_auditseal'),
	(124, 'Can delete audit seal', 32, 'delete_auditseal'),
	(125, 'Can view audit seal', 32, 'view_auditseal'),
	(126, 'Can add outbox event', 33, 'add_outboxevent'),
	(127, 'Can change outbox event', 33, 'change_outboxevent'),
	(128, 'Can delete outbox event', 33, 'delete_outboxevent'),
	(129, 'Can view outbox event', 33, 'view_outboxevent'),
	(130, 'Can add rate count', 34, 'add_ratecount'),
	(131, 'Can change rate count', 34, 'change_ratecount'),
	(132, 'Can delete rate count', 34, 'delete_ratecount'),
	(133, 'Can view rate count', 34, 'view_ratecount'),
	(134, 'Can add delivery', 35, 'add_delivery'),
	(135, 'Can change delivery', 35, 'change_delivery'),
	(136, 'Can delete delivery', 35, 'delete_delivery'),
	(137, 'Can view delivery', 35, 'view_delivery'),
	(138, 'Can add department', 36, 'add_department'),
	(139, 'Can change department', 36, 'change_department'),
	(140, 'Can delete department', 36, 'delete_department'),
	(141, 'Can view department', 36, 'view_department'),
	(142, 'Can add role', 37, 'add_role'),
	(143, 'Can change role', 37, 'change_role'),
	(144, 'Can delete role', 37, 'delete_role'),
	(145, 'Can view role', 37, 'view_role'),
	(146, 'Can add user', 38, 'add_user'),
	(147, 'Can change user', 38, 'change_user'),
	(148, 'Can delete user', 38, 'delete_user'),
	(149, 'Can view user', 38, 'view_user'),
	(150, 'Can add api key', 39, 'add_apikey'),
	(151, 'Can change api key', 39, 'change_apikey'),
	(152, 'Can delete api key', 39, 'delete_apikey'),
	(153, 'Can view api key', 39, 'view_apikey'),
	(154, 'Can add team', 40, 'add_team'),
	(155, 'Can change team', 40, 'change_team'),
	(156, 'Can delete team', 40, 'delete_team'),
	(157, 'Can view team', 40, 'view_team'),
	(158, 'Can add membership', 41, 'add_membership'),
	(159, 'Can change membership', 41, 'change_membership'),
	(160, 'Can delete membership', 41, 'delete_membership'),
	(161, 'Can view membership', 41, 'view_membership'),
	(162, 'Can add shared cache', 42, 'add_sharedcache'),
	(163, 'Can change shared cache', 42, 'change_sharedcache'),
	(164, 'Can delete shared cache', 42, 'delete_sharedcache'),
	(165, 'Can view shared cache', 42, 'view_sharedcache'),
	(166, 'Can add contractor', 43, 'add_contractor'),
	(167, 'Can change contractor', 43, 'change_contractor'),
	(168, 'Can delete contractor', 43, 'delete_contractor'),
	(169, 'Can view contractor', 43, 'view_contractor'),
	(170, 'Can add area kind', 44, 'add_areakind'),
	(171, 'Can change area kind', 44, 'change_areakind'),
	(172, 'Can delete area kind', 44, 'delete_areakind'),
	(173, 'Can view area kind', 44, 'view_areakind'),
	(174, 'Can add asset layer', 45, 'add_assetlayer'),
	(175, 'Can change asset layer', 45, 'change_assetlayer'),
	(176, 'Can delete asset layer', 45, 'delete_assetlayer'),
	(177, 'Can view asset layer', 45, 'view_assetlayer'),
	(178, 'Can add street', 46, 'add_street'),
	(179, 'Can change street', 46, 'change_street'),
	(180, 'Can delete street', 46, 'delete_street'),
	(181, 'Can view street', 46, 'view_street'),
	(182, 'Can add area', 47, 'add_area'),
	(183, 'Can change area', 47, 'change_area'),
	(184, 'Can delete area', 47, 'delete_area'),
	(185, 'Can view area', 47, 'view_area'),
	(186, 'Can add asset', 48, 'add_asset'),
	(187, 'Can change asset', 48, 'change_asset'),
	(188, 'Can delete asset', 48, 'delete_asset'),
	(189, 'Can view asset', 48, 'view_asset'),
	(190, 'Can add city', 49, 'add_city'),
	(191, 'Can change city', 49, 'change_city'),
	(192, 'Can delete city', 49, 'delete_city'),
	(193, 'Can view city', 49, 'view_city'),
	(194, 'Can add map feature', 50, 'add_mapfeature'),
	(195, 'Can change map feature', 50, 'change_mapfeature'),
	(196, 'Can delete map feature', 50, 'delete_mapfeature'),
	(197, 'Can view map feature', 50, 'view_mapfeature'),
	(198, 'Can add intersection', 51, 'add_intersection'),
	(199, 'Can change intersection', 51, 'change_intersection'),
	(200, 'Can delete intersection', 51, 'delete_intersection');
INSERT INTO public.auth_permission VALUES
	(201, 'Can view intersection', 51, 'view_intersection'),
	(202, 'Can add address', 52, 'add_address'),
	(203, 'Can change address', 52, 'change_address'),
	(204, 'Can delete address', 52, 'delete_address'),
	(205, 'Can view address', 52, 'view_address'),
	(206, 'Can add street segment', 53, 'add_streetsegment'),
	(207, 'Can change street segment', 53, 'change_streetsegment'),
	(208, 'Can delete street segment', 53, 'delete_streetsegment'),
	(209, 'Can view street segment', 53, 'view_streetsegment'),
	(210, 'Can add area cell', 54, 'add_areacell'),
	(211, 'Can change area cell', 54, 'change_areacell'),
	(212, 'Can delete area cell', 54, 'delete_areacell'),
	(213, 'Can view area cell', 54, 'view_areacell'),
	(214, 'Can add document', 55, 'add_document'),
	(215, 'Can change document', 55, 'change_document'),
	(216, 'Can delete document', 55, 'delete_document'),
	(217, 'Can view document', 55, 'view_document'),
	(218, 'Can add suppression', 56, 'add_suppression'),
	(219, 'Can change suppression', 56, 'change_suppression'),
	(220, 'Can delete suppression', 56, 'delete_suppression'),
	(221, 'Can view suppression', 56, 'view_suppression'),
	(222, 'Can add follower', 57, 'add_follower'),
	(223, 'Can change follower', 57, 'change_follower'),
	(224, 'Can delete follower', 57, 'delete_follower'),
	(225, 'Can view follower', 57, 'view_follower'),
	(226, 'Can add message', 58, 'add_message'),
	(227, 'Can change message', 58, 'change_message'),
	(228, 'Can delete message', 58, 'delete_message'),
	(229, 'Can view message', 58, 'view_message'),
	(230, 'Can add bulk change', 59, 'add_bulkchange'),
	(231, 'Can change bulk change', 59, 'change_bulkchange'),
	(232, 'Can delete bulk change', 59, 'delete_bulkchange'),
	(233, 'Can view bulk change', 59, 'view_bulkchange'),
	(234, 'Can add category group', 60, 'add_categorygroup'),
	(235, 'Can change category group', 60, 'change_categorygroup'),
	(236, 'Can delete category group', 60, 'delete_categorygroup'),
	(237, 'Can view category group', 60, 'view_categorygroup'),
	(238, 'Can add import run', 61, 'add_importrun'),
	(239, 'Can change import run', 61, 'change_importrun'),
	(240, 'Can delete import run', 61, 'delete_importrun'),
	(241, 'Can view import run', 61, 'view_importrun'),
	(242, 'Can add service request', 62, 'add_servicerequest'),
	(243, 'Can change service request', 62, 'change_servicerequest'),
	(244, 'Can delete service request', 62, 'delete_servicerequest'),
	(245, 'Can view service request', 62, 'view_servicerequest'),
	(246, 'Can add category', 63, 'add_category'),
	(247, 'Can change category', 63, 'change_category'),
	(248, 'Can delete category', 63, 'delete_category'),
	(249, 'Can view category', 63, 'view_category'),
	(250, 'Can add quarantined row', 64, 'add_quarantinedrow'),
	(251, 'Can change quarantined row', 64, 'change_quarantinedrow'),
	(252, 'Can delete quarantined row', 64, 'delete_quarantinedrow'),
	(253, 'Can view quarantined row', 64, 'view_quarantinedrow'),
	(254, 'Can add reporter', 65, 'add_reporter'),
	(255, 'Can change reporter', 65, 'change_reporter'),
	(256, 'Can delete reporter', 65, 'delete_reporter'),
	(257, 'Can view reporter', 65, 'view_reporter'),
	(258, 'Can add imported record', 66, 'add_importedrecord'),
	(259, 'Can change imported record', 66, 'change_importedrecord'),
	(260, 'Can delete imported record', 66, 'delete_importedrecord'),
	(261, 'Can view imported record', 66, 'view_importedrecord'),
	(262, 'Can add history event', 67, 'add_historyevent'),
	(263, 'Can change history event', 67, 'change_historyevent'),
	(264, 'Can delete history event', 67, 'delete_historyevent'),
	(265, 'Can view history event', 67, 'view_historyevent'),
	(266, 'Can add abuse report', 68, 'add_abusereport'),
	(267, 'Can change abuse report', 68, 'change_abusereport'),
	(268, 'Can delete abuse report', 68, 'delete_abusereport'),
	(269, 'Can view abuse report', 68, 'view_abusereport'),
	(270, 'Can add request photo', 69, 'add_requestphoto'),
	(271, 'Can change request photo', 69, 'change_requestphoto'),
	(272, 'Can delete request photo', 69, 'delete_requestphoto'),
	(273, 'Can view request photo', 69, 'view_requestphoto'),
	(274, 'Can add saved filter', 70, 'add_savedfilter'),
	(275, 'Can change saved filter', 70, 'change_savedfilter'),
	(276, 'Can delete saved filter', 70, 'delete_savedfilter'),
	(277, 'Can view saved filter', 70, 'view_savedfilter'),
	(278, 'Can add supporter', 71, 'add_supporter'),
	(279, 'Can change supporter', 71, 'change_supporter'),
	(280, 'Can delete supporter', 71, 'delete_supporter'),
	(281, 'Can view supporter', 71, 'view_supporter'),
	(282, 'Can add question', 72, 'add_question'),
	(283, 'Can change question', 72, 'change_question'),
	(284, 'Can delete question', 72, 'delete_question'),
	(285, 'Can view question', 72, 'view_question'),
	(286, 'Can add map cell', 73, 'add_mapcell'),
	(287, 'Can change map cell', 73, 'change_mapcell'),
	(288, 'Can delete map cell', 73, 'delete_mapcell'),
	(289, 'Can view map cell', 73, 'view_mapcell'),
	(290, 'Can add map change', 74, 'add_mapchange'),
	(291, 'Can change map change', 74, 'change_mapchange'),
	(292, 'Can delete map change', 74, 'delete_mapchange'),
	(293, 'Can view map change', 74, 'view_mapchange'),
	(294, 'Can add call', 75, 'add_call'),
	(295, 'Can change call', 75, 'change_call'),
	(296, 'Can delete call', 75, 'delete_call'),
	(297, 'Can view call', 75, 'view_call'),
	(298, 'Can add call topic', 76, 'add_calltopic'),
	(299, 'Can change call topic', 76, 'change_calltopic'),
	(300, 'Can delete call topic', 76, 'delete_calltopic'),
	(301, 'Can view call topic', 76, 'view_calltopic'),
	(302, 'Can add contest', 77, 'add_contest'),
	(303, 'Can change contest', 77, 'change_contest'),
	(304, 'Can delete contest', 77, 'delete_contest'),
	(305, 'Can view contest', 77, 'view_contest'),
	(306, 'Can add tally change', 78, 'add_tallychange'),
	(307, 'Can change tally change', 78, 'change_tallychange'),
	(308, 'Can delete tally change', 78, 'delete_tallychange'),
	(309, 'Can view tally change', 78, 'view_tallychange'),
	(310, 'Can add tally state', 79, 'add_tallystate'),
	(311, 'Can change tally state', 79, 'change_tallystate'),
	(312, 'Can delete tally state', 79, 'delete_tallystate'),
	(313, 'Can view tally state', 79, 'view_tallystate'),
	(314, 'Can add open tally', 80, 'add_opentally'),
	(315, 'Can change open tally', 80, 'change_opentally'),
	(316, 'Can delete open tally', 80, 'delete_opentally'),
	(317, 'Can view open tally', 80, 'view_opentally'),
	(318, 'Can add tally', 81, 'add_tally'),
	(319, 'Can change tally', 81, 'change_tally'),
	(320, 'Can delete tally', 81, 'delete_tally'),
	(321, 'Can view tally', 81, 'view_tally'),
	(322, 'Can add likeness', 82, 'add_likeness'),
	(323, 'Can change likeness', 82, 'change_likeness'),
	(324, 'Can delete likeness', 82, 'delete_likeness'),
	(325, 'Can view likeness', 82, 'view_likeness'),
	(326, 'Can add note file', 83, 'add_notefile'),
	(327, 'Can change note file', 83, 'change_notefile'),
	(328, 'Can delete note file', 83, 'delete_notefile'),
	(329, 'Can view note file', 83, 'view_notefile'),
	(330, 'Can add approval', 84, 'add_approval'),
	(331, 'Can change approval', 84, 'change_approval'),
	(332, 'Can delete approval', 84, 'delete_approval'),
	(333, 'Can view approval', 84, 'view_approval'),
	(334, 'Can add star', 85, 'add_star'),
	(335, 'Can change star', 85, 'change_star'),
	(336, 'Can delete star', 85, 'delete_star'),
	(337, 'Can view star', 85, 'view_star'),
	(338, 'Can add nearing plan', 86, 'add_nearingplan'),
	(339, 'Can change nearing plan', 86, 'change_nearingplan'),
	(340, 'Can delete nearing plan', 86, 'delete_nearingplan'),
	(341, 'Can view nearing plan', 86, 'view_nearingplan'),
	(342, 'Can add rule set', 87, 'add_ruleset'),
	(343, 'Can change rule set', 87, 'change_ruleset'),
	(344, 'Can delete rule set', 87, 'delete_ruleset'),
	(345, 'Can view rule set', 87, 'view_ruleset'),
	(346, 'Can add answer', 88, 'add_answer'),
	(347, 'Can change answer', 88, 'change_answer'),
	(348, 'Can delete answer', 88, 'delete_answer'),
	(349, 'Can view answer', 88, 'view_answer'),
	(350, 'Can add notice choice', 89, 'add_noticechoice'),
	(351, 'Can change notice choice', 89, 'change_noticechoice'),
	(352, 'Can delete notice choice', 89, 'delete_noticechoice'),
	(353, 'Can view notice choice', 89, 'view_noticechoice'),
	(354, 'Can add notice', 90, 'add_notice'),
	(355, 'Can change notice', 90, 'change_notice'),
	(356, 'Can delete notice', 90, 'delete_notice'),
	(357, 'Can view notice', 90, 'view_notice'),
	(358, 'Can add office', 91, 'add_office'),
	(359, 'Can change office', 91, 'change_office'),
	(360, 'Can delete office', 91, 'delete_office'),
	(361, 'Can view office', 91, 'view_office'),
	(362, 'Can add member', 92, 'add_member'),
	(363, 'Can change member', 92, 'change_member'),
	(364, 'Can delete member', 92, 'delete_member'),
	(365, 'Can view member', 92, 'view_member'),
	(366, 'Can add dataset', 93, 'add_dataset'),
	(367, 'Can change dataset', 93, 'change_dataset'),
	(368, 'Can delete dataset', 93, 'delete_dataset'),
	(369, 'Can view dataset', 93, 'view_dataset'),
	(370, 'Can add snapshot', 94, 'add_snapshot'),
	(371, 'Can change snapshot', 94, 'change_snapshot'),
	(372, 'Can delete snapshot', 94, 'delete_snapshot'),
	(373, 'Can view snapshot', 94, 'view_snapshot'),
	(374, 'Can add run', 95, 'add_run'),
	(375, 'Can change run', 95, 'change_run'),
	(376, 'Can delete run', 95, 'delete_run'),
	(377, 'Can view run', 95, 'view_run'),
	(378, 'Can add portal', 96, 'add_portal'),
	(379, 'Can change portal', 96, 'change_portal'),
	(380, 'Can delete portal', 96, 'delete_portal'),
	(381, 'Can view portal', 96, 'view_portal'),
	(382, 'Can add look', 97, 'add_look'),
	(383, 'Can change look', 97, 'change_look'),
	(384, 'Can delete look', 97, 'delete_look'),
	(385, 'Can view look', 97, 'view_look'),
	(386, 'Can add elsewhere', 98, 'add_elsewhere'),
	(387, 'Can change elsewhere', 98, 'change_elsewhere'),
	(388, 'Can delete elsewhere', 98, 'delete_elsewhere'),
	(389, 'Can view elsewhere', 98, 'view_elsewhere'),
	(390, 'Can add told', 99, 'add_told'),
	(391, 'Can change told', 99, 'change_told'),
	(392, 'Can delete told', 99, 'delete_told'),
	(393, 'Can view told', 99, 'view_told'),
	(394, 'Can add wish', 100, 'add_wish'),
	(395, 'Can change wish', 100, 'change_wish'),
	(396, 'Can delete wish', 100, 'delete_wish'),
	(397, 'Can view wish', 100, 'view_wish'),
	(398, 'Can add wish vote', 101, 'add_wishvote'),
	(399, 'Can change wish vote', 101, 'change_wishvote'),
	(400, 'Can delete wish vote', 101, 'delete_wishvote');
INSERT INTO public.auth_permission VALUES
	(401, 'Can view wish vote', 101, 'view_wishvote'),
	(402, 'Can add mistake', 102, 'add_mistake'),
	(403, 'Can change mistake', 102, 'change_mistake'),
	(404, 'Can delete mistake', 102, 'delete_mistake'),
	(405, 'Can view mistake', 102, 'view_mistake'),
	(406, 'Can add draft', 103, 'add_draft'),
	(407, 'Can change draft', 103, 'change_draft'),
	(408, 'Can delete draft', 103, 'delete_draft'),
	(409, 'Can view draft', 103, 'view_draft'),
	(410, 'Can add contract version', 104, 'add_contractversion'),
	(411, 'Can change contract version', 104, 'change_contractversion'),
	(412, 'Can delete contract version', 104, 'delete_contractversion'),
	(413, 'Can view contract version', 104, 'view_contractversion'),
	(414, 'Can add own terms', 105, 'add_ownterms'),
	(415, 'Can change own terms', 105, 'change_ownterms'),
	(416, 'Can delete own terms', 105, 'delete_ownterms'),
	(417, 'Can view own terms', 105, 'view_ownterms'),
	(418, 'Can add catalogue told', 106, 'add_cataloguetold'),
	(419, 'Can change catalogue told', 106, 'change_cataloguetold'),
	(420, 'Can delete catalogue told', 106, 'delete_cataloguetold'),
	(421, 'Can view catalogue told', 106, 'view_cataloguetold'),
	(422, 'Can add learnt model', 107, 'add_learntmodel'),
	(423, 'Can change learnt model', 107, 'change_learntmodel'),
	(424, 'Can delete learnt model', 107, 'delete_learntmodel'),
	(425, 'Can view learnt model', 107, 'view_learntmodel'),
	(426, 'Can add model', 108, 'add_model'),
	(427, 'Can change model', 108, 'change_model'),
	(428, 'Can delete model', 108, 'delete_model'),
	(429, 'Can view model', 108, 'view_model'),
	(430, 'Can add said', 109, 'add_said'),
	(431, 'Can change said', 109, 'change_said'),
	(432, 'Can delete said', 109, 'delete_said'),
	(433, 'Can view said', 109, 'view_said'),
	(434, 'Can add home page', 29, 'add_homepage'),
	(435, 'Can change home page', 29, 'change_homepage'),
	(436, 'Can delete home page', 29, 'delete_homepage'),
	(437, 'Can view home page', 29, 'view_homepage'),
	(438, 'Can add document', 110, 'add_citydocument'),
	(439, 'Can change document', 110, 'change_citydocument'),
	(440, 'Can delete document', 110, 'delete_citydocument'),
	(441, 'Can view document', 110, 'view_citydocument'),
	(442, 'Can add city image', 111, 'add_cityimage'),
	(443, 'Can change city image', 111, 'change_cityimage'),
	(444, 'Can delete city image', 111, 'delete_cityimage'),
	(445, 'Can view city image', 111, 'view_cityimage'),
	(446, 'Can add city rendition', 112, 'add_cityrendition'),
	(447, 'Can change city rendition', 112, 'change_cityrendition'),
	(448, 'Can delete city rendition', 112, 'delete_cityrendition'),
	(449, 'Can view city rendition', 112, 'view_cityrendition'),
	(450, 'Can add connection', 113, 'add_connection'),
	(451, 'Can change connection', 113, 'change_connection'),
	(452, 'Can delete connection', 113, 'delete_connection'),
	(453, 'Can view connection', 113, 'view_connection'),
	(454, 'Can add delivery', 114, 'add_delivery'),
	(455, 'Can change delivery', 114, 'change_delivery'),
	(456, 'Can delete delivery', 114, 'delete_delivery'),
	(457, 'Can view delivery', 114, 'view_delivery'),
	(458, 'Can add incoming', 115, 'add_incoming'),
	(459, 'Can change incoming', 115, 'change_incoming'),
	(460, 'Can delete incoming', 115, 'delete_incoming'),
	(461, 'Can view incoming', 115, 'view_incoming'),
	(462, 'Can add order', 116, 'add_order'),
	(463, 'Can change order', 116, 'change_order'),
	(464, 'Can delete order', 116, 'delete_order'),
	(465, 'Can view order', 116, 'view_order'),
	(466, 'Can add try', 117, 'add_try'),
	(467, 'Can change try', 117, 'change_try'),
	(468, 'Can delete try', 117, 'delete_try'),
	(469, 'Can view try', 117, 'view_try'),
	(470, 'Can add subscription', 118, 'add_subscription'),
	(471, 'Can change subscription', 118, 'change_subscription'),
	(472, 'Can delete subscription', 118, 'delete_subscription'),
	(473, 'Can view subscription', 118, 'view_subscription'),
	(474, 'Can add kind', 119, 'add_kind'),
	(475, 'Can change kind', 119, 'change_kind'),
	(476, 'Can delete kind', 119, 'delete_kind'),
	(477, 'Can view kind', 119, 'view_kind'),
	(478, 'Can add day plan', 120, 'add_dayplan'),
	(479, 'Can change day plan', 120, 'change_dayplan'),
	(480, 'Can delete day plan', 120, 'delete_dayplan'),
	(481, 'Can view day plan', 120, 'view_dayplan'),
	(482, 'Can add job progress', 121, 'add_jobprogress'),
	(483, 'Can change job progress', 121, 'change_jobprogress'),
	(484, 'Can delete job progress', 121, 'delete_jobprogress'),
	(485, 'Can view job progress', 121, 'view_jobprogress'),
	(486, 'Can add plan version', 122, 'add_planversion'),
	(487, 'Can change plan version', 122, 'change_planversion'),
	(488, 'Can delete plan version', 122, 'delete_planversion'),
	(489, 'Can view plan version', 122, 'view_planversion'),
	(490, 'Can add team day', 123, 'add_teamday'),
	(491, 'Can change team day', 123, 'change_teamday'),
	(492, 'Can delete team day', 123, 'delete_teamday'),
	(493, 'Can view team day', 123, 'view_teamday'),
	(494, 'Can add window', 124, 'add_window'),
	(495, 'Can change window', 124, 'change_window'),
	(496, 'Can delete window', 124, 'delete_window'),
	(497, 'Can view window', 124, 'view_window'),
	(498, 'Can add crew', 125, 'add_crew'),
	(499, 'Can change crew', 125, 'change_crew'),
	(500, 'Can delete crew', 125, 'delete_crew'),
	(501, 'Can view crew', 125, 'view_crew'),
	(502, 'Can add upload', 126, 'add_upload'),
	(503, 'Can change upload', 126, 'change_upload'),
	(504, 'Can delete upload', 126, 'delete_upload'),
	(505, 'Can view upload', 126, 'view_upload'),
	(506, 'Can add progress', 127, 'add_progress'),
	(507, 'Can change progress', 127, 'change_progress'),
	(508, 'Can delete progress', 127, 'delete_progress'),
	(509, 'Can view progress', 127, 'view_progress'),
	(510, 'Can add chosen period', 128, 'add_chosenperiod'),
	(511, 'Can change chosen period', 128, 'change_chosenperiod'),
	(512, 'Can delete chosen period', 128, 'delete_chosenperiod'),
	(513, 'Can view chosen period', 128, 'view_chosenperiod'),
	(514, 'Can add hold', 129, 'add_hold'),
	(515, 'Can change hold', 129, 'change_hold'),
	(516, 'Can delete hold', 129, 'delete_hold'),
	(517, 'Can view hold', 129, 'view_hold'),
	(518, 'Can add person file', 130, 'add_personfile'),
	(519, 'Can change person file', 130, 'change_personfile'),
	(520, 'Can delete person file', 130, 'delete_personfile'),
	(521, 'Can view person file', 130, 'view_personfile'),
	(522, 'Can add erasure', 131, 'add_erasure'),
	(523, 'Can change erasure', 131, 'change_erasure'),
	(524, 'Can delete erasure', 131, 'delete_erasure'),
	(525, 'Can view erasure', 131, 'view_erasure'),
	(526, 'Can add purge run', 132, 'add_purgerun'),
	(527, 'Can change purge run', 132, 'change_purgerun'),
	(528, 'Can delete purge run', 132, 'delete_purgerun'),
	(529, 'Can view purge run', 132, 'view_purgerun'),
	(530, 'Can add schedule', 133, 'add_schedule'),
	(531, 'Can change schedule', 133, 'change_schedule'),
	(532, 'Can delete schedule', 133, 'delete_schedule'),
	(533, 'Can view schedule', 133, 'view_schedule'),
	(534, 'Can add walk', 134, 'add_walk'),
	(535, 'Can change walk', 134, 'change_walk'),
	(536, 'Can delete walk', 134, 'delete_walk'),
	(537, 'Can view walk', 134, 'view_walk'),
	(538, 'Can add body', 135, 'add_body'),
	(539, 'Can change body', 135, 'change_body'),
	(540, 'Can delete body', 135, 'delete_body'),
	(541, 'Can view body', 135, 'view_body'),
	(542, 'Can add referral', 136, 'add_referral'),
	(543, 'Can change referral', 136, 'change_referral'),
	(544, 'Can delete referral', 136, 'delete_referral'),
	(545, 'Can view referral', 136, 'view_referral'),
	(546, 'Can add answer', 137, 'add_answer'),
	(547, 'Can change answer', 137, 'change_answer'),
	(548, 'Can delete answer', 137, 'delete_answer'),
	(549, 'Can view answer', 137, 'view_answer'),
	(550, 'Can add reply link', 138, 'add_replylink'),
	(551, 'Can change reply link', 138, 'change_replylink'),
	(552, 'Can delete reply link', 138, 'delete_replylink'),
	(553, 'Can view reply link', 138, 'view_replylink'),
	(554, 'Can add body alias', 139, 'add_bodyalias'),
	(555, 'Can change body alias', 139, 'change_bodyalias'),
	(556, 'Can delete body alias', 139, 'delete_bodyalias'),
	(557, 'Can view body alias', 139, 'view_bodyalias'),
	(558, 'Can add material', 140, 'add_material'),
	(559, 'Can change material', 140, 'change_material'),
	(560, 'Can delete material', 140, 'delete_material'),
	(561, 'Can view material', 140, 'view_material'),
	(562, 'Can add visit', 141, 'add_visit'),
	(563, 'Can change visit', 141, 'change_visit'),
	(564, 'Can delete visit', 141, 'delete_visit'),
	(565, 'Can view visit', 141, 'view_visit'),
	(566, 'Can add material used', 142, 'add_materialused'),
	(567, 'Can change material used', 142, 'change_materialused'),
	(568, 'Can delete material used', 142, 'delete_materialused'),
	(569, 'Can view material used', 142, 'view_materialused'),
	(570, 'Can add email address', 143, 'add_emailaddress'),
	(571, 'Can change email address', 143, 'change_emailaddress'),
	(572, 'Can delete email address', 143, 'delete_emailaddress'),
	(573, 'Can view email address', 143, 'view_emailaddress'),
	(574, 'Can add email confirmation', 144, 'add_emailconfirmation'),
	(575, 'Can change email confirmation', 144, 'change_emailconfirmation'),
	(576, 'Can delete email confirmation', 144, 'delete_emailconfirmation'),
	(577, 'Can view email confirmation', 144, 'view_emailconfirmation'),
	(578, 'Can add authenticator', 145, 'add_authenticator'),
	(579, 'Can change authenticator', 145, 'change_authenticator'),
	(580, 'Can delete authenticator', 145, 'delete_authenticator'),
	(581, 'Can view authenticator', 145, 'view_authenticator'),
	(582, 'Can add social account', 146, 'add_socialaccount'),
	(583, 'Can change social account', 146, 'change_socialaccount'),
	(584, 'Can delete social account', 146, 'delete_socialaccount'),
	(585, 'Can view social account', 146, 'view_socialaccount'),
	(586, 'Can add social application', 147, 'add_socialapp'),
	(587, 'Can change social application', 147, 'change_socialapp'),
	(588, 'Can delete social application', 147, 'delete_socialapp'),
	(589, 'Can view social application', 147, 'view_socialapp'),
	(590, 'Can add social application token', 148, 'add_socialtoken'),
	(591, 'Can change social application token', 148, 'change_socialtoken'),
	(592, 'Can delete social application token', 148, 'delete_socialtoken'),
	(593, 'Can view social application token', 148, 'view_socialtoken'),
	(594, 'Can add user session', 149, 'add_usersession'),
	(595, 'Can change user session', 149, 'change_usersession'),
	(596, 'Can delete user session', 149, 'delete_usersession'),
	(597, 'Can view user session', 149, 'view_usersession'),
	(598, 'Can add redirect', 150, 'add_redirect'),
	(599, 'Can change redirect', 150, 'change_redirect'),
	(600, 'Can delete redirect', 150, 'delete_redirect');
INSERT INTO public.auth_permission VALUES
	(601, 'Can view redirect', 150, 'view_redirect'),
	(602, 'Can add embed', 151, 'add_embed'),
	(603, 'Can change embed', 151, 'change_embed'),
	(604, 'Can delete embed', 151, 'delete_embed'),
	(605, 'Can view embed', 151, 'view_embed'),
	(606, 'Can add user profile', 152, 'add_userprofile'),
	(607, 'Can change user profile', 152, 'change_userprofile'),
	(608, 'Can delete user profile', 152, 'delete_userprofile'),
	(609, 'Can view user profile', 152, 'view_userprofile'),
	(610, 'Can view document', 27, 'view_document'),
	(611, 'Can view image', 28, 'view_image'),
	(612, 'Can add rendition', 153, 'add_rendition'),
	(613, 'Can change rendition', 153, 'change_rendition'),
	(614, 'Can delete rendition', 153, 'delete_rendition'),
	(615, 'Can view rendition', 153, 'view_rendition'),
	(616, 'Can add index entry', 154, 'add_indexentry'),
	(617, 'Can change index entry', 154, 'change_indexentry'),
	(618, 'Can delete index entry', 154, 'delete_indexentry'),
	(619, 'Can view index entry', 154, 'view_indexentry'),
	(620, 'Can add editing session', 155, 'add_editingsession'),
	(621, 'Can change editing session', 155, 'change_editingsession'),
	(622, 'Can delete editing session', 155, 'delete_editingsession'),
	(623, 'Can view editing session', 155, 'view_editingsession'),
	(624, 'Can add form state', 156, 'add_formstate'),
	(625, 'Can change form state', 156, 'change_formstate'),
	(626, 'Can delete form state', 156, 'delete_formstate'),
	(627, 'Can view form state', 156, 'view_formstate'),
	(628, 'Can add tag', 157, 'add_tag'),
	(629, 'Can change tag', 157, 'change_tag'),
	(630, 'Can delete tag', 157, 'delete_tag'),
	(631, 'Can view tag', 157, 'view_tag'),
	(632, 'Can add tagged item', 158, 'add_taggeditem'),
	(633, 'Can change tagged item', 158, 'change_taggeditem'),
	(634, 'Can delete tagged item', 158, 'delete_taggeditem'),
	(635, 'Can view tagged item', 158, 'view_taggeditem'),
	(636, 'Can add procrastinate event', 159, 'add_procrastinateevent'),
	(637, 'Can change procrastinate event', 159, 'change_procrastinateevent'),
	(638, 'Can delete procrastinate event', 159, 'delete_procrastinateevent'),
	(639, 'Can view procrastinate event', 159, 'view_procrastinateevent'),
	(640, 'Can add procrastinate job', 160, 'add_procrastinatejob'),
	(641, 'Can change procrastinate job', 160, 'change_procrastinatejob'),
	(642, 'Can delete procrastinate job', 160, 'delete_procrastinatejob'),
	(643, 'Can view procrastinate job', 160, 'view_procrastinatejob'),
	(644, 'Can add procrastinate periodic defer', 161, 'add_procrastinateperiodicdefer'),
	(645, 'Can change procrastinate periodic defer', 161, 'change_procrastinateperiodicdefer'),
	(646, 'Can delete procrastinate periodic defer', 161, 'delete_procrastinateperiodicdefer'),
	(647, 'Can view procrastinate periodic defer', 161, 'view_procrastinateperiodicdefer'),
	(648, 'Can add procrastinate worker', 162, 'add_procrastinateworker'),
	(649, 'Can change procrastinate worker', 162, 'change_procrastinateworker'),
	(650, 'Can delete procrastinate worker', 162, 'delete_procrastinateworker'),
	(651, 'Can view procrastinate worker', 162, 'view_procrastinateworker'),
	(652, 'Can add permission', 163, 'add_permission'),
	(653, 'Can change permission', 163, 'change_permission'),
	(654, 'Can delete permission', 163, 'delete_permission'),
	(655, 'Can view permission', 163, 'view_permission'),
	(656, 'Can add group', 164, 'add_group'),
	(657, 'Can change group', 164, 'change_group'),
	(658, 'Can delete group', 164, 'delete_group'),
	(659, 'Can view group', 164, 'view_group'),
	(660, 'Can add content type', 165, 'add_contenttype'),
	(661, 'Can change content type', 165, 'change_contenttype'),
	(662, 'Can delete content type', 165, 'delete_contenttype'),
	(663, 'Can view content type', 165, 'view_contenttype'),
	(664, 'Can add session', 166, 'add_session'),
	(665, 'Can change session', 166, 'change_session'),
	(666, 'Can delete session', 166, 'delete_session'),
	(667, 'Can view session', 166, 'view_session');
INSERT INTO public.django_content_type VALUES
	(1, 'wagtailcore', 'page'),
	(2, 'wagtailadmin', 'admin'),
	(3, 'wagtailcore', 'groupapprovaltask'),
	(4, 'wagtailcore', 'locale'),
	(5, 'wagtailcore', 'site'),
	(6, 'wagtailcore', 'groupsitepermission'),
	(7, 'wagtailcore', 'modellogentry'),
	(8, 'wagtailcore', 'revision'),
	(9, 'wagtailcore', 'collectionviewrestriction'),
	(10, 'wagtailcore', 'collection'),
	(11, 'wagtailcore', 'groupcollectionpermission'),
	(12, 'wagtailcore', 'uploadedfile'),
	(13, 'wagtailcore', 'workflowcontenttype'),
	(14, 'wagtailcore', 'workflowstate'),
	(15, 'wagtailcore', 'workflow'),
	(16, 'wagtailcore', 'workflowtask'),
	(17, 'wagtailcore', 'task'),
	(18, 'wagtailcore', 'taskstate'),
	(19, 'wagtailcore', 'grouppagepermission'),
	(20, 'wagtailcore', 'pageviewrestriction'),
	(21, 'wagtailcore', 'workflowpage'),
	(22, 'wagtailcore', 'pagelogentry'),
	(23, 'wagtailcore', 'comment'),
	(24, 'wagtailcore', 'commentreply'),
	(25, 'wagtailcore', 'pagesubscription'),
	(26, 'wagtailcore', 'referenceindex'),
	(27, 'wagtaildocs', 'document'),
	(28, 'wagtailimages', 'image'),
	(29, 'website', 'homepage'),
	(30, 'kernel', 'commandresult'),
	(31, 'kernel', 'auditentry'),
	(32, 'kernel', 'auditseal'),
	(33, 'kernel', 'outboxevent'),
	(34, 'kernel', 'ratecount'),
	(35, 'kernel', 'delivery'),
	(36, 'identity', 'department'),
	(37, 'identity', 'role'),
	(38, 'identity', 'user'),
	(39, 'identity', 'apikey'),
	(40, 'identity', 'team'),
	(41, 'identity', 'membership'),
	(42, 'identity', 'sharedcache'),
	(43, 'identity', 'contractor'),
	(44, 'places', 'areakind'),
	(45, 'places', 'assetlayer'),
	(46, 'places', 'street'),
	(47, 'places', 'area'),
	(48, 'places', 'asset'),
	(49, 'places', 'city'),
	(50, 'places', 'mapfeature'),
	(51, 'places', 'intersection'),
	(52, 'places', 'address'),
	(53, 'places', 'streetsegment'),
	(54, 'places', 'areacell'),
	(55, 'documents', 'document'),
	(56, 'notify', 'suppression'),
	(57, 'notify', 'follower'),
	(58, 'notify', 'message'),
	(59, 'service_requests', 'bulkchange'),
	(60, 'service_requests', 'categorygroup'),
	(61, 'service_requests', 'importrun'),
	(62, 'service_requests', 'servicerequest'),
	(63, 'service_requests', 'category'),
	(64, 'service_requests', 'quarantinedrow'),
	(65, 'service_requests', 'reporter'),
	(66, 'service_requests', 'importedrecord'),
	(67, 'service_requests', 'historyevent'),
	(68, 'service_requests', 'abusereport'),
	(69, 'service_requests', 'requestphoto'),
	(70, 'service_requests', 'savedfilter'),
	(71, 'service_requests', 'supporter'),
	(72, 'service_requests', 'question'),
	(73, 'service_requests', 'mapcell'),
	(74, 'service_requests', 'mapchange'),
	(75, 'service_requests', 'call'),
	(76, 'service_requests', 'calltopic'),
	(77, 'service_requests', 'contest'),
	(78, 'service_requests', 'tallychange'),
	(79, 'service_requests', 'tallystate'),
	(80, 'service_requests', 'opentally'),
	(81, 'service_requests', 'tally'),
	(82, 'service_requests', 'likeness'),
	(83, 'service_requests', 'notefile'),
	(84, 'service_requests', 'approval'),
	(85, 'service_requests', 'star'),
	(86, 'routing', 'nearingplan'),
	(87, 'routing', 'ruleset'),
	(88, 'answers', 'answer'),
	(89, 'answers', 'noticechoice'),
	(90, 'answers', 'notice'),
	(91, 'offices', 'office'),
	(92, 'offices', 'member'),
	(93, 'opendata', 'dataset'),
	(94, 'opendata', 'snapshot'),
	(95, 'opendata', 'run'),
	(96, 'opendata', 'portal'),
	(97, 'opendata', 'look'),
	(98, 'opendata', 'elsewhere'),
	(99, 'opendata', 'told'),
	(100, 'opendata', 'wish'),
	(101, 'opendata', 'wishvote'),
	(102, 'opendata', 'mistake'),
	(103, 'opendata', 'draft'),
	(104, 'opendata', 'contractversion'),
	(105, 'opendata', 'ownterms'),
	(106, 'opendata', 'cataloguetold'),
	(107, 'triage', 'learntmodel'),
	(108, 'estimates', 'model'),
	(109, 'estimates', 'said'),
	(110, 'website', 'citydocument'),
	(111, 'website', 'cityimage'),
	(112, 'website', 'cityrendition'),
	(113, 'work_orders', 'connection'),
	(114, 'work_orders', 'delivery'),
	(115, 'work_orders', 'incoming'),
	(116, 'work_orders', 'order'),
	(117, 'work_orders', 'try'),
	(118, 'subscriptions', 'subscription'),
	(119, 'day_plans', 'kind'),
	(120, 'day_plans', 'dayplan'),
	(121, 'day_plans', 'jobprogress'),
	(122, 'day_plans', 'planversion'),
	(123, 'day_plans', 'teamday'),
	(124, 'day_plans', 'window'),
	(125, 'day_plans', 'crew'),
	(126, 'setup', 'upload'),
	(127, 'setup', 'progress'),
	(128, 'records', 'chosenperiod'),
	(129, 'records', 'hold'),
	(130, 'records', 'personfile'),
	(131, 'records', 'erasure'),
	(132, 'records', 'purgerun'),
	(133, 'records', 'schedule'),
	(134, 'records', 'walk'),
	(135, 'referrals', 'body'),
	(136, 'referrals', 'referral'),
	(137, 'referrals', 'answer'),
	(138, 'referrals', 'replylink'),
	(139, 'referrals', 'bodyalias'),
	(140, 'crews', 'material'),
	(141, 'crews', 'visit'),
	(142, 'crews', 'materialused'),
	(143, 'account', 'emailaddress'),
	(144, 'account', 'emailconfirmation'),
	(145, 'mfa', 'authenticator'),
	(146, 'socialaccount', 'socialaccount'),
	(147, 'socialaccount', 'socialapp'),
	(148, 'socialaccount', 'socialtoken'),
	(149, 'usersessions', 'usersession'),
	(150, 'wagtailredirects', 'redirect'),
	(151, 'wagtailembeds', 'embed'),
	(152, 'wagtailusers', 'userprofile'),
	(153, 'wagtailimages', 'rendition'),
	(154, 'wagtailsearch', 'indexentry'),
	(155, 'wagtailadmin', 'editingsession'),
	(156, 'wagtailadmin', 'formstate'),
	(157, 'taggit', 'tag'),
	(158, 'taggit', 'taggeditem'),
	(159, 'procrastinate', 'procrastinateevent'),
	(160, 'procrastinate', 'procrastinatejob'),
	(161, 'procrastinate', 'procrastinateperiodicdefer'),
	(162, 'procrastinate', 'procrastinateworker'),
	(163, 'auth', 'permission'),
	(164, 'auth', 'group'),
	(165, 'contenttypes', 'contenttype'),
	(166, 'sessions', 'session');
INSERT INTO public.django_migrations VALUES
	(1, 'contenttypes', '0001_initial', now()),
	(2, 'contenttypes', '0002_remove_content_type_name', now()),
	(3, 'auth', '0001_initial', now()),
	(4, 'auth', '0002_alter_permission_name_max_length', now()),
	(5, 'auth', '0003_alter_user_email_max_length', now()),
	(6, 'auth', '0004_alter_user_username_opts', now()),
	(7, 'auth', '0005_alter_user_last_login_null', now()),
	(8, 'auth', '0006_require_contenttypes_0002', now()),
	(9, 'auth', '0007_alter_validators_add_error_messages', now()),
	(10, 'auth', '0008_alter_user_username_max_length', now()),
	(11, 'auth', '0009_alter_user_last_name_max_length', now()),
	(12, 'auth', '0010_alter_group_name_max_length', now()),
	(13, 'auth', '0011_update_proxy_permissions', now()),
	(14, 'auth', '0012_alter_user_first_name_max_length', now()),
	(15, 'identity', '0001_initial', now()),
	(16, 'account', '0001_initial', now()),
	(17, 'account', '0002_email_max_length', now()),
	(18, 'account', '0003_alter_emailaddress_create_unique_verified_email', now()),
	(19, 'account', '0004_alter_emailaddress_drop_unique_email', now()),
	(20, 'account', '0005_emailaddress_idx_upper_email', now()),
	(21, 'account', '0006_emailaddress_lower', now()),
	(22, 'account', '0007_emailaddress_idx_email', now()),
	(23, 'account', '0008_emailaddress_unique_primary_email_fixup', now()),
	(24, 'account', '0009_emailaddress_unique_primary_email', now()),
	(25, 'identity', '0002_contractors', now()),
	(26, 'identity', '0003_membership_source', now()),
	(27, 'identity', '0004_phone_sign_in', now()),
	(28, 'identity', '0005_records_role', now()),
	(29, 'answers', '0001_answers', now()),
	(30, 'answers', '0002_merge_start_take_back', now()),
	(31, 'crews', '0001_visits', now()),
	(32, 'day_plans', '0001_plans', now()),
	(33, 'day_plans', '0002_minutes_kept_by_crews', now()),
	(34, 'documents', '0001_initial', now()),
	(35, 'documents', '0002_withdrawn', now()),
	(36, 'estimates', '0001_dates', now()),
	(37, 'identity', '0006_routing_permission', now()),
	(38, 'identity', '0007_data_steward_role', now()),
	(39, 'kernel', '0001_initial', now()),
	(40, 'kernel', '0002_audit_append_only', now()),
	(41, 'mfa', '0001_initial', now()),
	(42, 'mfa', '0002_authenticator_timestamps', now()),
	(43, 'mfa', '0003_authenticator_type_uniq', now()),
	(44, 'notify', '0001_initial', now()),
	(45, 'notify', '0002_text_messages', now()),
	(46, 'offices', '0001_offices', now()),
	(47, 'opendata', '0001_datasets', now()),
	(48, 'opendata', '0002_snapshots_recalled', now()),
	(49, 'opendata', '0003_live_mark', now()),
	(50, 'opendata', '0004_sources_and_portals', now()),
	(51, 'opendata', '0005_wishes_and_mistakes', now()),
	(52, 'opendata', '0006_drafts_and_contract_versions', now()),
	(53, 'opendata', '0007_own_terms', now()),
	(54, 'opendata', '0008_catalogue_told', now()),
	(55, 'opendata', '0009_look_values', now()),
	(56, 'opendata', '0010_portal_values', now()),
	(57, 'places', '0001_initial', now()),
	(58, 'procrastinate', '0001_initial', now()),
	(59, 'procrastinate', '0002_drop_started_at_column', now()),
	(60, 'procrastinate', '0003_drop_started_at_column', now()),
	(61, 'procrastinate', '0004_drop_procrastinate_version_table', now()),
	(62, 'procrastinate', '0005_fix_procrastinate_fetch_job', now()),
	(63, 'procrastinate', '0006_fix_trigger_status_events_insert', now()),
	(64, 'procrastinate', '0007_add_queueing_lock_column', now()),
	(65, 'procrastinate', '0008_close_fetch_job_race_condition', now()),
	(66, 'procrastinate', '0009_add_defer_job_function', now()),
	(67, 'procrastinate', '0010_add_procrastinate_periodic_defers', now()),
	(68, 'procrastinate', '0011_add_foreign_key_index', now()),
	(69, 'procrastinate', '0012_add_locks_to_periodic_defer', now()),
	(70, 'procrastinate', '0013_fix_procrastinate_defer_periodic_job', now()),
	(71, 'procrastinate', '0014_add_finish_job_and_retry_job_functions', now()),
	(72, 'procrastinate', '0015_add_trigger_on_job_deletion', now()),
	(73, 'procrastinate', '0016_delete_finished_jobs', now()),
	(74, 'procrastinate', '0017_add_checks_to_finish_job', now()),
	(75, 'procrastinate', '0018_add_checks_to_retry_job', now()),
	(76, 'procrastinate', '0019_fix_finish_job_compat_issue', now()),
	(77, 'procrastinate', '0020_add_index_on_procrastinate_jobs', now()),
	(78, 'procrastinate', '0021_add_kwargs_to_defer_periodic_job', now()),
	(79, 'procrastinate', '0022_null_locks_excluded', now()),
	(80, 'procrastinate', '0023_remove_old_finish_job_function', now()),
	(81, 'procrastinate', '0024_job_id_bigint', now()),
	(82, 'procrastinate', '0025_add_models', now()),
	(83, 'procrastinate', '0026_add_job_priority', now()),
	(84, 'procrastinate', '0027_add_periodic_job_priority', now()),
	(85, 'procrastinate', '0028_add_cancel_states', now()),
	(86, 'procrastinate', '0029_add_additional_params_to_retry_job', now()),
	(87, 'procrastinate', '0030_alter_procrastinateevent_options', now()),
	(88, 'procrastinate', '0031_add_indexes_for_fetch_job', now()),
	(89, 'procrastinate', '0032_pre_cancel_notification', now()),
	(90, 'procrastinate', '0033_post_cancel_notification', now()),
	(91, 'procrastinate', '0034_pre_add_heartbeat', now()),
	(92, 'procrastinate', '0035_post_add_heartbeat', now()),
	(93, 'procrastinate', '0036_add_worker_model', now()),
	(94, 'procrastinate', '0037_pre_batch_defer_jobs', now()),
	(95, 'procrastinate', '0038_post_batch_defer_jobs', now()),
	(96, 'procrastinate', '0039_pre_priority_lock_fetch_job', now()),
	(97, 'procrastinate', '0040_pre_retry_failed_job', now()),
	(98, 'procrastinate', '0041_post_retry_failed_job', now()),
	(99, 'records', '0001_records', now()),
	(100, 'records', '0002_how_far_the_nights_came', now()),
	(101, 'referrals', '0001_referrals', now()),
	(102, 'referrals', '0002_told_read_shared', now()),
	(103, 'referrals', '0003_done_waits_for_approval', now()),
	(104, 'referrals', '0004_body_aliases', now()),
	(105, 'routing', '0001_rules_and_steps', now()),
	(106, 'service_requests', '0001_initial', now()),
	(107, 'service_requests', '0002_lean_indexes', now()),
	(108, 'service_requests', '0003_map_cells', now()),
	(109, 'service_requests', '0004_calls', now()),
	(110, 'service_requests', '0005_fine_cells', now()),
	(111, 'service_requests', '0006_contests', now()),
	(112, 'service_requests', '0007_tallies', now()),
	(113, 'service_requests', '0008_count_tallies', now()),
	(114, 'service_requests', '0009_likeness', now()),
	(115, 'service_requests', '0010_queue_indexes', now()),
	(116, 'service_requests', '0011_due_index', now()),
	(117, 'service_requests', '0012_count_always', now()),
	(118, 'service_requests', '0013_escalation', now()),
	(119, 'service_requests', '0014_answers', now()),
	(120, 'service_requests', '0015_office_calls', now()),
	(121, 'service_requests', '0016_likeness_waits', now()),
	(122, 'service_requests', '0017_tally_upheld', now()),
	(123, 'service_requests', '0018_photo_originals', now()),
	(124, 'service_requests', '0019_index_of_named', now()),
	(125, 'service_requests', '0020_supporters_come_with', now()),
	(126, 'service_requests', '0021_imported_request', now()),
	(127, 'service_requests', '0022_bulk_keeps_no_words', now()),
	(128, 'sessions', '0001_initial', now()),
	(129, 'setup', '0001_initial', now()),
	(130, 'socialaccount', '0001_initial', now()),
	(131, 'socialaccount', '0002_token_max_lengths', now()),
	(132, 'socialaccount', '0003_extra_data_default_dict', now()),
	(133, 'socialaccount', '0004_app_provider_id_settings', now()),
	(134, 'socialaccount', '0005_socialtoken_nullable_app', now()),
	(135, 'socialaccount', '0006_alter_socialaccount_extra_data', now()),
	(136, 'subscriptions', '0001_subscriptions', now()),
	(137, 'subscriptions', '0002_area_code', now()),
	(138, 'taggit', '0001_initial', now()),
	(139, 'taggit', '0002_auto_20150616_2121', now()),
	(140, 'taggit', '0003_taggeditem_add_unique_index', now()),
	(141, 'taggit', '0004_alter_taggeditem_content_type_alter_taggeditem_tag', now()),
	(142, 'taggit', '0005_auto_20220424_2025', now()),
	(143, 'taggit', '0006_rename_taggeditem_content_type_object_id_taggit_tagg_content_8fc721_idx', now()),
	(144, 'triage', '0001_learnt_models', now()),
	(145, 'usersessions', '0001_initial', now()),
	(146, 'wagtailcore', '0001_initial', now()),
	(147, 'wagtailcore', '0002_initial_data', now()),
	(148, 'wagtailcore', '0003_add_uniqueness_constraint_on_group_page_permission', now()),
	(149, 'wagtailcore', '0004_page_locked', now()),
	(150, 'wagtailcore', '0005_add_page_lock_permission_to_moderators', now()),
	(151, 'wagtailcore', '0006_add_lock_page_permission', now()),
	(152, 'wagtailcore', '0007_page_latest_revision_created_at', now()),
	(153, 'wagtailcore', '0008_populate_latest_revision_created_at', now()),
	(154, 'wagtailcore', '0009_remove_auto_now_add_from_pagerevision_created_at', now()),
	(155, 'wagtailcore', '0010_change_page_owner_to_null_on_delete', now()),
	(156, 'wagtailcore', '0011_page_first_published_at', now()),
	(157, 'wagtailcore', '0012_extend_page_slug_field', now()),
	(158, 'wagtailcore', '0013_update_golive_expire_help_text', now()),
	(159, 'wagtailcore', '0014_add_verbose_name', now()),
	(160, 'wagtailcore', '0015_add_more_verbose_names', now()),
	(161, 'wagtailcore', '0016_change_page_url_path_to_text_field', now()),
	(162, 'wagtailcore', '0017_change_edit_page_permission_description', now()),
	(163, 'wagtailcore', '0018_pagerevision_submitted_for_moderation_index', now()),
	(164, 'wagtailcore', '0019_verbose_names_cleanup', now()),
	(165, 'wagtailcore', '0020_add_index_on_page_first_published_at', now()),
	(166, 'wagtailcore', '0021_capitalizeverbose', now()),
	(167, 'wagtailcore', '0022_add_site_name', now()),
	(168, 'wagtailcore', '0023_alter_page_revision_on_delete_behaviour', now()),
	(169, 'wagtailcore', '0024_collection', now()),
	(170, 'wagtailcore', '0025_collection_initial_data', now()),
	(171, 'wagtailcore', '0026_group_collection_permission', now()),
	(172, 'wagtailadmin', '0001_create_admin_access_permissions', now()),
	(173, 'wagtailadmin', '0002_admin', now()),
	(174, 'wagtailadmin', '0003_admin_managed', now()),
	(175, 'wagtailadmin', '0004_editingsession', now()),
	(176, 'wagtailadmin', '0005_editingsession_is_editing', now()),
	(177, 'wagtailadmin', '0006_formstate', now()),
	(178, 'wagtailcore', '0027_fix_collection_path_collation', now()),
	(179, 'wagtailcore', '0024_alter_page_content_type_on_delete_behaviour', now()),
	(180, 'wagtailcore', '0028_merge', now()),
	(181, 'wagtailcore', '0029_unicode_slugfield_dj19', now()),
	(182, 'wagtailcore', '0030_index_on_pagerevision_created_at', now()),
	(183, 'wagtailcore', '0031_add_page_view_restriction_types', now()),
	(184, 'wagtailcore', '0032_add_bulk_delete_page_permission', now()),
	(185, 'wagtailcore', '0033_remove_golive_expiry_help_text', now()),
	(186, 'wagtailcore', '0034_page_live_revision', now()),
	(187, 'wagtailcore', '0035_page_last_published_at', now()),
	(188, 'wagtailcore', '0036_populate_page_last_published_at', now()),
	(189, 'wagtailcore', '0037_set_page_owner_editable', now()),
	(190, 'wagtailcore', '0038_make_first_published_at_editable', now()),
	(191, 'wagtailcore', '0039_collectionviewrestriction', now()),
	(192, 'wagtailcore', '0040_page_draft_title', now()),
	(193, 'wagtailcore', '0041_group_collection_permissions_verbose_name_plural', now()),
	(194, 'wagtailcore', '0042_index_on_pagerevision_approved_go_live_at', now()),
	(195, 'wagtailcore', '0043_lock_fields', now()),
	(196, 'wagtailcore', '0044_add_unlock_grouppagepermission', now()),
	(197, 'wagtailcore', '0045_assign_unlock_grouppagepermission', now()),
	(198, 'wagtailcore', '0046_site_name_remove_null', now()),
	(199, 'wagtailcore', '0047_add_workflow_models', now()),
	(200, 'wagtailcore', '0048_add_default_workflows', now());
INSERT INTO public.django_migrations VALUES
	(201, 'wagtailcore', '0049_taskstate_finished_by', now()),
	(202, 'wagtailcore', '0050_workflow_rejected_to_needs_changes', now()),
	(203, 'wagtailcore', '0051_taskstate_comment', now()),
	(204, 'wagtailcore', '0052_pagelogentry', now()),
	(205, 'wagtailcore', '0053_locale_model', now()),
	(206, 'wagtailcore', '0054_initial_locale', now()),
	(207, 'wagtailcore', '0055_page_locale_fields', now()),
	(208, 'wagtailcore', '0056_page_locale_fields_populate', now()),
	(209, 'wagtailcore', '0057_page_locale_fields_notnull', now()),
	(210, 'wagtailcore', '0058_page_alias_of', now()),
	(211, 'wagtailcore', '0059_apply_collection_ordering', now()),
	(212, 'wagtailcore', '0060_fix_workflow_unique_constraint', now()),
	(213, 'wagtailcore', '0061_change_promote_tab_helpt_text_and_verbose_names', now()),
	(214, 'wagtailcore', '0062_comment_models_and_pagesubscription', now()),
	(215, 'wagtailcore', '0063_modellogentry', now()),
	(216, 'wagtailcore', '0064_log_timestamp_indexes', now()),
	(217, 'wagtailcore', '0065_log_entry_uuid', now()),
	(218, 'wagtailcore', '0066_collection_management_permissions', now()),
	(219, 'wagtailcore', '0067_alter_pagerevision_content_json', now()),
	(220, 'wagtailcore', '0068_log_entry_empty_object', now()),
	(221, 'wagtailcore', '0069_log_entry_jsonfield', now()),
	(222, 'wagtailcore', '0070_rename_pagerevision_revision', now()),
	(223, 'wagtailcore', '0071_populate_revision_content_type', now()),
	(224, 'wagtailcore', '0072_alter_revision_content_type_notnull', now()),
	(225, 'wagtailcore', '0073_page_latest_revision', now()),
	(226, 'wagtailcore', '0074_revision_object_str', now()),
	(227, 'wagtailcore', '0075_populate_latest_revision_and_revision_object_str', now()),
	(228, 'wagtailcore', '0076_modellogentry_revision', now()),
	(229, 'wagtailcore', '0077_alter_revision_user', now()),
	(230, 'wagtailcore', '0078_referenceindex', now()),
	(231, 'wagtailcore', '0079_rename_taskstate_page_revision', now()),
	(232, 'wagtailcore', '0080_generic_workflowstate', now()),
	(233, 'wagtailcore', '0081_populate_workflowstate_content_type', now()),
	(234, 'wagtailcore', '0082_alter_workflowstate_content_type_notnull', now()),
	(235, 'wagtailcore', '0083_workflowcontenttype', now()),
	(236, 'wagtailcore', '0084_add_default_page_permissions', now()),
	(237, 'wagtailcore', '0085_add_grouppagepermission_permission', now()),
	(238, 'wagtailcore', '0086_populate_grouppagepermission_permission', now()),
	(239, 'wagtailcore', '0087_alter_grouppagepermission_unique_together_and_more', now()),
	(240, 'wagtailcore', '0088_fix_log_entry_json_timestamps', now()),
	(241, 'wagtailcore', '0089_log_entry_data_json_null_to_object', now()),
	(242, 'wagtailcore', '0090_remove_grouppagepermission_permission_type', now()),
	(243, 'wagtailcore', '0091_remove_revision_submitted_for_moderation', now()),
	(244, 'wagtailcore', '0092_alter_collectionviewrestriction_password_and_more', now()),
	(245, 'wagtailcore', '0093_uploadedfile', now()),
	(246, 'wagtailcore', '0094_alter_page_locale', now()),
	(247, 'wagtailcore', '0095_groupsitepermission', now()),
	(248, 'wagtailcore', '0096_referenceindex_referenceindex_source_object_and_more', now()),
	(249, 'wagtailcore', '0097_baselogentry_uuid_action_timestamp_indexes', now()),
	(250, 'wagtaildocs', '0001_initial', now()),
	(251, 'wagtaildocs', '0002_initial_data', now()),
	(252, 'wagtaildocs', '0003_add_verbose_names', now()),
	(253, 'wagtaildocs', '0004_capitalizeverbose', now()),
	(254, 'wagtaildocs', '0005_document_collection', now()),
	(255, 'wagtaildocs', '0006_copy_document_permissions_to_collections', now()),
	(256, 'wagtaildocs', '0005_alter_uploaded_by_user_on_delete_action', now()),
	(257, 'wagtaildocs', '0007_merge', now()),
	(258, 'wagtaildocs', '0008_document_file_size', now()),
	(259, 'wagtaildocs', '0009_document_verbose_name_plural', now()),
	(260, 'wagtaildocs', '0010_document_file_hash', now()),
	(261, 'wagtaildocs', '0011_add_choose_permissions', now()),
	(262, 'wagtaildocs', '0012_uploadeddocument', now()),
	(263, 'wagtaildocs', '0013_delete_uploadeddocument', now()),
	(264, 'wagtaildocs', '0014_alter_document_file_size', now()),
	(265, 'wagtailembeds', '0001_initial', now()),
	(266, 'wagtailembeds', '0002_add_verbose_names', now()),
	(267, 'wagtailembeds', '0003_capitalizeverbose', now()),
	(268, 'wagtailembeds', '0004_embed_verbose_name_plural', now()),
	(269, 'wagtailembeds', '0005_specify_thumbnail_url_max_length', now()),
	(270, 'wagtailembeds', '0006_add_embed_hash', now()),
	(271, 'wagtailembeds', '0007_populate_hash', now()),
	(272, 'wagtailembeds', '0008_allow_long_urls', now()),
	(273, 'wagtailembeds', '0009_embed_cache_until', now()),
	(274, 'wagtailimages', '0001_initial', now()),
	(275, 'wagtailimages', '0002_initial_data', now()),
	(276, 'wagtailimages', '0003_fix_focal_point_fields', now()),
	(277, 'wagtailimages', '0004_make_focal_point_key_not_nullable', now()),
	(278, 'wagtailimages', '0005_make_filter_spec_unique', now()),
	(279, 'wagtailimages', '0006_add_verbose_names', now()),
	(280, 'wagtailimages', '0007_image_file_size', now()),
	(281, 'wagtailimages', '0008_image_created_at_index', now()),
	(282, 'wagtailimages', '0009_capitalizeverbose', now()),
	(283, 'wagtailimages', '0010_change_on_delete_behaviour', now()),
	(284, 'wagtailimages', '0011_image_collection', now()),
	(285, 'wagtailimages', '0012_copy_image_permissions_to_collections', now()),
	(286, 'wagtailimages', '0013_make_rendition_upload_callable', now()),
	(287, 'wagtailimages', '0014_add_filter_spec_field', now()),
	(288, 'wagtailimages', '0015_fill_filter_spec_field', now()),
	(289, 'wagtailimages', '0016_deprecate_rendition_filter_relation', now()),
	(290, 'wagtailimages', '0017_reduce_focal_point_key_max_length', now()),
	(291, 'wagtailimages', '0018_remove_rendition_filter', now()),
	(292, 'wagtailimages', '0019_delete_filter', now()),
	(293, 'wagtailimages', '0020_add-verbose-name', now()),
	(294, 'wagtailimages', '0021_image_file_hash', now()),
	(295, 'wagtailimages', '0022_uploadedimage', now()),
	(296, 'wagtailimages', '0023_add_choose_permissions', now()),
	(297, 'wagtailimages', '0024_index_image_file_hash', now()),
	(298, 'wagtailimages', '0025_alter_image_file_alter_rendition_file', now()),
	(299, 'wagtailimages', '0026_delete_uploadedimage', now()),
	(300, 'wagtailimages', '0027_image_description', now()),
	(301, 'wagtailredirects', '0001_initial', now()),
	(302, 'wagtailredirects', '0002_add_verbose_names', now()),
	(303, 'wagtailredirects', '0003_make_site_field_editable', now()),
	(304, 'wagtailredirects', '0004_set_unique_on_path_and_site', now()),
	(305, 'wagtailredirects', '0005_capitalizeverbose', now()),
	(306, 'wagtailredirects', '0006_redirect_increase_max_length', now()),
	(307, 'wagtailredirects', '0007_add_autocreate_fields', now()),
	(308, 'wagtailredirects', '0008_add_verbose_name_plural', now()),
	(309, 'wagtailsearch', '0001_initial', now()),
	(310, 'wagtailsearch', '0002_add_verbose_names', now()),
	(311, 'wagtailsearch', '0003_remove_editors_pick', now()),
	(312, 'wagtailsearch', '0004_querydailyhits_verbose_name_plural', now()),
	(313, 'wagtailsearch', '0005_create_indexentry', now()),
	(314, 'wagtailsearch', '0006_customise_indexentry', now()),
	(315, 'wagtailsearch', '0007_delete_editorspick', now()),
	(316, 'wagtailsearch', '0008_remove_query_and_querydailyhits_models', now()),
	(317, 'wagtailsearch', '0009_remove_ngram_autocomplete', now()),
	(318, 'wagtailsearch', '0010_add_text_fields', now()),
	(319, 'wagtailusers', '0001_initial', now()),
	(320, 'wagtailusers', '0002_add_verbose_name_on_userprofile', now()),
	(321, 'wagtailusers', '0003_add_verbose_names', now()),
	(322, 'wagtailusers', '0004_capitalizeverbose', now()),
	(323, 'wagtailusers', '0005_make_related_name_wagtail_specific', now()),
	(324, 'wagtailusers', '0006_userprofile_prefered_language', now()),
	(325, 'wagtailusers', '0007_userprofile_current_time_zone', now()),
	(326, 'wagtailusers', '0008_userprofile_avatar', now()),
	(327, 'wagtailusers', '0009_userprofile_verbose_name_plural', now()),
	(328, 'wagtailusers', '0010_userprofile_updated_comments_notifications', now()),
	(329, 'wagtailusers', '0011_userprofile_dismissibles', now()),
	(330, 'wagtailusers', '0012_userprofile_theme', now()),
	(331, 'wagtailusers', '0013_userprofile_density', now()),
	(332, 'wagtailusers', '0014_userprofile_contrast', now()),
	(333, 'wagtailusers', '0015_userprofile_keyboard_shortcuts', now()),
	(334, 'website', '0001_initial', now()),
	(335, 'website', '0002_home', now()),
	(336, 'work_orders', '0001_initial', now()),
	(337, 'work_orders', '0002_permission', now()),
	(338, 'work_orders', '0003_order_sees', now()),
	(339, 'wagtailimages', '0001_squashed_0021', now()),
	(340, 'wagtailcore', '0001_squashed_0016_change_page_url_path_to_text_field', now());
INSERT INTO public.wagtailcore_collection VALUES
	(1, '0001', 1, 0, 'Root');
INSERT INTO public.wagtailcore_groupapprovaltask VALUES
	(1);
INSERT INTO public.wagtailcore_groupapprovaltask_groups VALUES
	(1, 1, 1);
INSERT INTO public.wagtailcore_groupcollectionpermission VALUES
	(1, 1, 1, 106),
	(2, 1, 2, 106),
	(3, 1, 1, 107),
	(4, 1, 2, 107),
	(5, 1, 1, 109),
	(6, 1, 2, 109),
	(7, 1, 1, 110),
	(8, 1, 2, 110),
	(9, 1, 1, 111),
	(10, 1, 2, 111),
	(11, 1, 1, 113),
	(12, 1, 2, 113);
INSERT INTO public.wagtailcore_grouppagepermission VALUES
	(1, 1, 1, 66),
	(2, 1, 1, 67),
	(3, 1, 1, 72),
	(4, 2, 1, 66),
	(5, 2, 1, 67),
	(6, 1, 1, 71),
	(7, 1, 1, 73);
INSERT INTO public.wagtailcore_locale VALUES
	(1, 'en'),
	(2, 'es');
INSERT INTO public.wagtailcore_page VALUES
	(3, '00010001', 2, 0, 'City hall', 'home', true, false, '/home/', '', false, '', NULL, NULL, false, 29, NULL, false, NULL, NULL, NULL, NULL, 'City hall', NULL, NULL, '0195b7c0-0000-7000-8000-000000000001', 1, NULL, NULL),
	(4, '00010002', 2, 0, 'Ayuntamiento', 'home-es', true, false, '/home-es/', '', false, '', NULL, NULL, false, 29, NULL, false, NULL, NULL, NULL, NULL, 'Ayuntamiento', NULL, NULL, '0195b7c0-0000-7000-8000-000000000001', 2, NULL, NULL),
	(1, '0001', 1, 2, 'Root', 'root', true, false, '/', '', false, '', NULL, NULL, false, 1, NULL, false, NULL, NULL, NULL, NULL, 'Root', NULL, NULL, gen_random_uuid(), 1, NULL, NULL);
INSERT INTO public.wagtailcore_site VALUES
	(2, 'localhost', 80, true, 3, '');
INSERT INTO public.wagtailcore_task VALUES
	(1, 'Moderators approval', true, 3);
INSERT INTO public.wagtailcore_workflow VALUES
	(1, 'Moderators approval', true);
INSERT INTO public.wagtailcore_workflowpage VALUES
	(1, 1);
INSERT INTO public.wagtailcore_workflowtask VALUES
	(1, 0, 1, 1);
INSERT INTO public.website_homepage VALUES
	(3, 'What do you need?', 'Report a problem, see what was fixed, look up an address.'),
	(4, '¿Qué necesita?', 'Reporte un problema, vea qué se arregló, busque una dirección.');
SELECT pg_catalog.setval('public.account_emailaddress_id_seq', 1, false);
SELECT pg_catalog.setval('public.account_emailconfirmation_id_seq', 1, false);
SELECT pg_catalog.setval('public.auth_group_id_seq', 2, true);
SELECT pg_catalog.setval('public.auth_group_permissions_id_seq', 18, true);
SELECT pg_catalog.setval('public.auth_permission_id_seq', 667, true);
SELECT pg_catalog.setval('public.django_content_type_id_seq', 166, true);
SELECT pg_catalog.setval('public.django_migrations_id_seq', 340, true);
SELECT pg_catalog.setval('public.identity_user_groups_id_seq', 1, false);
SELECT pg_catalog.setval('public.identity_user_user_permissions_id_seq', 1, false);
SELECT pg_catalog.setval('public.kernel_delivery_id_seq', 1, false);
SELECT pg_catalog.setval('public.kernel_ratecount_id_seq', 1, false);
SELECT pg_catalog.setval('public.mfa_authenticator_id_seq', 1, false);
SELECT pg_catalog.setval('public.opendata_cataloguetold_id_seq', 1, false);
SELECT pg_catalog.setval('public.opendata_ownterms_id_seq', 1, false);
SELECT pg_catalog.setval('public.opendata_wishvote_id_seq', 1, false);
SELECT pg_catalog.setval('public.places_areacell_id_seq', 1, false);
SELECT pg_catalog.setval('public.procrastinate_events_id_seq', 1, false);
SELECT pg_catalog.setval('public.procrastinate_jobs_id_seq', 1, false);
SELECT pg_catalog.setval('public.procrastinate_periodic_defers_id_seq', 1, false);
SELECT pg_catalog.setval('public.procrastinate_workers_id_seq', 1, false);
SELECT pg_catalog.setval('public.service_requests_importedrecord_id_seq', 1, false);
SELECT pg_catalog.setval('public.service_requests_mapchange_id_seq', 1, false);
SELECT pg_catalog.setval('public.service_requests_number', 1001, false);
SELECT pg_catalog.setval('public.service_requests_opentally_id_seq', 1, false);
SELECT pg_catalog.setval('public.service_requests_tally_id_seq', 1, false);
SELECT pg_catalog.setval('public.service_requests_tallychange_id_seq', 1, false);
SELECT pg_catalog.setval('public.socialaccount_socialaccount_id_seq', 1, false);
SELECT pg_catalog.setval('public.socialaccount_socialapp_id_seq', 1, false);
SELECT pg_catalog.setval('public.socialaccount_socialtoken_id_seq', 1, false);
SELECT pg_catalog.setval('public.taggit_tag_id_seq', 1, false);
SELECT pg_catalog.setval('public.taggit_taggeditem_id_seq', 1, false);
SELECT pg_catalog.setval('public.usersessions_usersession_id_seq', 1, false);
SELECT pg_catalog.setval('public.wagtailadmin_admin_id_seq', 1, false);
SELECT pg_catalog.setval('public.wagtailadmin_editingsession_id_seq', 1, false);
SELECT pg_catalog.setval('public.wagtailadmin_formstate_id_seq', 1, false);
SELECT pg_catalog.setval('public.wagtailcore_collection_id_seq', 1, true);
SELECT pg_catalog.setval('public.wagtailcore_collectionviewrestriction_groups_id_seq', 1, false);
SELECT pg_catalog.setval('public.wagtailcore_collectionviewrestriction_id_seq', 1, false);
SELECT pg_catalog.setval('public.wagtailcore_comment_id_seq', 1, false);
SELECT pg_catalog.setval('public.wagtailcore_commentreply_id_seq', 1, false);
SELECT pg_catalog.setval('public.wagtailcore_groupapprovaltask_groups_id_seq', 1, true);
SELECT pg_catalog.setval('public.wagtailcore_groupcollectionpermission_id_seq', 12, true);
SELECT pg_catalog.setval('public.wagtailcore_grouppagepermission_id_seq', 7, true);
SELECT pg_catalog.setval('public.wagtailcore_groupsitepermission_id_seq', 1, false);
SELECT pg_catalog.setval('public.wagtailcore_locale_id_seq', 2, true);
SELECT pg_catalog.setval('public.wagtailcore_modellogentry_id_seq', 1, false);
SELECT pg_catalog.setval('public.wagtailcore_page_id_seq', 4, true);
SELECT pg_catalog.setval('public.wagtailcore_pagelogentry_id_seq', 1, false);
SELECT pg_catalog.setval('public.wagtailcore_pagerevision_id_seq', 1, false);
SELECT pg_catalog.setval('public.wagtailcore_pagesubscription_id_seq', 1, false);
SELECT pg_catalog.setval('public.wagtailcore_pageviewrestriction_groups_id_seq', 1, false);
SELECT pg_catalog.setval('public.wagtailcore_pageviewrestriction_id_seq', 1, false);
SELECT pg_catalog.setval('public.wagtailcore_referenceindex_id_seq', 1, false);
SELECT pg_catalog.setval('public.wagtailcore_site_id_seq', 2, true);
SELECT pg_catalog.setval('public.wagtailcore_task_id_seq', 1, true);
SELECT pg_catalog.setval('public.wagtailcore_taskstate_id_seq', 1, false);
SELECT pg_catalog.setval('public.wagtailcore_uploadedfile_id_seq', 1, false);
SELECT pg_catalog.setval('public.wagtailcore_workflow_id_seq', 1, true);
SELECT pg_catalog.setval('public.wagtailcore_workflowstate_id_seq', 1, false);
SELECT pg_catalog.setval('public.wagtailcore_workflowtask_id_seq', 1, true);
SELECT pg_catalog.setval('public.wagtaildocs_document_id_seq', 1, false);
SELECT pg_catalog.setval('public.wagtailembeds_embed_id_seq', 1, false);
SELECT pg_catalog.setval('public.wagtailimages_image_id_seq', 1, false);
SELECT pg_catalog.setval('public.wagtailimages_rendition_id_seq', 1, false);
SELECT pg_catalog.setval('public.wagtailredirects_redirect_id_seq', 1, false);
SELECT pg_catalog.setval('public.wagtailsearch_indexentry_id_seq', 1, false);
SELECT pg_catalog.setval('public.wagtailusers_userprofile_id_seq', 1, false);
SELECT pg_catalog.setval('public.website_citydocument_id_seq', 1, false);
SELECT pg_catalog.setval('public.website_cityimage_id_seq', 1, false);
SELECT pg_catalog.setval('public.website_cityrendition_id_seq', 1, false);
ALTER TABLE ONLY public.account_emailaddress
    ADD CONSTRAINT account_emailaddress_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.account_emailaddress
    ADD CONSTRAINT account_emailaddress_user_id_email_987c8728_uniq UNIQUE (user_id, email);
ALTER TABLE ONLY public.account_emailconfirmation
    ADD CONSTRAINT account_emailconfirmation_key_key UNIQUE (key);
ALTER TABLE ONLY public.account_emailconfirmation
    ADD CONSTRAINT account_emailconfirmation_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.places_address
    ADD CONSTRAINT address_once UNIQUE (folded, unit);
ALTER TABLE ONLY public.answers_answer
    ADD CONSTRAINT answers_answer_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.answers_notice
    ADD CONSTRAINT answers_notice_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.answers_noticechoice
    ADD CONSTRAINT answers_noticechoice_pkey PRIMARY KEY (user_id);
ALTER TABLE ONLY public.places_area
    ADD CONSTRAINT area_code_once UNIQUE (kind_id, code);
ALTER TABLE ONLY public.places_areacell
    ADD CONSTRAINT areacell_once UNIQUE (cell, area_id);
ALTER TABLE ONLY public.places_asset
    ADD CONSTRAINT asset_code_once UNIQUE (layer_id, code);
ALTER TABLE ONLY public.auth_group
    ADD CONSTRAINT auth_group_name_key UNIQUE (name);
ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_permission_id_0cd325b0_uniq UNIQUE (group_id, permission_id);
ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.auth_group
    ADD CONSTRAINT auth_group_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_codename_01ab375a_uniq UNIQUE (content_type_id, codename);
ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.opendata_contractversion
    ADD CONSTRAINT contract_version_number UNIQUE (dataset_id, number);
ALTER TABLE ONLY public.crews_material
    ADD CONSTRAINT crews_material_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.crews_materialused
    ADD CONSTRAINT crews_materialused_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.crews_visit
    ADD CONSTRAINT crews_visit_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.day_plans_crew
    ADD CONSTRAINT day_plans_crew_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.day_plans_dayplan
    ADD CONSTRAINT day_plans_dayplan_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.day_plans_jobprogress
    ADD CONSTRAINT day_plans_jobprogress_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.day_plans_kind
    ADD CONSTRAINT day_plans_kind_pkey PRIMARY KEY (category);
ALTER TABLE ONLY public.day_plans_planversion
    ADD CONSTRAINT day_plans_planversion_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.day_plans_teamday
    ADD CONSTRAINT day_plans_teamday_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.day_plans_teamday
    ADD CONSTRAINT day_plans_teamday_team_id_key UNIQUE (team_id);
ALTER TABLE ONLY public.day_plans_window
    ADD CONSTRAINT day_plans_window_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.day_plans_dayplan
    ADD CONSTRAINT dayplan_once UNIQUE (team_id, day);
ALTER TABLE ONLY public.kernel_delivery
    ADD CONSTRAINT delivery_once UNIQUE (event_id, receiver);
ALTER TABLE ONLY public.django_content_type
    ADD CONSTRAINT django_content_type_app_label_model_76bd3d3b_uniq UNIQUE (app_label, model);
ALTER TABLE ONLY public.django_content_type
    ADD CONSTRAINT django_content_type_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.django_migrations
    ADD CONSTRAINT django_migrations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.django_session
    ADD CONSTRAINT django_session_pkey PRIMARY KEY (session_key);
ALTER TABLE ONLY public.documents_document
    ADD CONSTRAINT documents_document_key_key UNIQUE (key);
ALTER TABLE ONLY public.documents_document
    ADD CONSTRAINT documents_document_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.opendata_elsewhere
    ADD CONSTRAINT elsewhere_once UNIQUE (portal_id, identifier);
ALTER TABLE ONLY public.estimates_model
    ADD CONSTRAINT estimates_model_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.estimates_model
    ADD CONSTRAINT estimates_model_version_key UNIQUE (version);
ALTER TABLE ONLY public.estimates_said
    ADD CONSTRAINT estimates_said_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.identity_apikey
    ADD CONSTRAINT identity_apikey_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.identity_apikey
    ADD CONSTRAINT identity_apikey_prefix_key UNIQUE (prefix);
ALTER TABLE ONLY public.identity_cache
    ADD CONSTRAINT identity_cache_pkey PRIMARY KEY (cache_key);
ALTER TABLE ONLY public.identity_contractor
    ADD CONSTRAINT identity_contractor_name_key UNIQUE (name);
ALTER TABLE ONLY public.identity_contractor
    ADD CONSTRAINT identity_contractor_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.identity_department
    ADD CONSTRAINT identity_department_code_key UNIQUE (code);
ALTER TABLE ONLY public.identity_department
    ADD CONSTRAINT identity_department_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.identity_membership
    ADD CONSTRAINT identity_membership_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.identity_role
    ADD CONSTRAINT identity_role_code_key UNIQUE (code);
ALTER TABLE ONLY public.identity_role
    ADD CONSTRAINT identity_role_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.identity_team
    ADD CONSTRAINT identity_team_code_key UNIQUE (code);
ALTER TABLE ONLY public.identity_team
    ADD CONSTRAINT identity_team_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.identity_user
    ADD CONSTRAINT identity_user_email_key UNIQUE (email);
ALTER TABLE ONLY public.identity_user_groups
    ADD CONSTRAINT identity_user_groups_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.identity_user_groups
    ADD CONSTRAINT identity_user_groups_user_id_group_id_ece29599_uniq UNIQUE (user_id, group_id);
ALTER TABLE ONLY public.identity_user
    ADD CONSTRAINT identity_user_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.identity_user_user_permissions
    ADD CONSTRAINT identity_user_user_permi_user_id_permission_id_1becc26c_uniq UNIQUE (user_id, permission_id);
ALTER TABLE ONLY public.identity_user_user_permissions
    ADD CONSTRAINT identity_user_user_permissions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.service_requests_importedrecord
    ADD CONSTRAINT imported_once UNIQUE (source_system, external_id);
ALTER TABLE ONLY public.work_orders_incoming
    ADD CONSTRAINT incoming_once UNIQUE (connection_id, message_id);
ALTER TABLE ONLY public.day_plans_jobprogress
    ADD CONSTRAINT jobprogress_once UNIQUE (plan_id, request_id);
ALTER TABLE ONLY public.kernel_auditentry
    ADD CONSTRAINT kernel_auditentry_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.kernel_auditseal
    ADD CONSTRAINT kernel_auditseal_entry_id_key UNIQUE (entry_id);
ALTER TABLE ONLY public.kernel_auditseal
    ADD CONSTRAINT kernel_auditseal_pkey PRIMARY KEY ("position");
ALTER TABLE ONLY public.kernel_commandresult
    ADD CONSTRAINT kernel_commandresult_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.kernel_delivery
    ADD CONSTRAINT kernel_delivery_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.kernel_outboxevent
    ADD CONSTRAINT kernel_outboxevent_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.kernel_ratecount
    ADD CONSTRAINT kernel_ratecount_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.crews_materialused
    ADD CONSTRAINT material_used_once UNIQUE (visit_id, material_id);
ALTER TABLE ONLY public.identity_membership
    ADD CONSTRAINT membership_once UNIQUE NULLS NOT DISTINCT (user_id, role_id, department_id, team_id);
ALTER TABLE ONLY public.mfa_authenticator
    ADD CONSTRAINT mfa_authenticator_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.answers_notice
    ADD CONSTRAINT notice_once UNIQUE (user_id, event_id);
ALTER TABLE ONLY public.notify_follower
    ADD CONSTRAINT notify_follower_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.notify_message
    ADD CONSTRAINT notify_message_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.notify_suppression
    ADD CONSTRAINT notify_suppression_address_key UNIQUE (address);
ALTER TABLE ONLY public.notify_suppression
    ADD CONSTRAINT notify_suppression_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.offices_member
    ADD CONSTRAINT offices_member_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.offices_member
    ADD CONSTRAINT offices_member_user_id_key UNIQUE (user_id);
ALTER TABLE ONLY public.offices_office
    ADD CONSTRAINT offices_office_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.opendata_cataloguetold
    ADD CONSTRAINT opendata_cataloguetold_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.opendata_contractversion
    ADD CONSTRAINT opendata_contractversion_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.opendata_dataset
    ADD CONSTRAINT opendata_dataset_code_key UNIQUE (code);
ALTER TABLE ONLY public.opendata_dataset
    ADD CONSTRAINT opendata_dataset_name_key UNIQUE (name);
ALTER TABLE ONLY public.opendata_dataset
    ADD CONSTRAINT opendata_dataset_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.opendata_draft
    ADD CONSTRAINT opendata_draft_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.opendata_elsewhere
    ADD CONSTRAINT opendata_elsewhere_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.opendata_look
    ADD CONSTRAINT opendata_look_dataset_id_key UNIQUE (dataset_id);
ALTER TABLE ONLY public.opendata_look
    ADD CONSTRAINT opendata_look_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.opendata_mistake
    ADD CONSTRAINT opendata_mistake_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.opendata_ownterms
    ADD CONSTRAINT opendata_ownterms_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.opendata_portal
    ADD CONSTRAINT opendata_portal_address_key UNIQUE (address);
ALTER TABLE ONLY public.opendata_portal
    ADD CONSTRAINT opendata_portal_name_key UNIQUE (name);
ALTER TABLE ONLY public.opendata_portal
    ADD CONSTRAINT opendata_portal_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.opendata_run
    ADD CONSTRAINT opendata_run_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.opendata_snapshot
    ADD CONSTRAINT opendata_snapshot_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.opendata_told
    ADD CONSTRAINT opendata_told_pkey PRIMARY KEY (dataset_id);
ALTER TABLE ONLY public.opendata_wish
    ADD CONSTRAINT opendata_wish_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.opendata_wishvote
    ADD CONSTRAINT opendata_wishvote_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.service_requests_opentally
    ADD CONSTRAINT opentally_once UNIQUE NULLS NOT DISTINCT (kind, area, category, whole, day, department, team);
ALTER TABLE ONLY public.work_orders_order
    ADD CONSTRAINT order_once UNIQUE (connection_id, request_id);
ALTER TABLE ONLY public.places_address
    ADD CONSTRAINT places_address_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.places_area
    ADD CONSTRAINT places_area_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.places_areacell
    ADD CONSTRAINT places_areacell_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.places_areakind
    ADD CONSTRAINT places_areakind_code_key UNIQUE (code);
ALTER TABLE ONLY public.places_areakind
    ADD CONSTRAINT places_areakind_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.places_asset
    ADD CONSTRAINT places_asset_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.places_assetlayer
    ADD CONSTRAINT places_assetlayer_code_key UNIQUE (code);
ALTER TABLE ONLY public.places_assetlayer
    ADD CONSTRAINT places_assetlayer_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.places_city
    ADD CONSTRAINT places_city_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.places_intersection
    ADD CONSTRAINT places_intersection_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.places_mapfeature
    ADD CONSTRAINT places_mapfeature_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.places_street
    ADD CONSTRAINT places_street_folded_key UNIQUE (folded);
ALTER TABLE ONLY public.places_street
    ADD CONSTRAINT places_street_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.places_streetsegment
    ADD CONSTRAINT places_streetsegment_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.day_plans_planversion
    ADD CONSTRAINT planversion_once UNIQUE (plan_id, number);
ALTER TABLE ONLY public.procrastinate_events
    ADD CONSTRAINT procrastinate_events_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.procrastinate_jobs
    ADD CONSTRAINT procrastinate_jobs_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_unique UNIQUE (task_name, periodic_id, defer_timestamp);
ALTER TABLE ONLY public.procrastinate_workers
    ADD CONSTRAINT procrastinate_workers_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.service_requests_question
    ADD CONSTRAINT question_code_once UNIQUE (category_id, code);
ALTER TABLE ONLY public.kernel_ratecount
    ADD CONSTRAINT rate_key_window UNIQUE (key, "window");
ALTER TABLE ONLY public.records_chosenperiod
    ADD CONSTRAINT records_chosenperiod_pkey PRIMARY KEY (kind);
ALTER TABLE ONLY public.records_erasure
    ADD CONSTRAINT records_erasure_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.records_hold
    ADD CONSTRAINT records_hold_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.records_personfile
    ADD CONSTRAINT records_personfile_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.records_purgerun
    ADD CONSTRAINT records_purgerun_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.records_schedule
    ADD CONSTRAINT records_schedule_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.records_walk
    ADD CONSTRAINT records_walk_pkey PRIMARY KEY (kind);
ALTER TABLE ONLY public.referrals_answer
    ADD CONSTRAINT referrals_answer_message_id_key UNIQUE (message_id);
ALTER TABLE ONLY public.referrals_answer
    ADD CONSTRAINT referrals_answer_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.referrals_body
    ADD CONSTRAINT referrals_body_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.referrals_bodyalias
    ADD CONSTRAINT referrals_bodyalias_folded_key UNIQUE (folded);
ALTER TABLE ONLY public.referrals_bodyalias
    ADD CONSTRAINT referrals_bodyalias_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.referrals_referral
    ADD CONSTRAINT referrals_referral_event_id_key UNIQUE (event_id);
ALTER TABLE ONLY public.referrals_referral
    ADD CONSTRAINT referrals_referral_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.referrals_replylink
    ADD CONSTRAINT referrals_replylink_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.referrals_replylink
    ADD CONSTRAINT referrals_replylink_token_hash_key UNIQUE (token_hash);
ALTER TABLE ONLY public.website_cityrendition
    ADD CONSTRAINT rendition_once UNIQUE (image_id, filter_spec, focal_point_key);
ALTER TABLE ONLY public.routing_nearingplan
    ADD CONSTRAINT routing_nearingplan_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.routing_ruleset
    ADD CONSTRAINT routing_ruleset_number_key UNIQUE (number);
ALTER TABLE ONLY public.routing_ruleset
    ADD CONSTRAINT routing_ruleset_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.service_requests_abusereport
    ADD CONSTRAINT service_requests_abusereport_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.service_requests_approval
    ADD CONSTRAINT service_requests_approval_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.service_requests_bulkchange
    ADD CONSTRAINT service_requests_bulkchange_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.service_requests_call
    ADD CONSTRAINT service_requests_call_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.service_requests_calltopic
    ADD CONSTRAINT service_requests_calltopic_name_key UNIQUE (name);
ALTER TABLE ONLY public.service_requests_calltopic
    ADD CONSTRAINT service_requests_calltopic_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.service_requests_category
    ADD CONSTRAINT service_requests_category_code_key UNIQUE (code);
ALTER TABLE ONLY public.service_requests_category
    ADD CONSTRAINT service_requests_category_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.service_requests_categorygroup
    ADD CONSTRAINT service_requests_categorygroup_code_key UNIQUE (code);
ALTER TABLE ONLY public.service_requests_categorygroup
    ADD CONSTRAINT service_requests_categorygroup_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.service_requests_contest
    ADD CONSTRAINT service_requests_contest_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.service_requests_historyevent
    ADD CONSTRAINT service_requests_historyevent_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.service_requests_importedrecord
    ADD CONSTRAINT service_requests_importedrecord_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.service_requests_importrun
    ADD CONSTRAINT service_requests_importrun_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.service_requests_likeness
    ADD CONSTRAINT service_requests_likeness_pkey PRIMARY KEY (request_id);
ALTER TABLE ONLY public.service_requests_mapcell
    ADD CONSTRAINT service_requests_mapcell_pkey PRIMARY KEY (cell);
ALTER TABLE ONLY public.service_requests_mapchange
    ADD CONSTRAINT service_requests_mapchange_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.service_requests_notefile
    ADD CONSTRAINT service_requests_notefile_document_id_key UNIQUE (document_id);
ALTER TABLE ONLY public.service_requests_notefile
    ADD CONSTRAINT service_requests_notefile_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.service_requests_opentally
    ADD CONSTRAINT service_requests_opentally_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.service_requests_quarantinedrow
    ADD CONSTRAINT service_requests_quarantinedrow_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.service_requests_question
    ADD CONSTRAINT service_requests_question_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.service_requests_reporter
    ADD CONSTRAINT service_requests_reporter_pkey PRIMARY KEY (request_id);
ALTER TABLE ONLY public.service_requests_requestphoto
    ADD CONSTRAINT service_requests_requestphoto_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.service_requests_savedfilter
    ADD CONSTRAINT service_requests_savedfilter_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.service_requests_servicerequest
    ADD CONSTRAINT service_requests_servicerequest_number_key UNIQUE (number);
ALTER TABLE ONLY public.service_requests_servicerequest
    ADD CONSTRAINT service_requests_servicerequest_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.service_requests_star
    ADD CONSTRAINT service_requests_star_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.service_requests_supporter
    ADD CONSTRAINT service_requests_supporter_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.service_requests_tally
    ADD CONSTRAINT service_requests_tally_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.service_requests_tallychange
    ADD CONSTRAINT service_requests_tallychange_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.service_requests_tallystate
    ADD CONSTRAINT service_requests_tallystate_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.setup_progress
    ADD CONSTRAINT setup_progress_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.setup_upload
    ADD CONSTRAINT setup_upload_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.opendata_snapshot
    ADD CONSTRAINT snapshot_number UNIQUE (dataset_id, number);
ALTER TABLE ONLY public.socialaccount_socialaccount
    ADD CONSTRAINT socialaccount_socialaccount_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.socialaccount_socialaccount
    ADD CONSTRAINT socialaccount_socialaccount_provider_uid_fc810c6e_uniq UNIQUE (provider, uid);
ALTER TABLE ONLY public.socialaccount_socialapp
    ADD CONSTRAINT socialaccount_socialapp_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.socialaccount_socialtoken
    ADD CONSTRAINT socialaccount_socialtoken_app_id_account_id_fca4e0ac_uniq UNIQUE (app_id, account_id);
ALTER TABLE ONLY public.socialaccount_socialtoken
    ADD CONSTRAINT socialaccount_socialtoken_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.service_requests_star
    ADD CONSTRAINT star_once UNIQUE (user_id, request_id);
ALTER TABLE ONLY public.subscriptions_subscription
    ADD CONSTRAINT subscription_once UNIQUE (area_kind, area_code, street_words, category, every);
ALTER TABLE ONLY public.subscriptions_subscription
    ADD CONSTRAINT subscriptions_subscription_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.service_requests_supporter
    ADD CONSTRAINT supporter_once UNIQUE (request_id, who);
ALTER TABLE ONLY public.taggit_tag
    ADD CONSTRAINT taggit_tag_name_key UNIQUE (name);
ALTER TABLE ONLY public.taggit_tag
    ADD CONSTRAINT taggit_tag_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.taggit_tag
    ADD CONSTRAINT taggit_tag_slug_key UNIQUE (slug);
ALTER TABLE ONLY public.taggit_taggeditem
    ADD CONSTRAINT taggit_taggeditem_content_type_id_object_id_tag_id_4bb97a8e_uni UNIQUE (content_type_id, object_id, tag_id);
ALTER TABLE ONLY public.taggit_taggeditem
    ADD CONSTRAINT taggit_taggeditem_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.service_requests_tally
    ADD CONSTRAINT tally_once UNIQUE NULLS NOT DISTINCT (area, category, whole, month, department, team);
ALTER TABLE ONLY public.triage_learntmodel
    ADD CONSTRAINT triage_learntmodel_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.wagtailcore_grouppagepermission
    ADD CONSTRAINT unique_permission UNIQUE (group_id, page_id, permission_id);
ALTER TABLE ONLY public.usersessions_usersession
    ADD CONSTRAINT usersessions_usersession_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.usersessions_usersession
    ADD CONSTRAINT usersessions_usersession_session_key_key UNIQUE (session_key);
ALTER TABLE ONLY public.wagtailadmin_admin
    ADD CONSTRAINT wagtailadmin_admin_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.wagtailadmin_editingsession
    ADD CONSTRAINT wagtailadmin_editingsession_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.wagtailadmin_formstate
    ADD CONSTRAINT wagtailadmin_formstate_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.wagtailcore_collection
    ADD CONSTRAINT wagtailcore_collection_path_key UNIQUE (path);
ALTER TABLE ONLY public.wagtailcore_collection
    ADD CONSTRAINT wagtailcore_collection_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.wagtailcore_collectionviewrestriction_groups
    ADD CONSTRAINT wagtailcore_collectionvi_collectionviewrestrictio_988995ae_uniq UNIQUE (collectionviewrestriction_id, group_id);
ALTER TABLE ONLY public.wagtailcore_collectionviewrestriction_groups
    ADD CONSTRAINT wagtailcore_collectionviewrestriction_groups_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.wagtailcore_collectionviewrestriction
    ADD CONSTRAINT wagtailcore_collectionviewrestriction_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.wagtailcore_comment
    ADD CONSTRAINT wagtailcore_comment_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.wagtailcore_commentreply
    ADD CONSTRAINT wagtailcore_commentreply_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.wagtailcore_groupapprovaltask_groups
    ADD CONSTRAINT wagtailcore_groupapprova_groupapprovaltask_id_gro_bb5ee7eb_uniq UNIQUE (groupapprovaltask_id, group_id);
ALTER TABLE ONLY public.wagtailcore_groupapprovaltask_groups
    ADD CONSTRAINT wagtailcore_groupapprovaltask_groups_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.wagtailcore_groupapprovaltask
    ADD CONSTRAINT wagtailcore_groupapprovaltask_pkey PRIMARY KEY (task_ptr_id);
ALTER TABLE ONLY public.wagtailcore_groupcollectionpermission
    ADD CONSTRAINT wagtailcore_groupcollect_group_id_collection_id_p_a21cefe9_uniq UNIQUE (group_id, collection_id, permission_id);
ALTER TABLE ONLY public.wagtailcore_groupcollectionpermission
    ADD CONSTRAINT wagtailcore_groupcollectionpermission_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.wagtailcore_grouppagepermission
    ADD CONSTRAINT wagtailcore_grouppagepermission_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.wagtailcore_groupsitepermission
    ADD CONSTRAINT wagtailcore_groupsiteper_group_id_site_id_permiss_a58ee30d_uniq UNIQUE (group_id, site_id, permission_id);
ALTER TABLE ONLY public.wagtailcore_groupsitepermission
    ADD CONSTRAINT wagtailcore_groupsitepermission_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.wagtailcore_locale
    ADD CONSTRAINT wagtailcore_locale_language_code_key UNIQUE (language_code);
ALTER TABLE ONLY public.wagtailcore_locale
    ADD CONSTRAINT wagtailcore_locale_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.wagtailcore_modellogentry
    ADD CONSTRAINT wagtailcore_modellogentry_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.wagtailcore_page
    ADD CONSTRAINT wagtailcore_page_path_key UNIQUE (path);
ALTER TABLE ONLY public.wagtailcore_page
    ADD CONSTRAINT wagtailcore_page_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.wagtailcore_page
    ADD CONSTRAINT wagtailcore_page_translation_key_locale_id_9b041bad_uniq UNIQUE (translation_key, locale_id);
ALTER TABLE ONLY public.wagtailcore_pagelogentry
    ADD CONSTRAINT wagtailcore_pagelogentry_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.wagtailcore_revision
    ADD CONSTRAINT wagtailcore_pagerevision_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.wagtailcore_pagesubscription
    ADD CONSTRAINT wagtailcore_pagesubscription_page_id_user_id_0cef73ed_uniq UNIQUE (page_id, user_id);
ALTER TABLE ONLY public.wagtailcore_pagesubscription
    ADD CONSTRAINT wagtailcore_pagesubscription_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.wagtailcore_pageviewrestriction_groups
    ADD CONSTRAINT wagtailcore_pageviewrest_pageviewrestriction_id_g_d23f80bb_uniq UNIQUE (pageviewrestriction_id, group_id);
ALTER TABLE ONLY public.wagtailcore_pageviewrestriction_groups
    ADD CONSTRAINT wagtailcore_pageviewrestriction_groups_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.wagtailcore_pageviewrestriction
    ADD CONSTRAINT wagtailcore_pageviewrestriction_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.wagtailcore_referenceindex
    ADD CONSTRAINT wagtailcore_referenceind_base_content_type_id_obj_9e6ccd6a_uniq UNIQUE (base_content_type_id, object_id, to_content_type_id, to_object_id, content_path_hash);
ALTER TABLE ONLY public.wagtailcore_referenceindex
    ADD CONSTRAINT wagtailcore_referenceindex_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.wagtailcore_site
    ADD CONSTRAINT wagtailcore_site_hostname_port_2c626d70_uniq UNIQUE (hostname, port);
ALTER TABLE ONLY public.wagtailcore_site
    ADD CONSTRAINT wagtailcore_site_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.wagtailcore_task
    ADD CONSTRAINT wagtailcore_task_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.wagtailcore_taskstate
    ADD CONSTRAINT wagtailcore_taskstate_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.wagtailcore_uploadedfile
    ADD CONSTRAINT wagtailcore_uploadedfile_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.wagtailcore_workflow
    ADD CONSTRAINT wagtailcore_workflow_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.wagtailcore_workflowcontenttype
    ADD CONSTRAINT wagtailcore_workflowcontenttype_pkey PRIMARY KEY (content_type_id);
ALTER TABLE ONLY public.wagtailcore_workflowpage
    ADD CONSTRAINT wagtailcore_workflowpage_pkey PRIMARY KEY (page_id);
ALTER TABLE ONLY public.wagtailcore_workflowstate
    ADD CONSTRAINT wagtailcore_workflowstate_current_task_state_id_key UNIQUE (current_task_state_id);
ALTER TABLE ONLY public.wagtailcore_workflowstate
    ADD CONSTRAINT wagtailcore_workflowstate_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.wagtailcore_workflowtask
    ADD CONSTRAINT wagtailcore_workflowtask_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.wagtailcore_workflowtask
    ADD CONSTRAINT wagtailcore_workflowtask_workflow_id_task_id_4ec7a62b_uniq UNIQUE (workflow_id, task_id);
ALTER TABLE ONLY public.wagtaildocs_document
    ADD CONSTRAINT wagtaildocs_document_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.wagtailembeds_embed
    ADD CONSTRAINT wagtailembeds_embed_hash_c9bd8c9a_uniq UNIQUE (hash);
ALTER TABLE ONLY public.wagtailembeds_embed
    ADD CONSTRAINT wagtailembeds_embed_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.wagtailimages_image
    ADD CONSTRAINT wagtailimages_image_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.wagtailimages_rendition
    ADD CONSTRAINT wagtailimages_rendition_image_id_filter_spec_foc_323c8fe0_uniq UNIQUE (image_id, filter_spec, focal_point_key);
ALTER TABLE ONLY public.wagtailimages_rendition
    ADD CONSTRAINT wagtailimages_rendition_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.wagtailredirects_redirect
    ADD CONSTRAINT wagtailredirects_redirect_old_path_site_id_783622d7_uniq UNIQUE (old_path, site_id);
ALTER TABLE ONLY public.wagtailredirects_redirect
    ADD CONSTRAINT wagtailredirects_redirect_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.wagtailsearch_indexentry
    ADD CONSTRAINT wagtailsearch_indexentry_content_type_id_object_i_bcd7ba73_uniq UNIQUE (content_type_id, object_id);
ALTER TABLE ONLY public.wagtailsearch_indexentry
    ADD CONSTRAINT wagtailsearch_indexentry_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.wagtailusers_userprofile
    ADD CONSTRAINT wagtailusers_userprofile_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.wagtailusers_userprofile
    ADD CONSTRAINT wagtailusers_userprofile_user_id_key UNIQUE (user_id);
ALTER TABLE ONLY public.website_citydocument
    ADD CONSTRAINT website_citydocument_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.website_cityimage
    ADD CONSTRAINT website_cityimage_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.website_cityrendition
    ADD CONSTRAINT website_cityrendition_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.website_homepage
    ADD CONSTRAINT website_homepage_pkey PRIMARY KEY (page_ptr_id);
ALTER TABLE ONLY public.day_plans_window
    ADD CONSTRAINT window_once UNIQUE (request_id, day);
ALTER TABLE ONLY public.opendata_wishvote
    ADD CONSTRAINT wish_vote_once UNIQUE (wish_id, who);
ALTER TABLE ONLY public.work_orders_connection
    ADD CONSTRAINT work_orders_connection_name_key UNIQUE (name);
ALTER TABLE ONLY public.work_orders_connection
    ADD CONSTRAINT work_orders_connection_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.work_orders_delivery
    ADD CONSTRAINT work_orders_delivery_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.work_orders_incoming
    ADD CONSTRAINT work_orders_incoming_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.work_orders_order
    ADD CONSTRAINT work_orders_order_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.work_orders_try
    ADD CONSTRAINT work_orders_try_pkey PRIMARY KEY (id);
CREATE INDEX abuse_open ON public.service_requests_abusereport USING btree (request_id) WHERE (settled_at IS NULL);
CREATE INDEX account_emailaddress_email_03be32b2 ON public.account_emailaddress USING btree (email);
CREATE INDEX account_emailaddress_email_03be32b2_like ON public.account_emailaddress USING btree (email varchar_pattern_ops);
CREATE INDEX account_emailaddress_user_id_2c513194 ON public.account_emailaddress USING btree (user_id);
CREATE INDEX account_emailconfirmation_email_address_id_5b7f8c58 ON public.account_emailconfirmation USING btree (email_address_id);
CREATE INDEX account_emailconfirmation_key_f43612bd_like ON public.account_emailconfirmation USING btree (key varchar_pattern_ops);
CREATE INDEX address_cell ON public.places_address USING btree (cell);
CREATE INDEX address_street_house ON public.places_address USING btree (street_id, house);
CREATE INDEX answers_answer_category_code_9a1c169f ON public.answers_answer USING btree (category_code);
CREATE INDEX answers_answer_category_code_9a1c169f_like ON public.answers_answer USING btree (category_code varchar_pattern_ops);
CREATE UNIQUE INDEX approval_waits_once ON public.service_requests_approval USING btree (request_id) WHERE ((settled)::text = ''::text);
CREATE INDEX asset_code_folded ON public.places_asset USING btree (code_folded);
CREATE INDEX asset_layer_cell ON public.places_asset USING btree (layer_id, cell);
CREATE INDEX audit_subject ON public.kernel_auditentry USING btree (subject_id, id);
CREATE INDEX audit_waiting ON public.kernel_auditentry USING btree (id) WHERE waiting;
CREATE INDEX auth_group_name_a6ea08ec_like ON public.auth_group USING btree (name varchar_pattern_ops);
CREATE INDEX auth_group_permissions_group_id_b120cbf9 ON public.auth_group_permissions USING btree (group_id);
CREATE INDEX auth_group_permissions_permission_id_84c5c92e ON public.auth_group_permissions USING btree (permission_id);
CREATE INDEX auth_permission_content_type_id_2f476e4b ON public.auth_permission USING btree (content_type_id);
CREATE INDEX base_content_object_idx ON public.wagtailcore_revision USING btree (base_content_type_id, object_id);
CREATE INDEX call_email ON public.service_requests_call USING btree (lower((email)::text)) WHERE (NOT ((email)::text = ''::text));
CREATE INDEX call_newest ON public.service_requests_call USING btree (at DESC, id DESC);
CREATE INDEX call_office ON public.service_requests_call USING btree (office_id, at DESC) WHERE (office_id IS NOT NULL);
CREATE INDEX call_phone ON public.service_requests_call USING btree ("right"(regexp_replace(regexp_replace(lower((phone)::text), '[x#].*$'::text, ''::text), '[^0-9]'::text, ''::text, 'g'::text), 7)) WHERE (NOT ((phone)::text = ''::text));
CREATE INDEX content_object_idx ON public.wagtailcore_revision USING btree (content_type_id, object_id);
CREATE INDEX contest_closed ON public.service_requests_contest USING btree (closed_at);
CREATE UNIQUE INDEX crew_name_once ON public.day_plans_crew USING btree (team_id, name) WHERE is_active;
CREATE INDEX crews_materialused_material_id_3f3f4f1d ON public.crews_materialused USING btree (material_id);
CREATE INDEX crews_materialused_visit_id_09067328 ON public.crews_materialused USING btree (visit_id);
CREATE INDEX day_plans_crew_team_id_d1190d9b ON public.day_plans_crew USING btree (team_id);
CREATE INDEX day_plans_dayplan_team_id_b9feaf12 ON public.day_plans_dayplan USING btree (team_id);
CREATE INDEX day_plans_jobprogress_plan_id_e0c880f8 ON public.day_plans_jobprogress USING btree (plan_id);
CREATE INDEX day_plans_kind_category_2065d972_like ON public.day_plans_kind USING btree (category varchar_pattern_ops);
CREATE INDEX day_plans_planversion_plan_id_59e0bd48 ON public.day_plans_planversion USING btree (plan_id);
CREATE INDEX delivery_due ON public.work_orders_delivery USING btree (send_after) WHERE ((failed_at IS NULL) AND (sent_at IS NULL));
CREATE INDEX delivery_external ON public.work_orders_delivery USING btree (external_id) WHERE (NOT ((external_id)::text = ''::text));
CREATE INDEX delivery_log ON public.work_orders_delivery USING btree (connection_id, id DESC);
CREATE INDEX delivery_request ON public.work_orders_delivery USING btree (request_id);
CREATE INDEX delivery_waiting ON public.work_orders_delivery USING btree (connection_id, request_id, version) WHERE ((failed_at IS NULL) AND (sent_at IS NULL));
CREATE INDEX django_session_expire_date_a5c62663 ON public.django_session USING btree (expire_date);
CREATE INDEX django_session_session_key_c0390e0f_like ON public.django_session USING btree (session_key varchar_pattern_ops);
CREATE INDEX document_owner ON public.documents_document USING btree (owner_id);
CREATE INDEX document_unused ON public.documents_document USING btree (created_at) WHERE (NOT is_kept);
CREATE INDEX documents_document_key_7b15582f_like ON public.documents_document USING btree (key varchar_pattern_ops);
CREATE INDEX documents_document_sha256_9c516612 ON public.documents_document USING btree (sha256);
CREATE INDEX documents_document_sha256_9c516612_like ON public.documents_document USING btree (sha256 varchar_pattern_ops);
CREATE INDEX erasure_waiting ON public.records_erasure USING btree (asked_at) WHERE (done_at IS NULL);
CREATE INDEX follower_email ON public.notify_follower USING btree (email);
CREATE UNIQUE INDEX follower_email_once ON public.notify_follower USING btree (kind, subject_id, email) WHERE (NOT ((email)::text = ''::text));
CREATE INDEX follower_user ON public.notify_follower USING btree (user_id);
CREATE UNIQUE INDEX follower_user_once ON public.notify_follower USING btree (kind, subject_id, user_id) WHERE (user_id IS NOT NULL);
CREATE INDEX formstate_user_object ON public.wagtailadmin_formstate USING btree (user_id, content_type_id, object_id, parent_object_id);
CREATE INDEX history_of_request ON public.service_requests_historyevent USING btree (request_id, at, id);
CREATE INDEX history_public ON public.service_requests_historyevent USING btree (at, id) WHERE ((visibility)::text = 'public'::text);
CREATE INDEX identity_apikey_owner_id_75459850 ON public.identity_apikey USING btree (owner_id);
CREATE INDEX identity_apikey_prefix_9c6c5eee_like ON public.identity_apikey USING btree (prefix varchar_pattern_ops);
CREATE INDEX identity_cache_cache_key_5cfbecfc_like ON public.identity_cache USING btree (cache_key varchar_pattern_ops);
CREATE INDEX identity_cache_expires_56be3b81 ON public.identity_cache USING btree (expires);
CREATE INDEX identity_contractor_name_34671192_like ON public.identity_contractor USING btree (name varchar_pattern_ops);
CREATE INDEX identity_department_code_c62f1f42_like ON public.identity_department USING btree (code varchar_pattern_ops);
CREATE INDEX identity_membership_department_id_b1553d0e ON public.identity_membership USING btree (department_id);
CREATE INDEX identity_membership_role_id_33a4d5e1 ON public.identity_membership USING btree (role_id);
CREATE INDEX identity_membership_team_id_e83dae00 ON public.identity_membership USING btree (team_id);
CREATE INDEX identity_membership_user_id_91967c9a ON public.identity_membership USING btree (user_id);
CREATE INDEX identity_role_code_1eaaee01_like ON public.identity_role USING btree (code varchar_pattern_ops);
CREATE INDEX identity_team_code_259a16a2_like ON public.identity_team USING btree (code varchar_pattern_ops);
CREATE INDEX identity_team_contractor_id_851a0aae ON public.identity_team USING btree (contractor_id);
CREATE INDEX identity_team_department_id_d421fec5 ON public.identity_team USING btree (department_id);
CREATE INDEX identity_user_contractor_id_93deeba2 ON public.identity_user USING btree (contractor_id);
CREATE INDEX identity_user_email_65af1202_like ON public.identity_user USING btree (email varchar_pattern_ops);
CREATE INDEX identity_user_groups_group_id_cdb422da ON public.identity_user_groups USING btree (group_id);
CREATE INDEX identity_user_groups_user_id_f69e0c80 ON public.identity_user_groups USING btree (user_id);
CREATE INDEX identity_user_user_permissions_permission_id_c8f2cf2f ON public.identity_user_user_permissions USING btree (permission_id);
CREATE INDEX identity_user_user_permissions_user_id_a626cb1f ON public.identity_user_user_permissions USING btree (user_id);
CREATE INDEX idx_procrastinate_jobs_worker_not_null ON public.procrastinate_jobs USING btree (worker_id) WHERE ((worker_id IS NOT NULL) AND (status = 'doing'::public.procrastinate_job_status));
CREATE INDEX idx_procrastinate_workers_last_heartbeat ON public.procrastinate_workers USING btree (last_heartbeat);
CREATE INDEX imported_request ON public.service_requests_importedrecord USING btree (request_id);
CREATE INDEX incoming_log ON public.work_orders_incoming USING btree (connection_id, at DESC);
CREATE INDEX incoming_request ON public.work_orders_incoming USING btree (request_id) WHERE (request_id IS NOT NULL);
CREATE INDEX intersection_cell ON public.places_intersection USING btree (cell);
CREATE INDEX kernel_delivery_event_id_ac8d982d ON public.kernel_delivery USING btree (event_id);
CREATE INDEX learntmodel_newest ON public.triage_learntmodel USING btree (made_at DESC, id DESC);
CREATE INDEX likeness_likely ON public.service_requests_likeness USING btree (request_id) WHERE (probability >= (0.5)::double precision);
CREATE INDEX likeness_waits ON public.service_requests_likeness USING btree (request_id DESC) WHERE (at IS NULL);
CREATE INDEX mapfeature_layer ON public.places_mapfeature USING btree (layer);
CREATE INDEX message_due ON public.notify_message USING btree (send_after) WHERE ((failed_at IS NULL) AND (sent_at IS NULL));
CREATE INDEX message_follower ON public.notify_message USING btree (follower_id) WHERE (follower_id IS NOT NULL);
CREATE INDEX message_key ON public.notify_message USING btree (key) WHERE (NOT ((key)::text = ''::text));
CREATE INDEX message_to ON public.notify_message USING btree ("to");
CREATE INDEX message_user ON public.notify_message USING btree (user_id);
CREATE INDEX mfa_authenticator_user_id_0c3a50c0 ON public.mfa_authenticator USING btree (user_id);
CREATE INDEX mistake_newest ON public.opendata_mistake USING btree (state, reported_at DESC);
CREATE INDEX mistake_row ON public.opendata_mistake USING btree (dataset_id, "row");
CREATE INDEX notice_age ON public.answers_notice USING btree (at);
CREATE INDEX notice_newest ON public.answers_notice USING btree (user_id, at DESC, id DESC);
CREATE INDEX notice_unread ON public.answers_notice USING btree (user_id) WHERE (read_at IS NULL);
CREATE INDEX notify_suppression_address_c1ab2f4b_like ON public.notify_suppression USING btree (address varchar_pattern_ops);
CREATE INDEX offices_member_office_id_5fdce61c ON public.offices_member USING btree (office_id);
CREATE INDEX offices_office_area_kind_6ddc36a3 ON public.offices_office USING btree (area_kind);
CREATE INDEX offices_office_area_kind_6ddc36a3_like ON public.offices_office USING btree (area_kind varchar_pattern_ops);
CREATE INDEX opendata_contractversion_dataset_id_c07be6de ON public.opendata_contractversion USING btree (dataset_id);
CREATE INDEX opendata_dataset_code_3bac4250_like ON public.opendata_dataset USING btree (code varchar_pattern_ops);
CREATE INDEX opendata_dataset_current_id_a274d2a7 ON public.opendata_dataset USING btree (current_id);
CREATE INDEX opendata_dataset_name_68f5bc1b_like ON public.opendata_dataset USING btree (name varchar_pattern_ops);
CREATE INDEX opendata_draft_dataset_id_c4472014 ON public.opendata_draft USING btree (dataset_id);
CREATE INDEX opendata_elsewhere_identifier_4e0322d3 ON public.opendata_elsewhere USING btree (identifier);
CREATE INDEX opendata_elsewhere_identifier_4e0322d3_like ON public.opendata_elsewhere USING btree (identifier varchar_pattern_ops);
CREATE INDEX opendata_elsewhere_portal_id_b0087520 ON public.opendata_elsewhere USING btree (portal_id);
CREATE INDEX opendata_mistake_dataset_id_45191139 ON public.opendata_mistake USING btree (dataset_id);
CREATE INDEX opendata_portal_address_b762f45e_like ON public.opendata_portal USING btree (address varchar_pattern_ops);
CREATE INDEX opendata_portal_name_b0e1d3fe_like ON public.opendata_portal USING btree (name varchar_pattern_ops);
CREATE INDEX opendata_run_dataset_id_7aece275 ON public.opendata_run USING btree (dataset_id);
CREATE INDEX opendata_run_snapshot_id_5c1fc9eb ON public.opendata_run USING btree (snapshot_id);
CREATE INDEX opendata_snapshot_dataset_id_0707d6b9 ON public.opendata_snapshot USING btree (dataset_id);
CREATE INDEX opendata_wish_dataset_id_e5c64fe7 ON public.opendata_wish USING btree (dataset_id);
CREATE INDEX opendata_wishvote_wish_id_6a71a54c ON public.opendata_wishvote USING btree (wish_id);
CREATE INDEX opentally_due ON public.service_requests_opentally USING btree (kind, day) INCLUDE (area, department, team, count) WHERE ((area IS NULL) AND (category IS NULL) AND (NOT whole));
CREATE INDEX order_external ON public.work_orders_order USING btree (external_number) WHERE (NOT ((external_number)::text = ''::text));
CREATE INDEX order_request ON public.work_orders_order USING btree (request_id);
CREATE INDEX outbox_subject ON public.kernel_outboxevent USING btree (subject_id, id);
CREATE INDEX outbox_waiting ON public.kernel_outboxevent USING btree (id) WHERE (relayed_at IS NULL);
CREATE INDEX photo_waiting ON public.service_requests_requestphoto USING btree (request_id) WHERE ((showing)::text = 'waiting'::text);
CREATE INDEX places_address_street_id_38de01e4 ON public.places_address USING btree (street_id);
CREATE INDEX places_area_kind_id_a55c3286 ON public.places_area USING btree (kind_id);
CREATE INDEX places_areacell_area_id_9a518b09 ON public.places_areacell USING btree (area_id);
CREATE INDEX places_areakind_code_a70b3243_like ON public.places_areakind USING btree (code varchar_pattern_ops);
CREATE INDEX places_asset_layer_id_0048e4e3 ON public.places_asset USING btree (layer_id);
CREATE INDEX places_assetlayer_code_7b4eb187_like ON public.places_assetlayer USING btree (code varchar_pattern_ops);
CREATE INDEX places_intersection_first_id_c211c1db ON public.places_intersection USING btree (first_id);
CREATE INDEX places_intersection_second_id_e005b37e ON public.places_intersection USING btree (second_id);
CREATE INDEX places_mapfeature_layer_253058b5 ON public.places_mapfeature USING btree (layer);
CREATE INDEX places_mapfeature_layer_253058b5_like ON public.places_mapfeature USING btree (layer varchar_pattern_ops);
CREATE INDEX places_street_folded_5a8869ee_like ON public.places_street USING btree (folded varchar_pattern_ops);
CREATE INDEX places_streetsegment_street_id_b5b6ef76 ON public.places_streetsegment USING btree (street_id);
CREATE INDEX procrastinate_events_job_id_fkey_v1 ON public.procrastinate_events USING btree (job_id);
CREATE INDEX procrastinate_jobs_id_lock_idx_v1 ON public.procrastinate_jobs USING btree (id, lock) WHERE (status = ANY (ARRAY['todo'::public.procrastinate_job_status, 'doing'::public.procrastinate_job_status]));
CREATE UNIQUE INDEX procrastinate_jobs_lock_idx_v1 ON public.procrastinate_jobs USING btree (lock) WHERE (status = 'doing'::public.procrastinate_job_status);
CREATE INDEX procrastinate_jobs_priority_idx_v1 ON public.procrastinate_jobs USING btree (priority DESC, id) WHERE (status = 'todo'::public.procrastinate_job_status);
CREATE INDEX procrastinate_jobs_queue_name_idx_v1 ON public.procrastinate_jobs USING btree (queue_name);
CREATE UNIQUE INDEX procrastinate_jobs_queueing_lock_idx_v1 ON public.procrastinate_jobs USING btree (queueing_lock) WHERE (status = 'todo'::public.procrastinate_job_status);
CREATE INDEX procrastinate_periodic_defers_job_id_fkey_v1 ON public.procrastinate_periodic_defers USING btree (job_id);
CREATE INDEX purgerun_newest ON public.records_purgerun USING btree (at DESC, id DESC);
CREATE INDEX records_chosenperiod_kind_92f96736_like ON public.records_chosenperiod USING btree (kind varchar_pattern_ops);
CREATE INDEX records_walk_kind_5a30f610_like ON public.records_walk USING btree (kind varchar_pattern_ops);
CREATE INDEX referenceindex_source_object ON public.wagtailcore_referenceindex USING btree (base_content_type_id, object_id);
CREATE INDEX referenceindex_target_object ON public.wagtailcore_referenceindex USING btree (to_content_type_id, to_object_id);
CREATE INDEX referral_answered ON public.referrals_referral USING btree (answered_at) INCLUDE (body_id, referred_at) WHERE (answered_at IS NOT NULL);
CREATE INDEX referral_due ON public.referrals_referral USING btree (due_at) WHERE (ended_at IS NULL);
CREATE INDEX referral_open ON public.referrals_referral USING btree (body_id) INCLUDE (referred_at, due_at, waiting) WHERE (ended_at IS NULL);
CREATE UNIQUE INDEX referral_open_once ON public.referrals_referral USING btree (request_id) WHERE (ended_at IS NULL);
CREATE INDEX referral_request ON public.referrals_referral USING btree (request_id);
CREATE INDEX referrals_answer_message_id_d2da920f_like ON public.referrals_answer USING btree (message_id varchar_pattern_ops);
CREATE INDEX referrals_answer_referral_id_e5945128 ON public.referrals_answer USING btree (referral_id);
CREATE INDEX referrals_bodyalias_body_id_40156ea9 ON public.referrals_bodyalias USING btree (body_id);
CREATE INDEX referrals_bodyalias_folded_888522e1_like ON public.referrals_bodyalias USING btree (folded varchar_pattern_ops);
CREATE INDEX referrals_referral_body_id_d52137ac ON public.referrals_referral USING btree (body_id);
CREATE INDEX referrals_replylink_expires_at_bf4609de ON public.referrals_replylink USING btree (expires_at);
CREATE INDEX referrals_replylink_referral_id_8779b488 ON public.referrals_replylink USING btree (referral_id);
CREATE INDEX referrals_replylink_token_hash_799af15b_like ON public.referrals_replylink USING btree (token_hash varchar_pattern_ops);
CREATE INDEX reporter_email ON public.service_requests_reporter USING btree (lower((email)::text)) WHERE (NOT ((email)::text = ''::text));
CREATE INDEX reporter_phone ON public.service_requests_reporter USING btree ("right"(regexp_replace(regexp_replace(lower((phone)::text), '[x#].*$'::text, ''::text), '[^0-9]'::text, ''::text, 'g'::text), 7)) WHERE (NOT ((phone)::text = ''::text));
CREATE INDEX request_areas ON public.service_requests_servicerequest USING gin (public_areas);
CREATE INDEX request_asset ON public.service_requests_servicerequest USING btree (asset_id) WHERE (asset_id IS NOT NULL);
CREATE INDEX request_category ON public.service_requests_servicerequest USING btree (category_id, requested_at DESC, id DESC);
CREATE INDEX request_cell ON public.service_requests_servicerequest USING btree (cell, category_id) WHERE (NOT ((state)::text = 'closed'::text));
CREATE INDEX request_closed ON public.service_requests_servicerequest USING btree (closed_at DESC, id DESC) WHERE ((state)::text = 'closed'::text);
CREATE INDEX request_dupes ON public.service_requests_servicerequest USING btree (duplicate_of_id) WHERE (duplicate_of_id IS NOT NULL);
CREATE INDEX request_look ON public.service_requests_servicerequest USING btree (look_at, id) WHERE ((((state)::text = 'received'::text) OR ((state)::text = 'scheduled'::text)) AND (look_at IS NOT NULL));
CREATE INDEX request_mine ON public.service_requests_servicerequest USING btree (assignee_id, queue_at, id) WHERE ((NOT ((state)::text = 'closed'::text)) AND (assignee_id IS NOT NULL));
CREATE INDEX request_named ON public.service_requests_servicerequest USING btree (referred_to) INCLUDE (id) WHERE ((NOT hidden) AND ((referred_to)::text > ''::text) AND ((state)::text = 'referred'::text));
CREATE INDEX request_nears ON public.service_requests_servicerequest USING btree (due_at) WHERE ((((state)::text = 'received'::text) OR ((state)::text = 'scheduled'::text)) AND (escalated > 0));
CREATE INDEX request_newest ON public.service_requests_servicerequest USING btree (requested_at DESC, id DESC);
CREATE INDEX request_open ON public.service_requests_servicerequest USING btree (queue_at, id) WHERE (NOT ((state)::text = 'closed'::text));
CREATE INDEX request_public_cell ON public.service_requests_servicerequest USING btree (public_cell, category_id) WHERE (NOT ((state)::text = 'closed'::text));
CREATE INDEX request_public_cell7 ON public.service_requests_servicerequest USING btree (public_cell7, requested_at DESC, id DESC) INCLUDE (public_lat, public_lon, hidden);
CREATE INDEX request_public_fine ON public.service_requests_servicerequest USING btree (public_cell, requested_at DESC, id DESC) INCLUDE (public_lat, public_lon, hidden);
CREATE INDEX request_queue ON public.service_requests_servicerequest USING btree (department_id, queue_at, id) WHERE (NOT ((state)::text = 'closed'::text));
CREATE INDEX request_state ON public.service_requests_servicerequest USING btree (state, requested_at DESC, id DESC);
CREATE INDEX request_unassigned ON public.service_requests_servicerequest USING btree (department_id, id) WHERE ((NOT ((state)::text = 'closed'::text)) AND (assignee_id IS NULL) AND (team_id IS NULL));
CREATE INDEX request_updated ON public.service_requests_servicerequest USING btree (updated_at DESC, id DESC);
CREATE INDEX request_waiting ON public.service_requests_servicerequest USING btree (id) WHERE ((showing)::text = 'waiting'::text);
CREATE INDEX request_words ON public.service_requests_servicerequest USING gin (words);
CREATE UNIQUE INDEX ruleset_one_draft_one_live ON public.routing_ruleset USING btree (state) WHERE (NOT ((state)::text = 'past'::text));
CREATE INDEX run_newest ON public.opendata_run USING btree (dataset_id, started_at DESC);
CREATE UNIQUE INDEX said_last ON public.estimates_said USING btree (request_id) WHERE stands;
CREATE INDEX said_of_request ON public.estimates_said USING btree (request_id, at);
CREATE INDEX segment_cells ON public.places_streetsegment USING gin (cells);
CREATE INDEX segment_code ON public.places_streetsegment USING btree (code);
CREATE INDEX service_requests_abusereport_request_id_7b78cfcb ON public.service_requests_abusereport USING btree (request_id);
CREATE INDEX service_requests_approval_request_id_793e11da ON public.service_requests_approval USING btree (request_id);
CREATE INDEX service_requests_call_request_id_26f80de2 ON public.service_requests_call USING btree (request_id);
CREATE INDEX service_requests_calltopic_name_51da8c44_like ON public.service_requests_calltopic USING btree (name varchar_pattern_ops);
CREATE INDEX service_requests_category_asset_layer_4bf47163 ON public.service_requests_category USING btree (asset_layer);
CREATE INDEX service_requests_category_asset_layer_4bf47163_like ON public.service_requests_category USING btree (asset_layer varchar_pattern_ops);
CREATE INDEX service_requests_category_code_3c2c0331_like ON public.service_requests_category USING btree (code varchar_pattern_ops);
CREATE INDEX service_requests_category_department_id_773ee6f3 ON public.service_requests_category USING btree (department_id);
CREATE INDEX service_requests_category_group_id_d906f141 ON public.service_requests_category USING btree (group_id);
CREATE INDEX service_requests_category_team_id_cb1114c6 ON public.service_requests_category USING btree (team_id);
CREATE INDEX service_requests_categorygroup_code_0e2b4ae7_like ON public.service_requests_categorygroup USING btree (code varchar_pattern_ops);
CREATE INDEX service_requests_contest_request_id_0e7e7cf2 ON public.service_requests_contest USING btree (request_id);
CREATE INDEX service_requests_likeness_other_id_53051936 ON public.service_requests_likeness USING btree (other_id);
CREATE INDEX service_requests_notefile_event_id_a5692572 ON public.service_requests_notefile USING btree (event_id);
CREATE INDEX service_requests_quarantinedrow_run_id_52a72d65 ON public.service_requests_quarantinedrow USING btree (run_id);
CREATE INDEX service_requests_question_category_id_57a216f0 ON public.service_requests_question USING btree (category_id);
CREATE INDEX service_requests_question_code_92a1344d ON public.service_requests_question USING btree (code);
CREATE INDEX service_requests_question_code_92a1344d_like ON public.service_requests_question USING btree (code varchar_pattern_ops);
CREATE INDEX service_requests_question_when_code_9be51f24 ON public.service_requests_question USING btree (when_code);
CREATE INDEX service_requests_question_when_code_9be51f24_like ON public.service_requests_question USING btree (when_code varchar_pattern_ops);
CREATE INDEX service_requests_reporter_private_token_hash_984ad0df ON public.service_requests_reporter USING btree (private_token_hash);
CREATE INDEX service_requests_reporter_private_token_hash_984ad0df_like ON public.service_requests_reporter USING btree (private_token_hash varchar_pattern_ops);
CREATE INDEX service_requests_reporter_user_id_b096bc91 ON public.service_requests_reporter USING btree (user_id);
CREATE INDEX service_requests_requestphoto_document_id_a2d65b6a ON public.service_requests_requestphoto USING btree (document_id);
CREATE INDEX service_requests_requestphoto_original_id_3db5c357 ON public.service_requests_requestphoto USING btree (original_id);
CREATE INDEX service_requests_requestphoto_request_id_bc17b769 ON public.service_requests_requestphoto USING btree (request_id);
CREATE INDEX service_requests_savedfilter_department_id_bf6c9b18 ON public.service_requests_savedfilter USING btree (department_id);
CREATE INDEX service_requests_savedfilter_owner_id_a6b649e1 ON public.service_requests_savedfilter USING btree (owner_id);
CREATE INDEX service_requests_star_request_id_4c8783f3 ON public.service_requests_star USING btree (request_id);
CREATE INDEX service_requests_supporter_request_id_c4953b54 ON public.service_requests_supporter USING btree (request_id);
CREATE INDEX socialaccount_socialaccount_user_id_8146e70c ON public.socialaccount_socialaccount USING btree (user_id);
CREATE INDEX socialaccount_socialtoken_account_id_951f210e ON public.socialaccount_socialtoken USING btree (account_id);
CREATE INDEX socialaccount_socialtoken_app_id_636a42d7 ON public.socialaccount_socialtoken USING btree (app_id);
CREATE INDEX subscriptions_subscription_area_kind_fa00e21a ON public.subscriptions_subscription USING btree (area_kind);
CREATE INDEX subscriptions_subscription_area_kind_fa00e21a_like ON public.subscriptions_subscription USING btree (area_kind varchar_pattern_ops);
CREATE INDEX subscriptions_subscription_category_20c9c834 ON public.subscriptions_subscription USING btree (category);
CREATE INDEX subscriptions_subscription_category_20c9c834_like ON public.subscriptions_subscription USING btree (category varchar_pattern_ops);
CREATE INDEX taggit_tag_name_58eb2ed9_like ON public.taggit_tag USING btree (name varchar_pattern_ops);
CREATE INDEX taggit_tag_slug_6be58b2c_like ON public.taggit_tag USING btree (slug varchar_pattern_ops);
CREATE INDEX taggit_tagg_content_8fc721_idx ON public.taggit_taggeditem USING btree (content_type_id, object_id);
CREATE INDEX taggit_taggeditem_content_type_id_9957a03c ON public.taggit_taggeditem USING btree (content_type_id);
CREATE INDEX taggit_taggeditem_object_id_e2d7d1df ON public.taggit_taggeditem USING btree (object_id);
CREATE INDEX taggit_taggeditem_tag_id_f4f5b767 ON public.taggit_taggeditem USING btree (tag_id);
CREATE UNIQUE INDEX unique_authenticator_type ON public.mfa_authenticator USING btree (user_id, type) WHERE ((type)::text = ANY ((ARRAY['totp'::character varying, 'recovery_codes'::character varying])::text[]));
CREATE UNIQUE INDEX unique_in_progress_workflow ON public.wagtailcore_workflowstate USING btree (base_content_type_id, object_id) WHERE ((status)::text = ANY ((ARRAY['in_progress'::character varying, 'needs_changes'::character varying])::text[]));
CREATE UNIQUE INDEX unique_primary_email ON public.account_emailaddress USING btree (user_id, "primary") WHERE "primary";
CREATE UNIQUE INDEX unique_verified_email ON public.account_emailaddress USING btree (email) WHERE verified;
CREATE UNIQUE INDEX user_phone_once ON public.identity_user USING btree (phone) WHERE (phone_confirmed_at IS NOT NULL);
CREATE INDEX usersessions_usersession_session_key_fd35de43_like ON public.usersessions_usersession USING btree (session_key varchar_pattern_ops);
CREATE INDEX usersessions_usersession_user_id_af5e0a6d ON public.usersessions_usersession USING btree (user_id);
CREATE INDEX visit_finished ON public.crews_visit USING btree (finished_at);
CREATE UNIQUE INDEX visit_open_once ON public.crews_visit USING btree (request_id, person_id) WHERE (finished_at IS NULL);
CREATE INDEX visit_person ON public.crews_visit USING btree (person_id) WHERE (person_id IS NOT NULL);
CREATE INDEX visit_request ON public.crews_visit USING btree (request_id, started_at);
CREATE INDEX wagtailadmi_content_717955_idx ON public.wagtailadmin_editingsession USING btree (content_type_id, object_id);
CREATE INDEX wagtailadmin_editingsession_content_type_id_4df7730e ON public.wagtailadmin_editingsession USING btree (content_type_id);
CREATE INDEX wagtailadmin_editingsession_user_id_6e1a9b70 ON public.wagtailadmin_editingsession USING btree (user_id);
CREATE INDEX wagtailadmin_formstate_content_type_id_e32438b3 ON public.wagtailadmin_formstate USING btree (content_type_id);
CREATE INDEX wagtailadmin_formstate_user_id_b910adc2 ON public.wagtailadmin_formstate USING btree (user_id);
CREATE INDEX wagtailcore_collection_path_d848dc19_like ON public.wagtailcore_collection USING btree (path varchar_pattern_ops);
CREATE INDEX wagtailcore_collectionview_collectionviewrestriction__47320efd ON public.wagtailcore_collectionviewrestriction_groups USING btree (collectionviewrestriction_id);
CREATE INDEX wagtailcore_collectionviewrestriction_collection_id_761908ec ON public.wagtailcore_collectionviewrestriction USING btree (collection_id);
CREATE INDEX wagtailcore_collectionviewrestriction_groups_group_id_1823f2a3 ON public.wagtailcore_collectionviewrestriction_groups USING btree (group_id);
CREATE INDEX wagtailcore_comment_page_id_108444b5 ON public.wagtailcore_comment USING btree (page_id);
CREATE INDEX wagtailcore_comment_resolved_by_id_a282aa0e ON public.wagtailcore_comment USING btree (resolved_by_id);
CREATE INDEX wagtailcore_comment_revision_created_id_1d058279 ON public.wagtailcore_comment USING btree (revision_created_id);
CREATE INDEX wagtailcore_comment_user_id_0c577ca6 ON public.wagtailcore_comment USING btree (user_id);
CREATE INDEX wagtailcore_commentreply_comment_id_afc7e027 ON public.wagtailcore_commentreply USING btree (comment_id);
CREATE INDEX wagtailcore_commentreply_user_id_d0b3b9c3 ON public.wagtailcore_commentreply USING btree (user_id);
CREATE INDEX wagtailcore_groupapprovalt_groupapprovaltask_id_9a9255ea ON public.wagtailcore_groupapprovaltask_groups USING btree (groupapprovaltask_id);
CREATE INDEX wagtailcore_groupapprovaltask_groups_group_id_2e64b61f ON public.wagtailcore_groupapprovaltask_groups USING btree (group_id);
CREATE INDEX wagtailcore_groupcollectionpermission_collection_id_5423575a ON public.wagtailcore_groupcollectionpermission USING btree (collection_id);
CREATE INDEX wagtailcore_groupcollectionpermission_group_id_05d61460 ON public.wagtailcore_groupcollectionpermission USING btree (group_id);
CREATE INDEX wagtailcore_groupcollectionpermission_permission_id_1b626275 ON public.wagtailcore_groupcollectionpermission USING btree (permission_id);
CREATE INDEX wagtailcore_grouppagepermission_group_id_fc07e671 ON public.wagtailcore_grouppagepermission USING btree (group_id);
CREATE INDEX wagtailcore_grouppagepermission_page_id_710b114a ON public.wagtailcore_grouppagepermission USING btree (page_id);
CREATE INDEX wagtailcore_grouppagepermission_permission_id_05acb22e ON public.wagtailcore_grouppagepermission USING btree (permission_id);
CREATE INDEX wagtailcore_groupsitepermission_group_id_e5cdbee4 ON public.wagtailcore_groupsitepermission USING btree (group_id);
CREATE INDEX wagtailcore_groupsitepermission_permission_id_459b1f38 ON public.wagtailcore_groupsitepermission USING btree (permission_id);
CREATE INDEX wagtailcore_groupsitepermission_site_id_245de488 ON public.wagtailcore_groupsitepermission USING btree (site_id);
CREATE INDEX wagtailcore_locale_language_code_03149338_like ON public.wagtailcore_locale USING btree (language_code varchar_pattern_ops);
CREATE INDEX wagtailcore_modellogentry_action_d2d856ee ON public.wagtailcore_modellogentry USING btree (action);
CREATE INDEX wagtailcore_modellogentry_action_d2d856ee_like ON public.wagtailcore_modellogentry USING btree (action varchar_pattern_ops);
CREATE INDEX wagtailcore_modellogentry_content_changed_8bc39742 ON public.wagtailcore_modellogentry USING btree (content_changed);
CREATE INDEX wagtailcore_modellogentry_content_type_id_68849e77 ON public.wagtailcore_modellogentry USING btree (content_type_id);
CREATE INDEX wagtailcore_modellogentry_object_id_e0e7d4ef ON public.wagtailcore_modellogentry USING btree (object_id);
CREATE INDEX wagtailcore_modellogentry_object_id_e0e7d4ef_like ON public.wagtailcore_modellogentry USING btree (object_id varchar_pattern_ops);
CREATE INDEX wagtailcore_modellogentry_revision_id_df6ca33a ON public.wagtailcore_modellogentry USING btree (revision_id);
CREATE INDEX wagtailcore_modellogentry_timestamp_9694521b ON public.wagtailcore_modellogentry USING btree ("timestamp");
CREATE INDEX wagtailcore_modellogentry_user_id_0278d1bf ON public.wagtailcore_modellogentry USING btree (user_id);
CREATE INDEX wagtailcore_page_alias_of_id_12945502 ON public.wagtailcore_page USING btree (alias_of_id);
CREATE INDEX wagtailcore_page_content_type_id_c28424df ON public.wagtailcore_page USING btree (content_type_id);
CREATE INDEX wagtailcore_page_first_published_at_2b5dd637 ON public.wagtailcore_page USING btree (first_published_at);
CREATE INDEX wagtailcore_page_latest_revision_id_e60fef51 ON public.wagtailcore_page USING btree (latest_revision_id);
CREATE INDEX wagtailcore_page_live_revision_id_930bd822 ON public.wagtailcore_page USING btree (live_revision_id);
CREATE INDEX wagtailcore_page_locale_id_3c7e30a6 ON public.wagtailcore_page USING btree (locale_id);
CREATE INDEX wagtailcore_page_locked_by_id_bcb86245 ON public.wagtailcore_page USING btree (locked_by_id);
CREATE INDEX wagtailcore_page_owner_id_fbf7c332 ON public.wagtailcore_page USING btree (owner_id);
CREATE INDEX wagtailcore_page_path_98eba2c8_like ON public.wagtailcore_page USING btree (path varchar_pattern_ops);
CREATE INDEX wagtailcore_page_slug_e7c11b8f ON public.wagtailcore_page USING btree (slug);
CREATE INDEX wagtailcore_page_slug_e7c11b8f_like ON public.wagtailcore_page USING btree (slug varchar_pattern_ops);
CREATE INDEX wagtailcore_pagelogentry_action_c2408198 ON public.wagtailcore_pagelogentry USING btree (action);
CREATE INDEX wagtailcore_pagelogentry_action_c2408198_like ON public.wagtailcore_pagelogentry USING btree (action varchar_pattern_ops);
CREATE INDEX wagtailcore_pagelogentry_content_changed_99f27ade ON public.wagtailcore_pagelogentry USING btree (content_changed);
CREATE INDEX wagtailcore_pagelogentry_content_type_id_74e7708a ON public.wagtailcore_pagelogentry USING btree (content_type_id);
CREATE INDEX wagtailcore_pagelogentry_page_id_8464e327 ON public.wagtailcore_pagelogentry USING btree (page_id);
CREATE INDEX wagtailcore_pagelogentry_revision_id_8043d103 ON public.wagtailcore_pagelogentry USING btree (revision_id);
CREATE INDEX wagtailcore_pagelogentry_timestamp_deb774c4 ON public.wagtailcore_pagelogentry USING btree ("timestamp");
CREATE INDEX wagtailcore_pagelogentry_user_id_604ccfd8 ON public.wagtailcore_pagelogentry USING btree (user_id);
CREATE INDEX wagtailcore_pagerevision_approved_go_live_at_e56afc67 ON public.wagtailcore_revision USING btree (approved_go_live_at);
CREATE INDEX wagtailcore_pagerevision_created_at_66954e3b ON public.wagtailcore_revision USING btree (created_at);
CREATE INDEX wagtailcore_pagerevision_user_id_2409d2f4 ON public.wagtailcore_revision USING btree (user_id);
CREATE INDEX wagtailcore_pagesubscription_page_id_a085e7a6 ON public.wagtailcore_pagesubscription USING btree (page_id);
CREATE INDEX wagtailcore_pagesubscription_user_id_89d7def9 ON public.wagtailcore_pagesubscription USING btree (user_id);
CREATE INDEX wagtailcore_pageviewrestri_pageviewrestriction_id_f147a99a ON public.wagtailcore_pageviewrestriction_groups USING btree (pageviewrestriction_id);
CREATE INDEX wagtailcore_pageviewrestriction_groups_group_id_6460f223 ON public.wagtailcore_pageviewrestriction_groups USING btree (group_id);
CREATE INDEX wagtailcore_pageviewrestriction_page_id_15a8bea6 ON public.wagtailcore_pageviewrestriction USING btree (page_id);
CREATE INDEX wagtailcore_referenceindex_base_content_type_id_313cf40f ON public.wagtailcore_referenceindex USING btree (base_content_type_id);
CREATE INDEX wagtailcore_referenceindex_content_type_id_766e0336 ON public.wagtailcore_referenceindex USING btree (content_type_id);
CREATE INDEX wagtailcore_referenceindex_to_content_type_id_93690bbd ON public.wagtailcore_referenceindex USING btree (to_content_type_id);
CREATE INDEX wagtailcore_revision_base_content_type_id_5b4ef7bd ON public.wagtailcore_revision USING btree (base_content_type_id);
CREATE INDEX wagtailcore_revision_content_type_id_c8cb69c0 ON public.wagtailcore_revision USING btree (content_type_id);
CREATE INDEX wagtailcore_site_hostname_96b20b46 ON public.wagtailcore_site USING btree (hostname);
CREATE INDEX wagtailcore_site_hostname_96b20b46_like ON public.wagtailcore_site USING btree (hostname varchar_pattern_ops);
CREATE INDEX wagtailcore_site_root_page_id_e02fb95c ON public.wagtailcore_site USING btree (root_page_id);
CREATE INDEX wagtailcore_task_content_type_id_249ab8ba ON public.wagtailcore_task USING btree (content_type_id);
CREATE INDEX wagtailcore_taskstate_content_type_id_0a758fdc ON public.wagtailcore_taskstate USING btree (content_type_id);
CREATE INDEX wagtailcore_taskstate_finished_by_id_13f98229 ON public.wagtailcore_taskstate USING btree (finished_by_id);
CREATE INDEX wagtailcore_taskstate_page_revision_id_9f52c88e ON public.wagtailcore_taskstate USING btree (revision_id);
CREATE INDEX wagtailcore_taskstate_task_id_c3677c34 ON public.wagtailcore_taskstate USING btree (task_id);
CREATE INDEX wagtailcore_taskstate_workflow_state_id_9239a775 ON public.wagtailcore_taskstate USING btree (workflow_state_id);
CREATE INDEX wagtailcore_uploadedfile_for_content_type_id_b0fc87b2 ON public.wagtailcore_uploadedfile USING btree (for_content_type_id);
CREATE INDEX wagtailcore_uploadedfile_uploaded_by_user_id_c7580fe8 ON public.wagtailcore_uploadedfile USING btree (uploaded_by_user_id);
CREATE INDEX wagtailcore_uuid_06a44d_idx ON public.wagtailcore_pagelogentry USING btree (uuid, action, "timestamp" DESC);
CREATE INDEX wagtailcore_uuid_d6363b_idx ON public.wagtailcore_modellogentry USING btree (uuid, action, "timestamp" DESC);
CREATE INDEX wagtailcore_workflowcontenttype_workflow_id_9aad7cd2 ON public.wagtailcore_workflowcontenttype USING btree (workflow_id);
CREATE INDEX wagtailcore_workflowpage_workflow_id_56f56ff6 ON public.wagtailcore_workflowpage USING btree (workflow_id);
CREATE INDEX wagtailcore_workflowstate_base_content_type_id_a30dc576 ON public.wagtailcore_workflowstate USING btree (base_content_type_id);
CREATE INDEX wagtailcore_workflowstate_content_type_id_2bb78ce1 ON public.wagtailcore_workflowstate USING btree (content_type_id);
CREATE INDEX wagtailcore_workflowstate_requested_by_id_4090bca3 ON public.wagtailcore_workflowstate USING btree (requested_by_id);
CREATE INDEX wagtailcore_workflowstate_workflow_id_1f18378f ON public.wagtailcore_workflowstate USING btree (workflow_id);
CREATE INDEX wagtailcore_workflowtask_task_id_ce7716fe ON public.wagtailcore_workflowtask USING btree (task_id);
CREATE INDEX wagtailcore_workflowtask_workflow_id_b9717175 ON public.wagtailcore_workflowtask USING btree (workflow_id);
CREATE INDEX wagtaildocs_document_collection_id_23881625 ON public.wagtaildocs_document USING btree (collection_id);
CREATE INDEX wagtaildocs_document_uploaded_by_user_id_17258b41 ON public.wagtaildocs_document USING btree (uploaded_by_user_id);
CREATE INDEX wagtailembeds_embed_cache_until_26c94bb0 ON public.wagtailembeds_embed USING btree (cache_until);
CREATE INDEX wagtailembeds_embed_hash_c9bd8c9a_like ON public.wagtailembeds_embed USING btree (hash varchar_pattern_ops);
CREATE INDEX wagtailimages_image_collection_id_c2f8af7e ON public.wagtailimages_image USING btree (collection_id);
CREATE INDEX wagtailimages_image_created_at_86fa6cd4 ON public.wagtailimages_image USING btree (created_at);
CREATE INDEX wagtailimages_image_file_hash_fb5bbb23 ON public.wagtailimages_image USING btree (file_hash);
CREATE INDEX wagtailimages_image_file_hash_fb5bbb23_like ON public.wagtailimages_image USING btree (file_hash varchar_pattern_ops);
CREATE INDEX wagtailimages_image_uploaded_by_user_id_5d73dc75 ON public.wagtailimages_image USING btree (uploaded_by_user_id);
CREATE INDEX wagtailimages_rendition_filter_spec_1cba3201 ON public.wagtailimages_rendition USING btree (filter_spec);
CREATE INDEX wagtailimages_rendition_filter_spec_1cba3201_like ON public.wagtailimages_rendition USING btree (filter_spec varchar_pattern_ops);
CREATE INDEX wagtailimages_rendition_image_id_3e1fd774 ON public.wagtailimages_rendition USING btree (image_id);
CREATE INDEX wagtailredirects_redirect_old_path_bb35247b ON public.wagtailredirects_redirect USING btree (old_path);
CREATE INDEX wagtailredirects_redirect_old_path_bb35247b_like ON public.wagtailredirects_redirect USING btree (old_path varchar_pattern_ops);
CREATE INDEX wagtailredirects_redirect_redirect_page_id_b5728a8f ON public.wagtailredirects_redirect USING btree (redirect_page_id);
CREATE INDEX wagtailredirects_redirect_site_id_780a0e1e ON public.wagtailredirects_redirect USING btree (site_id);
CREATE INDEX wagtailsear_autocom_476c89_gin ON public.wagtailsearch_indexentry USING gin (autocomplete);
CREATE INDEX wagtailsear_body_90c85d_gin ON public.wagtailsearch_indexentry USING gin (body);
CREATE INDEX wagtailsear_title_9caae0_gin ON public.wagtailsearch_indexentry USING gin (title);
CREATE INDEX wagtailsearch_indexentry_content_type_id_62ed694f ON public.wagtailsearch_indexentry USING btree (content_type_id);
CREATE INDEX website_citydocument_collection_id_8ff9d5e5 ON public.website_citydocument USING btree (collection_id);
CREATE INDEX website_citydocument_uploaded_by_user_id_f1c9bbca ON public.website_citydocument USING btree (uploaded_by_user_id);
CREATE INDEX website_cityimage_collection_id_c9a77812 ON public.website_cityimage USING btree (collection_id);
CREATE INDEX website_cityimage_created_at_c8549fc4 ON public.website_cityimage USING btree (created_at);
CREATE INDEX website_cityimage_file_hash_bb1c9a33 ON public.website_cityimage USING btree (file_hash);
CREATE INDEX website_cityimage_file_hash_bb1c9a33_like ON public.website_cityimage USING btree (file_hash varchar_pattern_ops);
CREATE INDEX website_cityimage_uploaded_by_user_id_add30bd7 ON public.website_cityimage USING btree (uploaded_by_user_id);
CREATE INDEX website_cityrendition_filter_spec_7475deb5 ON public.website_cityrendition USING btree (filter_spec);
CREATE INDEX website_cityrendition_filter_spec_7475deb5_like ON public.website_cityrendition USING btree (filter_spec varchar_pattern_ops);
CREATE INDEX website_cityrendition_image_id_71cc5a46 ON public.website_cityrendition USING btree (image_id);
CREATE INDEX wish_newest ON public.opendata_wish USING btree (state, asked_at DESC);
CREATE INDEX work_orders_connection_name_5b52300b_like ON public.work_orders_connection USING btree (name varchar_pattern_ops);
CREATE INDEX work_orders_try_delivery_id_6afa4922 ON public.work_orders_try USING btree (delivery_id);
CREATE INDEX workflowstate_base_ct_id_idx ON public.wagtailcore_workflowstate USING btree (base_content_type_id, object_id);
CREATE INDEX workflowstate_ct_id_idx ON public.wagtailcore_workflowstate USING btree (content_type_id, object_id);
CREATE TRIGGER kernel_audit_guard BEFORE DELETE OR UPDATE ON public.kernel_auditentry FOR EACH ROW EXECUTE FUNCTION public.kernel_audit_guard();
CREATE TRIGGER kernel_audit_guard BEFORE DELETE OR UPDATE ON public.kernel_auditseal FOR EACH ROW EXECUTE FUNCTION public.kernel_audit_guard();
CREATE TRIGGER map_inserted AFTER INSERT ON public.service_requests_servicerequest REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.service_requests_map_inserted();
ALTER TABLE public.service_requests_servicerequest ENABLE ALWAYS TRIGGER map_inserted;
CREATE TRIGGER map_moved AFTER UPDATE ON public.service_requests_servicerequest FOR EACH ROW WHEN (((old.public_cell IS DISTINCT FROM new.public_cell) OR (old.public_lat IS DISTINCT FROM new.public_lat) OR (old.public_lon IS DISTINCT FROM new.public_lon) OR (old.hidden IS DISTINCT FROM new.hidden))) EXECUTE FUNCTION public.service_requests_map_moved();
CREATE TRIGGER map_removed AFTER DELETE ON public.service_requests_servicerequest REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION public.service_requests_map_removed();
CREATE TRIGGER procrastinate_jobs_notify_queue_job_aborted_v1 AFTER UPDATE OF abort_requested ON public.procrastinate_jobs FOR EACH ROW WHEN (((old.abort_requested = false) AND (new.abort_requested = true) AND (new.status = 'doing'::public.procrastinate_job_status))) EXECUTE FUNCTION public.procrastinate_notify_queue_abort_job_v1();
CREATE TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1 AFTER INSERT ON public.procrastinate_jobs FOR EACH ROW WHEN ((new.status = 'todo'::public.procrastinate_job_status)) EXECUTE FUNCTION public.procrastinate_notify_queue_job_inserted_v1();
CREATE TRIGGER procrastinate_trigger_abort_requested_events_v1 AFTER UPDATE OF abort_requested ON public.procrastinate_jobs FOR EACH ROW WHEN ((new.abort_requested = true)) EXECUTE FUNCTION public.procrastinate_trigger_abort_requested_events_procedure_v1();
CREATE TRIGGER procrastinate_trigger_delete_jobs_v1 BEFORE DELETE ON public.procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION public.procrastinate_unlink_periodic_defers_v1();
CREATE TRIGGER procrastinate_trigger_scheduled_events_v1 AFTER INSERT OR UPDATE ON public.procrastinate_jobs FOR EACH ROW WHEN (((new.scheduled_at IS NOT NULL) AND (new.status = 'todo'::public.procrastinate_job_status))) EXECUTE FUNCTION public.procrastinate_trigger_function_scheduled_events_v1();
CREATE TRIGGER procrastinate_trigger_status_events_insert_v1 AFTER INSERT ON public.procrastinate_jobs FOR EACH ROW WHEN ((new.status = 'todo'::public.procrastinate_job_status)) EXECUTE FUNCTION public.procrastinate_trigger_function_status_events_insert_v1();
CREATE TRIGGER procrastinate_trigger_status_events_update_v1 AFTER UPDATE OF status ON public.procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION public.procrastinate_trigger_function_status_events_update_v1();
CREATE TRIGGER tally_changed AFTER UPDATE ON public.service_requests_servicerequest FOR EACH ROW WHEN (((old.hidden IS DISTINCT FROM new.hidden) OR (old.public_areas IS DISTINCT FROM new.public_areas) OR (old.category_id IS DISTINCT FROM new.category_id) OR (old.department_id IS DISTINCT FROM new.department_id) OR (old.team_id IS DISTINCT FROM new.team_id) OR (old.requested_at IS DISTINCT FROM new.requested_at) OR (old.due_at IS DISTINCT FROM new.due_at) OR (old.closed_at IS DISTINCT FROM new.closed_at) OR ((old.outcome)::text IS DISTINCT FROM (new.outcome)::text))) EXECUTE FUNCTION public.service_requests_tally_changed();
CREATE TRIGGER tally_contest AFTER INSERT ON public.service_requests_historyevent FOR EACH ROW WHEN (((new.fact)::text = 'contested'::text)) EXECUTE FUNCTION public.service_requests_tally_contest();
ALTER TABLE public.service_requests_historyevent ENABLE ALWAYS TRIGGER tally_contest;
CREATE TRIGGER tally_contest_removed AFTER DELETE ON public.service_requests_historyevent FOR EACH ROW WHEN (((old.fact)::text = 'contested'::text)) EXECUTE FUNCTION public.service_requests_tally_contest();
CREATE TRIGGER tally_inserted AFTER INSERT ON public.service_requests_servicerequest REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.service_requests_tally_inserted();
ALTER TABLE public.service_requests_servicerequest ENABLE ALWAYS TRIGGER tally_inserted;
CREATE TRIGGER tally_removed AFTER DELETE ON public.service_requests_servicerequest FOR EACH ROW EXECUTE FUNCTION public.service_requests_tally_removed();
CREATE TRIGGER tally_upheld AFTER INSERT ON public.service_requests_contest FOR EACH ROW WHEN (new.upheld) EXECUTE FUNCTION public.service_requests_tally_upheld();
ALTER TABLE public.service_requests_contest ENABLE ALWAYS TRIGGER tally_upheld;
CREATE TRIGGER tally_upheld_changed AFTER UPDATE ON public.service_requests_contest FOR EACH ROW WHEN ((old.upheld OR new.upheld)) EXECUTE FUNCTION public.service_requests_tally_upheld();
CREATE TRIGGER tally_upheld_gone AFTER DELETE ON public.service_requests_servicerequest FOR EACH ROW EXECUTE FUNCTION public.service_requests_tally_upheld_moved();
CREATE TRIGGER tally_upheld_moved AFTER UPDATE ON public.service_requests_servicerequest FOR EACH ROW WHEN (((old.hidden IS DISTINCT FROM new.hidden) OR (old.public_areas IS DISTINCT FROM new.public_areas) OR (old.category_id IS DISTINCT FROM new.category_id) OR (old.department_id IS DISTINCT FROM new.department_id) OR (old.team_id IS DISTINCT FROM new.team_id))) EXECUTE FUNCTION public.service_requests_tally_upheld_moved();
CREATE TRIGGER tally_upheld_removed AFTER DELETE ON public.service_requests_contest FOR EACH ROW WHEN (old.upheld) EXECUTE FUNCTION public.service_requests_tally_upheld();
ALTER TABLE ONLY public.account_emailaddress
    ADD CONSTRAINT account_emailaddress_user_id_2c513194_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.account_emailconfirmation
    ADD CONSTRAINT account_emailconfirm_email_address_id_5b7f8c58_fk_account_e FOREIGN KEY (email_address_id) REFERENCES public.account_emailaddress(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.answers_notice
    ADD CONSTRAINT answers_notice_user_id_1c9dc9a2_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.answers_noticechoice
    ADD CONSTRAINT answers_noticechoice_user_id_cf6e19f6_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissio_permission_id_84c5c92e_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES public.auth_permission(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_b120cbf9_fk_auth_group_id FOREIGN KEY (group_id) REFERENCES public.auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_2f476e4b_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.crews_materialused
    ADD CONSTRAINT crews_materialused_material_id_3f3f4f1d_fk_crews_material_id FOREIGN KEY (material_id) REFERENCES public.crews_material(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.crews_materialused
    ADD CONSTRAINT crews_materialused_visit_id_09067328_fk_crews_visit_id FOREIGN KEY (visit_id) REFERENCES public.crews_visit(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.day_plans_crew
    ADD CONSTRAINT day_plans_crew_team_id_d1190d9b_fk_identity_team_id FOREIGN KEY (team_id) REFERENCES public.identity_team(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.day_plans_dayplan
    ADD CONSTRAINT day_plans_dayplan_team_id_b9feaf12_fk_identity_team_id FOREIGN KEY (team_id) REFERENCES public.identity_team(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.day_plans_jobprogress
    ADD CONSTRAINT day_plans_jobprogress_plan_id_e0c880f8_fk_day_plans_dayplan_id FOREIGN KEY (plan_id) REFERENCES public.day_plans_dayplan(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.day_plans_planversion
    ADD CONSTRAINT day_plans_planversion_plan_id_59e0bd48_fk_day_plans_dayplan_id FOREIGN KEY (plan_id) REFERENCES public.day_plans_dayplan(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.day_plans_teamday
    ADD CONSTRAINT day_plans_teamday_team_id_b59c6774_fk_identity_team_id FOREIGN KEY (team_id) REFERENCES public.identity_team(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.identity_apikey
    ADD CONSTRAINT identity_apikey_owner_id_75459850_fk_identity_user_id FOREIGN KEY (owner_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.identity_membership
    ADD CONSTRAINT identity_membership_department_id_b1553d0e_fk_identity_ FOREIGN KEY (department_id) REFERENCES public.identity_department(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.identity_membership
    ADD CONSTRAINT identity_membership_role_id_33a4d5e1_fk_identity_role_id FOREIGN KEY (role_id) REFERENCES public.identity_role(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.identity_membership
    ADD CONSTRAINT identity_membership_team_id_e83dae00_fk_identity_team_id FOREIGN KEY (team_id) REFERENCES public.identity_team(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.identity_membership
    ADD CONSTRAINT identity_membership_user_id_91967c9a_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.identity_team
    ADD CONSTRAINT identity_team_contractor_id_851a0aae_fk_identity_contractor_id FOREIGN KEY (contractor_id) REFERENCES public.identity_contractor(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.identity_team
    ADD CONSTRAINT identity_team_department_id_d421fec5_fk_identity_department_id FOREIGN KEY (department_id) REFERENCES public.identity_department(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.identity_user
    ADD CONSTRAINT identity_user_contractor_id_93deeba2_fk_identity_contractor_id FOREIGN KEY (contractor_id) REFERENCES public.identity_contractor(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.identity_user_groups
    ADD CONSTRAINT identity_user_groups_group_id_cdb422da_fk_auth_group_id FOREIGN KEY (group_id) REFERENCES public.auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.identity_user_groups
    ADD CONSTRAINT identity_user_groups_user_id_f69e0c80_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.identity_user_user_permissions
    ADD CONSTRAINT identity_user_user_p_permission_id_c8f2cf2f_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES public.auth_permission(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.identity_user_user_permissions
    ADD CONSTRAINT identity_user_user_p_user_id_a626cb1f_fk_identity_ FOREIGN KEY (user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.kernel_auditseal
    ADD CONSTRAINT kernel_auditseal_entry_id_9e4a3168_fk_kernel_auditentry_id FOREIGN KEY (entry_id) REFERENCES public.kernel_auditentry(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.kernel_delivery
    ADD CONSTRAINT kernel_delivery_event_id_ac8d982d_fk_kernel_outboxevent_id FOREIGN KEY (event_id) REFERENCES public.kernel_outboxevent(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.mfa_authenticator
    ADD CONSTRAINT mfa_authenticator_user_id_0c3a50c0_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.offices_member
    ADD CONSTRAINT offices_member_office_id_5fdce61c_fk_offices_office_id FOREIGN KEY (office_id) REFERENCES public.offices_office(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.opendata_contractversion
    ADD CONSTRAINT opendata_contractver_dataset_id_c07be6de_fk_opendata_ FOREIGN KEY (dataset_id) REFERENCES public.opendata_dataset(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.opendata_dataset
    ADD CONSTRAINT opendata_dataset_current_id_a274d2a7_fk_opendata_snapshot_id FOREIGN KEY (current_id) REFERENCES public.opendata_snapshot(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.opendata_draft
    ADD CONSTRAINT opendata_draft_dataset_id_c4472014_fk_opendata_dataset_id FOREIGN KEY (dataset_id) REFERENCES public.opendata_dataset(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.opendata_elsewhere
    ADD CONSTRAINT opendata_elsewhere_portal_id_b0087520_fk_opendata_portal_id FOREIGN KEY (portal_id) REFERENCES public.opendata_portal(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.opendata_look
    ADD CONSTRAINT opendata_look_dataset_id_ac49058b_fk_opendata_dataset_id FOREIGN KEY (dataset_id) REFERENCES public.opendata_dataset(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.opendata_mistake
    ADD CONSTRAINT opendata_mistake_dataset_id_45191139_fk_opendata_dataset_id FOREIGN KEY (dataset_id) REFERENCES public.opendata_dataset(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.opendata_run
    ADD CONSTRAINT opendata_run_dataset_id_7aece275_fk_opendata_dataset_id FOREIGN KEY (dataset_id) REFERENCES public.opendata_dataset(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.opendata_run
    ADD CONSTRAINT opendata_run_snapshot_id_5c1fc9eb_fk_opendata_snapshot_id FOREIGN KEY (snapshot_id) REFERENCES public.opendata_snapshot(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.opendata_snapshot
    ADD CONSTRAINT opendata_snapshot_dataset_id_0707d6b9_fk_opendata_dataset_id FOREIGN KEY (dataset_id) REFERENCES public.opendata_dataset(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.opendata_told
    ADD CONSTRAINT opendata_told_dataset_id_5fe92f32_fk_opendata_dataset_id FOREIGN KEY (dataset_id) REFERENCES public.opendata_dataset(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.opendata_wish
    ADD CONSTRAINT opendata_wish_dataset_id_e5c64fe7_fk_opendata_dataset_id FOREIGN KEY (dataset_id) REFERENCES public.opendata_dataset(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.opendata_wishvote
    ADD CONSTRAINT opendata_wishvote_wish_id_6a71a54c_fk_opendata_wish_id FOREIGN KEY (wish_id) REFERENCES public.opendata_wish(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.places_address
    ADD CONSTRAINT places_address_street_id_38de01e4_fk_places_street_id FOREIGN KEY (street_id) REFERENCES public.places_street(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.places_area
    ADD CONSTRAINT places_area_kind_id_a55c3286_fk_places_areakind_id FOREIGN KEY (kind_id) REFERENCES public.places_areakind(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.places_areacell
    ADD CONSTRAINT places_areacell_area_id_9a518b09_fk_places_area_id FOREIGN KEY (area_id) REFERENCES public.places_area(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.places_asset
    ADD CONSTRAINT places_asset_layer_id_0048e4e3_fk_places_assetlayer_id FOREIGN KEY (layer_id) REFERENCES public.places_assetlayer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.places_intersection
    ADD CONSTRAINT places_intersection_first_id_c211c1db_fk_places_street_id FOREIGN KEY (first_id) REFERENCES public.places_street(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.places_intersection
    ADD CONSTRAINT places_intersection_second_id_e005b37e_fk_places_street_id FOREIGN KEY (second_id) REFERENCES public.places_street(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.places_streetsegment
    ADD CONSTRAINT places_streetsegment_street_id_b5b6ef76_fk_places_street_id FOREIGN KEY (street_id) REFERENCES public.places_street(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.procrastinate_events
    ADD CONSTRAINT procrastinate_events_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.procrastinate_jobs(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.procrastinate_jobs
    ADD CONSTRAINT procrastinate_jobs_worker_id_fkey FOREIGN KEY (worker_id) REFERENCES public.procrastinate_workers(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.procrastinate_jobs(id);
ALTER TABLE ONLY public.referrals_answer
    ADD CONSTRAINT referrals_answer_referral_id_e5945128_fk_referrals_referral_id FOREIGN KEY (referral_id) REFERENCES public.referrals_referral(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.referrals_bodyalias
    ADD CONSTRAINT referrals_bodyalias_body_id_40156ea9_fk_referrals_body_id FOREIGN KEY (body_id) REFERENCES public.referrals_body(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.referrals_referral
    ADD CONSTRAINT referrals_referral_body_id_d52137ac_fk_referrals_body_id FOREIGN KEY (body_id) REFERENCES public.referrals_body(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.referrals_replylink
    ADD CONSTRAINT referrals_replylink_referral_id_8779b488_fk_referrals FOREIGN KEY (referral_id) REFERENCES public.referrals_referral(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.service_requests_abusereport
    ADD CONSTRAINT service_requests_abu_request_id_7b78cfcb_fk_service_r FOREIGN KEY (request_id) REFERENCES public.service_requests_servicerequest(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.service_requests_approval
    ADD CONSTRAINT service_requests_app_request_id_793e11da_fk_service_r FOREIGN KEY (request_id) REFERENCES public.service_requests_servicerequest(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.service_requests_call
    ADD CONSTRAINT service_requests_cal_request_id_26f80de2_fk_service_r FOREIGN KEY (request_id) REFERENCES public.service_requests_servicerequest(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.service_requests_category
    ADD CONSTRAINT service_requests_cat_department_id_773ee6f3_fk_identity_ FOREIGN KEY (department_id) REFERENCES public.identity_department(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.service_requests_category
    ADD CONSTRAINT service_requests_cat_group_id_d906f141_fk_service_r FOREIGN KEY (group_id) REFERENCES public.service_requests_categorygroup(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.service_requests_category
    ADD CONSTRAINT service_requests_category_team_id_cb1114c6_fk_identity_team_id FOREIGN KEY (team_id) REFERENCES public.identity_team(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.service_requests_contest
    ADD CONSTRAINT service_requests_con_request_id_0e7e7cf2_fk_service_r FOREIGN KEY (request_id) REFERENCES public.service_requests_servicerequest(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.service_requests_historyevent
    ADD CONSTRAINT service_requests_his_corrects_id_a5948b4a_fk_service_r FOREIGN KEY (corrects_id) REFERENCES public.service_requests_historyevent(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.service_requests_historyevent
    ADD CONSTRAINT service_requests_his_request_id_aba3670e_fk_service_r FOREIGN KEY (request_id) REFERENCES public.service_requests_servicerequest(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.service_requests_importedrecord
    ADD CONSTRAINT service_requests_imp_request_id_981f61e1_fk_service_r FOREIGN KEY (request_id) REFERENCES public.service_requests_servicerequest(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.service_requests_importedrecord
    ADD CONSTRAINT service_requests_imp_run_id_8ab524fa_fk_service_r FOREIGN KEY (run_id) REFERENCES public.service_requests_importrun(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.service_requests_likeness
    ADD CONSTRAINT service_requests_lik_other_id_53051936_fk_service_r FOREIGN KEY (other_id) REFERENCES public.service_requests_servicerequest(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.service_requests_likeness
    ADD CONSTRAINT service_requests_lik_request_id_be542226_fk_service_r FOREIGN KEY (request_id) REFERENCES public.service_requests_servicerequest(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.service_requests_notefile
    ADD CONSTRAINT service_requests_not_document_id_c9452571_fk_documents FOREIGN KEY (document_id) REFERENCES public.documents_document(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.service_requests_notefile
    ADD CONSTRAINT service_requests_not_event_id_a5692572_fk_service_r FOREIGN KEY (event_id) REFERENCES public.service_requests_historyevent(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.service_requests_quarantinedrow
    ADD CONSTRAINT service_requests_qua_run_id_52a72d65_fk_service_r FOREIGN KEY (run_id) REFERENCES public.service_requests_importrun(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.service_requests_question
    ADD CONSTRAINT service_requests_que_category_id_57a216f0_fk_service_r FOREIGN KEY (category_id) REFERENCES public.service_requests_category(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.service_requests_reporter
    ADD CONSTRAINT service_requests_rep_request_id_c5d97c4a_fk_service_r FOREIGN KEY (request_id) REFERENCES public.service_requests_servicerequest(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.service_requests_requestphoto
    ADD CONSTRAINT service_requests_req_document_id_a2d65b6a_fk_documents FOREIGN KEY (document_id) REFERENCES public.documents_document(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.service_requests_requestphoto
    ADD CONSTRAINT service_requests_req_original_id_3db5c357_fk_documents FOREIGN KEY (original_id) REFERENCES public.documents_document(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.service_requests_requestphoto
    ADD CONSTRAINT service_requests_req_request_id_bc17b769_fk_service_r FOREIGN KEY (request_id) REFERENCES public.service_requests_servicerequest(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.service_requests_savedfilter
    ADD CONSTRAINT service_requests_sav_department_id_bf6c9b18_fk_identity_ FOREIGN KEY (department_id) REFERENCES public.identity_department(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.service_requests_savedfilter
    ADD CONSTRAINT service_requests_sav_owner_id_a6b649e1_fk_identity_ FOREIGN KEY (owner_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.service_requests_servicerequest
    ADD CONSTRAINT service_requests_ser_assignee_id_533d2f4f_fk_identity_ FOREIGN KEY (assignee_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.service_requests_servicerequest
    ADD CONSTRAINT service_requests_ser_category_id_dee6f09d_fk_service_r FOREIGN KEY (category_id) REFERENCES public.service_requests_category(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.service_requests_servicerequest
    ADD CONSTRAINT service_requests_ser_department_id_b27a76bc_fk_identity_ FOREIGN KEY (department_id) REFERENCES public.identity_department(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.service_requests_servicerequest
    ADD CONSTRAINT service_requests_ser_duplicate_of_id_a99f158c_fk_service_r FOREIGN KEY (duplicate_of_id) REFERENCES public.service_requests_servicerequest(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.service_requests_servicerequest
    ADD CONSTRAINT service_requests_ser_team_id_cb2876ce_fk_identity_ FOREIGN KEY (team_id) REFERENCES public.identity_team(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.service_requests_star
    ADD CONSTRAINT service_requests_sta_request_id_4c8783f3_fk_service_r FOREIGN KEY (request_id) REFERENCES public.service_requests_servicerequest(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.service_requests_star
    ADD CONSTRAINT service_requests_star_user_id_f5bc6aad_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.service_requests_supporter
    ADD CONSTRAINT service_requests_sup_came_with_id_6a0eac07_fk_service_r FOREIGN KEY (came_with_id) REFERENCES public.service_requests_servicerequest(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.service_requests_supporter
    ADD CONSTRAINT service_requests_sup_request_id_c4953b54_fk_service_r FOREIGN KEY (request_id) REFERENCES public.service_requests_servicerequest(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.socialaccount_socialtoken
    ADD CONSTRAINT socialaccount_social_account_id_951f210e_fk_socialacc FOREIGN KEY (account_id) REFERENCES public.socialaccount_socialaccount(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.socialaccount_socialtoken
    ADD CONSTRAINT socialaccount_social_app_id_636a42d7_fk_socialacc FOREIGN KEY (app_id) REFERENCES public.socialaccount_socialapp(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.socialaccount_socialaccount
    ADD CONSTRAINT socialaccount_social_user_id_8146e70c_fk_identity_ FOREIGN KEY (user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.taggit_taggeditem
    ADD CONSTRAINT taggit_taggeditem_content_type_id_9957a03c_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.taggit_taggeditem
    ADD CONSTRAINT taggit_taggeditem_tag_id_f4f5b767_fk_taggit_tag_id FOREIGN KEY (tag_id) REFERENCES public.taggit_tag(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.usersessions_usersession
    ADD CONSTRAINT usersessions_usersession_user_id_af5e0a6d_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailadmin_editingsession
    ADD CONSTRAINT wagtailadmin_editing_content_type_id_4df7730e_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailadmin_editingsession
    ADD CONSTRAINT wagtailadmin_editing_user_id_6e1a9b70_fk_identity_ FOREIGN KEY (user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailadmin_formstate
    ADD CONSTRAINT wagtailadmin_formsta_content_type_id_e32438b3_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailadmin_formstate
    ADD CONSTRAINT wagtailadmin_formstate_user_id_b910adc2_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_collectionviewrestriction
    ADD CONSTRAINT wagtailcore_collecti_collection_id_761908ec_fk_wagtailco FOREIGN KEY (collection_id) REFERENCES public.wagtailcore_collection(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_collectionviewrestriction_groups
    ADD CONSTRAINT wagtailcore_collecti_collectionviewrestri_47320efd_fk_wagtailco FOREIGN KEY (collectionviewrestriction_id) REFERENCES public.wagtailcore_collectionviewrestriction(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_collectionviewrestriction_groups
    ADD CONSTRAINT wagtailcore_collecti_group_id_1823f2a3_fk_auth_grou FOREIGN KEY (group_id) REFERENCES public.auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_comment
    ADD CONSTRAINT wagtailcore_comment_page_id_108444b5_fk_wagtailcore_page_id FOREIGN KEY (page_id) REFERENCES public.wagtailcore_page(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_comment
    ADD CONSTRAINT wagtailcore_comment_resolved_by_id_a282aa0e_fk_identity_user_id FOREIGN KEY (resolved_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_comment
    ADD CONSTRAINT wagtailcore_comment_revision_created_id_1d058279_fk_wagtailco FOREIGN KEY (revision_created_id) REFERENCES public.wagtailcore_revision(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_comment
    ADD CONSTRAINT wagtailcore_comment_user_id_0c577ca6_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_commentreply
    ADD CONSTRAINT wagtailcore_commentr_comment_id_afc7e027_fk_wagtailco FOREIGN KEY (comment_id) REFERENCES public.wagtailcore_comment(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_commentreply
    ADD CONSTRAINT wagtailcore_commentreply_user_id_d0b3b9c3_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_groupapprovaltask_groups
    ADD CONSTRAINT wagtailcore_groupapp_group_id_2e64b61f_fk_auth_grou FOREIGN KEY (group_id) REFERENCES public.auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_groupapprovaltask_groups
    ADD CONSTRAINT wagtailcore_groupapp_groupapprovaltask_id_9a9255ea_fk_wagtailco FOREIGN KEY (groupapprovaltask_id) REFERENCES public.wagtailcore_groupapprovaltask(task_ptr_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_groupapprovaltask
    ADD CONSTRAINT wagtailcore_groupapp_task_ptr_id_cfe58781_fk_wagtailco FOREIGN KEY (task_ptr_id) REFERENCES public.wagtailcore_task(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_groupcollectionpermission
    ADD CONSTRAINT wagtailcore_groupcol_collection_id_5423575a_fk_wagtailco FOREIGN KEY (collection_id) REFERENCES public.wagtailcore_collection(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_groupcollectionpermission
    ADD CONSTRAINT wagtailcore_groupcol_group_id_05d61460_fk_auth_grou FOREIGN KEY (group_id) REFERENCES public.auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_groupcollectionpermission
    ADD CONSTRAINT wagtailcore_groupcol_permission_id_1b626275_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES public.auth_permission(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_grouppagepermission
    ADD CONSTRAINT wagtailcore_grouppag_group_id_fc07e671_fk_auth_grou FOREIGN KEY (group_id) REFERENCES public.auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_grouppagepermission
    ADD CONSTRAINT wagtailcore_grouppag_page_id_710b114a_fk_wagtailco FOREIGN KEY (page_id) REFERENCES public.wagtailcore_page(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_grouppagepermission
    ADD CONSTRAINT wagtailcore_grouppag_permission_id_05acb22e_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES public.auth_permission(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_groupsitepermission
    ADD CONSTRAINT wagtailcore_groupsit_group_id_e5cdbee4_fk_auth_grou FOREIGN KEY (group_id) REFERENCES public.auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_groupsitepermission
    ADD CONSTRAINT wagtailcore_groupsit_permission_id_459b1f38_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES public.auth_permission(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_groupsitepermission
    ADD CONSTRAINT wagtailcore_groupsit_site_id_245de488_fk_wagtailco FOREIGN KEY (site_id) REFERENCES public.wagtailcore_site(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_modellogentry
    ADD CONSTRAINT wagtailcore_modellog_content_type_id_68849e77_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_page
    ADD CONSTRAINT wagtailcore_page_alias_of_id_12945502_fk_wagtailcore_page_id FOREIGN KEY (alias_of_id) REFERENCES public.wagtailcore_page(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_page
    ADD CONSTRAINT wagtailcore_page_content_type_id_c28424df_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_page
    ADD CONSTRAINT wagtailcore_page_latest_revision_id_e60fef51_fk_wagtailco FOREIGN KEY (latest_revision_id) REFERENCES public.wagtailcore_revision(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_page
    ADD CONSTRAINT wagtailcore_page_live_revision_id_930bd822_fk_wagtailco FOREIGN KEY (live_revision_id) REFERENCES public.wagtailcore_revision(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_page
    ADD CONSTRAINT wagtailcore_page_locale_id_3c7e30a6_fk_wagtailcore_locale_id FOREIGN KEY (locale_id) REFERENCES public.wagtailcore_locale(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_page
    ADD CONSTRAINT wagtailcore_page_locked_by_id_bcb86245_fk_identity_user_id FOREIGN KEY (locked_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_page
    ADD CONSTRAINT wagtailcore_page_owner_id_fbf7c332_fk_identity_user_id FOREIGN KEY (owner_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_pagelogentry
    ADD CONSTRAINT wagtailcore_pageloge_content_type_id_74e7708a_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_revision
    ADD CONSTRAINT wagtailcore_pagerevision_user_id_2409d2f4_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_pagesubscription
    ADD CONSTRAINT wagtailcore_pagesubs_page_id_a085e7a6_fk_wagtailco FOREIGN KEY (page_id) REFERENCES public.wagtailcore_page(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_pagesubscription
    ADD CONSTRAINT wagtailcore_pagesubs_user_id_89d7def9_fk_identity_ FOREIGN KEY (user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_pageviewrestriction_groups
    ADD CONSTRAINT wagtailcore_pageview_group_id_6460f223_fk_auth_grou FOREIGN KEY (group_id) REFERENCES public.auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_pageviewrestriction
    ADD CONSTRAINT wagtailcore_pageview_page_id_15a8bea6_fk_wagtailco FOREIGN KEY (page_id) REFERENCES public.wagtailcore_page(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_pageviewrestriction_groups
    ADD CONSTRAINT wagtailcore_pageview_pageviewrestriction__f147a99a_fk_wagtailco FOREIGN KEY (pageviewrestriction_id) REFERENCES public.wagtailcore_pageviewrestriction(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_referenceindex
    ADD CONSTRAINT wagtailcore_referenc_base_content_type_id_313cf40f_fk_django_co FOREIGN KEY (base_content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_referenceindex
    ADD CONSTRAINT wagtailcore_referenc_content_type_id_766e0336_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_referenceindex
    ADD CONSTRAINT wagtailcore_referenc_to_content_type_id_93690bbd_fk_django_co FOREIGN KEY (to_content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_revision
    ADD CONSTRAINT wagtailcore_revision_base_content_type_id_5b4ef7bd_fk_django_co FOREIGN KEY (base_content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_revision
    ADD CONSTRAINT wagtailcore_revision_content_type_id_c8cb69c0_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_site
    ADD CONSTRAINT wagtailcore_site_root_page_id_e02fb95c_fk_wagtailcore_page_id FOREIGN KEY (root_page_id) REFERENCES public.wagtailcore_page(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_task
    ADD CONSTRAINT wagtailcore_task_content_type_id_249ab8ba_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_taskstate
    ADD CONSTRAINT wagtailcore_taskstat_content_type_id_0a758fdc_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_taskstate
    ADD CONSTRAINT wagtailcore_taskstat_finished_by_id_13f98229_fk_identity_ FOREIGN KEY (finished_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_taskstate
    ADD CONSTRAINT wagtailcore_taskstat_revision_id_df25a499_fk_wagtailco FOREIGN KEY (revision_id) REFERENCES public.wagtailcore_revision(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_taskstate
    ADD CONSTRAINT wagtailcore_taskstat_workflow_state_id_9239a775_fk_wagtailco FOREIGN KEY (workflow_state_id) REFERENCES public.wagtailcore_workflowstate(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_taskstate
    ADD CONSTRAINT wagtailcore_taskstate_task_id_c3677c34_fk_wagtailcore_task_id FOREIGN KEY (task_id) REFERENCES public.wagtailcore_task(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_uploadedfile
    ADD CONSTRAINT wagtailcore_uploaded_for_content_type_id_b0fc87b2_fk_django_co FOREIGN KEY (for_content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_uploadedfile
    ADD CONSTRAINT wagtailcore_uploaded_uploaded_by_user_id_c7580fe8_fk_identity_ FOREIGN KEY (uploaded_by_user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_workflowstate
    ADD CONSTRAINT wagtailcore_workflow_base_content_type_id_a30dc576_fk_django_co FOREIGN KEY (base_content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_workflowstate
    ADD CONSTRAINT wagtailcore_workflow_content_type_id_2bb78ce1_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_workflowcontenttype
    ADD CONSTRAINT wagtailcore_workflow_content_type_id_b261bb37_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_workflowstate
    ADD CONSTRAINT wagtailcore_workflow_current_task_state_i_3a1a0632_fk_wagtailco FOREIGN KEY (current_task_state_id) REFERENCES public.wagtailcore_taskstate(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_workflowpage
    ADD CONSTRAINT wagtailcore_workflow_page_id_81e7bab6_fk_wagtailco FOREIGN KEY (page_id) REFERENCES public.wagtailcore_page(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_workflowstate
    ADD CONSTRAINT wagtailcore_workflow_requested_by_id_4090bca3_fk_identity_ FOREIGN KEY (requested_by_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_workflowtask
    ADD CONSTRAINT wagtailcore_workflow_task_id_ce7716fe_fk_wagtailco FOREIGN KEY (task_id) REFERENCES public.wagtailcore_task(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_workflowstate
    ADD CONSTRAINT wagtailcore_workflow_workflow_id_1f18378f_fk_wagtailco FOREIGN KEY (workflow_id) REFERENCES public.wagtailcore_workflow(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_workflowpage
    ADD CONSTRAINT wagtailcore_workflow_workflow_id_56f56ff6_fk_wagtailco FOREIGN KEY (workflow_id) REFERENCES public.wagtailcore_workflow(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_workflowcontenttype
    ADD CONSTRAINT wagtailcore_workflow_workflow_id_9aad7cd2_fk_wagtailco FOREIGN KEY (workflow_id) REFERENCES public.wagtailcore_workflow(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailcore_workflowtask
    ADD CONSTRAINT wagtailcore_workflow_workflow_id_b9717175_fk_wagtailco FOREIGN KEY (workflow_id) REFERENCES public.wagtailcore_workflow(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtaildocs_document
    ADD CONSTRAINT wagtaildocs_document_collection_id_23881625_fk_wagtailco FOREIGN KEY (collection_id) REFERENCES public.wagtailcore_collection(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtaildocs_document
    ADD CONSTRAINT wagtaildocs_document_uploaded_by_user_id_17258b41_fk_identity_ FOREIGN KEY (uploaded_by_user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailimages_image
    ADD CONSTRAINT wagtailimages_image_collection_id_c2f8af7e_fk_wagtailco FOREIGN KEY (collection_id) REFERENCES public.wagtailcore_collection(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailimages_image
    ADD CONSTRAINT wagtailimages_image_uploaded_by_user_id_5d73dc75_fk_identity_ FOREIGN KEY (uploaded_by_user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailimages_rendition
    ADD CONSTRAINT wagtailimages_rendit_image_id_3e1fd774_fk_wagtailim FOREIGN KEY (image_id) REFERENCES public.wagtailimages_image(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailredirects_redirect
    ADD CONSTRAINT wagtailredirects_red_redirect_page_id_b5728a8f_fk_wagtailco FOREIGN KEY (redirect_page_id) REFERENCES public.wagtailcore_page(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailredirects_redirect
    ADD CONSTRAINT wagtailredirects_red_site_id_780a0e1e_fk_wagtailco FOREIGN KEY (site_id) REFERENCES public.wagtailcore_site(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailsearch_indexentry
    ADD CONSTRAINT wagtailsearch_indexe_content_type_id_62ed694f_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.wagtailusers_userprofile
    ADD CONSTRAINT wagtailusers_userprofile_user_id_59c92331_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.website_citydocument
    ADD CONSTRAINT website_citydocument_collection_id_8ff9d5e5_fk_wagtailco FOREIGN KEY (collection_id) REFERENCES public.wagtailcore_collection(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.website_citydocument
    ADD CONSTRAINT website_citydocument_uploaded_by_user_id_f1c9bbca_fk_identity_ FOREIGN KEY (uploaded_by_user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.website_cityimage
    ADD CONSTRAINT website_cityimage_collection_id_c9a77812_fk_wagtailco FOREIGN KEY (collection_id) REFERENCES public.wagtailcore_collection(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.website_cityimage
    ADD CONSTRAINT website_cityimage_uploaded_by_user_id_add30bd7_fk_identity_ FOREIGN KEY (uploaded_by_user_id) REFERENCES public.identity_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.website_cityrendition
    ADD CONSTRAINT website_cityrendition_image_id_71cc5a46_fk_website_cityimage_id FOREIGN KEY (image_id) REFERENCES public.website_cityimage(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.website_homepage
    ADD CONSTRAINT website_homepage_page_ptr_id_8a7a9c53_fk_wagtailcore_page_id FOREIGN KEY (page_ptr_id) REFERENCES public.wagtailcore_page(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.work_orders_delivery
    ADD CONSTRAINT work_orders_delivery_connection_id_4ce6ce22_fk_work_orde FOREIGN KEY (connection_id) REFERENCES public.work_orders_connection(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.work_orders_incoming
    ADD CONSTRAINT work_orders_incoming_connection_id_e0067a60_fk_work_orde FOREIGN KEY (connection_id) REFERENCES public.work_orders_connection(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.work_orders_order
    ADD CONSTRAINT work_orders_order_connection_id_3b24164e_fk_work_orde FOREIGN KEY (connection_id) REFERENCES public.work_orders_connection(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.work_orders_try
    ADD CONSTRAINT work_orders_try_delivery_id_6afa4922_fk_work_orders_delivery_id FOREIGN KEY (delivery_id) REFERENCES public.work_orders_delivery(id) DEFERRABLE INITIALLY DEFERRED;
