-- Planning a period for a whole tree: scenarios side by side, of which one is published. Until then nothing of a scenario
-- counts anywhere: goals come to be when it is published, all of them in one transaction.
create table scenarios (
    id bigint generated always as identity primary key,
    name text not null check (name <> ''),
    -- the department at the top of what is planned
    department_id bigint not null references departments,
    metric text not null check (metric in ('revenue', 'margin', 'units', 'orders', 'new_customers')),
    category_id bigint references product_categories,
    period daterange not null check (not isempty(period) and lower(period) is not null and upper(period) is not null),
    -- how shares are worked out unless another way is chosen: the way, hundredths of a percent more, whole units to round to
    method text not null check (method in ('last_year', 'last_period', 'equal', 'capacity')),
    percent bigint not null default 0,
    step bigint not null check (step > 0),
    began_with text not null check (began_with in ('last_year', 'last_period', 'equal', 'capacity', 'by_hand', 'copy')),
    copied_from bigint references scenarios,
    created_by bigint not null references users,
    created_at timestamptz not null,
    changed_by bigint not null references users,
    changed_at timestamptz not null,
    -- number of the last change that is in force; those after it can be done again
    at_change integer not null default 0,
    published_by bigint references users,
    published_at timestamptz,
    removed_at timestamptz,
    version bigint not null default 1,
    check ((published_by is null) = (published_at is null))
);
create index scenarios_scope on scenarios (department_id, period);

create table scenario_targets (
    scenario_id bigint not null references scenarios,
    employee_id bigint references employees,
    -- the company by its root
    department_id bigint references departments,
    -- minor units for money metrics, else a count
    target bigint not null check (target >= 0),
    check ((employee_id is null) <> (department_id is null)),
    constraint scenario_targets_once unique nulls not distinct (scenario_id, employee_id, department_id)
);

-- What was changed, step by step, so that each can be taken back until the scenario is published.
create table scenario_changes (
    scenario_id bigint not null references scenarios,
    number integer not null check (number >= 1),
    action text not null check (action in
        ('begin', 'typed', 'assign', 'share', 'share_down', 'lower', 'raise', 'import')),
    -- the department it was done to, where it was one
    department_id bigint references departments,
    made_by bigint not null references users,
    made_at timestamptz not null,
    -- each part with what it was and what it became
    parts jsonb not null,
    primary key (scenario_id, number)
);
