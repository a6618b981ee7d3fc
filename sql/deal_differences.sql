-- Deals in the company's currency whose ledger rows do not come to their lines less what came back: on the booked basis
-- all of it, on the delivered one what was delivered, and what came back of that. A deal that is cancelled or undone
-- comes to nothing. Overlay shares stand beside the deal and are left out. Of lines that are delivered in part, pieces are
-- compared: what they are worth is divided among deliveries as it is posted.
with lines as (
    select l.id, l.deal_id, l.amount, l.cost, l.quantity, l.delivered_on is not null as whole
    from deal_lines l join deals d on d.id = l.deal_id and d.status = 'booked'
    where not l.removed
),
returned as (
    select l.id as line_id, l.deal_id, l.whole, r.kind, r.amount, r.cost, r.quantity
    from deal_returns r join lines l on l.id = r.line_id
),
in_part as (
    select l.deal_id, l.id as line_id, least(sum(v.quantity), l.quantity) as quantity
    from line_deliveries v join lines l on l.id = v.line_id and not l.whole
    group by l.deal_id, l.id, l.quantity
),
rows as (
    select deal_id, 0::smallint as basis, false as in_part, amount as revenue, amount - cost as margin, quantity as units,
        0::bigint as ledger_revenue, 0::bigint as ledger_margin, 0::bigint as ledger_units
    from lines
    union all
    select deal_id, 0, false, -amount, cost - amount, -quantity, 0, 0, 0 from returned
    union all
    select deal_id, 1, false, amount, amount - cost, quantity, 0, 0, 0 from lines where whole
    union all
    select deal_id, 1, false, -amount, cost - amount, -quantity, 0, 0, 0 from returned where whole
    union all
    select p.deal_id, 1, true, 0, 0, p.quantity - least(p.quantity, coalesce((
        select sum(r.quantity) from returned r where r.line_id = p.line_id and r.kind = 'return'), 0)), 0, 0, 0
    from in_part p
    union all
    select e.deal_id, e.basis, false, 0, 0, 0, e.revenue, e.margin, e.units
    from credit_entries e where e.kind <> 'overlay'
),
sums as (
    select deal_id, basis, bool_or(in_part) as in_part, sum(revenue)::bigint as revenue, sum(margin)::bigint as margin,
        sum(units)::bigint as units, sum(ledger_revenue)::bigint as ledger_revenue,
        sum(ledger_margin)::bigint as ledger_margin, sum(ledger_units)::bigint as ledger_units
    from rows group by deal_id, basis
),
-- by itself, so that it is worked out once whatever the planner expects
differing as materialized (
    select deal_id, basis, case when in_part then ledger_revenue else revenue end as revenue,
        case when in_part then ledger_margin else margin end as margin, units, ledger_revenue, ledger_margin, ledger_units
    from sums
    where units <> ledger_units or (not in_part and (revenue <> ledger_revenue or margin <> ledger_margin))
)
select d.order_no as "order_no!", x.basis as "basis!: Basis", array[x.revenue, x.margin, x.units] as "lines!",
    array[x.ledger_revenue, x.ledger_margin, x.ledger_units] as "ledger!"
from differing x
join deals d on d.id = x.deal_id
join settings s on s.currency = d.currency
where not exists (select from credit_entries e where e.deal_id = d.id and e.currency <> s.currency)
order by d.order_no, x.basis
