-- Faults of product rows: duplicates.
insert into import_faults
select line, 'sku', sku, 'import-fault-duplicate', jsonb_build_object('line', first::text)
from (select line, sku, min(line) over (partition by sku) as first from stage_products) r
where line > first;
