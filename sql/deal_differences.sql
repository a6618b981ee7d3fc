-- Deals in the company's currency whose ledger rows do not come to their lines less what came back.
-- A deal that is cancelled or undone comes to nothing. Overlay shares stand beside the deal and are left out.
with rows as (
    select l.deal_id, l.amount as revenue, l.amount - l.cost as margin, l.quantity as units,
        0::bigint as ledger_revenue, 0::bigint as ledger_margin, 0::bigint as ledger_units
    from deal_lines l join deals d on d.id = l.deal_id and d.status = 'booked'
    where not l.removed
    union all
    select l.deal_id, -r.amount, -(r.amount - r.cost), -r.quantity, 0, 0, 0
    from deal_returns r
    join deal_lines l on l.id = r.line_id and not l.removed
    join deals d on d.id = l.deal_id and d.status = 'booked'
    union all
    select e.deal_id, 0, 0, 0, e.revenue, e.margin, e.units
    from credit_entries e where e.kind <> 'overlay'
),
differing as (
    select deal_id, sum(revenue)::bigint as revenue, sum(margin)::bigint as margin, sum(units)::bigint as units,
        sum(ledger_revenue)::bigint as ledger_revenue, sum(ledger_margin)::bigint as ledger_margin,
        sum(ledger_units)::bigint as ledger_units
    from rows group by deal_id
    having sum(revenue) <> sum(ledger_revenue) or sum(margin) <> sum(ledger_margin) or sum(units) <> sum(ledger_units)
)
select d.order_no as "order_no!", array[x.revenue, x.margin, x.units] as "lines!",
    array[x.ledger_revenue, x.ledger_margin, x.ledger_units] as "ledger!"
from differing x
join deals d on d.id = x.deal_id
join settings s on s.currency = d.currency
where not exists (select from credit_entries e where e.deal_id = d.id and e.currency <> s.currency)
order by d.order_no
