-- Goals count when a deal is ordered or when it is delivered (rule 9): the same credits stand in the ledger once for each
-- basis, and every figure is of one. 0 = booked, on the day of the order; 1 = delivered, on the days of delivery, for as
-- much as is delivered. The company has one that goals get unless another is chosen.
alter table settings add column basis smallint not null default 0 check (basis in (0, 1));
alter table goals add column basis smallint not null default 0 check (basis in (0, 1));
alter table agreements add column basis smallint not null default 0 check (basis in (0, 1));
alter table scenarios add column basis smallint not null default 0 check (basis in (0, 1));

-- What was delivered of lines, and when: the one place that says so.
create view line_deliveries as
    select line_id, delivered_on, sum(quantity)::bigint as quantity from deliveries group by line_id, delivered_on
    union all
    -- dates that came with the order itself; what was cancelled before is not part of it
    select l.id, l.delivered_on, l.quantity - l.cancelled
    from deal_lines l where l.delivered_on is not null and not exists (select from deliveries v where v.line_id = l.id);

alter table credit_entries add column basis smallint not null default 0 check (basis in (0, 1));
drop index credit_entries_person_day;
create index credit_entries_person_day on credit_entries (employee_id, basis, credit_date);
drop index credit_entries_latest;
create index credit_entries_latest on credit_entries (basis, credit_date, id);

-- A basis stands in every key before the days, so that a read goes through no more rows than before.
drop view credit_days;
alter table credit_pending add column basis smallint not null default 0;
alter table person_days add column basis smallint not null default 0,
    drop constraint person_days_pkey, add primary key (employee_id, category_id, overlay, basis, day);
alter table person_months add column basis smallint not null default 0,
    drop constraint person_months_pkey, add primary key (employee_id, category_id, overlay, basis, month);
drop index person_months_category;
create index person_months_category on person_months (category_id, basis, month);
alter table department_days add column basis smallint not null default 0,
    drop constraint department_days_pkey, add primary key (department_id, category_id, basis, day);
alter table department_months add column basis smallint not null default 0,
    drop constraint department_months_pkey, add primary key (department_id, category_id, basis, month);
create view credit_days as
    select employee_id, category_id, overlay, day, revenue, margin, units, orders, new_customers, basis from person_days
    union all
    select employee_id, category_id, overlay, day, revenue, margin, units, orders, new_customers, basis
    from credit_pending;

