-- Places where a rollup says something else than the ledger, either way. The days of people are compared with what is
-- pending; the others without, since that has no department yet.
with pending as (
    select employee_id, category_id, overlay, basis, day, sum(revenue)::bigint as revenue, sum(margin)::bigint as margin,
        sum(units)::bigint as units, sum(orders)::bigint as orders, sum(new_customers)::bigint as new_customers
    from credit_pending group by 1, 2, 3, 4, 5
),
ledger as (
    select employee_id, category_id, overlay, basis, day, revenue, margin, units, orders, new_customers from ledger_days
    union all
    select employee_id, 0, overlay, basis, day, revenue, margin, units, orders, new_customers from ledger_totals
),
settled as (
    select employee_id, category_id, overlay, basis, day, revenue, margin, units, orders, new_customers from ledger
    union all
    select employee_id, category_id, overlay, basis, day, -revenue, -margin, -units, -orders, -new_customers from pending
),
person_day as (
    select 'person day' as rollup, coalesce(l.employee_id, d.employee_id) as holder,
        coalesce(l.category_id, d.category_id) as category_id, coalesce(l.overlay, d.overlay) as overlay,
        coalesce(l.basis, d.basis) as basis, coalesce(l.day, d.day) as day,
        array[coalesce(l.revenue, 0), coalesce(l.margin, 0), coalesce(l.units, 0), coalesce(l.orders, 0),
            coalesce(l.new_customers, 0)] as source,
        array[coalesce(d.revenue, 0) + coalesce(p.revenue, 0), coalesce(d.margin, 0) + coalesce(p.margin, 0),
            coalesce(d.units, 0) + coalesce(p.units, 0), coalesce(d.orders, 0) + coalesce(p.orders, 0),
            coalesce(d.new_customers, 0) + coalesce(p.new_customers, 0)] as found
    from ledger l
    full join person_days d using (employee_id, category_id, overlay, basis, day)
    left join pending p using (employee_id, category_id, overlay, basis, day)
),
-- what is pending and has no row in the ledger
pending_only as (
    select 'person day', p.employee_id, p.category_id, p.overlay, p.basis, p.day, array[0::bigint, 0, 0, 0, 0],
        array[p.revenue, p.margin, p.units, p.orders, p.new_customers]
    from pending p
    where not exists (select from ledger_totals l
        where (l.employee_id, l.overlay, l.basis, l.day) = (p.employee_id, p.overlay, p.basis, p.day))
),
person_month as (
    select 'person month', coalesce(l.employee_id, d.employee_id), coalesce(l.category_id, d.category_id),
        coalesce(l.overlay, d.overlay), coalesce(l.basis, d.basis), coalesce(l.month, d.month),
        array[coalesce(l.revenue, 0), coalesce(l.margin, 0), coalesce(l.units, 0), coalesce(l.orders, 0),
            coalesce(l.new_customers, 0)],
        array[coalesce(d.revenue, 0), coalesce(d.margin, 0), coalesce(d.units, 0), coalesce(d.orders, 0),
            coalesce(d.new_customers, 0)]
    from (
        select employee_id, category_id, overlay, basis, day - (extract(day from day)::int - 1) as month,
            sum(revenue)::bigint as revenue, sum(margin)::bigint as margin, sum(units)::bigint as units,
            sum(orders)::bigint as orders, sum(new_customers)::bigint as new_customers
        from settled group by 1, 2, 3, 4, 5
    ) l
    full join person_months d using (employee_id, category_id, overlay, basis, month)
),
owned as (
    select m.department_id, d.category_id, d.basis, d.day, d.revenue, d.margin, d.units, d.orders, d.new_customers
    from settled d
    join (select employee_id, department_id, lower(during) as begins, coalesce(upper(during), 'infinity') as ends
        from memberships) m on m.employee_id = d.employee_id and d.day >= m.begins and d.day < m.ends
    where not d.overlay
    union all
    select 0, category_id, basis, day, revenue, margin, units, orders, new_customers from settled where not overlay
),
owned_days as materialized (
    select department_id, category_id, basis, day, sum(revenue)::bigint as revenue, sum(margin)::bigint as margin,
        sum(units)::bigint as units, sum(orders)::bigint as orders, sum(new_customers)::bigint as new_customers
    from owned group by 1, 2, 3, 4
),
department_day as (
    select 'department day', coalesce(l.department_id, d.department_id), coalesce(l.category_id, d.category_id), false,
        coalesce(l.basis, d.basis), coalesce(l.day, d.day),
        array[coalesce(l.revenue, 0), coalesce(l.margin, 0), coalesce(l.units, 0), coalesce(l.orders, 0),
            coalesce(l.new_customers, 0)],
        array[coalesce(d.revenue, 0), coalesce(d.margin, 0), coalesce(d.units, 0), coalesce(d.orders, 0),
            coalesce(d.new_customers, 0)]
    from owned_days l
    full join department_days d using (department_id, category_id, basis, day)
),
department_month as (
    select 'department month', coalesce(l.department_id, d.department_id), coalesce(l.category_id, d.category_id),
        false, coalesce(l.basis, d.basis), coalesce(l.month, d.month),
        array[coalesce(l.revenue, 0), coalesce(l.margin, 0), coalesce(l.units, 0), coalesce(l.orders, 0),
            coalesce(l.new_customers, 0)],
        array[coalesce(d.revenue, 0), coalesce(d.margin, 0), coalesce(d.units, 0), coalesce(d.orders, 0),
            coalesce(d.new_customers, 0)]
    from (
        select department_id, category_id, basis, day - (extract(day from day)::int - 1) as month,
            sum(revenue)::bigint as revenue, sum(margin)::bigint as margin, sum(units)::bigint as units,
            sum(orders)::bigint as orders, sum(new_customers)::bigint as new_customers
        from owned_days group by 1, 2, 3, 4
    ) l
    full join department_months d using (department_id, category_id, basis, month)
)
select rollup as name, holder, category_id as category, overlay, basis, day, source as ledger, found as rollup
from (
    select * from person_day where source <> found
    union all select * from pending_only
    union all select * from (select * from person_month) m (rollup, holder, category_id, overlay, basis, day, source, found)
        where source <> found
    union all select * from (select * from department_day) m (rollup, holder, category_id, overlay, basis, day, source, found)
        where source <> found
    union all select * from (select * from department_month) m (rollup, holder, category_id, overlay, basis, day, source, found)
        where source <> found
) differences
order by name, basis, day, holder, category
