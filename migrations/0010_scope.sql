-- Whose department totals a viewer sees: those they lead with everything below, their own, and those above it
-- up to the company. `everyone` is for roles that read the whole company.
create function visible_departments(viewer bigint, everyone boolean, on_day date)
returns table (department_id bigint)
language sql stable parallel safe as $$
    with recursive above as (
        select m.department_id as id from memberships m where m.employee_id = viewer and m.during @> on_day
        union
        select d.parent_id from departments d join above a on d.id = a.id where d.parent_id is not null
    )
    select d.id from departments d where everyone or d.kind = 'company'
    union
    select l.department_id from led_departments(viewer, on_day) l
    union
    select id from above
$$;

-- Reads of many people over a span of days.
create index memberships_employee on memberships (employee_id);
