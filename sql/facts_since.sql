-- What has come to a goal since the end of a day: $1 metric, $2 kind of subject, $3 its id, $4 first day, $5 first day no more,
-- $6 the day, $7 the moment it ended; $8 rows at most.
select e.employee_id as "person: EmployeeId", coalesce(p.name, d.name) as "name!", e.credit_date as day, e.part, e.whole,
    e.posted_at, f.note
from fact_entries e join facts f on f.id = e.fact_id
left join employees p on p.id = e.employee_id
left join departments d on d.id = e.department_id
where e.metric = $1 and e.credit_date >= $4 and e.credit_date < $5 and (e.credit_date > $6 or e.posted_at > $7)
    and case $2
        when 'person' then e.employee_id = $3
        when 'company' then true
        else e.department_id in (select t.department_id from department_subtree($3) t) or exists (
            select from memberships m where m.employee_id = e.employee_id and m.during @> e.credit_date
                and m.department_id in (select t.department_id from department_subtree($3) t))
    end
order by e.posted_at desc, e.id desc limit $8
