-- What can be asked of somebody in a period (rule 14): ramps of those who are new, relief for leave; and how the weight
-- of a goal falls over the months of the year (rule 18).

-- A new task is learned: percent of a full target in each month from `starts_on`, then all of it.
create table ramps (
    employee_id bigint not null references employees,
    starts_on date not null,
    steps smallint[] not null check (cardinality(steps) between 1 and 24 and 0 <= all (steps) and 100 >= all (steps)),
    set_by bigint references users,
    set_at timestamptz not null,
    primary key (employee_id, starts_on)
);

-- Days on which less is asked of somebody. It counts once somebody else than who asked for it has approved it.
create table reliefs (
    id bigint generated always as identity primary key,
    employee_id bigint not null references employees,
    during daterange not null check (not isempty(during) and lower(during) is not null and upper(during) is not null),
    -- how much of these days is not asked for
    relieved_pct smallint not null check (relieved_pct between 1 and 100),
    kind text not null check (kind in ('leave', 'reduced_hours', 'other_duty')),
    reason text not null default '',
    state text not null check (state in ('requested', 'approved', 'declined', 'withdrawn')),
    requested_by bigint not null references users,
    requested_at timestamptz not null,
    decided_by bigint references users,
    decided_at timestamptz,
    version bigint not null default 1,
    check (state not in ('approved', 'declined') or decided_by is not null),
    check ((decided_by is null) = (decided_at is null)),
    constraint reliefs_decided_by_another check (decided_by is distinct from requested_by),
    constraint reliefs_no_overlap exclude using gist (employee_id with =, during with &&) where (state = 'approved')
);
create index reliefs_employee on reliefs (employee_id);

alter table goals
    -- a person's target is for a whole period: less is asked of those who join, leave, are new or on leave. Goals set before
    -- now, and imported ones, count as they stand.
    add column prorated boolean not null default false,
    -- how the months January to December compare, 100 = as any other; null = all alike
    add column season smallint[] check (cardinality(season) = 12 and 0 <= all (season) and 1000 >= all (season)
        and 0 < any (season)),
    -- its part in the weighted score of its subject, in percent; null = none
    add column weight smallint check (weight between 1 and 100);

-- the target is for the days from its first on; the days before keep what held then (a transfer, new responsibilities)
alter table goal_versions add column from_here boolean not null default false;

do $$
declare
    remembered text;
begin
    foreach remembered in array array['ramps', 'reliefs']
    loop
        execute format('create constraint trigger %1$s_revision after insert or update or delete on %1$s
            deferrable initially deferred for each row execute function bump_company_revision()', remembered);
    end loop;
end
$$;
