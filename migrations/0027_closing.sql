-- Periods are closed (rules 11, 12 and 20): what has been counted stays as it was counted. Closed days are all days before
-- one day; what comes later to them is posted to that day, with the day it belongs to beside it.

create table closed_books (
    id smallint primary key default 1 check (id = 1),
    -- the first open day; null while nothing is closed
    open_from date
);
insert into closed_books default values;

create table closings (
    id bigint generated always as identity primary key,
    period daterange not null check (not isempty(period) and lower(period) is not null and upper(period) is not null),
    state text not null check (state in ('in_review', 'given_up', 'closed', 'reopened')),
    begun_by bigint not null references users,
    begun_at timestamptz not null,
    closed_by bigint references users,
    closed_at timestamptz,
    -- a reopening is asked for by one and approved by another
    reopen_asked_by bigint references users,
    reopen_asked_at timestamptz,
    reopen_reason text not null default '',
    reopened_by bigint references users,
    reopened_at timestamptz,
    -- the settings that final states were judged by
    exceeded_pct smallint,
    weekend smallint[],
    version bigint not null default 1,
    check ((state in ('closed', 'reopened')) = (closed_at is not null)),
    check ((state = 'reopened') = (reopened_at is not null)),
    constraint closings_two_people check (reopened_by is distinct from reopen_asked_by or reopened_by is null)
);
create unique index closings_one_open on closings ((true)) where state = 'in_review';
create index closings_period on closings (period);

-- Each goal as it was when its period was closed.
create table closing_goals (
    closing_id bigint not null references closings,
    goal_id bigint not null references goals,
    -- number of the version that was in force at the end
    version integer not null,
    target bigint not null,
    effective_target bigint not null,
    original_target bigint not null,
    actual bigint not null,
    -- hundredths of a percent; null without a target
    attainment bigint,
    status text not null,
    primary key (closing_id, goal_id)
);
create index closing_goals_goal on closing_goals (goal_id);

-- Each figure of the period by holder and category: people with overlay credits, departments by their own members, the
-- company. category_id 0 = all products; holder_id 0 = the company.
create table closing_figures (
    closing_id bigint not null references closings,
    holder text not null check (holder in ('person', 'department', 'company')),
    holder_id bigint not null,
    category_id bigint not null,
    revenue bigint not null,
    margin bigint not null,
    units bigint not null,
    orders bigint not null,
    new_customers bigint not null,
    primary key (closing_id, holder, holder_id, category_id)
);
do $$
declare
    kept text;
begin
    foreach kept in array array['closing_goals', 'closing_figures'] loop
        execute format('create trigger %1$s_update before update on %1$s for each statement execute function refuse_change()', kept);
        execute format('create trigger %1$s_delete before delete on %1$s for each statement execute function refuse_change()', kept);
    end loop;
end
$$;
create constraint trigger closed_books_revision after update on closed_books
    deferrable initially deferred for each row execute function bump_company_revision();

-- The figures of some days, from the ledger itself.
create function ledger_figures(span daterange) returns table (holder text, holder_id bigint, category_id bigint,
    revenue bigint, margin bigint, units bigint, orders bigint, new_customers bigint)
language sql stable as $$
    with entries as (
        select e.employee_id, e.kind, e.credit_date, c.category_id, e.revenue, e.margin, e.units, c.orders, c.new_customers
        from credit_entries e
        cross join lateral (values
            (0::bigint, e.orders, e.new_customers),
            (e.category_id, e.category_orders, e.category_new_customers)
        ) as c (category_id, orders, new_customers)
        where e.credit_date >= lower(span) and e.credit_date < upper(span)
    ),
    held as (
        select 'person' as holder, employee_id as holder_id, category_id, revenue, margin, units, orders, new_customers
        from entries where employee_id is not null
        union all
        select 'department', m.department_id, e.category_id, e.revenue, e.margin, e.units, e.orders, e.new_customers
        from entries e join memberships m on m.employee_id = e.employee_id and m.during @> e.credit_date
        where e.kind = 'direct'
        union all
        select 'company', 0, category_id, revenue, margin, units, orders, new_customers
        from entries where kind <> 'overlay'
    )
    select holder, holder_id, category_id, sum(revenue)::bigint, sum(margin)::bigint, sum(units)::bigint,
        sum(orders)::bigint, sum(new_customers)::bigint
    from held group by holder, holder_id, category_id
$$;

-- Whoever posts holds this lock shared until the end of the transaction, whoever closes or reopens holds it alone.
create function refuse_closed(what text) returns void language plpgsql as $$
begin
    raise exception '% lies in a closed period', what using errcode = 'P0001', constraint = 'closed_period';
end
$$;

create function first_open_day() returns date language sql stable as $$ select open_from from closed_books $$;

