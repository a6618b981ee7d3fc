-- Who asks and which company, in one look: every request begins with it.

-- Counts the changes to the company's settings, holidays and name, so that a process knows whether what it remembers
-- of them is still so.
create table company_revision (
    id smallint primary key default 1 check (id = 1),
    revision bigint not null default 1
);
insert into company_revision default values;

create function bump_company_revision() returns trigger language plpgsql as $$
begin
    update company_revision set revision = revision + 1;
    return null;
end
$$;
create trigger settings_revision after insert or update or delete on settings
    for each statement execute function bump_company_revision();
create trigger holidays_revision after insert or update or delete on holidays
    for each statement execute function bump_company_revision();
create trigger departments_revision after insert or update or delete on departments
    for each statement execute function bump_company_revision();

-- An account with its department and the departments it leads at a moment, unless it is disabled.
create function actor_at(account bigint, moment timestamptz)
returns table (user_id bigint, employee_id bigint, name text, email text, role text, language text, theme text,
    shortcuts boolean, department_id bigint, department_name text, led bigint[], revision bigint)
language sql stable as $$
    select u.id, u.employee_id, u.name, u.email, u.role, u.language, u.theme, u.shortcuts, m.department_id, d.name,
        case when exists (select from memberships l where l.employee_id = u.employee_id and l.lead)
            then array(select l.department_id from led_departments(u.employee_id, t.today) l) else '{}' end,
        t.revision
    from users u
    cross join (
        select (moment at time zone s.time_zone)::date as today, r.revision from settings s, company_revision r
    ) t
    left join memberships m on m.employee_id = u.employee_id and m.during @> t.today
    left join departments d on d.id = m.department_id
    where u.id = account and u.disabled_at is null
$$;
