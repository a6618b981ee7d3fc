-- Service after the sale: customers are called after delivery, what they complain of and ask about is answered in a promised
-- time, and what they say by a link of their own counts. Every step has an owner and a due date, and is kept with what it
-- changed, so that it can be taken back.

-- So many days after delivery somebody calls. A rule of a product stands before one of its category, that before one of all.
create table follow_up_rules (
    id bigint generated always as identity primary key,
    days_after integer not null check (days_after between 1 and 1000),
    category_id bigint references product_categories,
    product_id bigint references products,
    -- null: whoever sold it
    department_id bigint references departments,
    -- within a department: its lead assigns, or whoever has the fewest open ones
    assigns text not null default 'lead' check (assigns in ('lead', 'fewest')),
    -- what to ask; empty is the standard question in the reader's language
    question text not null default '',
    active boolean not null default true,
    version bigint not null default 1,
    check (category_id is null or product_id is null)
);
insert into follow_up_rules (days_after) values (7);

create table follow_ups (
    id bigint generated always as identity primary key,
    customer_id bigint not null references customers,
    deal_id bigint references deals,
    rule_id bigint references follow_up_rules,
    -- where it comes from, for those from files and programs
    source text,
    external_no text,
    owner_id bigint references employees,
    department_id bigint references departments,
    question text not null default '',
    due_on date not null,
    -- the due date that decides whether it was done in time: moving it later does not mend what was late before
    counts_by date not null,
    state text not null default 'open' check (state in ('open', 'not_reached', 'reached', 'needs_help', 'closed', 'withdrawn')),
    done_on date,
    score smallint check (score between 0 and 10),
    words text not null default '',
    -- what could be offered next; minor units of the company's currency
    offer text not null default '',
    amount bigint check (amount >= 0),
    opened_by bigint references users,
    opened_at timestamptz not null,
    -- whether being late was noted already
    late_noted boolean not null default false,
    version bigint not null default 1,
    constraint follow_ups_once unique (deal_id, rule_id),
    constraint follow_ups_source_no unique (source, external_no),
    check (owner_id is not null or department_id is not null),
    check ((state in ('reached', 'needs_help', 'closed')) = (done_on is not null))
);
create index follow_ups_due on follow_ups (due_on, id);
create index follow_ups_open on follow_ups (due_on, id) where state in ('open', 'not_reached');
create index follow_ups_owner on follow_ups (owner_id, due_on);
create index follow_ups_department on follow_ups (department_id, due_on);
create index follow_ups_customer on follow_ups (customer_id);
create index follow_ups_late on follow_ups (counts_by) where state in ('open', 'not_reached') and not late_noted;

create table follow_up_steps (
    follow_up_id bigint not null references follow_ups,
    number integer not null check (number >= 1),
    step text not null,
    taken_by bigint references users,
    taken_at timestamptz not null,
    words text not null default '',
    -- what it was before, for taking the step back; and whether it was
    before jsonb not null,
    taken_back boolean not null default false,
    primary key (follow_up_id, number)
);

-- Deliveries of the last months are looked through for follow-ups that are missing.
create index deal_lines_delivered on deal_lines (delivered_on) where delivered_on is not null and not removed;

-- How fast customers are answered: hours of working days. The most special row counts; the first is for everything else.
create table case_promises (
    id bigint generated always as identity primary key,
    category text check (category in ('product', 'price', 'delivery', 'service', 'invoice', 'other')),
    severity text check (severity in ('low', 'normal', 'high')),
    reply_hours integer not null check (reply_hours between 1 and 1000),
    solve_hours integer not null check (solve_hours between 1 and 10000),
    version bigint not null default 1,
    constraint case_promises_once unique nulls not distinct (category, severity),
    check (solve_hours >= reply_hours)
);
insert into case_promises (category, severity, reply_hours, solve_hours) values
    (null, null, 8, 45), (null, 'high', 2, 18), (null, 'low', 18, 90);

create table cases (
    id bigint generated always as identity primary key,
    customer_id bigint not null references customers,
    deal_id bigint references deals,
    line_id bigint references deal_lines,
    source text,
    external_no text,
    category text not null check (category in ('product', 'price', 'delivery', 'service', 'invoice', 'other')),
    severity text not null check (severity in ('low', 'normal', 'high')),
    title text not null check (title <> ''),
    description text not null default '',
    channel text not null check (channel in ('phone', 'mail', 'visit', 'web', 'feedback', 'other')),
    opened_by bigint references users,
    opened_at timestamptz not null,
    follow_up_id bigint references follow_ups,
    owner_id bigint references employees,
    department_id bigint not null references departments,
    state text not null check (state in ('new', 'replied', 'waiting', 'solved', 'reopened', 'closed')),
    reply_due timestamptz not null,
    solve_due timestamptz not null,
    replied_at timestamptz,
    solved_at timestamptz,
    -- minutes of working days, without those in which it waited for the customer or was thought to be solved
    reply_minutes bigint,
    solve_minutes bigint,
    paused_since timestamptz,
    paused_minutes bigint not null default 0,
    thread_id bigint not null references threads,
    version bigint not null default 1,
    constraint cases_source_no unique (source, external_no)
);
create index cases_open on cases (solve_due, id) where state not in ('solved', 'closed');
create index cases_opened on cases (opened_at desc, id desc);
create index cases_replied on cases (replied_at) where replied_at is not null;
create index cases_solved on cases (solved_at) where solved_at is not null;
create index cases_owner on cases (owner_id);
create index cases_department on cases (department_id);
create index cases_customer on cases (customer_id);
create index cases_deal on cases (deal_id);

create table case_steps (
    case_id bigint not null references cases,
    number integer not null check (number >= 1),
    step text not null,
    taken_by bigint references users,
    taken_at timestamptz not null,
    words text not null default '',
    before jsonb not null,
    taken_back boolean not null default false,
    primary key (case_id, number)
);

-- A link that a customer answers by, without an account. Only the hash of its secret is kept.
create table feedback_links (
    id bigint generated always as identity primary key,
    token_hash bytea not null constraint feedback_links_token unique,
    customer_id bigint not null references customers,
    deal_id bigint references deals,
    -- a lost opportunity; no key, because it may be taken away
    opportunity_id bigint references opportunities,
    follow_up_id bigint references follow_ups,
    -- whose score it is: who followed up, or who sold; a department where that is nobody
    owner_id bigint references employees,
    department_id bigint references departments,
    -- what the customer knows it by: order number and products, never amounts
    about text not null,
    language text not null check (language in ('en', 'sv')),
    made_by bigint references users,
    made_at timestamptz not null,
    expires_at timestamptz not null,
    answered_at timestamptz,
    changes integer not null default 0,
    check (deal_id is null or opportunity_id is null)
);
create index feedback_links_deal on feedback_links (deal_id);
create index feedback_links_customer on feedback_links (customer_id);

create table feedback (
    id bigint generated always as identity primary key,
    link_id bigint not null constraint feedback_once unique references feedback_links,
    score smallint not null check (score between 0 and 10),
    good text[] not null default '{}',
    bad text[] not null default '{}',
    words text not null default '',
    may_call boolean not null default false,
    case_id bigint references cases,
    answered_on date not null,
    answered_at timestamptz not null
);
create index feedback_answered on feedback (answered_on desc, id desc);
