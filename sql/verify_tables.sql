-- What the ledger says: by person, category and day, and by person and day over all products.
create temporary table ledger_days (
    employee_id bigint, category_id bigint, overlay boolean, day date, revenue bigint, margin bigint, units bigint,
    orders bigint, new_customers bigint, all_orders bigint, all_new_customers bigint
) on commit drop;
create temporary table ledger_totals (
    employee_id bigint, overlay boolean, day date, revenue bigint, margin bigint, units bigint, orders bigint,
    new_customers bigint
) on commit drop;
