-- What was delivered on each day, packed: figures of a whole company read one row for each day, not one for each order.
--
-- Whoever changes something that was delivered notes its day in `delivered_changes`: rows nobody else touches. The view `delivered`
-- packs those days anew for whoever reads, and all others are read as they were kept, so a figure is exact at every moment.
-- A keeper in the background packs the days that have been left alone.
set constraints all immediate;

drop index deals_delivered;
create index deals_delivered on deals (delivered_on) include (id, employee_id, customer_id, ordered_on, on_time, delivered_products)
    where delivered_on is not null and status = 'booked';

-- Whole orders, or lines by themselves. Each column holds the same things in the same order, numbers in network byte order:
--   outcomes: 12 bytes for each: days from order to delivery (4), days after what was owed (4; the least there is where nothing
--             was owed; of whole orders 1 when a line was late, else 0), how many people (2), how many products (2)
--   people: 4 bytes for each, the seller first (0 = house sale), then who shares in it
--   customers, departments (of lines alone; 0 = whoever usually delivers): 4 bytes for each
--   products: 4 bytes for each
-- Ids of people, customers, departments and products stay below 2,147,483,648.
create table delivered_days (
    day date not null,
    of_lines boolean not null,
    outcomes bytea not null,
    people bytea not null,
    customers bytea not null,
    departments bytea not null,
    products bytea not null,
    primary key (day, of_lines)
);
-- numbers that hardly repeat: to compress them costs more than it saves
alter table delivered_days alter column outcomes set storage external, alter column people set storage external,
    alter column customers set storage external, alter column departments set storage external,
    alter column products set storage external;

create table delivered_changes (
    id bigint generated always as identity primary key,
    day date not null
);
create index delivered_changes_day on delivered_changes (day);

create function pack_orders(first date, last date) returns setof delivered_days language sql stable as $$
    select o.delivered_on, false,
        string_agg(int4send(o.delivered_on - o.ordered_on)
            || int4send(case when o.on_time is null then -2147483648 when o.on_time then 0 else 1 end)
            || int2send((1 + s.number)::smallint) || int2send(coalesce(cardinality(o.delivered_products), 0)::smallint), ''::bytea),
        string_agg(int4send(coalesce(o.employee_id, 0)::integer) || s.people, ''::bytea),
        string_agg(int4send(o.customer_id::integer), ''::bytea), ''::bytea, string_agg(coalesce(p.list, ''), ''::bytea)
    from (
        select id, delivered_on, ordered_on, on_time, employee_id, customer_id, delivered_products from deals
        where delivered_on between first and last and status = 'booked' order by delivered_on, employee_id, id
    ) o
    cross join lateral (
        select coalesce(string_agg(int4send(employee_id::integer), ''::bytea order by employee_id), '') as people, count(*) as number
        from deal_shares where deal_id = o.id
    ) s
    cross join lateral (select string_agg(int4send(product::integer), ''::bytea) as list from unnest(o.delivered_products) product) p
    group by o.delivered_on
$$;

create function pack_lines(first date, last date) returns setof delivered_days language sql stable as $$
    select o.delivered_on, true,
        string_agg(int4send(o.delivered_on - o.ordered_on)
            || int4send(case when o.promised_on is null then -2147483648 else o.delivered_on - coalesce(o.owed_on, o.promised_on) end)
            || int2send((1 + s.number)::smallint) || int2send(1::smallint), ''::bytea),
        string_agg(int4send(coalesce(o.employee_id, 0)::integer) || s.people, ''::bytea),
        string_agg(int4send(o.customer_id::integer), ''::bytea),
        string_agg(int4send(coalesce(o.handler_department_id, 0)::integer), ''::bytea),
        string_agg(int4send(o.product_id::integer), ''::bytea)
    from (
        select d.id, l.delivered_on, d.ordered_on, l.promised_on, l.owed_on, d.employee_id, d.customer_id, d.handler_department_id,
            l.product_id
        from deal_lines l join deals d on d.id = l.deal_id
        where l.delivered_on between first and last and not l.removed and d.status = 'booked'
        order by l.delivered_on, d.employee_id, l.id
    ) o
    cross join lateral (
        select coalesce(string_agg(int4send(employee_id::integer), ''::bytea order by employee_id), '') as people, count(*) as number
        from deal_shares where deal_id = o.id
    ) s
    group by o.delivered_on
$$;

