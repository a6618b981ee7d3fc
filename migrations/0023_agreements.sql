-- Goals are agreed with those they are for. Nothing that is only proposed counts anywhere: a goal comes to be when the two
-- sides agree, or when the one who sets it says openly that it is imposed.

-- What people write to each other about a thing. Who reads it follows from the thing.
create table threads (
    id bigint generated always as identity primary key
);
create table thread_posts (
    id bigint generated always as identity primary key,
    thread_id bigint not null references threads,
    posted_by bigint not null references users,
    posted_at timestamptz not null,
    body text not null check (body <> ''),
    removed_at timestamptz
);
create index thread_posts_thread on thread_posts (thread_id, id);

alter table goals add column thread_id bigint references threads;

create table agreements (
    id bigint generated always as identity primary key,
    subject_kind text not null check (subject_kind in ('person', 'department')),
    employee_id bigint references employees,
    department_id bigint references departments,
    metric text not null check (metric in ('revenue', 'margin', 'units', 'orders', 'new_customers')),
    category_id bigint references product_categories,
    period daterange not null check (not isempty(period) and lower(period) is not null and upper(period) is not null),
    currency char(3),
    state text not null check (state in ('draft', 'proposed', 'countered', 'agreed', 'imposed', 'withdrawn')),
    -- which side began: the one who sets goals, or the one whose goal it is
    begun_by text not null check (begun_by in ('setter', 'owner')),
    -- the offer on the table, in minor units or a count, and which side made it
    target bigint not null check (target >= 0),
    offered_by text not null check (offered_by in ('setter', 'owner')),
    thread_id bigint not null references threads,
    goal_id bigint references goals,
    changed_at timestamptz not null,
    version bigint not null default 1,
    check ((subject_kind = 'person') = (employee_id is not null)),
    check ((subject_kind = 'person') = (department_id is null)),
    check ((metric in ('revenue', 'margin')) = (currency is not null)),
    check ((state in ('agreed', 'imposed')) = (goal_id is not null))
);
create unique index agreements_one_open on agreements
    (subject_kind, coalesce(employee_id, department_id), metric, coalesce(category_id, 0), period)
    where state in ('draft', 'proposed', 'countered');
create index agreements_goal on agreements (goal_id);

create table agreement_steps (
    agreement_id bigint not null references agreements,
    number integer not null check (number >= 1),
    step text not null check (step in
        ('draft', 'propose', 'change', 'counter', 'accept', 'impose', 'withdraw', 'reopen')),
    -- who took it, for which side
    taken_by bigint not null references users,
    side text not null check (side in ('setter', 'owner')),
    taken_at timestamptz not null,
    target bigint not null,
    reason text not null default '',
    primary key (agreement_id, number)
);
create trigger agreement_steps_update before update on agreement_steps
    for each statement execute function refuse_change();
create trigger agreement_steps_delete before delete on agreement_steps
    for each statement execute function refuse_change();

-- Who was told of a target and asked to say that they have seen it.
create table acknowledgements (
    goal_id bigint not null,
    number integer not null,
    user_id bigint not null references users,
    asked_at timestamptz not null,
    acknowledged_at timestamptz,
    primary key (goal_id, number, user_id),
    foreign key (goal_id, number) references goal_versions
);
create index acknowledgements_open on acknowledgements (user_id) where acknowledged_at is null;

-- What happened that somebody should know: their inbox.
create table notices (
    id bigint generated always as identity primary key,
    user_id bigint not null references users,
    -- who caused it
    caused_by bigint references users,
    told_at timestamptz not null,
    -- key of the message in the catalogues, and the values it mentions, by kind, so that it is said in the reader's language
    message text not null,
    details jsonb not null,
    -- their own words, if they wrote any
    quote text not null default '',
    -- where it is dealt with: a path of ours
    href text not null check (href like '/%'),
    read_at timestamptz,
    -- the mail that told of it; mail_wanted until there is one
    mail_wanted boolean not null,
    mail_id bigint
);
create index notices_inbox on notices (user_id, id desc);
create index notices_unread on notices (user_id) where read_at is null;
create index notices_to_mail on notices (user_id) where mail_wanted;

create function notice_told() returns trigger language plpgsql as $$
begin
    perform pg_notify('pacemark_notices', new.user_id::text);
    return null;
end
$$;
create trigger notices_told after insert or update of read_at on notices
    for each row execute function notice_told();

-- Letters as they go out. A letter is written once, with a number of its own that stays the same however often sending
-- is tried, so that a receiver can tell a second try from a second letter.
create table mails (
    id bigint generated always as identity primary key,
    user_id bigint not null references users,
    message_id text not null unique,
    address text not null,
    subject text not null,
    plain text not null,
    html text not null,
    written_at timestamptz not null,
    -- a try is under way until then, or the next is due then
    next_try_at timestamptz not null,
    tries integer not null default 0,
    last_error text not null default '',
    sent_at timestamptz,
    given_up_at timestamptz
);
create index mails_waiting on mails (next_try_at) where sent_at is null and given_up_at is null;
alter table notices add foreign key (mail_id) references mails;

alter table users
    add column mail_mode text not null default 'at_once' check (mail_mode in ('off', 'at_once', 'daily')),
    -- part of the address that ends mails without signing in
    add column mail_token uuid not null unique default gen_random_uuid();
