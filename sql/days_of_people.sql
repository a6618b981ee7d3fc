-- Totals by day of spans of people: their direct and overlay credits.
select s.place as "place!", c.day as "day!", sum(c.revenue)::bigint as "revenue!", sum(c.margin)::bigint as "margin!",
    sum(c.units)::bigint as "units!", sum(c.orders)::bigint as "orders!",
    sum(c.new_customers)::bigint as "new_customers!"
from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::date[], $5::date[], $6::smallint[])
    as s (place, employee_id, category_id, starts_on, ends_on, basis)
join credit_days c on c.employee_id = s.employee_id and c.category_id = s.category_id
    and c.overlay in (false, true) and c.basis = s.basis and c.day >= s.starts_on and c.day < s.ends_on
group by s.place, c.day
order by s.place, c.day
