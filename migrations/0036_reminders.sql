-- Whom was told that a step is overdue: its owner first, then those above them; each once for each due date.
create table reminders (
    kind text not null,
    step_id bigint not null,
    -- 1 = the owner, 2 = those above the owner
    level smallint not null check (level in (1, 2)),
    due date not null,
    reminded_at timestamptz not null,
    primary key (kind, step_id, level, due)
);
