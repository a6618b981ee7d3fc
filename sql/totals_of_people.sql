-- Totals of spans of people: their direct and overlay credits. Whole months come from the months, the rest of a span
-- from its days, and what is pending is added.
with spans as (
    select s.*
    from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::date[], $5::date[], $6::date[], $7::date[],
        $8::smallint[]) as s (place, employee_id, category_id, starts_on, ends_on, first_month, last_month, basis)
),
parts as (
    select s.place, m.revenue, m.margin, m.units, m.orders, m.new_customers
    from spans s
    join person_months m on m.employee_id = s.employee_id and m.category_id = s.category_id
        and m.overlay in (false, true) and m.basis = s.basis and m.month >= s.first_month and m.month < s.last_month
    union all
    select s.place, d.revenue, d.margin, d.units, d.orders, d.new_customers
    from spans s
    cross join lateral (values (s.starts_on, s.first_month), (s.last_month, s.ends_on)) as edge (starts_on, ends_on)
    join person_days d on d.employee_id = s.employee_id and d.category_id = s.category_id
        and d.overlay in (false, true) and d.basis = s.basis and d.day >= edge.starts_on and d.day < edge.ends_on
    where edge.starts_on < edge.ends_on
    union all
    select s.place, p.revenue, p.margin, p.units, p.orders, p.new_customers
    from spans s
    join credit_pending p on p.employee_id = s.employee_id and p.category_id = s.category_id
        and p.basis = s.basis and p.day >= s.starts_on and p.day < s.ends_on
)
select c.place as "place!", sum(c.revenue)::bigint as "revenue!", sum(c.margin)::bigint as "margin!",
    sum(c.units)::bigint as "units!", sum(c.orders)::bigint as "orders!",
    sum(c.new_customers)::bigint as "new_customers!"
from parts c
group by c.place
