-- Puts order lines together to orders and finds their faults: duplicate lines, orders whose lines do not agree,
-- unknown customers, people and products, foreign money without a rate.
insert into import_faults
select line, 'line_no', order_no || ' / ' || line_no, 'import-fault-duplicate',
    jsonb_build_object('line', first::text)
from (
    select line, order_no, line_no, min(line) over (partition by order_no collate "C", line_no) as first
    from stage_sales
) r
where line > first;

drop table if exists stage_orders;
create temp table stage_orders on commit drop as
select o.order_no, o.line, o.agrees, o.ordered_on, o.customer_no, o.employee_no, o.currency, o.channel,
    c.id as customer_id, e.id as employee_id, d.id is null as is_new,
    coalesce(d.id, nextval('deals_id_seq')) as deal_id,
    d.id is not null and (d.customer_id, d.employee_id, d.ordered_on, d.currency, d.channel)
        is distinct from (c.id, e.id, o.ordered_on, o.currency::char(3), o.channel) as head_changed,
    case when o.currency = r.currency then 1 else (
        select x.rate from exchange_rates x
        where x.currency = o.currency and x.valid_from <= o.ordered_on
        order by x.valid_from desc limit 1
    ) end as rate
from (
    select order_no, min(line) as line, min(ordered_on) as ordered_on,
        min(customer_no collate "C") collate "default" as customer_no,
        min(employee_no collate "C") collate "default" as employee_no,
        min(currency collate "C") collate "default" as currency,
        min(channel collate "C") collate "default" as channel,
        min(ordered_on) = max(ordered_on) and min(customer_no collate "C") = max(customer_no collate "C")
            and (count(employee_no) = 0 or count(employee_no) = count(*)
                and min(employee_no collate "C") = max(employee_no collate "C"))
            and min(currency collate "C") = max(currency collate "C")
            and min(channel collate "C") = max(channel collate "C") as agrees
    from stage_sales group by order_no
    order by min(ordered_on), order_no collate "C"
) o
cross join import_run r
left join customers c on c.customer_no = o.customer_no
left join employees e on e.employee_no = o.employee_no
left join deals d on d.source = r.source and d.order_no = o.order_no;
analyze stage_orders;

insert into import_faults
select s.line, f.name, f.value, 'import-fault-order-differs',
    jsonb_build_object('order', s.order_no, 'line', h.line::text, 'other', coalesce(f.other, ''))
from stage_orders o
join stage_sales h on h.line = o.line
join stage_sales s on s.order_no = o.order_no
cross join lateral (values
    ('ordered_on', s.ordered_on::text, h.ordered_on::text),
    ('customer_no', s.customer_no, h.customer_no),
    ('employee_no', s.employee_no, h.employee_no),
    ('currency', s.currency, h.currency),
    ('channel', s.channel, h.channel)
) as f (name, value, other)
where not o.agrees and f.value is distinct from f.other;

insert into import_faults
select s.line, 'customer_no', s.customer_no, 'import-fault-unknown-customer', '{}'
from stage_orders o join stage_sales s on s.order_no = o.order_no
where (o.customer_id is null or not o.agrees)
    and not exists (select from customers c where c.customer_no = s.customer_no);

insert into import_faults
select s.line, 'employee_no', s.employee_no, 'import-fault-unknown-employee', '{}'
from stage_orders o join stage_sales s on s.order_no = o.order_no
where (o.employee_id is null or not o.agrees) and s.employee_no is not null
    and not exists (select from employees e where e.employee_no = s.employee_no);

insert into import_faults
select s.line, 'sku', s.sku, 'import-fault-unknown-product', '{}'
from stage_sales s where not exists (select from products p where p.sku = s.sku);

insert into import_faults
select s.line, 'currency', s.currency, 'import-fault-no-rate', jsonb_build_object('day', o.ordered_on::text)
from stage_orders o join stage_sales s on s.order_no = o.order_no
where o.rate is null and o.agrees;

insert into import_faults
select s.line, 'delivered_on', s.delivered_on::text, 'import-fault-no-rate', jsonb_build_object('day', s.delivered_on::text)
from stage_orders o join stage_sales s on s.order_no = o.order_no
where o.rate is not null and o.agrees and s.delivered_on < o.ordered_on
    and o.currency <> (select currency from import_run)
    and not exists (select from exchange_rates x where x.currency = o.currency and x.valid_from <= s.delivered_on);

insert into import_faults
select s.line, 'amount', s.amount::text, 'import-fault-too-large', '{}'
from stage_orders o
join import_currencies x on x.currency = o.currency
join stage_sales s on s.order_no = o.order_no
where o.rate <> 1 and greatest(abs(s.amount), abs(s.cost)) * o.rate * x.shift > 1e15;
