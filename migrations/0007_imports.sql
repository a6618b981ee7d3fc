-- Imports: what was uploaded, what it did, and its faults.
create table imports (
    id bigint generated always as identity primary key,
    kind text not null,
    source text not null,
    file_name text not null,
    dry_run boolean not null,
    status text not null check (status in ('running', 'done', 'refused', 'failed')),
    rows_read bigint not null default 0,
    rows_total bigint,
    added bigint not null default 0,
    changed bigint not null default 0,
    unchanged bigint not null default 0,
    fault_count bigint not null default 0,
    -- the first 100: [{line, column, value, reason}]
    faults jsonb not null default '[]',
    started_by bigint references users,
    started_at timestamptz not null,
    ended_at timestamptz
);
