-- Writes orders and lines, and posts what new orders are worth. What a change of stored orders is worth is left to
-- the posting of single deals: `stage_unsettled` names them.
drop table if exists stage_known, stage_unsettled, stage_buyers, stage_firsts;

-- rows of orders that are stored already; dates that were given, or noted as delivered, here count before those of the file
create temp table stage_known on commit drop as
select o.deal_id, s.line_no, p.id as product_id, s.quantity, s.amount, s.cost, dates.promised_on, dates.delivered_on,
    l.id is null as added,
    l.removed or (l.product_id, l.quantity, l.amount, l.cost, l.promised_on, l.delivered_on)
        is distinct from (p.id, s.quantity, s.amount, s.cost, dates.promised_on, dates.delivered_on) as differs,
    o.head_changed
from stage_orders o
join stage_sales s on s.order_no = o.order_no
join products p on p.sku = s.sku
left join deal_lines l on l.deal_id = o.deal_id and l.line_no = s.line_no
cross join lateral (
    select case when exists (select from promises m where m.line_id = l.id) then l.promised_on else s.promised_on end as promised_on,
        case when exists (select from deliveries v where v.line_id = l.id) then l.delivered_on else s.delivered_on end as delivered_on
) dates
where not o.is_new;

insert into import_counts
select n.rows + k.added, k.changed, k.unchanged
from (
    select count(*) filter (where added) as added,
        count(*) filter (where not added and (differs or head_changed)) as changed,
        count(*) filter (where not added and not differs and not head_changed) as unchanged
    from stage_known
) k,
(select count(*) - (select count(*) from stage_known) as rows from stage_sales) n;

create temp table stage_unsettled on commit drop as
select distinct deal_id from stage_known where differs or head_changed;

-- customers whose first order may become another: before the change and after it
create temp table stage_buyers on commit drop as
select customer_id from stage_orders where is_new or head_changed
union
select d.customer_id from deals d join stage_orders o on o.deal_id = d.id and o.head_changed;

insert into deals (id, source, order_no, customer_id, employee_id, ordered_on, currency, channel, logged_by, logged_at)
overriding system value
select o.deal_id, r.source, o.order_no, o.customer_id, o.employee_id, o.ordered_on, o.currency, o.channel, r.by_user, r.at
from stage_orders o, import_run r where o.is_new
order by o.deal_id;

update deals d set customer_id = o.customer_id, employee_id = o.employee_id, ordered_on = o.ordered_on,
    currency = o.currency, channel = o.channel, version = d.version + 1
from stage_orders o join stage_unsettled u on u.deal_id = o.deal_id
where d.id = o.deal_id;

insert into deal_lines as l (deal_id, line_no, product_id, quantity, amount, cost, promised_on, delivered_on)
select deal_id, line_no, product_id, quantity, amount, cost, promised_on, delivered_on
from stage_known where differs
order by deal_id, line_no
on conflict (deal_id, line_no) do update set product_id = excluded.product_id, quantity = excluded.quantity,
    amount = excluded.amount, cost = excluded.cost, promised_on = excluded.promised_on,
    delivered_on = excluded.delivered_on, removed = false;

-- as when deals are logged: the customers are locked first, then each one's first booked deal is looked for
select count(*) from (
    select c.id from customers c join stage_buyers b on b.customer_id = c.id order by c.id for update of c
) locked;

create temp table stage_firsts on commit drop as
select c.id as customer_id, c.first_deal_id as old_id, f.deal_id as new_id
from stage_buyers b
join customers c on c.id = b.customer_id
left join (
    select distinct on (d.customer_id) d.customer_id, d.id as deal_id
    from stage_buyers b join deals d on d.customer_id = b.customer_id
    where d.status = 'booked'
    order by d.customer_id, d.ordered_on, d.source, d.order_no
) f on f.customer_id = c.id
where c.first_deal_id is distinct from f.deal_id;

update customers c set first_deal_id = f.new_id from stage_firsts f where c.id = f.customer_id;

insert into stage_unsettled
select f.deal_id
from (select old_id as deal_id from stage_firsts union select new_id from stage_firsts) f
where f.deal_id is not null and not exists (select from stage_unsettled u where u.deal_id = f.deal_id)
    and not exists (select from stage_orders o where o.deal_id = f.deal_id and o.is_new);

