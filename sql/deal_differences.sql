-- Deals in the company's currency whose ledger rows do not come to their lines less what came back.
-- A deal that is cancelled or undone comes to nothing. Overlay shares stand beside the deal and are left out.
with lines as (
    select l.deal_id, sum(l.amount - coalesce(r.amount, 0)) as revenue,
        sum(l.amount - l.cost - coalesce(r.amount - r.cost, 0)) as margin,
        sum(l.quantity - coalesce(r.quantity, 0)) as units
    from deal_lines l
    left join lateral (
        select sum(amount) as amount, sum(cost) as cost, sum(quantity) as quantity
        from deal_returns where line_id = l.id
    ) r on true
    where not l.removed
    group by l.deal_id
),
credits as (
    select deal_id, sum(revenue) as revenue, sum(margin) as margin, sum(units) as units
    from credit_entries where kind <> 'overlay' group by deal_id
),
expected as (
    select d.id, d.order_no,
        case when d.status = 'booked' then coalesce(l.revenue, 0) else 0 end as revenue,
        case when d.status = 'booked' then coalesce(l.margin, 0) else 0 end as margin,
        case when d.status = 'booked' then coalesce(l.units, 0) else 0 end as units
    from deals d
    join settings s on s.currency = d.currency
    left join lines l on l.deal_id = d.id
    where not exists (select from credit_entries e where e.deal_id = d.id and e.currency <> s.currency)
)
select x.order_no as "order_no!",
    array[x.revenue, x.margin, x.units]::bigint[] as "lines!",
    array[coalesce(c.revenue, 0), coalesce(c.margin, 0), coalesce(c.units, 0)]::bigint[] as "ledger!"
from expected x
left join credits c on c.deal_id = x.id
where (x.revenue, x.margin, x.units)
    <> (coalesce(c.revenue, 0), coalesce(c.margin, 0), coalesce(c.units, 0))
order by x.order_no
