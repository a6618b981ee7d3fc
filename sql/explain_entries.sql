-- The ledger rows that make up a figure, latest first. Rows of people whom the viewer may not see one by one are
-- summed per day without a name. $1 person, department or company; $2 its id; $3 metric; $4 category or null;
-- $12 the basis.
with entries as (
    select e.id, e.credit_date, e.deal_id, e.line_id, e.employee_id, e.event, e.kind, e.share_bp, e.origin_date,
        case $3
            when 'revenue' then e.revenue
            when 'margin' then e.margin
            when 'units' then e.units
            when 'orders' then case when $4::bigint is null then e.orders else e.category_orders end
            else case when $4::bigint is null then e.new_customers else e.category_new_customers end
        end as value,
        $7 or e.employee_id is null or e.employee_id in (select v.employee_id from visible_employees($8, false, $9) v)
            as seen
    from (
        -- by the index of a person's rows, or by that of all
        select id, credit_date, deal_id, line_id, employee_id, event, kind, share_bp, origin_date, category_id,
            revenue, margin, units, orders, category_orders, new_customers,
            category_new_customers
        from credit_entries
        where $1 = 'person' and employee_id = $2 and basis = $12 and credit_date >= $5 and credit_date < $6
        union all
        select id, credit_date, deal_id, line_id, employee_id, event, kind, share_bp, origin_date, category_id,
            revenue, margin, units, orders, category_orders, new_customers,
            category_new_customers
        from credit_entries
        where $1 <> 'person' and basis = $12 and credit_date >= $5 and credit_date < $6
    ) e
    where ($4::bigint is null or e.category_id = $4)
        and case $1
            when 'person' then true
            when 'department' then e.kind = 'direct' and exists (
                select from memberships m
                where m.employee_id = e.employee_id and m.during @> e.credit_date
                    and m.department_id in (select t.department_id from department_subtree($2) t))
            else e.kind <> 'overlay'
        end
),
rows as (
    select credit_date, case when seen then id end as entry, min(deal_id) filter (where seen) as deal_id,
        min(line_id) filter (where seen) as line_id,
        min(employee_id) filter (where seen) as employee_id, min(event) filter (where seen) as event,
        min(kind) filter (where seen) as kind, min(share_bp) filter (where seen) as share_bp, min(origin_date) filter (where seen) as origin,
        sum(value)::bigint as value
    from entries where value <> 0
    group by credit_date, case when seen then id end
)
select r.credit_date as "day!", r.entry is not null as "seen!", r.deal_id as "deal: DealId", d.order_no as "order_no?",
    c.name as "customer?", p.name as "person?", o.name as "product?", r.event, r.kind, r.share_bp, r.origin, r.value as "value!",
    (sum(r.value) over (partition by r.credit_date))::bigint as "day_total!", count(*) over () as "rows!",
    (sum(r.value) over ())::bigint as "total!"
from rows r
left join deals d on d.id = r.deal_id
left join customers c on c.id = d.customer_id
left join employees p on p.id = r.employee_id
left join deal_lines l on l.id = r.line_id
left join products o on o.id = l.product_id
order by r.credit_date desc, r.entry desc nulls last
limit $10 offset $11
