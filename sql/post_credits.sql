-- Appends ledger rows, those of closed days to the first open one (rule 11), and what they add by person, category, basis
-- and day to what is pending.
with posted as (
    insert into credit_entries (currency, deal_id, posted_at, line_id, employee_id, kind, share_bp, event, credit_date,
        revenue, margin, units, orders, new_customers, category_id, category_orders, category_new_customers, rate,
        reverses_id, relates_to_id, origin_date, basis)
    select $1, r.deal_id, r.posted_at, r.line_id, r.employee_id, r.kind, r.share_bp, r.event,
        greatest(coalesce(late.stands_on, r.day), b.open_from), r.revenue, r.margin, r.units, r.orders, r.new_customers, r.category_id,
        r.category_orders, r.category_new_customers, r.rate, r.reverses_id, r.relates_to_id,
        case when greatest(coalesce(late.stands_on, r.day), b.open_from) > r.day then r.day end,
        r.basis
    from closed_books b cross join unnest($2::bigint[], $3::timestamptz[], $4::bigint[], $5::bigint[], $6::text[], $7::int[], $8::text[],
        $9::date[], $10::bigint[], $11::bigint[], $12::bigint[], $13::smallint[], $14::smallint[], $15::bigint[],
        $16::smallint[], $17::smallint[], $18::numeric[], $19::bigint[], $20::bigint[],
        $21::smallint[])
        as r (deal_id, posted_at, line_id, employee_id, kind, share_bp, event, day, revenue, margin, units, orders,
        new_customers, category_id, category_orders, category_new_customers, rate, reverses_id, relates_to_id, basis)
    -- what belongs to a day of which something came late stays with it, also when the period is open again
    cross join lateral (
        select max(e.credit_date) as stands_on from credit_entries e
        where e.deal_id = r.deal_id and e.origin_date = r.day and e.basis = r.basis
    ) late
    returning employee_id, kind, basis, credit_date, revenue, margin, units, orders, new_customers, category_id,
        category_orders, category_new_customers
),
days as (
    select coalesce(p.employee_id, 0) as employee_id, c.category_id, p.kind = 'overlay' as overlay, p.basis,
        p.credit_date as day, sum(p.revenue)::bigint as revenue, sum(p.margin)::bigint as margin,
        sum(p.units)::bigint as units, sum(c.orders)::bigint as orders, sum(c.new_customers)::bigint as new_customers
    from posted p
    cross join lateral (values
        (0::bigint, p.orders, p.new_customers),
        (p.category_id, p.category_orders, p.category_new_customers)
    ) as c (category_id, orders, new_customers)
    group by 1, 2, 3, 4, 5
)
insert into credit_pending (employee_id, category_id, overlay, basis, day, revenue, margin, units, orders,
    new_customers)
select employee_id, category_id, overlay, basis, day, revenue, margin, units, orders, new_customers from days
