-- Totals of everybody over whole months, on one basis: their direct and overlay credits, and what is pending.
select c.employee_id as "employee!", sum(c.revenue)::bigint as "revenue!", sum(c.margin)::bigint as "margin!",
    sum(c.units)::bigint as "units!", sum(c.orders)::bigint as "orders!",
    sum(c.new_customers)::bigint as "new_customers!"
from (
    select employee_id, revenue, margin, units, orders, new_customers
    from person_months where category_id = $1 and basis = $5 and month = any($4::date[])
    union all
    select employee_id, revenue, margin, units, orders, new_customers
    from credit_pending where category_id = $1 and basis = $5 and day >= $2 and day < $3
) c
group by c.employee_id
