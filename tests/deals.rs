//! Deals through the real router: what people may log, see and change.

use axum::http::StatusCode;
use sqlx::PgPool;

use crate::support::world::{World, day};

#[sqlx::test]
async fn somebody_signed_in_reaches_their_own_page(pool: PgPool) {
    let world = World::new(pool).await;
    world.deal("elias", "Holmen Skog", 1000, day(11, 17)).await;
    assert_eq!(world.get("elias", "/me").await.status, StatusCode::OK);
}
