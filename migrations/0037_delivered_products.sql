-- The products of what was delivered stand beside the day, so that figures by product are read from one index instead of from
-- millions of lines.
set constraints all immediate;

-- in the order of their ids; worked out by settle_orders, null until the last of the order was delivered
alter table deals add column delivered_products bigint[];

create or replace function settle_orders(changed bigint[], today date, at timestamptz) returns void language plpgsql volatile as $$
declare
    noted bigint[];
begin
    -- for a few orders the plan that is kept is best; thousands, as an import brings them, need one that knows how many there are
    if cardinality(changed) > 100 then
        perform set_config('plan_cache_mode', 'force_custom_plan', true);
    end if;
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
        select l.deal_id, l.product_id, l.promised_on, l.delivered_on, coalesce(l.owed_on, l.promised_on) as due,
            l.delivered_on is not null or exists (select from deliveries v where v.line_id = l.id) as begun
        from deal_lines l where l.deal_id = any(changed) and not l.removed and l.quantity > l.cancelled
    ),
    found as (
        select d.id, d.status = 'booked' as stands, count(n.deal_id) as lines,
            case when count(*) filter (where n.delivered_on is null) = 0 then max(n.delivered_on) end as delivered_on,
            bool_and(n.delivered_on <= n.due) filter (where n.due is not null) as on_time,
            array_agg(distinct n.product_id order by n.product_id) as products, coalesce(bool_or(n.begun), false) as begun,
            case when d.handling = 'received' and bool_and(n.promised_on is not null) filter (where n.delivered_on is null)
                then 'confirmed' else d.handling end as handling
        from deals d left join line n on n.deal_id = d.id where d.id = any(changed) group by d.id
    ),
    settled as (
        select id, handling, delivered_on, case when delivered_on is not null then on_time end as on_time,
            case when delivered_on is not null then products end as delivered_products,
            case when delivered_on is not null then 'delivered' when lines = 0 or not stands then 'closed' when begun then 'partly_delivered'
                else handling end as order_state
        from found
    )
    update deals d set handling = s.handling, delivered_on = s.delivered_on, on_time = s.on_time, order_state = s.order_state,
        delivered_products = s.delivered_products
    from settled s where d.id = s.id and (d.handling, d.delivered_on, d.on_time, d.order_state, d.delivered_products)
        is distinct from (s.handling, s.delivered_on, s.on_time, s.order_state, s.delivered_products);

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
    perform set_config('plan_cache_mode', 'auto', true);
end
$$;

update deals d set delivered_products = found.products from (
    select l.deal_id, array_agg(distinct l.product_id order by l.product_id) as products
    from deal_lines l where not l.removed and l.quantity > l.cancelled group by l.deal_id
) found where d.id = found.deal_id and d.delivered_on is not null;

drop index deals_delivered;
create index deals_delivered on deals (delivered_on) include (employee_id, customer_id, ordered_on, on_time, delivered_products)
    where delivered_on is not null and status = 'booked';
