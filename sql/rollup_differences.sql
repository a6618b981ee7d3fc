-- Days of which the rollup says something else than the ledger, either way.
with ledger as (
    select coalesce(e.employee_id, 0) as employee_id, c.category_id, e.kind = 'overlay' as overlay,
        e.credit_date as day, sum(e.revenue)::bigint as revenue, sum(e.margin)::bigint as margin,
        sum(e.units)::bigint as units, sum(c.orders)::bigint as orders, sum(c.new_customers)::bigint as new_customers
    from credit_entries e
    cross join lateral (values
        (0::bigint, e.orders, e.new_customers),
        (e.category_id, e.category_orders, e.category_new_customers)
    ) as c (category_id, orders, new_customers)
    group by 1, 2, 3, 4
)
select employee_id as "employee!", category_id as "category!", overlay as "overlay!", day as "day!",
    array[coalesce(l.revenue, 0), coalesce(l.margin, 0), coalesce(l.units, 0), coalesce(l.orders, 0),
        coalesce(l.new_customers, 0)] as "ledger!",
    array[coalesce(d.revenue, 0), coalesce(d.margin, 0), coalesce(d.units, 0), coalesce(d.orders, 0),
        coalesce(d.new_customers, 0)] as "rollup!"
from ledger l
full join credit_days d using (employee_id, category_id, overlay, day)
where (coalesce(l.revenue, 0), coalesce(l.margin, 0), coalesce(l.units, 0), coalesce(l.orders, 0),
        coalesce(l.new_customers, 0))
    <> (coalesce(d.revenue, 0), coalesce(d.margin, 0), coalesce(d.units, 0), coalesce(d.orders, 0),
        coalesce(d.new_customers, 0))
order by day, employee_id, category_id
