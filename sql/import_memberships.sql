-- Writes the membership rows. Spans that become shorter come first, to make room for those that become longer.
insert into import_counts
select count(*) filter (where m.id is null),
    count(*) filter (where (m.lead, m.during) <> (s.lead, s.during)),
    count(*) filter (where (m.lead, m.during) = (s.lead, s.during))
from stage_spans s
left join memberships m on m.employee_id = s.employee_id and m.department_id = s.department_id
    and lower(m.during) = lower(s.during);

update memberships m set lead = s.lead, during = s.during, version = version + 1
from stage_spans s
where m.employee_id = s.employee_id and m.department_id = s.department_id and lower(m.during) = lower(s.during)
    and s.during <@ m.during and (m.lead, m.during) <> (s.lead, s.during);

update memberships m set lead = s.lead, during = s.during, version = version + 1
from stage_spans s
where m.employee_id = s.employee_id and m.department_id = s.department_id and lower(m.during) = lower(s.during)
    and (m.lead, m.during) <> (s.lead, s.during);

insert into memberships (employee_id, department_id, lead, during)
select employee_id, department_id, lead, during from stage_spans s
where not exists (
    select from memberships m
    where m.employee_id = s.employee_id and m.department_id = s.department_id and lower(m.during) = lower(s.during)
)
order by employee_id, during;
