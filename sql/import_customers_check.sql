-- Faults of customer rows: duplicates.
insert into import_faults
select line, 'customer_no', customer_no, 'import-fault-duplicate', jsonb_build_object('line', first::text)
from (select line, customer_no, min(line) over (partition by customer_no) as first from stage_customers) r
where line > first;
