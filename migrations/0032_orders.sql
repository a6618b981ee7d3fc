-- Orders on their way to the customer: how far they have come, what was promised and what became of each promise, what was
-- delivered when, what came back and why.
set constraints all immediate;

alter table deals
    -- how far people have taken it: received, confirmed, in production, ready
    add column handling text not null default 'received' check (handling in ('received', 'confirmed', 'in_production', 'ready')),
    -- worked out from handling and deliveries by settle_orders
    add column order_state text not null default 'received'
        check (order_state in ('received', 'confirmed', 'in_production', 'ready', 'partly_delivered', 'delivered')),
    -- the day the last of it was delivered, and whether every line came when it was owed; worked out
    add column delivered_on date,
    add column on_time boolean,
    -- who answers for it now; the departments of the first kind where none is named
    add column handler_department_id bigint references departments,
    add column handler_id bigint references employees,
    add column cancel_cause text check (cancel_cause in ('product', 'price', 'delivery_time', 'service', 'wrong_item', 'damaged',
        'no_need', 'other'));
create index deals_open on deals (ordered_on, id) where order_state <> 'delivered' and status = 'booked';
create index deals_delivered on deals (delivered_on) where delivered_on is not null;

alter table deal_lines
    -- what the customer asked for; promised_on is the confirmed date as it is now
    add column requested_on date,
    -- the date that counts for being on time when it is not promised_on: the first promise, moved only by the customer's wish
    add column owed_on date;
create index deal_lines_waiting on deal_lines (coalesce(owed_on, promised_on), id)
    where delivered_on is null and promised_on is not null and not removed;

-- Who else should know what happens to a customer's orders.
alter table customers add column owner_id bigint references employees;

-- Part of a line that was cancelled before it was delivered is posted like a return, and why is known for both.
alter table deal_returns
    add column kind text not null default 'return' check (kind in ('return', 'cancellation')),
    add column cause text not null default 'other' check (cause in ('product', 'price', 'delivery_time', 'service', 'wrong_item',
        'damaged', 'no_need', 'other'));

-- What was taken to the customer of a line, and when.
create table deliveries (
    id bigint generated always as identity primary key,
    line_id bigint not null references deal_lines,
    delivered_on date not null,
    quantity bigint not null check (quantity > 0),
    recorded_by bigint references users,
    recorded_at timestamptz not null
);
create index deliveries_line on deliveries (line_id);

-- The promise trail: every date that was given for a line, why it was changed, who answers for that, and who told the customer.
create table promises (
    id bigint generated always as identity primary key,
    line_id bigint not null references deal_lines,
    number integer not null,
    -- null on the first
    from_on date,
    to_on date not null,
    cause text not null check (cause in ('first', 'customer', 'material', 'capacity', 'quality', 'transport', 'planning', 'selling',
        'other')),
    -- the department that answers for the change; nobody for the first and for the customer's own wish
    department_id bigint references departments,
    note text not null default '',
    -- who has told the customer, and when; nobody yet
    told_by bigint references employees,
    told_on date,
    -- the business day it was given, for sums by day
    changed_on date not null,
    promised_by bigint references users,
    promised_at timestamptz not null,
    constraint promises_number_key unique (line_id, number),
    check ((cause = 'first') = (from_on is null)),
    check ((told_by is null) = (told_on is null))
);
create index promises_day on promises (changed_on);
create index promises_department on promises (department_id) where department_id is not null;

-- Every step that people took with an order.
create table order_steps (
    id bigint generated always as identity primary key,
    deal_id bigint not null references deals,
    step text not null,
    handling text not null,
    taken_by bigint references users,
    taken_at timestamptz not null,
    note text not null default ''
);
create index order_steps_deal on order_steps (deal_id);

-- Works out what follows from lines and deliveries of some orders: when each line and the whole was delivered, how far the order
-- has come, whether it was on time, and the fact that goals for deliveries on time are measured by. An order that is late and
-- not delivered counts as late from the day after it was owed.
create function settle_orders(changed bigint[], today date, at timestamptz) returns void language plpgsql volatile as $$
declare
    noted bigint[];
begin
    with brought as (
        select l.id, sum(v.quantity) as quantity, max(v.delivered_on) as last_on,
            l.quantity - coalesce((select sum(r.quantity) from deal_returns r where r.line_id = l.id and r.kind = 'cancellation'), 0)
                as wanted
        from deal_lines l join deliveries v on v.line_id = l.id where l.deal_id = any(changed) group by l.id
    )
    update deal_lines l set delivered_on = case when b.quantity >= b.wanted then b.last_on end from brought b
    where l.id = b.id and l.delivered_on is distinct from case when b.quantity >= b.wanted then b.last_on end;

    with line as (
        select l.deal_id, l.delivered_on, coalesce(l.owed_on, l.promised_on) as due,
            l.delivered_on is not null or exists (select from deliveries v where v.line_id = l.id) as begun
        from deal_lines l where l.deal_id = any(changed) and not l.removed and l.quantity > coalesce(
            (select sum(r.quantity) from deal_returns r where r.line_id = l.id and r.kind = 'cancellation'), 0)
    ),
    found as (
        select d.id, case when count(*) filter (where n.delivered_on is null) = 0 and count(n.deal_id) > 0 then max(n.delivered_on) end
                as delivered_on,
            bool_and(n.delivered_on <= n.due) filter (where n.due is not null) as on_time,
            coalesce(bool_or(n.begun), false) as begun
        from deals d left join line n on n.deal_id = d.id where d.id = any(changed) group by d.id
    )
    update deals d set delivered_on = f.delivered_on, on_time = case when f.delivered_on is not null then f.on_time end,
        order_state = case when f.delivered_on is not null then 'delivered' when f.begun then 'partly_delivered' else d.handling end
    from found f where d.id = f.id and (d.delivered_on, d.on_time, d.order_state) is distinct from (f.delivered_on,
        case when f.delivered_on is not null then f.on_time end,
        case when f.delivered_on is not null then 'delivered' when f.begun then 'partly_delivered' else d.handling end);

    with outcome as (
        select d.id, coalesce(d.handler_department_id, (select min(p.id) from departments p where p.kind = 'delivery')) as department,
            coalesce(d.delivered_on, due.day + 1) as day, coalesce(d.on_time, false) as on_time,
            d.status = 'booked' and (d.on_time is not null or d.delivered_on is null and due.day < today) as counts
        from deals d cross join lateral (
            select min(coalesce(l.owed_on, l.promised_on)) as day from deal_lines l
            where l.deal_id = d.id and not l.removed and (l.delivered_on is null or d.delivered_on is not null)
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

-- What was delivered before this was kept.
update deals d set order_state = 'delivered', delivered_on = found.last_on, on_time = found.on_time from (
    select l.deal_id, max(l.delivered_on) as last_on, bool_and(l.delivered_on <= l.promised_on) filter (where l.promised_on is not null)
        as on_time
    from deal_lines l where not l.removed group by l.deal_id having bool_and(l.delivered_on is not null)
) found where d.id = found.deal_id;
