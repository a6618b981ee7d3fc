-- Faults of goal rows: unknown subjects and categories, periods that end before they begin, foreign money, duplicates.
drop table if exists stage_targets;
create temp table stage_targets on commit drop as
select s.line, s.subject_kind, s.subject, e.id as employee_id, d.id as department_id,
    case s.metric when 'gross_margin' then 'margin' else s.metric end as metric, c.id as category_id, s.category,
    s.first_day, s.last_day, s.target, s.basis as basis_code,
    case s.basis when 'booked' then 0::smallint when 'delivered' then 1 end as basis,
    case when s.metric in ('revenue', 'margin', 'gross_margin') then s.currency end as currency
from stage_goals s
left join employees e on s.subject_kind = 'person' and e.employee_no = s.subject
left join departments d on s.subject_kind <> 'person' and d.code = s.subject
    and (d.kind = 'company') = (s.subject_kind = 'company')
left join product_categories c on c.name = s.category;
analyze stage_targets;

insert into import_faults
select line, 'subject', subject,
    case subject_kind when 'person' then 'import-fault-unknown-employee'
        when 'department' then 'import-fault-unknown-department' else 'import-fault-not-the-company' end, '{}'
from stage_targets where employee_id is null and department_id is null;

insert into import_faults
select line, 'category', category, 'import-fault-unknown-category', '{}'
from stage_targets where category is not null and category_id is null;

insert into import_faults
select line, 'to', last_day::text, 'import-fault-ends-before', jsonb_build_object('from', first_day::text)
from stage_targets where last_day < first_day;

insert into import_faults
select t.line, 'currency', t.currency, 'import-fault-goal-currency', jsonb_build_object('currency', r.currency)
from stage_targets t, import_run r where t.currency <> r.currency;

insert into import_faults
select line, 'subject', subject, 'import-fault-duplicate', jsonb_build_object('line', first::text)
from (
    select line, subject, min(line) over (
        partition by subject_kind, subject, metric, category, first_day, last_day) as first
    from stage_targets
) r
where line > first;

insert into import_faults
select line, 'category', category, 'import-fault-no-category', '{}'
from stage_targets
where category is not null and metric not in ('revenue', 'margin', 'units', 'orders', 'new_customers');

insert into import_faults
select line, 'basis', basis_code, 'import-fault-no-basis', '{}'
from stage_targets
where basis is not null and metric not in ('revenue', 'margin', 'units', 'orders', 'new_customers');
