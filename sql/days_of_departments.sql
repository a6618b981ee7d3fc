-- Totals by day of spans of departments: direct credits of those who were members of the subtree on the day.
select s.place as "place!", c.day as "day!", sum(c.revenue)::bigint as "revenue!", sum(c.margin)::bigint as "margin!",
    sum(c.units)::bigint as "units!", sum(c.orders)::bigint as "orders!",
    sum(c.new_customers)::bigint as "new_customers!"
from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::date[], $5::date[])
    as s (place, department_id, category_id, starts_on, ends_on)
cross join lateral department_subtree(s.department_id) t
join memberships m on m.department_id = t.department_id and m.during && daterange(s.starts_on, s.ends_on)
join credit_days c on c.employee_id = m.employee_id and c.category_id = s.category_id and not c.overlay
    and c.day >= greatest(s.starts_on, lower(m.during))
    and c.day < least(s.ends_on, coalesce(upper(m.during), s.ends_on))
group by s.place, c.day
order by s.place, c.day
