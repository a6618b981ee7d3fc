-- What is sold, and to whom.
create table product_categories (
    id bigint generated always as identity primary key,
    name text not null constraint product_categories_name_key unique check (name <> '')
);

create table products (
    id bigint generated always as identity primary key,
    sku text not null constraint products_sku_key unique check (sku <> ''),
    name text not null check (name <> ''),
    category_id bigint not null references product_categories,
    subcategory text not null default '',
    -- per unit, minor units of `currency`
    unit_cost bigint not null default 0 check (unit_cost >= 0),
    list_price bigint not null default 0 check (list_price >= 0),
    currency char(3) not null check (currency ~ '^[A-Z]{3}$'),
    active boolean not null default true,
    version bigint not null default 1
);
create index products_category on products (category_id);

create table customers (
    id bigint generated always as identity primary key,
    customer_no text not null constraint customers_customer_no_key unique check (customer_no <> ''),
    name text not null check (name <> ''),
    segment text not null default '',
    region text not null default '',
    -- the earliest booked deal: the one that counts as a new customer; kept by the posting of deals
    first_deal_id bigint,
    created_at timestamptz not null,
    version bigint not null default 1
);
create index customers_name on customers (lower(name));
create sequence customer_numbers start 1000;
