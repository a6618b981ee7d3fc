-- Processes remember what changes rarely (the company, its organisation, its goals) for as long as its revision stays
-- the same. The revision is counted once per transaction, when it commits, so that nobody waits for anybody else's
-- long transaction to do so.

alter table company_revision add column changed_by xid8;

create or replace function bump_company_revision() returns trigger language plpgsql as $$
begin
    update company_revision set revision = revision + 1, changed_by = pg_current_xact_id()
    where changed_by is distinct from pg_current_xact_id();
    return null;
end
$$;

drop trigger settings_revision on settings;
drop trigger holidays_revision on holidays;
drop trigger departments_revision on departments;
-- A migration that both changes rows of these tables and alters them first says `set constraints all immediate`.
do $$
declare
    remembered text;
begin
    foreach remembered in array array['settings', 'holidays', 'departments', 'employees', 'memberships',
        'product_categories', 'goals', 'goal_versions']
    loop
        execute format('create constraint trigger %1$s_revision after insert or update or delete on %1$s
            deferrable initially deferred for each row execute function bump_company_revision()', remembered);
    end loop;
end
$$;
-- a version tells by name who proposed it
create constraint trigger users_revision after update of name on users
    deferrable initially deferred for each row when (old.name <> new.name) execute function bump_company_revision();

-- Who is asking is looked up by itself; what they lead follows from the organisation.
drop function actor_at(bigint, timestamptz);

-- Everybody's months of a category, one after the other.
create index person_months_category on person_months (category_id, month);
-- The latest credits of the company come first.
create index credit_entries_latest on credit_entries (credit_date, id);
drop index credit_entries_day;

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
