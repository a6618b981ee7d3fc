-- Agreements are looked for by whose they are and by when they last moved; a scenario gets another name, which can be taken
-- back like its other steps; leave that reaches into open days ends early; and looking back needs to know when leave was
-- taken back or cut short.
create index agreements_person on agreements (employee_id, id);
create index agreements_department on agreements (department_id, id);
create index agreements_state on agreements (state, id);

alter table scenario_changes
    drop constraint scenario_changes_action_check,
    add constraint scenario_changes_action_check check (action in
        ('begin', 'typed', 'assign', 'share', 'share_down', 'lower', 'raise', 'import', 'rename')),
    -- the name before and after, where that is what was changed
    add column name_from text,
    add column name_to text,
    add constraint scenario_changes_names check ((action = 'rename') = (name_from is not null and name_to is not null));

alter table reliefs
    -- the days that were approved, where it ended before them
    add column granted daterange,
    add column ended_by bigint references users,
    add column ended_at timestamptz,
    -- null also where that was not kept
    add column withdrawn_at timestamptz,
    add constraint reliefs_ended check ((ended_at is null) = (granted is null) and (ended_at is null) = (ended_by is null));

-- Days that are added to approved leave, or taken away from it, must not be of closed goals either.
create or replace function keep_closed_reliefs() returns trigger language plpgsql as $$
declare
    touched daterange;
begin
    perform pg_advisory_xact_lock_shared(7240116);
    if (old.state = 'approved') <> (new.state = 'approved') then
        touched := new.during;
    elsif new.state <> 'approved' then
        return null;
    elsif old.relieved_pct <> new.relieved_pct or lower(old.during) <> lower(new.during) then
        touched := range_merge(old.during, new.during);
    else
        touched := daterange(least(upper(old.during), upper(new.during)), greatest(upper(old.during), upper(new.during)));
    end if;
    if closed_goal_in(new.employee_id, touched) then
        perform refuse_closed('the relief');
    end if;
    return null;
end
$$;
