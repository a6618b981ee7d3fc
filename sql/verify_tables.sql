-- What the ledger says: by person, category, basis and day, and by person, basis and day over all products.
create temporary table ledger_days (
    employee_id bigint, category_id bigint, overlay boolean, basis smallint, day date, revenue bigint, margin bigint, units bigint,
    orders bigint, new_customers bigint, all_orders bigint, all_new_customers bigint
) on commit drop;
create temporary table ledger_totals (
    employee_id bigint, overlay boolean, basis smallint, day date, revenue bigint, margin bigint, units bigint, orders bigint,
    new_customers bigint
) on commit drop;
