-- Stores opportunities of one line each, with the steps of their way: opened, and decided where they are.
with rows as (
    select * from unnest($2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bigint[],
        $10::date[], $11::date[], $12::date[], $13::text[], $14::text[], $15::text[], $16::bigint[], $17::bigint[],
        $18::bigint[], $19::bigint[], $20::bigint[], $21::bigint[], $22::bigint[])
        as r (number, customer, owner, currency, origin, technique, state, stage, opened_on, expected_on, closed_on, note,
            lost_reason, lost_to, deal, product, quantity, amount, cost, own_amount, own_cost)
),
stored as (
    insert into opportunities (source, opportunity_no, customer_id, employee_id, currency, origin, technique, state,
        stage_id, stage_since, opened_on, expected_on, note, closed_on, lost_reason, lost_to, deal_id, amount, own_amount,
        opened_by, opened_at)
    select $1, number, customer, owner, currency, origin, technique, state, stage, opened_on, opened_on, expected_on, note,
        closed_on, nullif(lost_reason, ''), lost_to, deal, amount, own_amount, $23, $24
    from rows
    returning id, opportunity_no
),
lines as (
    insert into opportunity_lines (opportunity_id, line_no, product_id, quantity, amount, cost, own_amount, own_cost)
    select s.id, 1, r.product, r.quantity, r.amount, r.cost, r.own_amount, r.own_cost
    from rows r join stored s on s.opportunity_no = r.number
)
insert into opportunity_moves (opportunity_id, number, stage_id, state, day, moved_by, moved_at, deal_id)
select s.id, m.number, r.stage, m.state, m.day, $23, $24, m.deal
from rows r join stored s on s.opportunity_no = r.number
cross join lateral (
    select 1 as number, $25::text as state, r.opened_on as day, null::bigint as deal
    union all
    select 2, r.state, r.closed_on, r.deal where r.closed_on is not null
) m
