-- Goals for a person, a department or the company, with versions that are only ever added (rule 13).
create table goals (
    id bigint generated always as identity primary key,
    subject_kind text not null check (subject_kind in ('person', 'department', 'company')),
    employee_id bigint references employees,
    -- for the company: its root department
    department_id bigint references departments,
    metric text not null check (metric in ('revenue', 'margin', 'units', 'orders', 'new_customers')),
    -- null = all products
    category_id bigint references product_categories,
    -- half-open [from, to)
    period daterange not null check (not isempty(period) and lower(period) is not null and upper(period) is not null),
    -- money metrics only: the currency of the target
    currency char(3),
    created_by bigint references users,
    created_at timestamptz not null,
    removed_at timestamptz,
    version bigint not null default 1,
    check ((subject_kind = 'person') = (employee_id is not null)),
    check ((subject_kind = 'person') = (department_id is null)),
    check ((metric in ('revenue', 'margin')) = (currency is not null))
);
create unique index goals_one_per_period on goals
    (subject_kind, coalesce(employee_id, department_id), metric, coalesce(category_id, 0), period)
    where removed_at is null;
create index goals_employee on goals (employee_id);
create index goals_department on goals (department_id);
create index goals_period on goals using gist (period);

create table goal_versions (
    goal_id bigint not null references goals,
    number integer not null check (number >= 1),
    -- minor units for money metrics, else a count
    target bigint not null check (target >= 0),
    effective_on date not null,
    recorded_at timestamptz not null,
    -- null for the original
    reason_class text check (reason_class in ('performance', 'economy', 'competition', 'organisation', 'correction')),
    reason text not null default '',
    proposed_by bigint references users,
    approved_by bigint references users,
    primary key (goal_id, number),
    check ((number = 1) = (reason_class is null))
);
create trigger goal_versions_update before update on goal_versions
    for each statement execute function refuse_change();
create trigger goal_versions_delete before delete on goal_versions
    for each statement execute function refuse_change();
