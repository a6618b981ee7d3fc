-- Totals by day of spans of departments: direct credits of those who were members of the department, or of one below
-- it, on the day, with what is pending. Department 0 is the company: every direct credit and every house sale.
with recursive spans as (
    select s.*
    from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::date[], $5::date[],
        $6::smallint[]) as s (place, department_id, category_id, starts_on, ends_on, basis)
),
-- every department and those below it
tree (root, department_id) as (
    select distinct department_id, department_id from spans
    union all
    select t.root, d.id from tree t join departments d on d.parent_id = t.department_id
),
parts as (
    select s.place, d.day, d.revenue, d.margin, d.units, d.orders, d.new_customers
    from spans s
    join tree t on t.root = s.department_id
    join department_days d on d.department_id = t.department_id and d.category_id = s.category_id and d.basis = s.basis
        and d.day >= s.starts_on and d.day < s.ends_on
    union all
    select s.place, p.day, p.revenue, p.margin, p.units, p.orders, p.new_customers
    from credit_pending p
    left join memberships m on m.employee_id = p.employee_id and m.during @> p.day
    cross join lateral (values (0::bigint), (m.department_id)) as owner (department_id)
    join tree t on t.department_id = owner.department_id
    join spans s on s.department_id = t.root and s.category_id = p.category_id and s.basis = p.basis
        and p.day >= s.starts_on and p.day < s.ends_on
    where not p.overlay
)
select c.place as "place!", c.day as "day!", sum(c.revenue)::bigint as "revenue!", sum(c.margin)::bigint as "margin!",
    sum(c.units)::bigint as "units!", sum(c.orders)::bigint as "orders!",
    sum(c.new_customers)::bigint as "new_customers!"
from parts c
group by c.place, c.day
order by c.place, c.day
