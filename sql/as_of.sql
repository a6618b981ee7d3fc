-- What a subject had reached at the end of a day, as the ledger stood at that moment, and what came afterwards: dated later, or
-- dated earlier and posted later. $1 person, department or company; $2 its id; $3 metric; $4 category or null; $5 and $6 the
-- period; $7 the day; $8 the moment; $9 the basis.
with entries as (
    select e.credit_date, e.posted_at,
        case $3
            when 'revenue' then e.revenue
            when 'margin' then e.margin
            when 'units' then e.units
            when 'orders' then case when $4::bigint is null then e.orders else e.category_orders end
            else case when $4::bigint is null then e.new_customers else e.category_new_customers end
        end as value
    from (
        -- by the index of a person's rows, or by that of all
        select employee_id, kind, credit_date, posted_at, category_id, revenue, margin, units, orders,
            category_orders, new_customers, category_new_customers
        from credit_entries
        where $1 = 'person' and employee_id = $2 and basis = $9 and credit_date >= $5 and credit_date < $6
        union all
        select employee_id, kind, credit_date, posted_at, category_id, revenue, margin, units, orders,
            category_orders, new_customers, category_new_customers
        from credit_entries
        where $1 <> 'person' and basis = $9 and credit_date >= $5 and credit_date < $6
    ) e
    where ($4::bigint is null or e.category_id = $4)
        and case $1
            when 'person' then true
            when 'department' then e.kind = 'direct' and exists (
                select from memberships m
                where m.employee_id = e.employee_id and m.during @> e.credit_date
                    and m.department_id in (select t.department_id from department_subtree($2) t))
            else e.kind <> 'overlay'
        end
)
select coalesce(sum(value) filter (where credit_date <= $7 and posted_at <= $8), 0)::bigint as "reached!",
    coalesce(sum(value) filter (where credit_date > $7), 0)::bigint as "after!",
    coalesce(sum(value) filter (where credit_date <= $7 and posted_at > $8), 0)::bigint as "late!"
from entries
