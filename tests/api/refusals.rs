//! Who does not come in, and what is not understood.

use axum::http::Method;
use sqlx::PgPool;

use super::client;
use crate::support::api::Client;
use crate::support::world::World;

#[sqlx::test]
async fn only_a_live_token_of_a_live_account_comes_in(pool: PgPool) {
    let world = World::new(pool).await;
    let (live, revoked, disabled) =
        (client(&world, "elias").await, client(&world, "maja").await, client(&world, "petra").await);
    for client in [&live, &revoked, &disabled] {
        assert_eq!(client.get("/api/v1/goals").await.status, 200);
    }
    let end = "update api_tokens set revoked_at = now() where user_id = (select id from users where email like 'maja@%');
        update users set disabled_at = now() where email like 'petra@%'";
    sqlx::raw_sql(end).execute(&world.db).await.unwrap();
    let stranger = Client::stranger(&world.app);
    let forger = Client::with_token(&world.app, "pmk_forged");
    for client in [&revoked, &disabled, &stranger, &forger] {
        for path in
            ["goals", "attainment", "sales", "sales/1", "departments", "employees", "products", "customers"]
        {
            let reply = client.get(&format!("/api/v1/{path}")).await;
            assert_eq!((reply.status.as_u16(), reply.header("www-authenticate")), (401, "Bearer"), "{path}");
            assert_eq!(reply.header("content-type"), "application/problem+json");
        }
        assert_eq!(client.post("/api/v1/sales", &serde_json::json!({})).await.status, 401);
    }
    assert_eq!(live.get("/api/v1/goals").await.status, 200);
    let cookie = world.sign_in("ada").await;
    let by_cookie = stranger.send(Method::GET, "/api/v1/goals", &[("cookie", &cookie)], "").await;
    assert_eq!(by_cookie.status, 401, "a browser's session is no token");
}

#[sqlx::test]
async fn queries_are_read_strictly(pool: PgPool) {
    let world = World::new(pool).await;
    let elias = client(&world, "elias").await;
    let faults = async |query: &str| elias.get(&format!("/api/v1/{query}")).await.faults();
    for limit in ["0", "-1", "501", "1e3", "99999999999999999999", "", "٣"] {
        assert_eq!(faults(&format!("goals?limit={limit}")).await, ["limit"], "{limit}");
    }
    assert_eq!(faults("customers?cursor=x&colour=red").await, ["colour", "cursor"]);
    assert_eq!(faults("goals?metric=mood&subject_kind=team").await, ["subject_kind", "metric"]);
    assert_eq!(
        faults("goals?from=2026-02-30&to=%2B12026-01-01&as_of=0000-01-01").await,
        ["from", "to", "as_of"]
    );
    assert_eq!(faults("goals?subject=%00").await, ["subject"]);
    assert_eq!(faults("sales?source=a&source=b").await, ["source"]);
    assert_eq!(faults("attainment").await, ["subject_kind", "metric", "from", "to"]);
    let span = "attainment?subject_kind=company&metric=orders";
    assert_eq!(faults(&format!("{span}&from=2026-02-01&to=2026-01-31")).await, ["to"]);
    assert_eq!(
        faults("attainment?subject_kind=person&metric=orders&from=2026-01-01&to=2026-01-31").await,
        ["subject"]
    );
    for odd in [
        "goals?subject=%ff%fe",
        "goals?cursor=ffffffffffffffff",
        &format!("{span}&from=0001-01-01&to=9999-12-31"),
    ] {
        assert_eq!(elias.get(&format!("/api/v1/{odd}")).await.status, 200, "{odd}");
    }
}

#[sqlx::test]
async fn what_is_not_there_says_so_as_a_problem(pool: PgPool) {
    let world = World::new(pool).await;
    let elias = client(&world, "elias").await;
    for path in
        ["/api/v1/nothing", "/api/v1/sales/0", "/api/v1/sales/x", "/api/v1/sales/9999999999999999999999"]
    {
        let reply = elias.get(path).await;
        assert_eq!(
            (reply.status.as_u16(), reply.header("content-type")),
            (404, "application/problem+json"),
            "{path}"
        );
    }
    insta::assert_json_snapshot!("not_found", elias.get("/api/v1/nothing").await.json());
    let reply = elias.send(Method::DELETE, "/api/v1/sales", &[], "").await;
    assert_eq!((reply.status.as_u16(), reply.header("allow")), (405, "GET,HEAD,POST"));
}
