-- Sums up the ledger of some days, each of its rows once: the totals are sums of sums.
with days as (
    insert into ledger_days
    select coalesce(employee_id, 0), category_id, kind = 'overlay', basis, credit_date, sum(revenue), sum(margin), sum(units),
        sum(category_orders), sum(category_new_customers), sum(orders), sum(new_customers)
    from credit_entries
    where basis in (0, 1) and credit_date >= $1 and credit_date < $2
    group by 1, 2, 3, 4, 5
    returning *
)
insert into ledger_totals
select employee_id, overlay, basis, day, sum(revenue), sum(margin), sum(units), sum(all_orders), sum(all_new_customers)
from days
group by 1, 2, 3, 4
