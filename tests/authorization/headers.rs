//! The headers that every response carries: those of every route for every persona, and those of failures.

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use sqlx::PgPool;
use tower::ServiceExt;

use crate::support::world::World;

/// What every response says, word for word.
const ALWAYS: [(&str, &str); 5] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
];
/// What every content security policy says.
const POLICY: [&str; 9] = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
];

/// Fails unless all headers are there. `what` names the request.
pub fn check(what: &str, headers: &HeaderMap) {
    let text = |name: &str| headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
    for (name, value) in ALWAYS {
        assert_eq!(text(name), value, "{name} of {what}");
    }
    let policy = text("content-security-policy");
    let rules: Vec<&str> = policy.split(';').map(str::trim).collect();
    for rule in POLICY {
        let is_there = rules.iter().any(|found| *found == rule || found.strip_suffix(" data:") == Some(rule));
        assert!(is_there, "{rule} is missing from the policy of {what}: {policy}");
    }
    assert!(!policy.contains("unsafe"), "{what}: {policy}");
    assert!(!text("cache-control").is_empty(), "{what} may be stored by anybody");
    assert!(!text("x-request-id").is_empty(), "{what} has no request id");
}

async fn answer(world: &World, request: Request<Body>) -> (StatusCode, HeaderMap) {
    let response = world.app.clone().router().oneshot(request).await.unwrap();
    (response.status(), response.headers().clone())
}

/// Fails unless a request is answered with `status` and all headers.
async fn fails_with(world: &World, status: u16, request: Request<Body>) {
    let what = format!("{} {}", request.method(), request.uri());
    let (answered, headers) = answer(world, request).await;
    assert_eq!(answered, status, "{what}");
    check(&what, &headers);
    assert_eq!(headers[header::CACHE_CONTROL], "no-store", "{what}");
}

#[sqlx::test]
async fn failures_carry_them_too(pool: PgPool) {
    let world = World::new(pool).await;
    let get = |path: &str| Request::get(path).body(Body::empty()).unwrap();
    for path in ["/nowhere", "/api/v1/nowhere", "/static/nowhere.js"] {
        fails_with(&world, 404, get(path)).await;
    }
    fails_with(&world, 405, Request::put("/api/v1/sales").body(Body::empty()).unwrap()).await;
    for path in ["/login", "/api/v1/sales"] {
        let giant = Request::post(path)
            .header(header::CONTENT_LENGTH, u64::MAX >> 1)
            .header("sec-fetch-site", "same-origin")
            .body(Body::empty());
        fails_with(&world, 413, giant.unwrap()).await;
    }
    let cookie = world.sign_in("ada").await;
    sqlx::raw_sql("alter table products rename to lost").execute(&world.db).await.unwrap();
    let broken = Request::get("/products").header(header::COOKIE, cookie).body(Body::empty());
    fails_with(&world, 500, broken.unwrap()).await;
}

#[sqlx::test]
async fn what_somebody_signed_in_is_shown_is_not_stored(pool: PgPool) {
    let world = World::new(pool).await;
    for path in
        ["/", "/deals", "/goals", "/products", "/customers", "/me", "/admin/people", "/admin/audit.csv"]
    {
        let answer = world.get("ada", path).await;
        assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store", "{path}");
    }
}
