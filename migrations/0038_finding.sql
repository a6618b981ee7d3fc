-- Orders are found by how their number begins, as quickly among millions.
create index deals_number on deals (lower(order_no) collate "C") where status <> 'undone';

-- What was handed to a department is found like what was handed to a person.
create index deals_handler_department on deals (handler_department_id) where handler_department_id is not null;
