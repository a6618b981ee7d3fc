-- Every stage in the order of the way, with what is measured of it: of the opportunities that ever stood in it and are
-- decided, those that were won; and how long those stayed that left it forward.
with ever as (
    select distinct stage_id, opportunity_id from opportunity_moves
),
decided as (
    select e.stage_id, count(*) as decided, count(*) filter (where o.state = 'won') as won
    from ever e join opportunities o on o.id = e.opportunity_id left join deals d on d.id = o.deal_id
    -- what was booked by mistake, or cancelled since, decides nothing
    where o.state = 'lost' or o.state = 'won' and d.status = 'booked' group by e.stage_id
),
stays as (
    select m.stage_id, m.state, s.place, lead(m.day) over way - m.day as days, lead(m.state) over way as next_state,
        lead(s.place) over way as next_place
    from opportunity_moves m join stages s on s.id = m.stage_id
    window way as (partition by m.opportunity_id order by m.number)
),
forward as (
    select stage_id, count(*) as stays,
        (percentile_cont(0.5) within group (order by days) * 2)::bigint as twice_median
    from stays
    where state = 'open' and (next_state = 'won' or next_state = 'open' and next_place > place)
    group by stage_id
)
select s.id as "id: StageId", s.code as "code?", s.name, s.place, s.probability_bp,
    s.retired_at is not null as "retired!", s.version, coalesce(d.decided, 0) as "decided!", coalesce(d.won, 0) as "won!",
    coalesce(f.stays, 0) as "stays!", coalesce(f.twice_median, 0) as "twice_median!"
from stages s left join decided d on d.stage_id = s.id left join forward f on f.stage_id = s.id
order by s.retired_at is not null, s.place, s.id
