-- Open opportunities that are expected to close in each of the spans. A department has those whose owners belong to it, or
-- to one below it, today. Parameters: kinds, people, departments, categories (0 for all), first days, ends, today.
with spans as (
    select * from unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::date[], $6::date[])
        with ordinality as s (kind, employee_id, department_id, category_id, first, "end", place)
),
owners as (
    select s.place, m.employee_id from spans s
    join lateral department_subtree(s.department_id) t on true
    join memberships m on m.department_id = t.department_id and m.during @> $7::date
    where s.kind = 'department'
),
found as (
    select s.place, s.category_id, o.id, o.stage_id
    from spans s join opportunities o on o.state = 'open' and o.expected_on >= s.first and o.expected_on < s."end"
    where s.kind = 'company'
        or s.kind = 'person' and o.employee_id = s.employee_id
        or s.kind = 'department'
            and exists (select from owners w where w.place = s.place and w.employee_id = o.employee_id)
)
select f.place as "place!", f.id as "id!: OpportunityId", f.stage_id as "stage!: StageId",
    sum(l.own_amount)::bigint as "revenue!", sum(l.own_amount - l.own_cost)::bigint as "margin!",
    sum(l.quantity)::bigint as "units!"
from found f
join opportunity_lines l on l.opportunity_id = f.id
join products p on p.id = l.product_id
where f.category_id = 0 or p.category_id = f.category_id
group by f.place, f.id, f.stage_id
order by f.place, f.id
