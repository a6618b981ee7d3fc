-- Orders are found by how their number begins, as quickly among millions.
create index deals_number on deals (lower(order_no) collate "C") where status <> 'undone';
