-- Standing meetings that look at how things go: their agenda is made from the data, what is decided in them comes back until
-- it is done. What a meeting saw is kept when it is held, so that it reads later as it did then.

create table review_series (
    id bigint generated always as identity primary key,
    name text not null check (name <> ''),
    department_id bigint not null references departments,
    -- on a weekday (1 is Monday), on the n-th working day of a month, or on a day of a month
    rhythm text not null check (rhythm in ('weekly', 'workday', 'monthday')),
    rhythm_on smallint not null check (rhythm_on between 1 and case rhythm when 'weekly' then 7 when 'workday' then 20 else 31 end),
    -- nobody: whoever leads the department
    leader_id bigint references employees,
    ended_at timestamptz,
    created_by bigint not null references users,
    created_at timestamptz not null,
    version bigint not null default 1
);

-- People of other departments who take part too.
create table review_guests (
    series_id bigint not null references review_series,
    employee_id bigint not null references employees,
    primary key (series_id, employee_id)
);
create index review_guests_employee on review_guests (employee_id);

create table reviews (
    id bigint generated always as identity primary key,
    series_id bigint not null references review_series,
    meets_on date not null,
    -- the day that the rhythm says, before it was moved
    rhythm_day date not null,
    -- it looks at the days from here up to the day before it
    covers_from date not null check (covers_from < meets_on),
    state text not null check (state in ('planned', 'held')),
    -- sections with lines as keys and values, not words
    agenda jsonb,
    -- who took part in the series when it was held
    invited bigint[] not null default '{}',
    version bigint not null default 1,
    constraint reviews_day unique (series_id, meets_on),
    check ((state = 'held') = (agenda is not null))
);
create unique index reviews_one_planned on reviews (series_id) where state = 'planned';
create index reviews_meets_on on reviews (meets_on desc, id desc);

create table review_steps (
    review_id bigint not null references reviews on delete cascade,
    number integer not null check (number >= 1),
    step text not null check (step in ('plan', 'move', 'hold', 'correct', 'take_back')),
    taken_by bigint not null references users,
    taken_at timestamptz not null,
    -- the day it is on after the step
    meets_on date not null,
    -- what was corrected
    section text not null default '',
    primary key (review_id, number)
);
create trigger review_steps_update before update on review_steps for each statement execute function refuse_change();

-- What was said about a section; '' is the meeting in general.
create table review_notes (
    review_id bigint not null references reviews,
    section text not null,
    body text not null,
    written_by bigint not null references users,
    written_at timestamptz not null,
    version bigint not null default 1,
    primary key (review_id, section)
);

create table decisions (
    id bigint generated always as identity primary key,
    review_id bigint not null references reviews,
    section text not null default '',
    what text not null check (what <> ''),
    owner_id bigint not null references employees,
    due_on date not null,
    -- undone: taken back right after it was written, as if it had never been
    state text not null check (state in ('open', 'done', 'dropped', 'undone')),
    decided_by bigint not null references users,
    decided_at timestamptz not null,
    -- when it was done or dropped
    closed_at timestamptz,
    version bigint not null default 1,
    check ((state in ('open', 'undone')) = (closed_at is null))
);
create index decisions_owner on decisions (owner_id, due_on);
create index decisions_review on decisions (review_id);
create index decisions_due on decisions (due_on, id);

create table decision_steps (
    decision_id bigint not null references decisions,
    number integer not null check (number >= 1),
    step text not null check (step in ('decide', 'change', 'finish', 'drop', 'reopen', 'undo')),
    taken_by bigint not null references users,
    taken_at timestamptz not null,
    owner_id bigint not null references employees,
    due_on date not null,
    reason text not null default '',
    primary key (decision_id, number)
);
create trigger decision_steps_update before update on decision_steps for each statement execute function refuse_change();
create trigger decision_steps_delete before delete on decision_steps for each statement execute function refuse_change();

-- What came back on some days, by reason.
create index deal_returns_day on deal_returns (returned_on);
create index credit_entries_back on credit_entries (credit_date) where event in ('return', 'cancellation');
