-- Whatever figures of the process are counted of is packed by day in one way: what was delivered (orders, lines), what was opened, won
-- and lost, and the scores that customers gave. And each month of packed days is counted, so that figures of long spans, and of very
-- many events, read a few rows that hardly grow with them.
set constraints all immediate;

drop view delivered;
drop function keep_delivered, pack_orders, pack_lines;
alter table delivered_days rename to packed_days;
alter table packed_days add column what text;
update packed_days set what = case when of_lines then 'lines' else 'orders' end;
alter table packed_days alter column what set not null, drop constraint delivered_days_pkey, drop column of_lines;
alter table packed_days add primary key (what, day);
alter table delivered_changes rename to packed_changes;
alter table packed_changes add column what text;
insert into packed_changes (day, what) select distinct day, 'lines' from packed_changes;
update packed_changes set what = 'orders' where what is null;
alter table packed_changes alter column what set not null;
drop index delivered_changes_day;
create index packed_changes_day on packed_changes (what, day);

create index follow_ups_scored on follow_ups (done_on) where score is not null;
create index feedback_links_call on feedback_links (follow_up_id) where follow_up_id is not null;

-- The columns of `packed_days` are described where it was made as `delivered_days`. Of others than orders and lines, an outcome holds
-- first: of what was opened, how far it came (its place among the stages in use, 0 once it is an order that stands); of what was won
-- or lost, the days since it was opened; of scores, the score.
create function pack_orders(first date, last date) returns setof packed_days language sql stable as $$
    select o.delivered_on,
        string_agg(int4send(o.delivered_on - o.ordered_on)
            || int4send(case when o.on_time is null then -2147483648 when o.on_time then 0 else 1 end)
            || int2send((1 + s.number)::smallint) || int2send(coalesce(cardinality(o.delivered_products), 0)::smallint), ''::bytea),
        string_agg(int4send(coalesce(o.employee_id, 0)::integer) || s.people, ''::bytea),
        string_agg(int4send(o.customer_id::integer), ''::bytea), ''::bytea, string_agg(coalesce(p.list, ''), ''::bytea), 'orders'
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

create function pack_lines(first date, last date) returns setof packed_days language sql stable as $$
    select o.delivered_on,
        string_agg(int4send(o.delivered_on - o.ordered_on)
            || int4send(case when o.promised_on is null then -2147483648 else o.delivered_on - coalesce(o.owed_on, o.promised_on) end)
            || int2send((1 + s.number)::smallint) || int2send(1::smallint), ''::bytea),
        string_agg(int4send(coalesce(o.employee_id, 0)::integer) || s.people, ''::bytea),
        string_agg(int4send(o.customer_id::integer), ''::bytea),
        string_agg(int4send(coalesce(o.handler_department_id, 0)::integer), ''::bytea),
        string_agg(int4send(o.product_id::integer), ''::bytea), 'lines'
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

-- Of open deals one product counts once, in however many lines.
create function pack_opened(first date, last date) returns setof packed_days language sql stable as $$
    select o.opened_on,
        string_agg(int4send(case when o.state = 'won' and o.status = 'booked' then 0 else coalesce(greatest(
                array_position(s.active, o.stage_id),
                (select max(array_position(s.active, m.stage_id)) from opportunity_moves m where m.opportunity_id = o.id)
            ), 1) end)
            || int4send(-2147483648) || int2send(1::smallint) || int2send(p.number::smallint), ''::bytea),
        string_agg(int4send(coalesce(o.employee_id, 0)::integer), ''::bytea),
        string_agg(int4send(coalesce(o.customer_id, 0)::integer), ''::bytea), ''::bytea, string_agg(p.list, ''::bytea), 'opened'
    from (
        select o.id, o.opened_on, o.state, o.stage_id, o.employee_id, o.customer_id, d.status
        from opportunities o left join deals d on d.id = o.deal_id
        where o.opened_on between first and last order by o.opened_on, o.employee_id, o.id
    ) o
    cross join (select array_agg(id order by place, id) as active from stages where retired_at is null) s
    cross join lateral (
        select coalesce(string_agg(int4send(product_id::integer), ''::bytea), '') as list, count(*) as number
        from (select distinct product_id from opportunity_lines where opportunity_id = o.id) p
    ) p
    group by o.opened_on
$$;

