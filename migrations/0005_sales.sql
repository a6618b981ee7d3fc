-- Deals (orders) with lines and shares, and the append-only ledger of credits they give rise to.
create table deals (
    id bigint generated always as identity primary key,
    -- where the row comes from: 'pacemark' for deals logged here, or the name of an import or integration
    source text not null,
    order_no text not null,
    customer_id bigint not null references customers,
    -- the owner; null = a house sale, which counts for the company and for no department or person
    employee_id bigint references employees,
    ordered_on date not null,
    currency char(3) not null check (currency ~ '^[A-Z]{3}$'),
    channel text not null default '',
    note text not null default '',
    -- undone: taken back right after it was logged, as if it had never been; cancelled: by the customer, on a day
    status text not null default 'booked' check (status in ('booked', 'cancelled', 'undone')),
    cancelled_on date,
    logged_by bigint references users,
    logged_at timestamptz not null,
    -- one per form shown: a double click or a retry makes one deal
    form_key uuid constraint deals_form_key unique,
    version bigint not null default 1,
    constraint deals_source_order_no_key unique (source, order_no),
    check ((status = 'cancelled') = (cancelled_on is not null))
);
create index deals_customer on deals (customer_id, ordered_on);
create index deals_employee on deals (employee_id, ordered_on);
create index deals_ordered_on on deals (ordered_on);
create sequence deal_numbers start 10001;
alter table customers add constraint customers_first_deal foreign key (first_deal_id) references deals;

create table deal_lines (
    id bigint generated always as identity primary key,
    deal_id bigint not null references deals,
    line_no integer not null,
    product_id bigint not null references products,
    quantity bigint not null,
    -- the whole line, minor units of the deal's currency
    amount bigint not null,
    cost bigint not null,
    promised_on date,
    delivered_on date,
    -- taken off the deal by an edit; the row stays because the ledger points to it
    removed boolean not null default false,
    constraint deal_lines_line_no_key unique (deal_id, line_no)
);
create index deal_lines_product on deal_lines (product_id);

-- Shares of a deal in hundredths of a percent. Direct shares of a deal total 10000; a deal without rows here
-- belongs wholly to its owner. Overlay shares stand beside and count only for the person who holds them.
create table deal_shares (
    deal_id bigint not null references deals,
    employee_id bigint not null references employees,
    kind text not null check (kind in ('direct', 'overlay')),
    share_bp integer not null check (share_bp between 1 and 10000),
    primary key (deal_id, employee_id, kind)
);
create index deal_shares_employee on deal_shares (employee_id);

-- Part of a line that came back.
create table deal_returns (
    id bigint generated always as identity primary key,
    line_id bigint not null references deal_lines,
    returned_on date not null,
    quantity bigint not null check (quantity > 0),
    -- positive, minor units of the deal's currency
    amount bigint not null,
    cost bigint not null,
    reason text not null default '',
    recorded_at timestamptz not null,
    recorded_by bigint references users
);
create index deal_returns_line on deal_returns (line_id);

-- The ledger (rules 6 to 12). Rows are never changed or deleted: an edit posts a reversal and a new row.
create table credit_entries (
    id bigint generated always as identity primary key,
    deal_id bigint not null references deals,
    line_id bigint not null references deal_lines,
    -- null = house sale
    employee_id bigint references employees,
    kind text not null check (kind in ('direct', 'overlay', 'house')),
    share_bp integer not null check (share_bp between 0 and 10000),
    event text not null check (event in ('sale', 'return', 'cancellation', 'correction')),
    credit_date date not null,
    -- minor units of the company's currency at `rate`; the deal's own amounts stand on its lines
    revenue bigint not null,
    margin bigint not null,
    units bigint not null,
    -- 1 on the row that carries the order (the owner's row of the first line), else 0; negative on reversals
    orders smallint not null,
    new_customers smallint not null,
    category_id bigint not null references product_categories,
    -- the same two counts for goals scoped to one product category
    category_orders smallint not null,
    category_new_customers smallint not null,
    currency char(3) not null,
    rate numeric(20, 10) not null,
    -- an exact reversal: this row plus that row is nothing
    reverses_id bigint constraint credit_entries_reversed_once unique references credit_entries,
    -- a return: the row that is partly taken back
    relates_to_id bigint references credit_entries,
    -- a late correction of a closed period stands on the first open day; this is the day it belongs to
    origin_date date,
    posted_at timestamptz not null,
    check ((kind = 'house') = (employee_id is null))
);
create index credit_entries_deal on credit_entries (deal_id);
create index credit_entries_person_day on credit_entries (employee_id, credit_date);
create index credit_entries_day on credit_entries (credit_date);
create trigger credit_entries_update before update on credit_entries
    for each statement execute function refuse_change();
create trigger credit_entries_delete before delete on credit_entries
    for each statement execute function refuse_change();

-- Rollup of the ledger by person and day; `verify` rebuilds it from the ledger and compares.
-- employee_id 0 = house sales. category_id 0 = all products; other rows count one category.
create table credit_days (
    employee_id bigint not null,
    category_id bigint not null,
    overlay boolean not null,
    day date not null,
    revenue bigint not null,
    margin bigint not null,
    units bigint not null,
    orders bigint not null,
    new_customers bigint not null,
    primary key (employee_id, category_id, overlay, day)
);
create index credit_days_day on credit_days (category_id, day) where not overlay;