-- A posting that met a closing: it is refused, and finds the first open day when it is tried again.
create function check_posted_days() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(7240116);
    if exists (select from posted p cross join closed_books b where p.credit_date < b.open_from) then
        raise exception 'the period was closed meanwhile' using errcode = '40001';
    end if;
    return null;
end
$$;
create trigger credit_entries_open after insert on credit_entries referencing new table as posted
    for each statement execute function check_posted_days();

-- Who belonged where on closed days stays.
create function keep_closed_memberships() returns trigger language plpgsql as $$
declare
    closed daterange := daterange(null, (select first_open_day()));
begin
    perform pg_advisory_xact_lock_shared(7240116);
    closed := daterange(null, (select first_open_day()));
    if upper(closed) is null then return null; end if;
    if tg_op = 'UPDATE' and old.employee_id = new.employee_id and old.department_id = new.department_id
        and old.during * closed = new.during * closed then
        return null;
    end if;
    if (tg_op <> 'INSERT' and old.during && closed) or (tg_op <> 'DELETE' and new.during && closed) then
        perform refuse_closed('the membership');
    end if;
    return null;
end
$$;
create trigger memberships_closed after insert or update or delete on memberships
    for each row execute function keep_closed_memberships();

-- A department does not take its past elsewhere.
create function keep_closed_departments() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(7240116);
    if old.parent_id is distinct from new.parent_id and (exists (
        select from memberships m where m.department_id in (select t.department_id from department_subtree(new.id) t)
            and lower(m.during) < (select first_open_day()))
        or exists (
        select from fact_entries e where e.department_id in (select t.department_id from department_subtree(new.id) t)
            and e.credit_date < (select first_open_day()))) then
        perform refuse_closed('the department');
    end if;
    return null;
end
$$;
create trigger departments_closed after update of parent_id on departments
    for each row execute function keep_closed_departments();

create function keep_closed_goals() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(7240116);
    -- talk goes on, and nothing else
    if tg_op = 'UPDATE' and (old.removed_at, old.prorated, old.season, old.period, old.weight)
        is not distinct from (new.removed_at, new.prorated, new.season, new.period, new.weight) then
        return null;
    end if;
    if upper(new.period) <= (select first_open_day()) then perform refuse_closed('the goal'); end if;
    return null;
end
$$;
create trigger goals_closed after insert or update on goals for each row execute function keep_closed_goals();

create function keep_closed_versions() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(7240116);
    if (select upper(period) from goals where id = new.goal_id) <= (select first_open_day()) then
        perform refuse_closed('the goal');
    end if;
    return null;
end
$$;
create trigger goal_versions_closed after insert on goal_versions
    for each row execute function keep_closed_versions();

create function keep_closed_holidays() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(7240116);
    if coalesce(new.day, old.day) < (select first_open_day()) or old.day < (select first_open_day()) then
        perform refuse_closed('the holiday');
    end if;
    return null;
end
$$;
create trigger holidays_closed after insert or update or delete on holidays
    for each row execute function keep_closed_holidays();

-- Whether a closed goal of somebody depends on what is asked of them on some days.
create function closed_goal_in(person bigint, span daterange) returns boolean language sql stable as $$
    select exists (select from goals g where g.employee_id = person and g.prorated and g.removed_at is null
        and upper(g.period) <= (select first_open_day()) and g.period && span)
$$;

create function keep_closed_ramps() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(7240116);
    if closed_goal_in(coalesce(new.employee_id, old.employee_id), daterange(coalesce(new.starts_on, old.starts_on), null)) then
        perform refuse_closed('the ramp');
    end if;
    return null;
end
$$;
create trigger ramps_closed after insert or update or delete on ramps
    for each row execute function keep_closed_ramps();

create function keep_closed_reliefs() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(7240116);
    if (old.state = 'approved') <> (new.state = 'approved') and closed_goal_in(new.employee_id, new.during) then
        perform refuse_closed('the relief');
    end if;
    return null;
end
$$;
create trigger reliefs_closed after update on reliefs for each row execute function keep_closed_reliefs();

-- The days somebody was employed, as far as a closed goal depends on them.
create function keep_closed_employment() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(7240116);
    if exists (
        select from goals g
        where g.employee_id = new.id and g.prorated and g.removed_at is null and upper(g.period) <= (select first_open_day())
            and daterange(old.hired_on, old.left_on, '[]') * g.period
                is distinct from daterange(new.hired_on, new.left_on, '[]') * g.period
    ) then
        perform refuse_closed('the employment');
    end if;
    return null;
end
$$;
create trigger employees_closed after update of hired_on, left_on on employees
    for each row when ((old.hired_on, old.left_on) is distinct from (new.hired_on, new.left_on))
    execute function keep_closed_employment();
