-- What is still to be delivered is found and counted by indexes alone: each open order says by when something of it is owed, and each
-- open line how far its order has come. What follows from lines and deliveries is worked out in parts, so that each can be replaced
-- by itself.
set constraints all immediate;

alter table deals
    -- the earliest day that something open is owed by; null where no date was given, and once nothing is open
    add column due_on date,
    -- whether something open was given a later day than the one it is owed by
    add column slipped boolean not null default false,
    -- whether something open has no date
    add column undated boolean not null default true;

alter table deal_lines
    -- of what is open: its order is being made, or ready to be taken to the customer, or does not stand any more
    add column stage text not null default 'making' check (stage in ('making', 'ready', 'off'));

-- What was cancelled is part of the line as it is now, also where its price was changed since.
create function settle_cancelled(changed bigint[]) returns void language plpgsql volatile as $$
begin
    with cancelled as (
        select r.id, l.amount, l.cost, l.quantity as pieces, r.quantity,
            l.quantity - sum(r.quantity) over (partition by r.line_id order by r.id) as rest
        from deal_returns r join deal_lines l on l.id = r.line_id
        where l.deal_id = any(changed) and l.cancelled > 0 and r.kind = 'cancellation'
    ),
    worth as (
        select id, portion(amount, (rest + quantity)::bigint, pieces) - portion(amount, rest::bigint, pieces) as amount,
            portion(cost, (rest + quantity)::bigint, pieces) - portion(cost, rest::bigint, pieces) as cost
        from cancelled
    )
    update deal_returns r set amount = w.amount, cost = w.cost from worth w
    where r.id = w.id and (r.amount, r.cost) is distinct from (w.amount, w.cost);
end
$$;

-- When each line was wholly delivered.
create function settle_lines(changed bigint[]) returns void language plpgsql volatile as $$
begin
    with brought as (
        select l.id, sum(v.quantity) as quantity, max(v.delivered_on) as last_on, l.quantity - l.cancelled as wanted
        from deal_lines l join deliveries v on v.line_id = l.id where l.deal_id = any(changed) group by l.id
    )
    update deal_lines l set delivered_on = case when b.quantity >= b.wanted then b.last_on end from brought b
    where l.id = b.id and l.delivered_on is distinct from case when b.quantity >= b.wanted then b.last_on end;
end
$$;

-- How far each order has come, when the whole was delivered, whether it was on time, and what is still owed of it. Whoever has a date
-- for all that is open has it confirmed. An order of which every piece was cancelled, or that never had any, is closed, and so is
-- one that the customer cancelled.
create function settle_states(changed bigint[]) returns void language plpgsql volatile as $$
begin
    with line as (
        select l.deal_id, l.product_id, l.promised_on, l.owed_on, l.delivered_on, coalesce(l.owed_on, l.promised_on) as due,
            l.delivered_on is not null or exists (select from deliveries v where v.line_id = l.id) as begun
        from deal_lines l where l.deal_id = any(changed) and not l.removed and l.quantity > l.cancelled
    ),
    found as (
        select d.id, d.status = 'booked' as stands, count(n.deal_id) as lines,
            case when count(*) filter (where n.delivered_on is null) = 0 then max(n.delivered_on) end as delivered_on,
            bool_and(n.delivered_on <= n.due) filter (where n.due is not null) as on_time,
            array_agg(distinct n.product_id order by n.product_id) as products, coalesce(bool_or(n.begun), false) as begun,
            case when d.handling = 'received' and bool_and(n.promised_on is not null) filter (where n.delivered_on is null)
                then 'confirmed' else d.handling end as handling,
            min(n.due) filter (where n.delivered_on is null) as due_on,
            bool_or(n.owed_on < n.promised_on) filter (where n.delivered_on is null) as slipped,
            bool_or(n.promised_on is null) filter (where n.delivered_on is null) as undated
        from deals d left join line n on n.deal_id = d.id where d.id = any(changed) group by d.id
    ),
    placed as (
        select *, case when delivered_on is not null then 'delivered' when lines = 0 or not stands then 'closed'
            when begun then 'partly_delivered' else handling end as order_state
        from found
    ),
    settled as (
        select id, handling, delivered_on, case when delivered_on is not null then on_time end as on_time,
            case when delivered_on is not null then products end as delivered_products, order_state,
            case when is_open then due_on end as due_on, is_open and coalesce(slipped, false) as slipped,
            is_open and coalesce(undated, false) as undated
        from (select *, order_state not in ('delivered', 'closed') as is_open from placed) placed
    )
    update deals d set handling = s.handling, delivered_on = s.delivered_on, on_time = s.on_time, order_state = s.order_state,
        delivered_products = s.delivered_products, due_on = s.due_on, slipped = s.slipped, undated = s.undated
    from settled s where d.id = s.id
        and (d.handling, d.delivered_on, d.on_time, d.order_state, d.delivered_products, d.due_on, d.slipped, d.undated)
        is distinct from
        (s.handling, s.delivered_on, s.on_time, s.order_state, s.delivered_products, s.due_on, s.slipped, s.undated);

    with placed as (
        select id, case when status <> 'booked' then 'off' when order_state in ('ready', 'partly_delivered') then 'ready'
            else 'making' end as stage
        from deals where id = any(changed)
    )
    update deal_lines l set stage = p.stage from placed p
    where l.deal_id = p.id and l.delivered_on is null and l.stage <> p.stage;
