//! Whether everything that is kept says what it is kept of.

use pacemark::attainment::{rollup, verify};
use pacemark::process::packed;

use super::world::World;

/// Orders and lines that do not say what is open of them.
const NOT_AS_THEY_STAND: &str = "
    with open as (
        select l.deal_id, min(coalesce(l.owed_on, l.promised_on)) as due_on, bool_or(l.owed_on < l.promised_on) as slipped,
            bool_or(l.promised_on is null) as undated
        from deal_lines l where l.delivered_on is null and not l.removed and l.quantity > l.cancelled group by 1
    )
    select d.order_no from deals d left join open o
        on o.deal_id = d.id and d.status = 'booked' and d.order_state not in ('delivered', 'closed')
    where (d.due_on, d.slipped, d.undated)
        is distinct from (o.due_on, coalesce(o.slipped, false), coalesce(o.undated, false))
    union all
    select d.order_no from deal_lines l join deals d on d.id = l.deal_id where l.delivered_on is null and l.stage <> case
        when d.status <> 'booked' then 'off' when d.order_state in ('ready', 'partly_delivered') then 'ready' else 'making' end";

/// `verify` finds nothing, before and after totals are folded and days packed, and everything open is found as it stands.
pub async fn assert_sound(world: &World) {
    let found = verify::run(&mut world.db.acquire().await.unwrap()).await.unwrap();
    assert_eq!(found, [], "while it is pending");
    let mut conn = world.db.acquire().await.unwrap();
    assert_eq!(
        packed::wrong_days(&mut conn).await.unwrap(),
        [],
        "every change of what was delivered is noted"
    );
    packed::keep(&mut conn).await.unwrap();
    assert_eq!(packed::wrong_days(&mut conn).await.unwrap(), [], "packed");
    assert_eq!(packed::wrong_months(&mut conn).await.unwrap(), [], "counted");
    let odd: Vec<String> = sqlx::query_scalar(NOT_AS_THEY_STAND).fetch_all(&mut *conn).await.unwrap();
    assert_eq!(odd, [""; 0], "what is open");
    rollup::fold(&mut conn).await.unwrap();
    let found = verify::run(&mut world.db.acquire().await.unwrap()).await.unwrap();
    assert_eq!(found, [], "once it is folded");
}