create function pack_closed(how text, first date, last date) returns setof packed_days language sql stable as $$
    select o.closed_on,
        string_agg(int4send(o.closed_on - o.opened_on)
            || int4send(-2147483648) || int2send(1::smallint) || int2send(p.number::smallint), ''::bytea),
        string_agg(int4send(coalesce(o.employee_id, 0)::integer), ''::bytea),
        string_agg(int4send(coalesce(o.customer_id, 0)::integer), ''::bytea), ''::bytea, string_agg(p.list, ''::bytea), how
    from (
        select o.id, o.opened_on, o.closed_on, o.employee_id, o.customer_id
        from opportunities o left join deals d on d.id = o.deal_id
        where o.closed_on between first and last and o.state = how and o.state <> 'open' and (o.state = 'lost' or d.status = 'booked')
        order by o.closed_on, o.employee_id, o.id
    ) o
    cross join lateral (
        select coalesce(string_agg(int4send(product_id::integer), ''::bytea), '') as list, count(*) as number
        from (select distinct product_id from opportunity_lines where opportunity_id = o.id) p
    ) p
    group by o.closed_on
$$;

-- Of an order, or a call about none, one score counts: what the customer said last, or else what somebody heard last.
create function pack_scores(first date, last date) returns setof packed_days language sql stable as $$
    select e.day,
        string_agg(int4send(e.score) || int4send(-2147483648) || int2send(1::smallint) || int2send(p.number::smallint), ''::bytea),
        string_agg(int4send(coalesce(e.person, 0)::integer), ''::bytea),
        string_agg(int4send(coalesce(e.customer, 0)::integer), ''::bytea), ''::bytea, string_agg(p.list, ''::bytea), 'scores'
    from (
        select * from (
            select f.answered_on as day, f.score, coalesce(d.employee_id, l.owner_id) as person, l.customer_id as customer, l.deal_id
            from feedback f join feedback_links l on l.id = f.link_id left join deals d on d.id = l.deal_id
            where f.answered_on between first and last and l.opportunity_id is null
                and not exists (select from feedback_links n where n.deal_id = l.deal_id and n.answered_at > l.answered_at)
            union all
            select x.done_on, x.score, coalesce(d.employee_id, x.owner_id), x.customer_id, x.deal_id
            from follow_ups x left join deals d on d.id = x.deal_id
            where x.done_on between first and last and x.score is not null
                and not exists (select from feedback_links l where l.answered_at is not null and l.deal_id = x.deal_id)
                and not exists (select from feedback_links l where l.answered_at is not null and x.deal_id is null
                    and l.follow_up_id = x.id)
                and not exists (select from follow_ups n where n.deal_id = x.deal_id and n.score is not null
                    and (n.done_on, n.id) > (x.done_on, x.id))
        ) given order by day, person, customer, deal_id, score
    ) e
    cross join lateral (
        select coalesce(string_agg(int4send(product_id::integer), ''::bytea), '') as list, count(*) as number
        from (select distinct product_id from deal_lines where deal_id = e.deal_id and not removed) p
    ) p
    group by e.day
$$;

-- Days of a kind. Not inlined where it is called: whoever reads would plan all of them to read one.
create function pack(kind text, first date, last date) returns setof packed_days language plpgsql stable as $$
begin
    case kind
        when 'orders' then return query select * from pack_orders(first, last);
        when 'lines' then return query select * from pack_lines(first, last);
        when 'opened' then return query select * from pack_opened(first, last);
        when 'scores' then return query select * from pack_scores(first, last);
        else return query select * from pack_closed(kind, first, last);
    end case;
end
$$;

-- Every day as it is: those that were noted are packed anew for whoever reads.
create view packed as
    select k.* from packed_days k
    where not exists (select from packed_changes c where c.what = k.what and c.day = k.day)
    union all
    select c.day, p.outcomes, p.people, p.customers, p.departments, p.products, c.what
    from (select distinct day, what from packed_changes) c cross join lateral pack(c.what, c.day, c.day) p;

-- Packs the days on which nothing has changed since the change `seen`, at most `most` of them, and answers the latest change
-- there is now. Several keepers take turns: who comes second does nothing.
create function keep_packed(seen bigint, most integer) returns bigint language plpgsql as $$
declare
    days date[];
    whats text[];
