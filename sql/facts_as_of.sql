-- Sums of facts for spans as the ledger stood at the end of a day, and what came afterwards: $1 place, $2 metric, $3 kind of
-- subject, $4 its id, $5 first day, $6 first day no more, $7 the day, $8 the moment it ended. Trees are walked once per
-- department, not once per fact.
with spans as (
    select * from unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::date[], $6::date[])
        as s (place, metric, kind, id, starts, ends)
),
inside as (
    select s.place, s.metric, s.starts, s.ends, t.department_id
    from spans s cross join lateral department_subtree(s.id) t where s.kind = 'department'
),
counted as (
    select s.place, e.part, e.whole, e.credit_date, e.posted_at
    from spans s join fact_entries e on e.metric = s.metric and e.employee_id = s.id
        and e.credit_date >= s.starts and e.credit_date < s.ends
    where s.kind = 'person'
    union all
    select s.place, e.part, e.whole, e.credit_date, e.posted_at
    from spans s join fact_entries e on e.metric = s.metric and e.credit_date >= s.starts and e.credit_date < s.ends
    where s.kind = 'company'
    union all
    select i.place, e.part, e.whole, e.credit_date, e.posted_at
    from inside i join fact_entries e on e.metric = i.metric and e.department_id = i.department_id
        and e.credit_date >= i.starts and e.credit_date < i.ends
    union all
    select i.place, e.part, e.whole, e.credit_date, e.posted_at
    from inside i join memberships m on m.department_id = i.department_id
    join fact_entries e on e.metric = i.metric and e.employee_id = m.employee_id and m.during @> e.credit_date
        and e.credit_date >= i.starts and e.credit_date < i.ends
)
select place as "place!",
    coalesce(sum(part) filter (where credit_date <= $7 and posted_at <= $8), 0)::bigint as "part!",
    coalesce(sum(whole) filter (where credit_date <= $7 and posted_at <= $8), 0)::bigint as "whole!",
    coalesce(sum(part) filter (where credit_date > $7), 0)::bigint as "after_part!",
    coalesce(sum(whole) filter (where credit_date > $7), 0)::bigint as "after_whole!",
    coalesce(sum(part) filter (where credit_date <= $7 and posted_at > $8), 0)::bigint as "late_part!",
    coalesce(sum(whole) filter (where credit_date <= $7 and posted_at > $8), 0)::bigint as "late_whole!"
from counted group by place
