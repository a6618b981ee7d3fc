-- Faults of membership rows: unknown people and departments, spans that end before they begin or that overlap.
-- A row with the person, department and first day of a stored membership is that membership.
insert into import_faults
select line, 'employee_no', employee_no, 'import-fault-unknown-employee', '{}'
from stage_memberships s where not exists (select from employees e where e.employee_no = s.employee_no);

insert into import_faults
select line, 'department', department, 'import-fault-unknown-department', '{}'
from stage_memberships s where not exists (select from departments d where d.code = s.department);

insert into import_faults
select line, 'to', last_day::text, 'import-fault-ends-before', jsonb_build_object('from', first_day::text)
from stage_memberships where last_day < first_day;

drop table if exists stage_spans;
create temp table stage_spans on commit drop as
select s.line, e.id as employee_id, d.id as department_id, s.lead, s.department,
    daterange(s.first_day, s.last_day, '[]') as during,
    s.first_day || ' – ' || coalesce(s.last_day::text, '') as span
from stage_memberships s
join employees e on e.employee_no = s.employee_no
join departments d on d.code = s.department
where s.last_day is null or s.last_day >= s.first_day;
create index on stage_spans (employee_id);
analyze stage_spans;

insert into import_faults
select distinct on (a.line) a.line, 'from', lower(a.during)::text, 'import-fault-overlap-line',
    jsonb_build_object('span', trim(a.span), 'other', b.department || ' ' || trim(b.span), 'line', b.line::text)
from stage_spans a join stage_spans b on b.employee_id = a.employee_id and b.line < a.line and b.during && a.during
order by a.line, b.line;

insert into import_faults
select distinct on (a.line) a.line, 'from', lower(a.during)::text, 'import-fault-overlap-stored',
    jsonb_build_object('span', trim(a.span),
        'other', trim(d.code || ' ' || lower(m.during) || ' – ' || coalesce((upper(m.during) - 1)::text, '')))
from stage_spans a
join memberships m on m.employee_id = a.employee_id and m.during && a.during
join departments d on d.id = m.department_id
where not exists (
    select from stage_spans b
    where b.employee_id = m.employee_id and b.department_id = m.department_id and lower(b.during) = lower(m.during)
)
order by a.line, m.during;