begin
    if not pg_try_advisory_xact_lock(7240116) then
        return seen;
    end if;
    select array_agg(day), array_agg(what) into days, whats from (
        select day, what from packed_changes group by day, what having max(id) <= seen order by day, what limit most
    ) left_alone;
    if days is not null then
        -- before the days are read: what is committed in between is read too, and what is committed later notes its day again
        delete from packed_changes c using unnest(days, whats) d (day, what)
        where c.day = d.day and c.what = d.what and c.id <= seen;
        delete from packed_days k using unnest(days, whats) d (day, what) where k.day = d.day and k.what = d.what;
        insert into packed_days select p.* from unnest(days, whats) d (day, what) cross join lateral pack(d.what, d.day, d.day) p;
    end if;
    return coalesce((select max(id) from packed_changes), seen);
end
$$;

-- Days of the scores that one of them may be counted instead of: of an order, or of a call.
create function score_days(of_deal bigint, of_call bigint) returns setof date language sql stable as $$
    select f.answered_on from feedback_links l join feedback f on f.link_id = l.id where l.deal_id = of_deal
    union all
    select f.answered_on from feedback_links l join feedback f on f.link_id = l.id where l.follow_up_id = of_call
    union all
    select done_on from follow_ups where deal_id = of_deal and score is not null
    union all
    select done_on from follow_ups where id = of_call and score is not null
$$;

create or replace function note_delivered_orders() returns trigger language plpgsql as $$
begin
    insert into packed_changes (day, what)
    select distinct c.day, c.what from (
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
        select changed.delivered_on as day, 'orders' as what
        union all select l.delivered_on, 'lines' from deal_lines l where l.deal_id = changed.id
    ) c
    where c.day is not null;
    return null;
end
$$;
create or replace function note_delivered_lines() returns trigger language plpgsql as $$
begin
    insert into packed_changes (day, what)
    select distinct delivered_on, 'lines' from (
        select id, delivered_on, removed, product_id, promised_on, owed_on, 1 as side from before where delivered_on is not null
        union all
        select id, delivered_on, removed, product_id, promised_on, owed_on, -1 from after where delivered_on is not null
    ) both_sides
    group by id, delivered_on, removed, product_id, promised_on, owed_on having sum(side) <> 0;
    return null;
end
$$;
create or replace function note_delivered_shares() returns trigger language plpgsql as $$
begin
    insert into packed_changes (day, what)
    select d.delivered_on, 'orders' from deals d where d.id = coalesce(new.deal_id, old.deal_id) and d.delivered_on is not null
    union
    select l.delivered_on, 'lines' from deal_lines l where l.deal_id = coalesce(new.deal_id, old.deal_id) and l.delivered_on is not null;
    return null;
end
$$;
create or replace function note_delivered() returns trigger language plpgsql as $$
begin
    insert into packed_changes (day, what)
    values (new.delivered_on, case tg_table_name when 'deals' then 'orders' else 'lines' end);
    return null;
end
$$;

-- An order that stands no more is won no more, and a score is of whoever sold, and of the products that were sold: whoever changes
-- the lines of an order counts up its version.
create function note_of_order() returns trigger language plpgsql as $$
begin
    insert into packed_changes (day, what)
    select o.opened_on, 'opened' from opportunities o where o.deal_id = new.id
    union all select o.closed_on, o.state from opportunities o where o.deal_id = new.id and o.state <> 'open'
    union all select day, 'scores' from score_days(new.id, null) day;
    return null;
end
$$;
create trigger deals_opened_and_scored after update of version, status, employee_id on deals for each row
    when ((old.version, old.status, old.employee_id) is distinct from (new.version, new.status, new.employee_id))
    execute function note_of_order();

create function note_opportunity() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' then
        insert into packed_changes (day, what)
        select old.opened_on, 'opened' union all select old.closed_on, old.state where old.state <> 'open';
    end if;
    if tg_op <> 'DELETE' then
        insert into packed_changes (day, what)
        select new.opened_on, 'opened' union all select new.closed_on, new.state where new.state <> 'open';
    end if;
    return null;
end
$$;
create trigger opportunities_come_and_go after insert or delete on opportunities for each row execute function note_opportunity();
create trigger opportunities_change after update on opportunities for each row
    when ((old.opened_on, old.closed_on, old.state, old.stage_id, old.employee_id, old.customer_id, old.deal_id)
        is distinct from (new.opened_on, new.closed_on, new.state, new.stage_id, new.employee_id, new.customer_id, new.deal_id))
    execute function note_opportunity();