create or replace function fold_credits() returns bigint language sql volatile as $$
    with drained as (
        delete from credit_pending
        returning employee_id, category_id, overlay, basis, day, revenue, margin, units, orders, new_customers
    ),
    days as (
        select employee_id, category_id, overlay, basis, day, sum(revenue)::bigint as revenue,
            sum(margin)::bigint as margin, sum(units)::bigint as units, sum(orders)::bigint as orders,
            sum(new_customers)::bigint as new_customers
        from drained group by employee_id, category_id, overlay, basis, day
    ),
    into_person_days as (
        insert into person_days as t
            (employee_id, category_id, overlay, basis, day, revenue, margin, units, orders, new_customers)
        select employee_id, category_id, overlay, basis, day, revenue, margin, units, orders, new_customers
        from days order by 1, 2, 3, 4, 5
        on conflict (employee_id, category_id, overlay, basis, day) do update set
            revenue = t.revenue + excluded.revenue, margin = t.margin + excluded.margin,
            units = t.units + excluded.units, orders = t.orders + excluded.orders,
            new_customers = t.new_customers + excluded.new_customers
    ),
    into_person_months as (
        insert into person_months as t
            (employee_id, category_id, overlay, basis, month, revenue, margin, units, orders, new_customers)
        select employee_id, category_id, overlay, basis, date_trunc('month', day)::date, sum(revenue), sum(margin),
            sum(units), sum(orders), sum(new_customers)
        from days group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
        on conflict (employee_id, category_id, overlay, basis, month) do update set
            revenue = t.revenue + excluded.revenue, margin = t.margin + excluded.margin,
            units = t.units + excluded.units, orders = t.orders + excluded.orders,
            new_customers = t.new_customers + excluded.new_customers
    ),
    owned as (
        select 0::bigint as department_id, category_id, basis, day, revenue, margin, units, orders, new_customers
        from days where not overlay
        union all
        select m.department_id, d.category_id, d.basis, d.day, d.revenue, d.margin, d.units, d.orders, d.new_customers
        from days d join memberships m on m.employee_id = d.employee_id and m.during @> d.day
        where not d.overlay
    ),
    department_sums as (
        select department_id, category_id, basis, day, sum(revenue)::bigint as revenue, sum(margin)::bigint as margin,
            sum(units)::bigint as units, sum(orders)::bigint as orders, sum(new_customers)::bigint as new_customers
        from owned group by department_id, category_id, basis, day
    ),
    into_department_days as (
        insert into department_days as t
            (department_id, category_id, basis, day, revenue, margin, units, orders, new_customers)
        select department_id, category_id, basis, day, revenue, margin, units, orders, new_customers
        from department_sums order by 1, 2, 3, 4
        on conflict (department_id, category_id, basis, day) do update set
            revenue = t.revenue + excluded.revenue, margin = t.margin + excluded.margin,
            units = t.units + excluded.units, orders = t.orders + excluded.orders,
            new_customers = t.new_customers + excluded.new_customers
    ),
    into_department_months as (
        insert into department_months as t
            (department_id, category_id, basis, month, revenue, margin, units, orders, new_customers)
        select department_id, category_id, basis, date_trunc('month', day)::date, sum(revenue), sum(margin), sum(units),
            sum(orders), sum(new_customers)
        from department_sums group by 1, 2, 3, 4 order by 1, 2, 3, 4
        on conflict (department_id, category_id, basis, month) do update set
            revenue = t.revenue + excluded.revenue, margin = t.margin + excluded.margin,
            units = t.units + excluded.units, orders = t.orders + excluded.orders,
            new_customers = t.new_customers + excluded.new_customers
    ),
    counted as (
        update rollup_revision set revision = revision + 1 where exists (select from drained)
    )
    select count(*) from drained
$$;

create or replace function shift_department_credits(department bigint, employee bigint, span daterange, sign integer)
returns void language sql volatile as $$
    with days as (
        select category_id, basis, day, sign * revenue as revenue, sign * margin as margin, sign * units as units,
            sign * orders as orders, sign * new_customers as new_customers
        from person_days where employee_id = employee and not overlay and day <@ span
    ),
    by_day as (
        insert into department_days as t
            (department_id, category_id, basis, day, revenue, margin, units, orders, new_customers)
        select department, category_id, basis, day, revenue, margin, units, orders, new_customers
        from days order by 2, 3, 4
        on conflict (department_id, category_id, basis, day) do update set
            revenue = t.revenue + excluded.revenue, margin = t.margin + excluded.margin,
            units = t.units + excluded.units, orders = t.orders + excluded.orders,
            new_customers = t.new_customers + excluded.new_customers
    )
    insert into department_months as t
        (department_id, category_id, basis, month, revenue, margin, units, orders, new_customers)
    select department, category_id, basis, date_trunc('month', day)::date, sum(revenue), sum(margin), sum(units),
        sum(orders), sum(new_customers)
    from days group by 2, 3, 4 order by 2, 3, 4
    on conflict (department_id, category_id, basis, month) do update set
        revenue = t.revenue + excluded.revenue, margin = t.margin + excluded.margin,
        units = t.units + excluded.units, orders = t.orders + excluded.orders,
        new_customers = t.new_customers + excluded.new_customers
$$;

-- What a closing keeps is kept for each basis.
alter table closing_figures add column basis smallint not null default 0 check (basis in (0, 1)),
    drop constraint closing_figures_pkey, add primary key (closing_id, holder, holder_id, category_id, basis);
