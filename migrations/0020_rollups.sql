-- Totals by person and by department, by day and by month, so that a figure costs the same at any size.
--
-- Whoever books a deal appends what it adds to `credit_pending`: rows nobody else touches, so writers never wait for
-- each other's totals. A folder in the background moves them into the four rollups. Every read adds what is
-- pending, so a figure is exact at every moment.

alter table credit_days rename to person_days;
alter table person_days rename constraint credit_days_pkey to person_days_pkey;
drop index credit_days_day;

-- What has been posted and not been folded yet. employee_id 0 = house sales; category_id 0 = all products.
create table credit_pending (
    employee_id bigint not null,
    category_id bigint not null,
    overlay boolean not null,
    day date not null,
    revenue bigint not null,
    margin bigint not null,
    units bigint not null,
    orders bigint not null,
    new_customers bigint not null
);

-- `month` is its first day.
create table person_months (
    employee_id bigint not null,
    category_id bigint not null,
    overlay boolean not null,
    month date not null,
    revenue bigint not null,
    margin bigint not null,
    units bigint not null,
    orders bigint not null,
    new_customers bigint not null,
    primary key (employee_id, category_id, overlay, month)
);

-- Direct credits of those who were members of the department itself on the day (rule 8); a department with others
-- below it is the sum of them all. department_id 0 = the company: every direct credit and every house sale.
create table department_days (
    department_id bigint not null,
    category_id bigint not null,
    day date not null,
    revenue bigint not null,
    margin bigint not null,
    units bigint not null,
    orders bigint not null,
    new_customers bigint not null,
    primary key (department_id, category_id, day)
);
create table department_months (
    department_id bigint not null,
    category_id bigint not null,
    month date not null,
    revenue bigint not null,
    margin bigint not null,
    units bigint not null,
    orders bigint not null,
    new_customers bigint not null,
    primary key (department_id, category_id, month)
);

-- Totals by person, category and day, with what is pending.
create view credit_days as
    select employee_id, category_id, overlay, day, revenue, margin, units, orders, new_customers from person_days
    union all
    select employee_id, category_id, overlay, day, revenue, margin, units, orders, new_customers from credit_pending;

-- Which department a credit counts for is decided when it is folded, and again when a membership changes. Whoever
-- does either holds this lock until the end of the transaction.
create function lock_rollups() returns void language sql volatile as $$
    select pg_advisory_xact_lock(7240115)
$$;

-- Counts the changes to the rollups, for those who show them.
create table rollup_revision (
    id smallint primary key default 1 check (id = 1),
    revision bigint not null default 0
);
insert into rollup_revision default values;

