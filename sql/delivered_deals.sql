-- Booked orders that were wholly delivered within some days and that no rule has made a follow-up of, $5 of them in the order of their
-- ids after $4; or one order, which somebody says is delivered on a day.
with recent as (
    (select d.id from deals d
    where $1::bigint is null and d.delivered_on >= $2 and d.delivered_on <= $3::date and d.status = 'booked' and d.id > $4
        and not exists (select from follow_ups f where f.deal_id = d.id and f.rule_id is not null)
    order by d.id limit $5)
    union all
    select $1 where $1 is not null
)
select d.id as "deal: DealId", d.customer_id as "customer: CustomerId", d.employee_id as "seller: EmployeeId",
    case when $1 is null then d.delivered_on else $2 end as "delivered_on!",
    array_agg(p.id order by l.line_no) as "products!", array_agg(p.category_id order by l.line_no) as "categories!"
from recent r
join deals d on d.id = r.id and d.status = 'booked'
join deal_lines l on l.deal_id = d.id and not l.removed
join products p on p.id = l.product_id
where not exists (select from follow_ups f where f.deal_id = d.id and f.rule_id is not null)
group by d.id
order by d.id
