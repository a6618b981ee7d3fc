-- Writes the customer rows; the number says who it is.
insert into import_counts
select count(*) filter (where c.id is null),
    count(*) filter (where (c.name, c.segment, c.region) <> (s.name, s.segment, s.region)),
    count(*) filter (where (c.name, c.segment, c.region) = (s.name, s.segment, s.region))
from stage_customers s left join customers c on c.customer_no = s.customer_no;

update customers c set name = s.name, segment = s.segment, region = s.region, version = c.version + 1
from stage_customers s
where c.customer_no = s.customer_no and (c.name, c.segment, c.region) <> (s.name, s.segment, s.region);

insert into customers (customer_no, name, segment, region, created_at)
select customer_no, name, segment, region, (select at from import_run)
from stage_customers s
where not exists (select from customers c where c.customer_no = s.customer_no)
order by customer_no collate "C";
