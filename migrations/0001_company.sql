-- The company that runs Pacemark: one installation, one row of settings.
-- The company's name is the name of its root department, so it is not stored here a second time.
create extension if not exists btree_gist;

create table settings (
    id smallint primary key default 1 check (id = 1),
    currency char(3) not null default 'SEK' check (currency ~ '^[A-Z]{3}$'),
    time_zone text not null default 'Europe/Stockholm',
    -- first month of the fiscal year, 1 = January
    fiscal_start_month smallint not null default 1 check (fiscal_start_month between 1 and 12),
    -- ISO weekdays that are not worked, 1 = Monday … 7 = Sunday
    weekend smallint[] not null default '{6,7}',
    language text not null default 'en' check (language in ('en', 'sv')),
    -- boundaries of the computed status, in whole percent (rule 17)
    on_track_pct smallint not null default 97 check (on_track_pct between 1 and 200),
    at_risk_pct smallint not null default 85 check (at_risk_pct between 1 and 200),
    exceeded_pct smallint not null default 110 check (exceeded_pct between 100 and 500),
    grace_pct smallint not null default 5 check (grace_pct between 0 and 50),
    -- null until an administrator has chosen these values; imports may adopt a currency until then
    configured_at timestamptz,
    version bigint not null default 1,
    check (at_risk_pct <= on_track_pct)
);
insert into settings default values;

create table holidays (
    day date primary key,
    name text not null
);

-- Units of the company's currency for one unit of `currency`, from a day on (rule 4).
create table exchange_rates (
    currency char(3) not null check (currency ~ '^[A-Z]{3}$'),
    valid_from date not null,
    rate numeric(20, 10) not null check (rate > 0),
    primary key (currency, valid_from)
);
