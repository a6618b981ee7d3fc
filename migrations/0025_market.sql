-- What happens outside the company, as evidence for what becomes of its goals.
create table market_notes (
    id bigint generated always as identity primary key,
    kind text not null check (kind in ('competitor', 'price', 'economy', 'other')),
    happened_on date not null,
    title text not null check (title <> ''),
    -- a competitor, a product, an indicator
    about text not null default '',
    -- a price or the value of an indicator, as published
    value numeric,
    unit text not null default '',
    body text not null default '',
    -- where it is known from
    source text not null default '',
    recorded_by bigint references users,
    recorded_at timestamptz not null,
    removed_at timestamptz,
    version bigint not null default 1
);
create unique index market_notes_once on market_notes (kind, happened_on, title) where removed_at is null;
create index market_notes_day on market_notes (happened_on);

-- What a version of a goal rests on.
create table goal_evidence (
    goal_id bigint not null,
    number integer not null,
    note_id bigint not null references market_notes,
    primary key (goal_id, number, note_id),
    foreign key (goal_id, number) references goal_versions
);
