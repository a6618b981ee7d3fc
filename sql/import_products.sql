-- Writes the product rows, and the categories they name.
insert into product_categories (name)
select distinct category from stage_products s
where not exists (select from product_categories c where c.name = s.category)
order by 1;

drop table if exists stage_products_found;
create temp table stage_products_found on commit drop as
select s.sku, s.name, c.id as category_id, s.subcategory, s.unit_cost, s.list_price, s.currency, p.id,
    (p.name, p.category_id, p.subcategory, p.unit_cost, p.list_price, p.currency)
        is distinct from (s.name, c.id, s.subcategory, s.unit_cost, s.list_price, s.currency::char(3)) as differs
from stage_products s
join product_categories c on c.name = s.category
left join products p on p.sku = s.sku;

insert into import_counts
select count(*) filter (where id is null), count(*) filter (where id is not null and differs),
    count(*) filter (where not differs)
from stage_products_found;

update products p set name = s.name, category_id = s.category_id, subcategory = s.subcategory,
    unit_cost = s.unit_cost, list_price = s.list_price, currency = s.currency, version = p.version + 1
from stage_products_found s where s.id = p.id and s.differs;

insert into products (sku, name, category_id, subcategory, unit_cost, list_price, currency)
select sku, name, category_id, subcategory, unit_cost, list_price, currency
from stage_products_found where id is null
order by sku collate "C";
