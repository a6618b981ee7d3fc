-- Stores new deals with their lines and shares. One whose form key, or number within the source, is known already is
-- left out, and so is all that belongs to it. Answers the others by their place in the list, with the ids and product
-- categories of their lines in order.
with input as materialized (
    select d.place, nextval(pg_get_serial_sequence('deals', 'id')) as id, d.source,
        coalesce(d.order_no, nextval('deal_numbers')::text) as order_no, d.customer_id, d.employee_id, d.ordered_on,
        d.currency, d.channel, d.note, d.logged_by, d.logged_at, d.form_key
    from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::date[], $6::text[], $7::text[], $8::text[],
        $9::bigint[], $10::timestamptz[], $11::uuid[]) with ordinality
        as d (source, order_no, customer_id, employee_id, ordered_on, currency, channel, note, logged_by, logged_at,
            form_key, place)
),
stored as (
    insert into deals (id, source, order_no, customer_id, employee_id, ordered_on, currency, channel, note, logged_by,
        logged_at, form_key)
    overriding system value
    select id, source, order_no, customer_id, employee_id, ordered_on, currency, channel, note, logged_by, logged_at,
        form_key
    from input
    -- always in this order, so that writers who meet wait for each other instead of deadlocking
    order by source, order_no, form_key
    on conflict do nothing
    returning id
),
lines as (
    insert into deal_lines (deal_id, line_no, product_id, quantity, amount, cost, promised_on, delivered_on)
    select i.id, l.line_no, l.product_id, l.quantity, l.amount, l.cost, l.promised_on, l.delivered_on
    from unnest($12::bigint[], $13::int[], $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[], $18::date[],
        $19::date[]) as l (place, line_no, product_id, quantity, amount, cost, promised_on, delivered_on)
    join input i on i.place = l.place
    join stored s on s.id = i.id
    returning id, deal_id, line_no, product_id
),
shares as (
    insert into deal_shares (deal_id, employee_id, kind, share_bp)
    select i.id, h.employee_id, h.kind, h.share_bp
    from unnest($20::bigint[], $21::bigint[], $22::text[], $23::int[]) as h (place, employee_id, kind, share_bp)
    join input i on i.place = h.place
    join stored s on s.id = i.id
)
select i.place as "place!", i.id as "id!: DealId", array_agg(l.id order by l.line_no) as "lines!: Vec<i64>",
    array_agg(p.category_id order by l.line_no) as "categories!: Vec<i64>"
from input i
join lines l on l.deal_id = i.id
join products p on p.id = l.product_id
group by i.place, i.id
order by i.place
