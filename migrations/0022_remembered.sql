-- Processes remember what changes rarely (the company, its organisation, its goals) for as long as its revision stays
-- the same. The revision is counted once per transaction, when it commits, so that nobody waits for anybody else's
-- long transaction to do so.

alter table company_revision add column changed_by xid8;

create or replace function bump_company_revision() returns trigger language plpgsql as $$
begin
    update company_revision set revision = revision + 1, changed_by = pg_current_xact_id()
    where changed_by is distinct from pg_current_xact_id();
    return null;
end
$$;

drop trigger settings_revision on settings;
drop trigger holidays_revision on holidays;
drop trigger departments_revision on departments;
create constraint trigger settings_revision after insert or update or delete on settings
    deferrable initially deferred for each row execute function bump_company_revision();
create constraint trigger holidays_revision after insert or update or delete on holidays
    deferrable initially deferred for each row execute function bump_company_revision();
create constraint trigger departments_revision after insert or update or delete on departments
    deferrable initially deferred for each row execute function bump_company_revision();
create constraint trigger employees_revision after insert or update or delete on employees
    deferrable initially deferred for each row execute function bump_company_revision();
create constraint trigger memberships_revision after insert or update or delete on memberships
    deferrable initially deferred for each row execute function bump_company_revision();
create constraint trigger product_categories_revision after insert or update or delete on product_categories
    deferrable initially deferred for each row execute function bump_company_revision();
create constraint trigger goals_revision after insert or update or delete on goals
    deferrable initially deferred for each row execute function bump_company_revision();
create constraint trigger goal_versions_revision after insert or update or delete on goal_versions
    deferrable initially deferred for each row execute function bump_company_revision();
-- a version tells by name who proposed it
create constraint trigger users_revision after update of name on users
    deferrable initially deferred for each row when (old.name <> new.name) execute function bump_company_revision();

-- Who is asking is looked up by itself; what they lead follows from the organisation.
drop function actor_at(bigint, timestamptz);

-- Everybody's months of a category, one after the other.
create index person_months_category on person_months (category_id, month);
-- The latest credits of the company come first.
create index credit_entries_latest on credit_entries (credit_date, id);
drop index credit_entries_day;
