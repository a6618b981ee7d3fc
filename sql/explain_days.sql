-- What each person adds to a figure of a department or the company, day by day: for sums, never for show.
-- $1 department or company; $2 the department's id; $3 metric; $4 category, 0 for all products; $7 the basis.
select c.day as "day!", c.employee_id as "employee!",
    (case $3
        when 'revenue' then c.revenue
        when 'margin' then c.margin
        when 'units' then c.units
        when 'orders' then c.orders
        else c.new_customers
    end) as "value!"
from credit_days c
where c.category_id = $4 and c.basis = $7 and not c.overlay and c.day >= $5 and c.day < $6
    and ($1 = 'company' or exists (
        select from memberships m
        where m.employee_id = c.employee_id and m.during @> c.day
            and m.department_id in (select t.department_id from department_subtree($2) t)))
order by c.day
