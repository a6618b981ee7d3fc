-- Goals for those who support sales: measured by facts of their own. A fact is of a person, who counts for their department of
-- that day, or of a department itself. Ratios (on-time share, scores, reply times) have a part and a whole, so that every
-- sum is worked out anew from its own facts and never averaged (rule 15).
set constraints all immediate;
alter table goals drop constraint goals_metric_check, add constraint goals_metric_check check (metric in
    ('revenue', 'margin', 'units', 'orders', 'new_customers', 'on_time_delivery', 'follow_ups_in_time', 'customer_score',
    'first_reply_time', 'leads', 'training_completed'));
alter table agreements drop constraint agreements_metric_check, add constraint agreements_metric_check check (metric in
    ('revenue', 'margin', 'units', 'orders', 'new_customers', 'on_time_delivery', 'follow_ups_in_time', 'customer_score',
    'first_reply_time', 'leads', 'training_completed'));

create table facts (
    id bigint generated always as identity primary key,
    -- where it comes from: 'pacemark' for what is typed in, or the name of a file's or a program's system
    source text not null,
    fact_no text not null,
    metric text not null check (metric in
        ('on_time_delivery', 'follow_ups_in_time', 'customer_score', 'first_reply_time', 'leads', 'training_completed')),
    employee_id bigint references employees,
    department_id bigint references departments,
    day date not null,
    -- on time, points in hundredths, minutes, leads
    part bigint not null,
    -- of how many; 0 for what is only counted
    whole bigint not null check (whole >= 0),
    note text not null default '',
    recorded_by bigint references users,
    recorded_at timestamptz not null,
    removed_at timestamptz,
    version bigint not null default 1,
    constraint facts_source_no_key unique (source, fact_no),
    check ((employee_id is null) <> (department_id is null))
);
create index facts_day on facts (day desc, id desc);
create sequence fact_numbers;

-- What counts: rows are only ever added; a change takes back what stands and adds what is so now. Named like the ledger of
-- credits, so that the same rules keep closed days.
create table fact_entries (
    id bigint generated always as identity primary key,
    fact_id bigint not null references facts,
    metric text not null,
    employee_id bigint references employees,
    department_id bigint references departments,
    credit_date date not null,
    part bigint not null,
    whole bigint not null,
    origin_date date,
    posted_at timestamptz not null
);
create index fact_entries_fact on fact_entries (fact_id);
create index fact_entries_person on fact_entries (metric, employee_id, credit_date);
create index fact_entries_department on fact_entries (metric, department_id, credit_date);
create trigger fact_entries_update before update on fact_entries for each statement execute function refuse_change();
create trigger fact_entries_delete before delete on fact_entries for each statement execute function refuse_change();
create trigger fact_entries_open after insert on fact_entries referencing new table as posted
    for each statement execute function check_posted_days();

-- Posts the difference between what stands of some facts and what they say.
create function post_facts(changed bigint[], at timestamptz) returns void language sql volatile as $$
    with standing as (
        select fact_id, metric, employee_id, department_id, coalesce(origin_date, credit_date) as day,
            sum(part)::bigint as part, sum(whole)::bigint as whole
        from fact_entries where fact_id = any(changed) group by 1, 2, 3, 4, 5
        having sum(part) <> 0 or sum(whole) <> 0
    ),
    wanted as (
        select id as fact_id, metric, employee_id, department_id, day, part, whole
        from facts where id = any(changed) and removed_at is null
    ),
    different as (
        select fact_id, metric, employee_id, department_id, day, -part as part, -whole as whole, 0 as turn
        from (select * from standing except all select * from wanted) gone
        union all
        select fact_id, metric, employee_id, department_id, day, part, whole, 1
        from (select * from wanted except all select * from standing) come
    ),
    posted as (
        insert into fact_entries (fact_id, metric, employee_id, department_id, credit_date, part, whole, origin_date, posted_at)
        select d.fact_id, d.metric, d.employee_id, d.department_id, s.stands_on, d.part, d.whole,
            case when s.stands_on > d.day then d.day end, at
        from different d cross join closed_books b
        -- what belongs to a day of which something came late stays with it
        cross join lateral (
            select greatest(coalesce(max(e.credit_date), d.day), b.open_from) as stands_on from fact_entries e
            where e.fact_id = d.fact_id and e.origin_date = d.day
        ) s
        order by d.fact_id, d.turn
        returning id
    )
    -- pages that show figures hear of it as they hear of sales
    update rollup_revision set revision = revision + 1 where exists (select from posted)
$$;