create view delivered as
    select k.* from delivered_days k where not exists (select from delivered_changes c where c.day = k.day)
    union all
    select c.day, false, p.outcomes, p.people, p.customers, p.departments, p.products
    from (select distinct day from delivered_changes) c cross join lateral pack_orders(c.day, c.day) p
    union all
    select c.day, true, p.outcomes, p.people, p.customers, p.departments, p.products
    from (select distinct day from delivered_changes) c cross join lateral pack_lines(c.day, c.day) p;

-- Packs the days on which nothing has changed since the change `seen`, at most `most` of them, and answers the latest change
-- there is now. Several keepers take turns: who comes second does nothing.
create function keep_delivered(seen bigint, most integer) returns bigint language plpgsql as $$
declare
    days date[];
begin
    if not pg_try_advisory_xact_lock(7240116) then
        return seen;
    end if;
    select array_agg(day) into days from (
        select day from delivered_changes group by day having max(id) <= seen order by day limit most
    ) left_alone;
    if days is not null then
        -- before the days are read: what is committed in between is read too, and what is committed later notes its day again
        delete from delivered_changes where day = any(days) and id <= seen;
        delete from delivered_days where day = any(days);
        insert into delivered_days select p.* from unnest(days) d (day) cross join lateral pack_orders(d.day, d.day) p;
        insert into delivered_days select p.* from unnest(days) d (day) cross join lateral pack_lines(d.day, d.day) p;
    end if;
    return coalesce((select max(id) from delivered_changes), seen);
end
$$;

-- Rows that are not the same before and after stand on one side more often than on the other. The plan of this is kept from the first
-- statement on, which may have changed one row; unlike a join it is as good for the many rows of an import.
create function note_delivered_orders() returns trigger language plpgsql as $$
begin
    insert into delivered_changes (day)
    select distinct c.day from (
        select id, delivered_on from (
            select id, delivered_on, on_time, delivered_products, status, ordered_on, employee_id, customer_id, handler_department_id,
                1 as side from before
            union all
            select id, delivered_on, on_time, delivered_products, status, ordered_on, employee_id, customer_id, handler_department_id,
                -1 from after
        ) both_sides
        group by id, delivered_on, on_time, delivered_products, status, ordered_on, employee_id, customer_id, handler_department_id
        having sum(side) <> 0
    ) changed
    cross join lateral (
        select changed.delivered_on as day union all select l.delivered_on from deal_lines l where l.deal_id = changed.id
    ) c
    where c.day is not null;
    return null;
end
$$;
create trigger deals_delivered_changed after update on deals referencing old table as before new table as after
    for each statement execute function note_delivered_orders();

create function note_delivered_lines() returns trigger language plpgsql as $$
begin
    insert into delivered_changes (day)
    select distinct delivered_on from (
        select id, delivered_on, removed, product_id, promised_on, owed_on, 1 as side from before where delivered_on is not null
        union all
        select id, delivered_on, removed, product_id, promised_on, owed_on, -1 from after where delivered_on is not null
    ) both_sides
    group by id, delivered_on, removed, product_id, promised_on, owed_on having sum(side) <> 0;
    return null;
end
$$;
create trigger deal_lines_delivered_changed after update on deal_lines referencing old table as before new table as after
    for each statement execute function note_delivered_lines();

create function note_delivered_shares() returns trigger language plpgsql as $$
begin
    insert into delivered_changes (day)
    select d.delivered_on from deals d where d.id = coalesce(new.deal_id, old.deal_id) and d.delivered_on is not null
    union
    select l.delivered_on from deal_lines l where l.deal_id = coalesce(new.deal_id, old.deal_id) and l.delivered_on is not null;
    return null;
end
$$;
create trigger deal_shares_delivered_changed after insert or update or delete on deal_shares
    for each row execute function note_delivered_shares();

-- Orders and lines that come delivered.
create function note_delivered() returns trigger language plpgsql as $$
begin
    insert into delivered_changes (day) values (new.delivered_on);
    return null;
end
$$;
create trigger deals_come_delivered after insert on deals for each row when (new.delivered_on is not null)
    execute function note_delivered();
create trigger deal_lines_come_delivered after insert on deal_lines for each row when (new.delivered_on is not null)
    execute function note_delivered();

insert into delivered_days select * from pack_orders('-infinity', 'infinity');
insert into delivered_days select * from pack_lines('-infinity', 'infinity');
