-- Deals in the company's currency whose ledger rows do not come to their lines less what came back: on the booked basis
-- all of it, on the delivered one what was delivered, and what came back of that. A deal that is cancelled or undone
-- comes to nothing. Overlay shares stand beside the deal and are left out. Of lines that are delivered in part, pieces are
-- compared: what they are worth is divided among deliveries as it is posted.
with delivered as (
    select line_id, sum(quantity) as quantity from line_deliveries group by line_id
),
returned as (
    select line_id, sum(quantity) as quantity, sum(amount) as amount, sum(cost) as cost from deal_returns group by line_id
),
lines as (
    select l.deal_id, l.id as line_id, l.quantity, l.amount, l.cost, coalesce(r.quantity, 0) as back,
        coalesce(r.amount, 0) as back_amount, coalesce(r.cost, 0) as back_cost,
        v.quantity as delivered, v.quantity >= l.quantity or l.quantity <= 0 as whole
    from deal_lines l
    join deals d on d.id = l.deal_id and d.status = 'booked'
    left join returned r on r.line_id = l.id
    left join delivered v on v.line_id = l.id
    where not l.removed
),
rows as (
    select deal_id, 0::smallint as basis, false as in_part, amount - back_amount as revenue,
        amount - cost - (back_amount - back_cost) as margin, quantity - back as units,
        0::bigint as ledger_revenue, 0::bigint as ledger_margin, 0::bigint as ledger_units
    from lines
    union all
    select deal_id, 1, not whole, amount - back_amount, amount - cost - (back_amount - back_cost),
        case when whole then quantity - back else delivered - least(back, delivered) end, 0, 0, 0
    from lines where delivered is not null
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
differing as (
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