create function note_of_opportunity() returns trigger language plpgsql as $$
begin
    insert into packed_changes (day, what)
    select o.opened_on, 'opened' from opportunities o where o.id = coalesce(new.opportunity_id, old.opportunity_id)
    union all
    select o.closed_on, o.state from opportunities o
    where o.id = coalesce(new.opportunity_id, old.opportunity_id) and o.state <> 'open';
    return null;
end
$$;
create trigger opportunity_lines_change after insert or update or delete on opportunity_lines
    for each row execute function note_of_opportunity();
create trigger opportunity_moves_change after insert or update or delete on opportunity_moves
    for each row execute function note_of_opportunity();

-- How far an open deal came depends on which stages there are.
create function note_stages() returns trigger language plpgsql as $$
begin
    insert into packed_changes (day, what) select distinct opened_on, 'opened' from opportunities;
    return null;
end
$$;
create trigger stages_come_and_go after insert or delete on stages for each statement execute function note_stages();
create trigger stages_change after update of place, retired_at on stages for each statement execute function note_stages();

create function note_follow_up() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' then
        insert into packed_changes (day, what)
        select old.done_on, 'scores' where old.score is not null
        union all select day, 'scores' from score_days(old.deal_id, old.id) day;
    end if;
    if tg_op <> 'DELETE' then
        insert into packed_changes (day, what) select day, 'scores' from score_days(new.deal_id, new.id) day;
    end if;
    return null;
end
$$;
create trigger follow_ups_come_scored after insert on follow_ups for each row when (new.score is not null)
    execute function note_follow_up();
create trigger follow_ups_go_scored after delete on follow_ups for each row when (old.score is not null)
    execute function note_follow_up();
create trigger follow_ups_change_scored after update of score, done_on, owner_id, customer_id, deal_id on follow_ups for each row
    when (old.score is not null or new.score is not null) execute function note_follow_up();

create function note_feedback() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' then
        insert into packed_changes (day, what) values (old.answered_on, 'scores');
    end if;
    insert into packed_changes (day, what)
    select day, 'scores' from feedback_links l cross join lateral score_days(l.deal_id, l.follow_up_id) day
    where l.id = coalesce(new.link_id, old.link_id);
    return null;
end
$$;
create trigger feedback_changes after insert or update or delete on feedback for each row execute function note_feedback();

create function note_feedback_link() returns trigger language plpgsql as $$
begin
    insert into packed_changes (day, what)
    select day, 'scores' from score_days(old.deal_id, old.follow_up_id) day
    union select day, 'scores' from score_days(new.deal_id, new.follow_up_id) day;
    return null;
end
$$;
create trigger feedback_links_change after update on feedback_links for each row
    when ((old.answered_at, old.deal_id, old.follow_up_id, old.opportunity_id, old.owner_id, old.customer_id)
        is distinct from (new.answered_at, new.deal_id, new.follow_up_id, new.opportunity_id, new.owner_id, new.customer_id))
    execute function note_feedback_link();

-- A row is what the days of a month in `packed_days` come to, added up by some of their columns; `process::packed::months` writes
-- and reads it. It goes as soon as one of its days is packed anew, and a keeper counts the month again. Days that are noted in
-- `packed_changes` are in it as they were kept: whoever reads takes them off as they were and adds them as they are.
create table packed_months (
    month date not null,
    what text not null,
    -- people, customers, departments, products, or people with one of the others
    counted_by text not null,
    -- the first and the last of its days on which something happened
    first date not null,
    last date not null,
    groups bytea not null,
    primary key (what, counted_by, month)
);
alter table packed_months alter column groups set storage external;

create function forget_packed_months() returns trigger language plpgsql as $$
begin
    delete from packed_months where (month, what) in (select date_trunc('month', day)::date, what from changed);
    return null;
end
$$;
create trigger packed_days_come after insert on packed_days referencing new table as changed
    for each statement execute function forget_packed_months();
create trigger packed_days_go after delete on packed_days referencing old table as changed
    for each statement execute function forget_packed_months();
create trigger packed_days_differ after update on packed_days referencing old table as changed
    for each statement execute function forget_packed_months();

-- What stands already
insert into packed_days
select p.* from unnest(array['opened', 'won', 'lost', 'scores']) kind cross join lateral pack(kind, '-infinity', 'infinity') p;
