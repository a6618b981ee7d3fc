-- Totals of spans of the company: every direct credit and every house sale.
select s.place as "place!", sum(c.revenue)::bigint as "revenue!", sum(c.margin)::bigint as "margin!",
    sum(c.units)::bigint as "units!", sum(c.orders)::bigint as "orders!",
    sum(c.new_customers)::bigint as "new_customers!"
from unnest($1::bigint[], $2::bigint[], $3::date[], $4::date[]) as s (place, category_id, starts_on, ends_on)
join credit_days c on c.category_id = s.category_id and not c.overlay
    and c.day >= s.starts_on and c.day < s.ends_on
group by s.place
