-- Sales that a viewer may see, in order of id: those of people they may see, by ownership or by a share.
select d.id as "id: DealId", d.status, d.logged_at, d.source, d.order_no, d.ordered_on, c.customer_no,
    e.employee_no as "employee_no?", d.currency
from deals d
join customers c on c.id = d.customer_id
left join employees e on e.id = d.employee_id
where d.id > $11
    and ($2 or d.employee_id in (select v.employee_id from visible_employees($1, false, $3) v)
        or exists (select from deal_shares s where s.deal_id = d.id
            and s.employee_id in (select v.employee_id from visible_employees($1, false, $3) v)))
    and ($4::bigint is null or d.id = $4)
    and ($5::date is null or d.ordered_on >= $5)
    and ($6::date is null or d.ordered_on <= $6)
    and ($7::text is null or e.employee_no = $7)
    and ($8::text is null or c.customer_no = $8)
    and ($9::text is null or d.source = $9)
    and ($10::text is null or d.order_no = $10)
order by d.id
limit $12
