-- What may become an order: opportunities on their way through stages. An opportunity that is won books its order, which is
-- a deal like any other; nothing here counts as sold. The way through the stages is kept for good, because how likely a
-- stage is and how long one may stay in it are measured from it.
create table stages (
    id bigint generated always as identity primary key,
    -- said in the reader's language by this code until somebody gives the stage a name
    code text unique,
    name text not null default '',
    -- order of the way
    place integer not null,
    -- typed, in hundredths of a percent; used until enough is decided
    probability_bp integer not null check (probability_bp between 0 and 10000),
    retired_at timestamptz,
    version bigint not null default 1,
    check (code is not null or name <> '')
);
insert into stages (code, place, probability_bp) values
    ('contact', 1, 1000), ('need', 2, 2500), ('offer', 3, 5000), ('negotiation', 4, 7000), ('verbal', 5, 9000);

create table opportunities (
    id bigint generated always as identity primary key,
    -- where it comes from: 'pacemark' for those opened here, or the name of an import or integration
    source text not null,
    opportunity_no text not null,
    -- perhaps not known yet
    customer_id bigint references customers,
    employee_id bigint references employees,
    currency char(3) not null check (currency ~ '^[A-Z]{3}$'),
    origin text not null check (origin in ('inbound', 'outbound', 'referral', 'campaign', 'existing', 'other')),
    technique text not null default '',
    state text not null default 'open' check (state in ('open', 'won', 'lost')),
    -- where it stands, or stood when it was decided
    stage_id bigint not null references stages,
    stage_since date not null,
    opened_on date not null,
    expected_on date,
    next_step text not null default '',
    next_on date,
    note text not null default '',
    closed_on date,
    lost_reason text check (lost_reason in
        ('price', 'product', 'delivery_time', 'service', 'competitor', 'no_need', 'other')),
    lost_text text not null default '',
    lost_to text not null default '',
    -- what the competitor asked, minor units of `currency`
    lost_price bigint check (lost_price >= 0),
    -- the order it became
    deal_id bigint constraint opportunities_deal_key unique references deals,
    -- sums of the lines: minor units of `currency`, and of the company's currency at the rate of the day it was written
    amount bigint not null check (amount >= 0),
    own_amount bigint not null check (own_amount >= 0),
    thread_id bigint references threads,
    form_key uuid constraint opportunities_form_key unique,
    opened_by bigint references users,
    opened_at timestamptz not null,
    version bigint not null default 1,
    constraint opportunities_source_no_key unique (source, opportunity_no),
    check ((state = 'open') = (closed_on is null)),
    check ((state = 'lost') = (lost_reason is not null)),
    check ((state = 'won') = (deal_id is not null)),
    check (next_on is null or next_step <> '')
);
create index opportunities_open on opportunities (stage_id, employee_id) where state = 'open';
create index opportunities_expected on opportunities (expected_on) where state = 'open';
create index opportunities_owner on opportunities (employee_id, state);
create index opportunities_opened on opportunities (opened_on);
create index opportunities_customer on opportunities (customer_id);
create index opportunities_closed on opportunities (closed_on desc) where state <> 'open';
create sequence opportunity_numbers start 1001;

create table opportunity_lines (
    opportunity_id bigint not null references opportunities,
    line_no integer not null,
    product_id bigint not null references products,
    quantity bigint not null check (quantity > 0),
    -- the whole line, minor units of the opportunity's currency
    amount bigint not null check (amount >= 0),
    cost bigint not null check (cost >= 0),
    -- the same in the company's currency
    own_amount bigint not null check (own_amount >= 0),
    own_cost bigint not null check (own_cost >= 0),
    primary key (opportunity_id, line_no)
);
create index opportunity_lines_product on opportunity_lines (product_id);

-- Every step of the way, with what it led to.
create table opportunity_moves (
    opportunity_id bigint not null references opportunities,
    number integer not null check (number >= 1),
    stage_id bigint not null references stages,
    state text not null check (state in ('open', 'won', 'lost')),
    -- the business day
    day date not null,
    moved_by bigint references users,
    moved_at timestamptz not null,
    -- the order that came of it
    deal_id bigint references deals,
    primary key (opportunity_id, number)
);
create index opportunity_moves_stage on opportunity_moves (stage_id);
create trigger opportunity_moves_update before update on opportunity_moves
    for each statement execute function refuse_change();
create trigger opportunity_moves_delete before delete on opportunity_moves
    for each statement execute function refuse_change();

-- Next steps that were done.
create table opportunity_steps (
    id bigint generated always as identity primary key,
    opportunity_id bigint not null references opportunities,
    step text not null,
    due_on date,
    done_on date not null,
    done_by bigint references users,
    done_at timestamptz not null
);
create index opportunity_steps_of on opportunity_steps (opportunity_id);

-- A file that waits to be told what its columns and names mean.
create table opportunity_uploads (
    id bigint generated always as identity primary key,
    source text not null,
    file_name text not null,
    -- nothing once it is done
    content bytea,
    -- what came of it
    result jsonb,
    uploaded_by bigint not null references users,
    uploaded_at timestamptz not null,
    check ((content is null) = (result is not null))
);
-- What the columns and names of a source mean here, for the next file of it.
create table import_mappings (
    kind text not null,
    source text not null,
    mapping jsonb not null,
    saved_by bigint references users,
    saved_at timestamptz not null,
    primary key (kind, source)
);

-- Forecasts are remembered until an opportunity changes: counted once per transaction, when it commits.
create table pipeline_revision (
    id smallint primary key default 1 check (id = 1),
    revision bigint not null default 1,
    changed_by xid8
);
insert into pipeline_revision default values;
create function bump_pipeline_revision() returns trigger language plpgsql as $$
begin
    update pipeline_revision set revision = revision + 1, changed_by = pg_current_xact_id()
    where changed_by is distinct from pg_current_xact_id();
    return null;
end
$$;
create constraint trigger opportunities_revision after insert or update or delete on opportunities
    deferrable initially deferred for each row execute function bump_pipeline_revision();
create constraint trigger stages_revision after insert or update or delete on stages
    deferrable initially deferred for each row execute function bump_pipeline_revision();
