-- Places where a rollup says something else than the ledger, either way. `person_days` is compared with what is
-- pending; the others are compared with the person-days they are made of, by the memberships of each day.
with ledger as materialized (
    select coalesce(e.employee_id, 0) as employee_id, c.category_id, e.kind = 'overlay' as overlay,
        e.credit_date as day, sum(e.revenue)::bigint as revenue, sum(e.margin)::bigint as margin,
        sum(e.units)::bigint as units, sum(c.orders)::bigint as orders, sum(c.new_customers)::bigint as new_customers
    from credit_entries e
    cross join lateral (values
        (0::bigint, e.orders, e.new_customers),
        (e.category_id, e.category_orders, e.category_new_customers)
    ) as c (category_id, orders, new_customers)
    group by 1, 2, 3, 4
),
-- what the four rollups should say: those by department without what is pending, which has no department yet
folded as materialized (
    select employee_id, category_id, overlay, day, sum(revenue) as revenue, sum(margin) as margin, sum(units) as units,
        sum(orders) as orders, sum(new_customers) as new_customers
    from (
        select employee_id, category_id, overlay, day, revenue, margin, units, orders, new_customers from ledger
        union all
        select employee_id, category_id, overlay, day, -revenue, -margin, -units, -orders, -new_customers
        from credit_pending
    ) l group by 1, 2, 3, 4
),
owned as (
    select 0::bigint as department_id, category_id, day, revenue, margin, units, orders, new_customers
    from folded where not overlay
    union all
    select m.department_id, f.category_id, f.day, f.revenue, f.margin, f.units, f.orders, f.new_customers
    from folded f join memberships m on m.employee_id = f.employee_id and m.during @> f.day
    where not f.overlay
),
expected as (
    select 'person day' as rollup, employee_id as holder, category_id, overlay, day, revenue, margin, units, orders,
        new_customers
    from folded
    union all
    select 'person month', employee_id, category_id, overlay, date_trunc('month', day)::date, revenue, margin, units,
        orders, new_customers
    from folded
    union all
    select 'department day', department_id, category_id, false, day, revenue, margin, units, orders, new_customers
    from owned
    union all
    select 'department month', department_id, category_id, false, date_trunc('month', day)::date, revenue, margin,
        units, orders, new_customers
    from owned
),
found as (
    select 'person day' as rollup, employee_id as holder, category_id, overlay, day, revenue, margin, units, orders,
        new_customers
    from person_days
    union all
    select 'person month', employee_id, category_id, overlay, month, revenue, margin, units, orders, new_customers
    from person_months
    union all
    select 'department day', department_id, category_id, false, day, revenue, margin, units, orders, new_customers
    from department_days
    union all
    select 'department month', department_id, category_id, false, month, revenue, margin, units, orders, new_customers
    from department_months
),
compared as (
    select rollup, holder, category_id, overlay, day, revenue as ledger_revenue, margin as ledger_margin,
        units as ledger_units, orders as ledger_orders, new_customers as ledger_new_customers,
        0::bigint as revenue, 0::bigint as margin, 0::bigint as units, 0::bigint as orders, 0::bigint as new_customers
    from expected
    union all
    select rollup, holder, category_id, overlay, day, 0, 0, 0, 0, 0, revenue, margin, units, orders, new_customers
    from found
)
select rollup as "name!", holder as "holder!", category_id as "category!", overlay as "overlay!", day as "day!",
    array[sum(ledger_revenue), sum(ledger_margin), sum(ledger_units), sum(ledger_orders),
        sum(ledger_new_customers)]::bigint[] as "ledger!",
    array[sum(revenue), sum(margin), sum(units), sum(orders), sum(new_customers)]::bigint[] as "rollup!"
from compared
group by rollup, holder, category_id, overlay, day
having (sum(ledger_revenue), sum(ledger_margin), sum(ledger_units), sum(ledger_orders), sum(ledger_new_customers))
    <> (sum(revenue), sum(margin), sum(units), sum(orders), sum(new_customers))
order by rollup, day, holder, category_id
