-- Who exists for a viewer, as before, and without a look at everybody for those who lead nobody.
create or replace function visible_employees(viewer bigint, everyone boolean, on_day date)
returns table (employee_id bigint)
language sql stable parallel safe as $$
    select e.id from employees e where everyone
    union
    select viewer where viewer is not null
    union
    select m.employee_id
    from led_departments(viewer, on_day) l
    join memberships m on m.department_id = l.department_id and lower(m.during) <= on_day
    where not exists (
        select from memberships later where later.employee_id = m.employee_id
            and lower(later.during) > lower(m.during) and lower(later.during) <= on_day)
$$;