-- Moves everything pending into the rollups and answers how many rows that were. The caller holds `lock_rollups`, taken
-- in a statement before this one, so that this one sees what the last holder left.
create function fold_credits() returns bigint language sql volatile as $$
    with drained as (
        delete from credit_pending
        returning employee_id, category_id, overlay, day, revenue, margin, units, orders, new_customers
    ),
    days as (
        select employee_id, category_id, overlay, day, sum(revenue)::bigint as revenue, sum(margin)::bigint as margin,
            sum(units)::bigint as units, sum(orders)::bigint as orders, sum(new_customers)::bigint as new_customers
        from drained group by employee_id, category_id, overlay, day
    ),
    into_person_days as (
        insert into person_days as t
            (employee_id, category_id, overlay, day, revenue, margin, units, orders, new_customers)
        select employee_id, category_id, overlay, day, revenue, margin, units, orders, new_customers
        from days order by 1, 2, 3, 4
        on conflict (employee_id, category_id, overlay, day) do update set
            revenue = t.revenue + excluded.revenue, margin = t.margin + excluded.margin,
            units = t.units + excluded.units, orders = t.orders + excluded.orders,
            new_customers = t.new_customers + excluded.new_customers
    ),
    into_person_months as (
        insert into person_months as t
            (employee_id, category_id, overlay, month, revenue, margin, units, orders, new_customers)
        select employee_id, category_id, overlay, date_trunc('month', day)::date, sum(revenue), sum(margin),
            sum(units), sum(orders), sum(new_customers)
        from days group by 1, 2, 3, 4 order by 1, 2, 3, 4
        on conflict (employee_id, category_id, overlay, month) do update set
            revenue = t.revenue + excluded.revenue, margin = t.margin + excluded.margin,
            units = t.units + excluded.units, orders = t.orders + excluded.orders,
            new_customers = t.new_customers + excluded.new_customers
    ),
    owned as (
        select 0::bigint as department_id, category_id, day, revenue, margin, units, orders, new_customers
        from days where not overlay
        union all
        select m.department_id, d.category_id, d.day, d.revenue, d.margin, d.units, d.orders, d.new_customers
        from days d join memberships m on m.employee_id = d.employee_id and m.during @> d.day
        where not d.overlay
    ),
    department_sums as (
        select department_id, category_id, day, sum(revenue)::bigint as revenue, sum(margin)::bigint as margin,
            sum(units)::bigint as units, sum(orders)::bigint as orders, sum(new_customers)::bigint as new_customers
        from owned group by department_id, category_id, day
    ),
    into_department_days as (
        insert into department_days as t
            (department_id, category_id, day, revenue, margin, units, orders, new_customers)
        select department_id, category_id, day, revenue, margin, units, orders, new_customers
        from department_sums order by 1, 2, 3
        on conflict (department_id, category_id, day) do update set
            revenue = t.revenue + excluded.revenue, margin = t.margin + excluded.margin,
            units = t.units + excluded.units, orders = t.orders + excluded.orders,
            new_customers = t.new_customers + excluded.new_customers
    ),
    into_department_months as (
        insert into department_months as t
            (department_id, category_id, month, revenue, margin, units, orders, new_customers)
        select department_id, category_id, date_trunc('month', day)::date, sum(revenue), sum(margin), sum(units),
            sum(orders), sum(new_customers)
        from department_sums group by 1, 2, 3 order by 1, 2, 3
        on conflict (department_id, category_id, month) do update set
            revenue = t.revenue + excluded.revenue, margin = t.margin + excluded.margin,
            units = t.units + excluded.units, orders = t.orders + excluded.orders,
            new_customers = t.new_customers + excluded.new_customers
    ),
    counted as (
        update rollup_revision set revision = revision + 1 where exists (select from drained)
    )
    select count(*) from drained
$$;

-- Adds (sign 1) or takes off (sign -1) what a person has sold in some days, to or from a department.
create function shift_department_credits(department bigint, employee bigint, span daterange, sign integer)
returns void language sql volatile as $$
    with days as (
        select category_id, day, sign * revenue as revenue, sign * margin as margin, sign * units as units,
            sign * orders as orders, sign * new_customers as new_customers
        from person_days where employee_id = employee and not overlay and day <@ span
    ),
    by_day as (
        insert into department_days as t
            (department_id, category_id, day, revenue, margin, units, orders, new_customers)
        select department, category_id, day, revenue, margin, units, orders, new_customers from days order by 2, 3
        on conflict (department_id, category_id, day) do update set
            revenue = t.revenue + excluded.revenue, margin = t.margin + excluded.margin,
            units = t.units + excluded.units, orders = t.orders + excluded.orders,
            new_customers = t.new_customers + excluded.new_customers
    )
    insert into department_months as t
        (department_id, category_id, month, revenue, margin, units, orders, new_customers)
    select department, category_id, date_trunc('month', day)::date, sum(revenue), sum(margin), sum(units),
        sum(orders), sum(new_customers)
    from days group by 2, 3 order by 2, 3
    on conflict (department_id, category_id, month) do update set
        revenue = t.revenue + excluded.revenue, margin = t.margin + excluded.margin,
        units = t.units + excluded.units, orders = t.orders + excluded.orders,
        new_customers = t.new_customers + excluded.new_customers
$$;

-- A membership that comes, goes or changes takes its days along, whoever changes it.
create function move_department_credits() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and (old.employee_id, old.department_id, old.during)
        is not distinct from (new.employee_id, new.department_id, new.during) then
        return null;
    end if;
    perform lock_rollups();
    update rollup_revision set revision = revision + 1;
    if tg_op <> 'INSERT' then
        perform shift_department_credits(old.department_id, old.employee_id, old.during, -1);
    end if;
    if tg_op <> 'DELETE' then
        perform shift_department_credits(new.department_id, new.employee_id, new.during, 1);
    end if;
    return null;
end
$$;
create trigger memberships_move_credits after insert or update or delete on memberships
    for each row execute function move_department_credits();

-- What stands already goes the same way as everything later.
insert into credit_pending (employee_id, category_id, overlay, day, revenue, margin, units, orders, new_customers)
select employee_id, category_id, overlay, day, revenue, margin, units, orders, new_customers from person_days;
truncate person_days;
do $$ begin perform fold_credits(); end $$;
