-- Faults of employee rows: duplicates, a last day before the first, addresses that are none.
insert into import_faults
select line, 'employee_no', employee_no, 'import-fault-duplicate', jsonb_build_object('line', first::text)
from (select line, employee_no, min(line) over (partition by employee_no) as first from stage_employees) r
where line > first;

insert into import_faults
select line, 'left_on', left_on::text, 'import-fault-ends-before', jsonb_build_object('from', hired_on::text)
from stage_employees where left_on < hired_on;

insert into import_faults
select line, 'email', email, 'import-fault-email', '{}'
from stage_employees where email !~ '^[^@[:space:]]+@[^@[:space:]]+$';