drop function ledger_figures(daterange);
create function ledger_figures(span daterange) returns table (holder text, holder_id bigint, category_id bigint,
    revenue bigint, margin bigint, units bigint, orders bigint, new_customers bigint, basis smallint)
language sql stable as $$
    with entries as (
        select e.employee_id, e.kind, e.basis, e.credit_date, c.category_id, e.revenue, e.margin, e.units, c.orders,
            c.new_customers
        from credit_entries e
        cross join lateral (values
            (0::bigint, e.orders, e.new_customers),
            (e.category_id, e.category_orders, e.category_new_customers)
        ) as c (category_id, orders, new_customers)
        where e.basis in (0, 1) and e.credit_date >= lower(span) and e.credit_date < upper(span)
    ),
    held as (
        select 'person' as holder, employee_id as holder_id, category_id, basis, revenue, margin, units, orders,
            new_customers
        from entries where employee_id is not null
        union all
        select 'department', m.department_id, e.category_id, e.basis, e.revenue, e.margin, e.units, e.orders,
            e.new_customers
        from entries e join memberships m on m.employee_id = e.employee_id and m.during @> e.credit_date
        where e.kind = 'direct'
        union all
        select 'company', 0, category_id, basis, revenue, margin, units, orders, new_customers
        from entries where kind <> 'overlay'
    )
    select holder, holder_id, category_id, sum(revenue)::bigint, sum(margin)::bigint, sum(units)::bigint,
        sum(orders)::bigint, sum(new_customers)::bigint, basis
    from held group by holder, holder_id, category_id, basis
$$;

-- A closed goal keeps its basis, too.
create or replace function keep_closed_goals() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(7240116);
    -- talk goes on, and nothing else
    if tg_op = 'UPDATE' and (old.removed_at, old.prorated, old.season, old.period, old.weight, old.basis)
        is not distinct from (new.removed_at, new.prorated, new.season, new.period, new.weight, new.basis) then
        return null;
    end if;
    if upper(new.period) <= (select first_open_day()) then perform refuse_closed('the goal'); end if;
    return null;
end
$$;

-- What was delivered before: posted as though it had been all along, each row on the day of delivery, also where that day
-- is closed, since no figure of a closed period is of this basis yet. Works out the same as whoever books or edits a deal
-- would: whole amounts are converted at the rate of their day and divided by largest remainder.
alter table credit_entries disable trigger credit_entries_open;

create function pg_temp.minor_digits(currency text) returns integer language sql immutable as $$
    select case
        when currency in ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV',
            'XAF', 'XOF', 'XPF') then 0
        when currency in ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') then 3
        when currency in ('CLF', 'UYW') then 4
        else 2
    end
