-- What subjects had reached at the end of a day, as the ledger stood at that moment, and what came afterwards: dated later, or
-- dated earlier and posted later. $1 place; $2 person, department or company; $3 its id; $4 metric; $5 category or null; $6 and
-- $7 the period; $8 the basis; $9 the day; $10 the moment. Trees are walked once per department.
with spans as (
    select * from unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::bigint[], $6::date[], $7::date[],
        $8::smallint[]) as s (place, kind, id, metric, category, starts, ends, basis)
),
inside as (
    select s.place, s.metric, s.category, s.starts, s.ends, s.basis, t.department_id
    from spans s cross join lateral department_subtree(s.id) t where s.kind = 'department'
),
found as (
    select s.place, s.metric, s.category, e as entry
    from spans s join credit_entries e on e.employee_id = s.id and e.basis = s.basis and e.credit_date >= s.starts and e.credit_date < s.ends
    where s.kind = 'person' and (s.category is null or e.category_id = s.category)
    union all
    select s.place, s.metric, s.category, e as entry
    from spans s join credit_entries e on e.basis = s.basis and e.credit_date >= s.starts and e.credit_date < s.ends and e.kind <> 'overlay'
    where s.kind = 'company' and (s.category is null or e.category_id = s.category)
    union all
    select i.place, i.metric, i.category, e as entry
    from inside i join memberships m on m.department_id = i.department_id
    join credit_entries e on e.employee_id = m.employee_id and m.during @> e.credit_date and e.kind = 'direct'
        and e.basis = i.basis
        and e.credit_date >= i.starts and e.credit_date < i.ends
    where i.category is null or e.category_id = i.category
),
entries as (
    select f.place, (f.entry).credit_date, (f.entry).posted_at,
        case f.metric
            when 'revenue' then (f.entry).revenue
            when 'margin' then (f.entry).margin
            when 'units' then (f.entry).units
            when 'orders' then case when f.category is null then (f.entry).orders else (f.entry).category_orders end
            else case when f.category is null then (f.entry).new_customers else (f.entry).category_new_customers end
        end as value
    from found f
)
select place as "place!",
    coalesce(sum(value) filter (where credit_date <= $9 and posted_at <= $10), 0)::bigint as "reached!",
    coalesce(sum(value) filter (where credit_date > $9), 0)::bigint as "after!",
    coalesce(sum(value) filter (where credit_date <= $9 and posted_at > $10), 0)::bigint as "late!"
from entries group by place
