-- People, the department tree, and who belonged where and led what on any date.
create table departments (
    id bigint generated always as identity primary key,
    code text not null constraint departments_code_key unique check (code <> ''),
    name text not null check (name <> ''),
    kind text not null check (kind in
        ('company', 'sales', 'production', 'delivery', 'service', 'marketing', 'product', 'hr', 'finance', 'other')),
    parent_id bigint references departments,
    version bigint not null default 1,
    check ((kind = 'company') = (parent_id is null))
);
create unique index departments_one_company on departments (kind) where kind = 'company';
create index departments_parent on departments (parent_id);

-- A person is not a login: people exist without accounts and keep their history when they leave.
create table employees (
    id bigint generated always as identity primary key,
    employee_no text not null constraint employees_employee_no_key unique check (employee_no <> ''),
    name text not null check (name <> ''),
    email text,
    job_title text not null default '',
    hired_on date,
    -- last day employed, inclusive
    left_on date,
    version bigint not null default 1,
    constraint employees_dates check (left_on is null or hired_on is null or left_on >= hired_on)
);
create index employees_name on employees (lower(name));

create table memberships (
    id bigint generated always as identity primary key,
    employee_id bigint not null references employees,
    department_id bigint not null references departments,
    lead boolean not null default false,
    -- half-open [from, to); an open end means "still"
    during daterange not null check (not isempty(during) and lower(during) is not null),
    version bigint not null default 1,
    constraint memberships_no_overlap exclude using gist (employee_id with =, during with &&)
);
create index memberships_department on memberships (department_id);

-- A department and everything below it.
create function department_subtree(root bigint) returns table (department_id bigint)
language sql stable parallel safe as $$
    with recursive tree as (
        select id from departments where id = root
        union all
        select d.id from departments d join tree t on d.parent_id = t.id
    )
    select id from tree
$$;

-- The department a person belongs to on a day; after someone left, the last one they belonged to,
-- so that a leaver's history stays with the manager of the department they left.
create view current_memberships as
    select distinct on (employee_id) employee_id, department_id, lead, during
    from memberships
    order by employee_id, lower(during) desc;

-- Departments a person leads on a day, with everything below them.
create function led_departments(viewer bigint, on_day date) returns table (department_id bigint)
language sql stable parallel safe as $$
    with recursive tree as (
        select m.department_id as id from memberships m
        where m.employee_id = viewer and m.lead and m.during @> on_day
        union
        select d.id from departments d join tree t on d.parent_id = t.id
    )
    select id from tree
$$;

-- Who exists for a viewer: themselves, and the people of the departments they lead on that day.
-- `everyone` is for roles that read the whole company. Every list, count, search and export joins this.
create function visible_employees(viewer bigint, everyone boolean, on_day date)
returns table (employee_id bigint)
language sql stable parallel safe as $$
    select e.id from employees e where everyone
    union
    select viewer where viewer is not null
    union
    select m.employee_id
    from (
        select distinct on (m.employee_id) m.employee_id, m.department_id
        from memberships m
        where lower(m.during) <= on_day
        order by m.employee_id, lower(m.during) desc
    ) m
    where m.department_id in (select l.department_id from led_departments(viewer, on_day) l)
$$;
