-- Writes the goal rows. Another target for a goal that is stored becomes its next version, from its first day on. A goal
-- without a basis of its own gets the company's, or keeps the one it has.
drop table if exists stage_goals_found;
create temp table stage_goals_found on commit drop as
select t.*, daterange(t.first_day, t.last_day, '[]') as period, g.id as goal_id, v.number, v.target as present,
    t.basis <> g.basis as other_basis
from stage_targets t
left join goals g on g.removed_at is null and g.subject_kind = t.subject_kind
    and coalesce(g.employee_id, g.department_id) = coalesce(t.employee_id, t.department_id)
    and g.metric = t.metric and coalesce(g.category_id, 0) = coalesce(t.category_id, 0)
    and g.period = daterange(t.first_day, t.last_day, '[]')
left join lateral (
    select number, target from goal_versions where goal_id = g.id order by number desc limit 1
) v on true;

insert into import_counts
select count(*) filter (where goal_id is null), count(*) filter (where present <> target or other_basis),
    count(*) filter (where present = target and other_basis is not true)
from stage_goals_found;

with added as (
    insert into goals (subject_kind, employee_id, department_id, metric, category_id, period, currency, created_by,
        created_at, basis)
    select t.subject_kind, t.employee_id, t.department_id, t.metric, t.category_id, t.period, t.currency, r.by_user, r.at,
        case when t.metric in ('revenue', 'margin', 'units', 'orders', 'new_customers')
            then coalesce(t.basis, s.basis) else 0 end
    from stage_goals_found t, import_run r, settings s where goal_id is null
    order by t.first_day, t.subject_kind, t.subject collate "C", t.metric
    returning id, subject_kind, employee_id, department_id, metric, category_id, period
)
insert into goal_versions (goal_id, number, target, effective_on, recorded_at, proposed_by, approved_by)
select a.id, 1, t.target, t.first_day, r.at, r.by_user, r.by_user
from added a
join stage_goals_found t on t.goal_id is null and t.subject_kind = a.subject_kind
    and coalesce(t.employee_id, t.department_id) = coalesce(a.employee_id, a.department_id)
    and t.metric = a.metric and coalesce(t.category_id, 0) = coalesce(a.category_id, 0) and t.period = a.period
cross join import_run r;

insert into goal_versions (goal_id, number, target, effective_on, recorded_at, reason_class, proposed_by, approved_by)
select goal_id, number + 1, target, first_day, r.at, 'correction', r.by_user, r.by_user
from stage_goals_found, import_run r where present <> target;

update goals g set version = version + 1, basis = coalesce(t.basis, g.basis)
from stage_goals_found t where g.id = t.goal_id and (t.present <> t.target or t.other_basis);
