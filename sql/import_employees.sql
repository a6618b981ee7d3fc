-- Writes the employee rows; the number says who it is.
insert into import_counts
select count(*) filter (where e.id is null),
    count(*) filter (where e.id is not null and (e.name, e.email, e.job_title, e.hired_on, e.left_on)
        is distinct from (s.name, s.email, s.job_title, s.hired_on, s.left_on)),
    count(*) filter (where e.id is not null and (e.name, e.email, e.job_title, e.hired_on, e.left_on)
        is not distinct from (s.name, s.email, s.job_title, s.hired_on, s.left_on))
from stage_employees s left join employees e on e.employee_no = s.employee_no;

update employees e set name = s.name, email = s.email, job_title = s.job_title, hired_on = s.hired_on,
    left_on = s.left_on, version = e.version + 1
from stage_employees s
where e.employee_no = s.employee_no and (e.name, e.email, e.job_title, e.hired_on, e.left_on)
    is distinct from (s.name, s.email, s.job_title, s.hired_on, s.left_on);

insert into employees (employee_no, name, email, job_title, hired_on, left_on)
select employee_no, name, email, job_title, hired_on, left_on
from stage_employees s
where not exists (select from employees e where e.employee_no = s.employee_no)
order by employee_no collate "C";
