-- Booked orders whose every line is delivered, the last one on or after a day, and that no rule has made a follow-up of; or
-- one order, which somebody says is delivered on that day.
with recent as (
    select distinct l.deal_id from deal_lines l
    where l.delivered_on >= $2 and not l.removed and $1::bigint is null
    union all
    select $1 where $1 is not null
)
select d.id as "deal: DealId", d.customer_id as "customer: CustomerId", d.employee_id as "seller: EmployeeId",
    case when $1 is null then max(l.delivered_on) else $2 end as "delivered_on!",
    array_agg(p.id order by l.line_no) as "products!", array_agg(p.category_id order by l.line_no) as "categories!"
from recent r
join deals d on d.id = r.deal_id and d.status = 'booked'
join deal_lines l on l.deal_id = d.id and not l.removed
join products p on p.id = l.product_id
where not exists (select from follow_ups f where f.deal_id = d.id and f.rule_id is not null)
group by d.id
having $1 is not null
    or (bool_and(l.delivered_on is not null) and max(l.delivered_on) >= $2 and max(l.delivered_on) <= $3::date)
order by d.id
