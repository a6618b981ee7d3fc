-- What people have sold in each week from a day on: one figure a week, of one metric, on one basis.
select s.place as "place!", (c.day - $3) / 7 as "week!", sum(case $5
        when 'revenue' then c.revenue when 'margin' then c.margin when 'units' then c.units
        when 'orders' then c.orders when 'new_customers' then c.new_customers end)::bigint as "amount!"
from unnest($1::bigint[]) with ordinality as s (employee_id, place)
join credit_days c on c.employee_id = s.employee_id and c.category_id = $2 and c.overlay in (false, true) and c.basis = $6
    and c.day >= $3 and c.day < $4
group by 1, 2
