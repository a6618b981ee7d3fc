-- What every import needs besides the rows: whose they are, which are faulty, and what became of them.
drop table if exists import_run, import_faults, import_counts, import_currencies;
create temp table import_run (source text not null, at timestamptz not null, by_user bigint, currency text not null)
    on commit drop;
create temp table import_faults (line bigint not null, name text not null, value text, reason text not null,
    args jsonb not null default '{}') on commit drop;
create temp table import_counts (added bigint not null, changed bigint not null, unchanged bigint not null)
    on commit drop;
-- how many minor units of the company's currency one minor unit is at a rate of 1
create temp table import_currencies (currency text primary key, shift numeric not null) on commit drop;