end
$$;

-- The fact that goals for deliveries on time are measured by. An order that is late and not delivered counts as late from the day
-- after it was owed.
create function settle_on_time(changed bigint[], today date, at timestamptz) returns void language plpgsql volatile as $$
declare
    noted bigint[];
begin
    with outcome as (
        select d.id, coalesce(d.handler_department_id, (select min(p.id) from departments p where p.kind = 'delivery'),
                (select min(p.id) from departments p where p.kind = 'production')) as department,
            coalesce(d.delivered_on, due.day + 1) as day, coalesce(d.on_time, false) as on_time,
            coalesce(d.status = 'booked' and (d.on_time is not null or d.delivered_on is null and due.day < today), false) as counts
        from deals d cross join lateral (
            select min(coalesce(l.owed_on, l.promised_on)) as day from deal_lines l
            where l.deal_id = d.id and not l.removed and l.quantity > l.cancelled
                and (l.delivered_on is null or d.delivered_on is not null)
        ) due where d.id = any(changed)
    ),
    stored as (
        insert into facts as f (source, fact_no, metric, department_id, day, part, whole, recorded_at)
        select 'process', 'order-' || id, 'on_time_delivery', department, day, on_time::int, 1, at from outcome
        where counts and department is not null and day <= today
        on conflict (source, fact_no) do update set department_id = excluded.department_id, day = excluded.day, part = excluded.part,
            removed_at = null, version = f.version + 1
        where (f.department_id, f.day, f.part, f.removed_at) is distinct from
            (excluded.department_id, excluded.day, excluded.part, null::timestamptz)
        returning id
    ),
    gone as (
        update facts f set removed_at = at, version = version + 1 from outcome o
        where not o.counts and f.source = 'process' and f.fact_no = 'order-' || o.id and f.removed_at is null returning f.id
    )
    select array_agg(id) into noted from (select id from stored union all select id from gone) ids;
    if noted is not null then
        perform post_facts(noted, at);
    end if;
end
$$;

-- Works out what follows from lines and deliveries of some orders.
create or replace function settle_orders(changed bigint[], today date, at timestamptz) returns void language plpgsql volatile as $$
begin
    -- for a few orders the plan that is kept is best; thousands, as an import brings them, need one that knows how many there are
    if cardinality(changed) > 100 then
        perform set_config('plan_cache_mode', 'force_custom_plan', true);
    end if;
    perform settle_cancelled(changed);
    perform settle_lines(changed);
    perform settle_states(changed);
    perform settle_on_time(changed, today, at);
    perform set_config('plan_cache_mode', 'auto', true);
end
$$;

-- What stands already; that what was delivered stays as it is need not be noted.
alter table deals disable trigger user;
alter table deal_lines disable trigger user;
update deals d set due_on = w.due_on, slipped = coalesce(w.slipped, false), undated = coalesce(w.undated, false)
from (
    select l.deal_id, min(coalesce(l.owed_on, l.promised_on)) as due_on, bool_or(l.owed_on < l.promised_on) as slipped,
        bool_or(l.promised_on is null) as undated
    from deal_lines l where l.delivered_on is null and not l.removed and l.quantity > l.cancelled group by l.deal_id
) w
where w.deal_id = d.id and d.status = 'booked' and d.order_state not in ('delivered', 'closed');
update deals set undated = false where status <> 'booked' or order_state in ('delivered', 'closed');
update deal_lines l set stage = case when d.status <> 'booked' then 'off' else 'ready' end
from deals d
where d.id = l.deal_id and l.delivered_on is null and (d.status <> 'booked' or d.order_state in ('ready', 'partly_delivered'));
alter table deals enable trigger user;
alter table deal_lines enable trigger user;

-- open orders that are owed by a day, and those without any date
create index deals_due on deals (due_on, ordered_on, id) include (slipped, order_state, customer_id, employee_id)
    where due_on is not null and order_state not in ('delivered', 'closed') and status = 'booked';
create index deals_due_seller on deals (employee_id)
    where due_on is not null and order_state not in ('delivered', 'closed') and status = 'booked';
create index deals_open_seller on deals (employee_id, ordered_on)
    where due_on is null and order_state not in ('delivered', 'closed') and status = 'booked';
drop index deals_open;
create index deals_open on deals (ordered_on, id) include (due_on, undated, customer_id, employee_id)
    where order_state not in ('delivered', 'closed') and status = 'booked';

drop index deal_lines_waiting;
create index deal_lines_waiting on deal_lines (coalesce(owed_on, promised_on), id) include (owed_on, promised_on, stage, deal_id)
    where delivered_on is null and promised_on is not null and not removed and quantity > cancelled and stage <> 'off';
create index deal_lines_slipped on deal_lines (coalesce(owed_on, promised_on), id) include (owed_on, promised_on, stage, deal_id)
    where delivered_on is null and owed_on < promised_on and not removed and quantity > cancelled and stage <> 'off';
