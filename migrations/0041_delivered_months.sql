-- Months of packed days, counted: figures of long spans, and of very many deliveries, read a few rows that hardly grow with them.
--
-- A row is what the days of a month in `delivered_days` come to, added up by some of their columns; `orders::delivered::months` writes
-- and reads it. It goes as soon as one of its days is packed anew, and a keeper counts the month again. Days that are noted in
-- `delivered_changes` are in it as they were kept: whoever reads takes them off as they were and adds them as they are.
create table delivered_months (
    month date not null,
    of_lines boolean not null,
    -- people, customers, departments, products, or people with one of the others
    counted_by text not null,
    -- the first and the last of its days on which something was delivered
    first date not null,
    last date not null,
    groups bytea not null,
    primary key (month, of_lines, counted_by)
);
alter table delivered_months alter column groups set storage external;

create function forget_delivered_months() returns trigger language plpgsql as $$
begin
    delete from delivered_months
    where (month, of_lines) in (select date_trunc('month', day)::date, of_lines from changed);
    return null;
end
$$;
create trigger delivered_days_come after insert on delivered_days referencing new table as changed
    for each statement execute function forget_delivered_months();
create trigger delivered_days_go after delete on delivered_days referencing old table as changed
    for each statement execute function forget_delivered_months();
create trigger delivered_days_differ after update on delivered_days referencing old table as changed
    for each statement execute function forget_delivered_months();
