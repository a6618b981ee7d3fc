-- Sums of facts for spans: $1 place, $2 metric, $3 kind of subject, $4 its id, $5 first day, $6 first day no more.
select s.place as "place!", coalesce(sum(e.part), 0)::bigint as "part!", coalesce(sum(e.whole), 0)::bigint as "whole!"
from unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::date[], $6::date[])
    as s (place, metric, kind, id, starts, ends)
join fact_entries e on e.metric = s.metric and e.credit_date >= s.starts and e.credit_date < s.ends
    and case s.kind
        when 'person' then e.employee_id = s.id
        when 'company' then true
        else e.department_id in (select t.department_id from department_subtree(s.id) t) or exists (
            select from memberships m where m.employee_id = e.employee_id and m.during @> e.credit_date
                and m.department_id in (select t.department_id from department_subtree(s.id) t))
    end
group by s.place