$$;
create temp table delivered_credits on commit drop as
with deals_of as (
    select d.id, d.status, d.cancelled_on, d.employee_id as owner, d.currency, s.currency as own_currency,
        not exists (select from deal_shares h where h.deal_id = d.id and h.kind = 'direct') as undivided,
        -- of a cancelled deal it stays as it was
        case d.status when 'booked' then c.first_deal_id is not distinct from d.id else exists (
            select from credit_entries e where e.deal_id = d.id and e.event = 'sale' and e.reverses_id is null
                and e.new_customers <> 0
                and not exists (select from credit_entries r where r.reverses_id = e.id)) end as first
    from deals d
    join customers c on c.id = d.customer_id
    cross join settings s
    where d.status <> 'undone'
),
lines as (
    select l.id as line_id, l.deal_id, p.category_id, l.delivered_on as day, l.quantity, l.amount, l.cost,
        row_number() over (partition by l.deal_id order by l.delivered_on, l.line_no) = 1 as leads,
        row_number() over (partition by l.deal_id, p.category_id order by l.delivered_on, l.line_no) = 1
            as leads_category
    from deal_lines l join products p on p.id = l.product_id
    where l.delivered_on is not null and not l.removed
),
-- whole amounts in the company's currency
wholes as (
    select row_number() over () as id, i.line_id, i.deal_id, i.category_id, i.event, i.day, i.leads, i.leads_category,
        i.units, i.posted_at, x.rate, d.status, d.cancelled_on, d.first, d.owner, d.undivided,
        case when d.currency = d.own_currency then i.amount else half_even(i.amount * x.rate * x.shift) end as revenue,
        case when d.currency = d.own_currency then i.amount - i.cost
            else half_even((i.amount - i.cost) * x.rate * x.shift) end as margin
    from (
        select l.line_id, l.deal_id, l.category_id, 'sale' as event, l.day, l.day as priced_on, l.leads,
            l.leads_category, l.quantity as units, l.amount, l.cost, null::timestamptz as posted_at
        from lines l
        union all
        select l.line_id, l.deal_id, l.category_id, 'return', greatest(r.returned_on, l.day), l.day, false, false,
            -r.quantity, -r.amount, -r.cost, r.recorded_at
        from lines l join deal_returns r on r.line_id = l.line_id
    ) i
    join deals_of d on d.id = i.deal_id
    cross join lateral (
        select case when d.currency = d.own_currency then 1 else coalesce(
                (select x.rate from exchange_rates x where x.currency = d.currency and x.valid_from <= i.priced_on
                    order by x.valid_from desc limit 1),
                -- delivered before there was any rate: the one it was booked at
                (select e.rate from credit_entries e where e.deal_id = i.deal_id order by e.id desc limit 1))
            end as rate,
            case when d.currency = d.own_currency then 1
                else power(10::numeric, pg_temp.minor_digits(d.own_currency) - pg_temp.minor_digits(d.currency)) end as shift
    ) x
),
-- the direct holder who carries the order of a deal that is shared
carriers as (
    select distinct on (h.deal_id) h.deal_id, h.employee_id
    from deal_shares h join deals_of d on d.id = h.deal_id
    where h.kind = 'direct'
    order by h.deal_id, h.employee_id is not distinct from d.owner desc, h.share_bp desc, h.employee_id
),
parts as (
    select w.id, h.employee_id, h.kind, h.share_bp, m.measure, sign(m.whole) as turn,
        abs(m.whole)::numeric * h.share_bp as product,
        sum(abs(m.whole)::numeric * h.share_bp) over of_kind as products,
        sum(div(abs(m.whole)::numeric * h.share_bp, 10000)) over of_kind as given,
        row_number() over (partition by w.id, m.measure, h.kind = 'overlay'
            order by mod(abs(m.whole)::numeric * h.share_bp, 10000) desc, h.employee_id) as turn_no
    from wholes w
    join deal_shares h on h.deal_id = w.deal_id
    cross join lateral (values ('revenue', w.revenue), ('margin', w.margin), ('units', w.units)) as m (measure, whole)
    window of_kind as (partition by w.id, m.measure, h.kind = 'overlay')
),
divided as (
    select id, owner as employee_id, case when owner is null then 'house' else 'direct' end as kind, 10000 as share_bp,
        revenue, margin, units
    from wholes where undivided
    union all
    select id, employee_id, kind, share_bp,
        sum(value) filter (where measure = 'revenue')::bigint as revenue,
        sum(value) filter (where measure = 'margin')::bigint as margin,
        sum(value) filter (where measure = 'units')::bigint as units
    from (
        select id, employee_id, kind, share_bp, measure, turn * case kind
            when 'overlay' then half_even(product * 0.0001)
            else div(product, 10000) + case when turn_no <= half_even(products * 0.0001) - given then 1 else 0 end
        end as value
        from parts
    ) p
    group by id, employee_id, kind, share_bp
),
credits as (
    select w.deal_id, w.line_id, v.employee_id, v.kind, v.share_bp, w.event, w.day, v.revenue, v.margin, v.units,
        w.category_id, w.rate, w.posted_at, w.status, w.cancelled_on,
        (w.leads and n.carries)::int as orders, (w.leads and n.carries and w.first)::int as new_customers,
        (w.leads_category and n.carries)::int as category_orders,
        (w.leads_category and n.carries and w.first)::int as category_new_customers
    from wholes w
    join divided v on v.id = w.id
    left join carriers c on c.deal_id = w.deal_id
    cross join lateral (
        select v.kind <> 'direct' or w.undivided or v.employee_id is not distinct from c.employee_id as carries
    ) n
),
all_credits as (
    select deal_id, line_id, employee_id, kind, share_bp, event, day, revenue, margin, units, orders, new_customers,
        category_id, category_orders, category_new_customers, rate, posted_at
    from credits
    union all
    select deal_id, line_id, employee_id, kind, share_bp, 'cancellation', greatest(cancelled_on, day), -revenue, -margin,
        -units, -orders, -new_customers, category_id, -category_orders, -category_new_customers, rate, null
    from credits where status = 'cancelled'
),
-- when the same was posted as booked
posted as (
    select deal_id, event, max(posted_at) as at from credit_entries group by deal_id, event
)
select c.*, coalesce(c.posted_at, p.at, now()) as at
from all_credits c left join posted p on p.deal_id = c.deal_id and p.event = c.event;

