-- Orders on their way to the customer: how far they have come, what was promised and what became of each promise, what was
-- delivered when, what came back and why.
set constraints all immediate;

alter table deals
    -- how far people have taken it: received, confirmed, in production, ready
    add column handling text not null default 'received' check (handling in ('received', 'confirmed', 'in_production', 'ready')),
    -- worked out from handling and deliveries by settle_orders
    add column order_state text not null default 'received'
        check (order_state in ('received', 'confirmed', 'in_production', 'ready', 'partly_delivered', 'delivered', 'closed')),
    -- the day the last of it was delivered, and whether every line came when it was owed; worked out
    add column delivered_on date,
    add column on_time boolean,
    -- who answers for it now; the departments of the first kind where none is named
    add column handler_department_id bigint references departments,
    add column handler_id bigint references employees,
    add column cancel_cause text check (cancel_cause in ('product', 'price', 'delivery_time', 'service', 'wrong_item', 'damaged',
        'no_need', 'other'));
create index deals_open on deals (ordered_on, id) where order_state not in ('delivered', 'closed') and status = 'booked';
create index deals_handler on deals (handler_id) where handler_id is not null;
-- with what figures of deliveries ask for, so that they are read from the index alone
create index deals_delivered on deals (delivered_on) include (employee_id, customer_id, ordered_on, on_time)
    where delivered_on is not null and status = 'booked';

alter table deal_lines
    -- what the customer asked for; promised_on is the confirmed date as it is now
    add column requested_on date,
    -- the date that counts for being on time when it is not promised_on: the first promise, moved only by the customer's wish
    add column owed_on date,
    -- pieces that are not wanted any more and will not be delivered: the sum of what was cancelled of it
    add column cancelled bigint not null default 0;
create index deal_lines_waiting on deal_lines (coalesce(owed_on, promised_on), id)
    where delivered_on is null and promised_on is not null and not removed and quantity > cancelled;

-- Who else should know what happens to a customer's orders.
alter table customers add column owner_id bigint references employees;
create index customers_owner on customers (owner_id) where owner_id is not null;

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

-- What `part` of `pieces` are of a whole, when it is divided between them and the rest by largest remainder; a tie goes to the part.
create function portion(whole bigint, part bigint, pieces bigint) returns bigint language sql immutable as $$
    select case when part >= pieces then whole
        else (sign(whole) * div(abs(whole)::numeric * greatest(part, 0) * 2 + greatest(pieces, 1), greatest(pieces, 1)::numeric * 2))::bigint
        end
$$;

-- Works out what follows from lines and deliveries of some orders: when each line and the whole was delivered, how far the order
-- has come, whether it was on time, and the fact that goals for deliveries on time are measured by. An order that is late and
-- not delivered counts as late from the day after it was owed. One of which every piece was cancelled, or that never had any,
-- is closed and counts nowhere, and so is one that the customer cancelled. Whoever has a date for all that is open has it confirmed.
create function settle_orders(changed bigint[], today date, at timestamptz) returns void language plpgsql volatile as $$
declare
    noted bigint[];
begin
    -- what was cancelled is part of the line as it is now, also where its price was changed since
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

    with brought as (
        select l.id, sum(v.quantity) as quantity, max(v.delivered_on) as last_on, l.quantity - l.cancelled as wanted
        from deal_lines l join deliveries v on v.line_id = l.id where l.deal_id = any(changed) group by l.id
    )
    update deal_lines l set delivered_on = case when b.quantity >= b.wanted then b.last_on end from brought b
    where l.id = b.id and l.delivered_on is distinct from case when b.quantity >= b.wanted then b.last_on end;

    with line as (
        select l.deal_id, l.promised_on, l.delivered_on, coalesce(l.owed_on, l.promised_on) as due,
            l.delivered_on is not null or exists (select from deliveries v where v.line_id = l.id) as begun
        from deal_lines l where l.deal_id = any(changed) and not l.removed and l.quantity > l.cancelled
    ),
    found as (
        select d.id, d.status = 'booked' as stands, count(n.deal_id) as lines,
            case when count(*) filter (where n.delivered_on is null) = 0 then max(n.delivered_on) end as delivered_on,
            bool_and(n.delivered_on <= n.due) filter (where n.due is not null) as on_time,
            coalesce(bool_or(n.begun), false) as begun,
            case when d.handling = 'received' and bool_and(n.promised_on is not null) filter (where n.delivered_on is null)
                then 'confirmed' else d.handling end as handling
        from deals d left join line n on n.deal_id = d.id where d.id = any(changed) group by d.id
    ),
    settled as (
        select id, handling, delivered_on, case when delivered_on is not null then on_time end as on_time,
            case when delivered_on is not null then 'delivered' when lines = 0 or not stands then 'closed' when begun then 'partly_delivered'
                else handling end as order_state
        from found
    )
    update deals d set handling = s.handling, delivered_on = s.delivered_on, on_time = s.on_time, order_state = s.order_state
    from settled s where d.id = s.id and (d.handling, d.delivered_on, d.on_time, d.order_state)
        is distinct from (s.handling, s.delivered_on, s.on_time, s.order_state);

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

-- What was delivered before this was kept.
update deals d set order_state = 'delivered', delivered_on = found.last_on, on_time = found.on_time from (
    select l.deal_id, max(l.delivered_on) as last_on, bool_and(l.delivered_on <= l.promised_on) filter (where l.promised_on is not null)
        as on_time
    from deal_lines l where not l.removed group by l.deal_id having bool_and(l.delivered_on is not null)
) found where d.id = found.deal_id;