with lines as (
    insert into deal_lines (deal_id, line_no, product_id, quantity, amount, cost, promised_on, delivered_on)
    select o.deal_id, s.line_no, p.id, s.quantity, s.amount, s.cost, s.promised_on, s.delivered_on
    from stage_orders o
    join stage_sales s on s.order_no = o.order_no
    join products p on p.sku = s.sku
    where o.is_new
    order by o.deal_id, s.line_no
    returning id, deal_id, line_no, product_id, quantity, amount, cost, delivered_on
),
-- each line on the day of its order, and once more on the day of its delivery, each at the rate of that day
dated as (
    select l.*, 0::smallint as basis, o.ordered_on as day, o.rate
    from lines l join stage_orders o on o.deal_id = l.deal_id
    union all
    select l.*, 1::smallint, l.delivered_on, case when o.currency = r.currency then 1 else (
        select x.rate from exchange_rates x
        where x.currency = o.currency and x.valid_from <= l.delivered_on
        order by x.valid_from desc limit 1
    ) end
    from lines l join stage_orders o on o.deal_id = l.deal_id cross join import_run r
    where l.delivered_on is not null
),
worth as (
    select l.deal_id, l.id as line_id, o.employee_id, l.basis, l.day, p.category_id, l.rate, l.quantity as units,
        case when o.currency = r.currency then l.amount else half_even(l.amount * l.rate * x.shift) end as revenue,
        case when o.currency = r.currency then l.amount - l.cost
            else half_even((l.amount - l.cost) * l.rate * x.shift) end as margin,
        (row_number() over (partition by l.deal_id, l.basis order by l.day, l.line_no) = 1)::int as orders,
        (row_number() over (partition by l.deal_id, l.basis, p.category_id order by l.day, l.line_no) = 1)::int
            as category_orders,
        (c.first_deal_id = l.deal_id)::int as first
    from dated l
    join stage_orders o on o.deal_id = l.deal_id
    join products p on p.id = l.product_id
    join customers c on c.id = o.customer_id
    join import_currencies x on x.currency = o.currency
    cross join import_run r
),
posted as (
    insert into credit_entries (deal_id, line_id, employee_id, kind, share_bp, event, credit_date, revenue, margin,
        units, orders, new_customers, category_id, category_orders, category_new_customers, currency, rate, posted_at,
        origin_date, basis)
    select w.deal_id, w.line_id, w.employee_id, case when w.employee_id is null then 'house' else 'direct' end, 10000,
        'sale', greatest(w.day, b.open_from), w.revenue, w.margin, w.units, w.orders, w.orders * w.first, w.category_id,
        w.category_orders, w.category_orders * w.first, r.currency, w.rate, r.at,
        case when w.day < b.open_from then w.day end, w.basis
    from worth w cross join import_run r cross join closed_books b
    order by w.deal_id, w.basis, w.line_id
    returning employee_id, basis, credit_date, revenue, margin, units, orders, new_customers, category_id, category_orders,
        category_new_customers
),
by_category as (
    select coalesce(employee_id, 0) as employee_id, category_id, basis, credit_date as day, sum(revenue) as revenue,
        sum(margin) as margin, sum(units) as units, sum(orders) as orders, sum(new_customers) as new_customers,
        sum(category_orders) as category_orders, sum(category_new_customers) as category_new_customers
    from posted group by 1, 2, 3, 4
),
days as (
    select b.employee_id, c.category_id, b.basis, b.day, sum(b.revenue)::bigint as revenue, sum(b.margin)::bigint as margin,
        sum(b.units)::bigint as units, sum(c.orders)::bigint as orders, sum(c.new_customers)::bigint as new_customers
    from by_category b
    cross join lateral (values
        (0::bigint, b.orders, b.new_customers),
        (b.category_id, b.category_orders, b.category_new_customers)
    ) as c (category_id, orders, new_customers)
    group by 1, 2, 3, 4
)
insert into credit_pending (employee_id, category_id, overlay, basis, day, revenue, margin, units, orders,
    new_customers)
select employee_id, category_id, false, basis, day, revenue, margin, units, orders, new_customers from days;

select lock_rollups();
select fold_credits();