insert into credit_entries (deal_id, line_id, employee_id, kind, share_bp, event, credit_date, revenue, margin, units,
    orders, new_customers, category_id, category_orders, category_new_customers, currency, rate, posted_at, basis)
select c.deal_id, c.line_id, c.employee_id, c.kind, c.share_bp, c.event, c.day, c.revenue, c.margin, c.units, c.orders,
    c.new_customers, c.category_id, c.category_orders, c.category_new_customers, s.currency, c.rate, c.at, 1
from delivered_credits c cross join settings s
where c.event = 'sale'
order by c.deal_id, c.line_id, c.kind, c.employee_id;

insert into credit_entries (deal_id, line_id, employee_id, kind, share_bp, event, credit_date, revenue, margin, units,
    orders, new_customers, category_id, category_orders, category_new_customers, currency, rate, posted_at, basis,
    relates_to_id)
select c.deal_id, c.line_id, c.employee_id, c.kind, c.share_bp, c.event, c.day, c.revenue, c.margin, c.units, c.orders,
    c.new_customers, c.category_id, c.category_orders, c.category_new_customers, s.currency, c.rate, c.at, 1, e.id
from delivered_credits c cross join settings s
join credit_entries e on e.deal_id = c.deal_id and e.line_id = c.line_id and e.basis = 1 and e.event = 'sale'
    and e.kind = c.kind and e.employee_id is not distinct from c.employee_id
where c.event <> 'sale'
order by c.deal_id, c.line_id, c.event desc, c.kind, c.employee_id;
alter table credit_entries enable trigger credit_entries_open;

insert into credit_pending (employee_id, category_id, overlay, basis, day, revenue, margin, units, orders, new_customers)
select coalesce(e.employee_id, 0), c.category_id, e.kind = 'overlay', e.basis, e.credit_date, sum(e.revenue),
    sum(e.margin), sum(e.units), sum(c.orders), sum(c.new_customers)
from credit_entries e
cross join lateral (values
    (0::bigint, e.orders, e.new_customers),
    (e.category_id, e.category_orders, e.category_new_customers)
) as c (category_id, orders, new_customers)
where e.basis = 1
group by 1, 2, 3, 4, 5;
do $$ begin perform fold_credits(); end $$;

insert into closing_figures (closing_id, holder, holder_id, category_id, revenue, margin, units, orders, new_customers,
    basis)
select c.id, f.* from closings c cross join lateral ledger_figures(c.period) f where c.state = 'closed' and f.basis = 1;
