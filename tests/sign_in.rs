//! Signing in: what is promised about passwords, sessions, throttling, forgery and headers.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use pacemark::app::App;
use pacemark::auth::links::{self, LinkKind};
use pacemark::auth::{Role, accounts};
use sqlx::PgPool;
use tower::ServiceExt;

use crate::support::world::World;

const PASSWORD: &str = "korrekt häst batteri";

struct Reply {
    status: StatusCode,
    headers: axum::http::HeaderMap,
    body: String,
}

impl Reply {
    /// The cookies it sets, as a browser sends them back.
    fn cookies(&self) -> String {
        let set = self.headers.get_all(header::SET_COOKIE).iter();
        let pairs = set.map(|value| value.to_str().unwrap().split(';').next().unwrap().to_owned());
        pairs.collect::<Vec<_>>().join("; ")
    }
}

async fn send(app: &App, request: Request<Body>) -> Reply {
    let response = app.clone().router().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = String::from_utf8_lossy(&body.collect().await.unwrap().to_bytes()).into_owned();
    Reply { status: parts.status, headers: parts.headers, body }
}

async fn post(app: &App, path: &str, cookies: &str, form: &[(&str, &str)]) -> Reply {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .header(header::COOKIE, cookies)
        .body(Body::from(body));
    send(app, request.unwrap()).await
}

async fn get(app: &App, path: &str, cookies: &str) -> Reply {
    send(app, Request::get(path).header(header::COOKIE, cookies).body(Body::empty()).unwrap()).await
}

async fn sign_in(app: &App, email: &str, password: &str) -> Reply {
    post(app, "/login", "", &[("email", email), ("password", password), ("next", "/me")]).await
}

/// The world, with a password for Elias.
async fn with_password(pool: PgPool) -> World {
    let world = World::new(pool).await;
    let hash = world.app.passwords.hash(PASSWORD).await.unwrap();
    sqlx::query("update users set password_hash = $1 where email = 'elias@nordhem.example'")
        .bind(hash)
        .execute(&world.db)
        .await
        .unwrap();
    world
}

#[sqlx::test]
async fn the_right_password_opens_a_session_and_goes_where_one_wanted_to_go(pool: PgPool) {
    let world = with_password(pool).await;
    let reply = sign_in(&world.app, " Elias@Nordhem.example ", PASSWORD).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER);
    assert_eq!(reply.headers[header::LOCATION], "/me");
    let cookie = reply.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    assert_eq!(get(&world.app, "/me", &reply.cookies()).await.status, StatusCode::OK);
    let stored: i64 = sqlx::query_scalar(
        "select count(*) from sessions where encode(token_hash, 'escape') like '%pacemark%'",
    )
    .fetch_one(&world.db)
    .await
    .unwrap();
    assert_eq!(stored, 0);
}

#[sqlx::test]
async fn an_unknown_account_is_answered_like_a_wrong_password(pool: PgPool) {
    let world = with_password(pool).await;
    let wrong = sign_in(&world.app, "elias@nordhem.example", "wrong horse battery").await;
    let unknown = sign_in(&world.app, "nobody@nordhem.example", "wrong horse battery").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(unknown.status, wrong.status);
    assert_eq!(unknown.body.replace("nobody@", "elias@"), wrong.body);
}

#[sqlx::test]
async fn guessing_is_slowed_down_without_locking_the_owner_out(pool: PgPool) {
    let world = with_password(pool).await;
    let known = sign_in(&world.app, "elias@nordhem.example", PASSWORD).await.cookies();
    for _ in 0..5 {
        sign_in(&world.app, "elias@nordhem.example", "wrong horse battery").await;
    }
    let blocked = sign_in(&world.app, "elias@nordhem.example", PASSWORD).await;
    assert_eq!(blocked.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(blocked.headers.contains_key(header::RETRY_AFTER));
    let form = [("email", "elias@nordhem.example"), ("password", PASSWORD), ("next", "/")];
    let own_browser = post(&world.app, "/login", &known, &form).await;
    assert_eq!(own_browser.status, StatusCode::SEE_OTHER);
}

#[sqlx::test]
async fn disabling_an_account_acts_on_the_next_request(pool: PgPool) {
    let world = with_password(pool).await;
    let cookies = sign_in(&world.app, "elias@nordhem.example", PASSWORD).await.cookies();
    let mut tx = world.app.begin().await.unwrap();
    accounts::set_disabled(&mut tx, world.user("elias").await, true, world.app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(get(&world.app, "/me", &cookies).await.status, StatusCode::SEE_OTHER);
    assert_eq!(
        sign_in(&world.app, "elias@nordhem.example", PASSWORD).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}

#[sqlx::test]
async fn the_last_administrator_stays_one(pool: PgPool) {
    let world = World::new(pool).await;
    let ada = world.user("ada").await;
    let mut tx = world.app.begin().await.unwrap();
    let refused = accounts::change_role(&mut tx, ada, Role::Manager).await.unwrap_err();
    assert_eq!(refused.status(), StatusCode::CONFLICT);
}

#[sqlx::test]
async fn changing_the_password_ends_the_other_sessions(pool: PgPool) {
    let world = with_password(pool).await;
    let here = sign_in(&world.app, "elias@nordhem.example", PASSWORD).await.cookies();
    let there = sign_in(&world.app, "elias@nordhem.example", PASSWORD).await.cookies();
    let wrong = [("current", "not my password at all"), ("password", "ett helt nytt lösenord")];
    assert_eq!(
        post(&world.app, "/me/password", &here, &wrong).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let right = [("current", PASSWORD), ("password", "ett helt nytt lösenord")];
    assert_eq!(post(&world.app, "/me/password", &here, &right).await.status, StatusCode::SEE_OTHER);
    assert_eq!(get(&world.app, "/me", &here).await.status, StatusCode::OK);
    assert_eq!(get(&world.app, "/me", &there).await.status, StatusCode::SEE_OTHER);
}

#[sqlx::test]
async fn an_invitation_works_once_and_for_one(pool: PgPool) {
    let world = World::new(pool).await;
    let maja = world.user("maja").await;
    let mut tx = world.app.begin().await.unwrap();
    let token =
        links::issue(&mut tx, LinkKind::Invitation, Some(maja), None, world.app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    let path = format!("/invite/{token}");
    let tries = (0..8).map(|_| {
        let (app, path) = (world.app.clone(), path.clone());
        tokio::spawn(async move { post(&app, &path, "", &[("password", PASSWORD)]).await.status })
    });
    let mut winners = 0;
    for attempt in tries.collect::<Vec<_>>() {
        winners += u32::from(attempt.await.unwrap() == StatusCode::SEE_OTHER);
    }
    assert_eq!(winners, 1);
    assert_eq!(get(&world.app, &path, "").await.status, StatusCode::NOT_FOUND);
    assert_eq!(sign_in(&world.app, "maja@nordhem.example", PASSWORD).await.status, StatusCode::SEE_OTHER);
}

#[sqlx::test]
async fn a_request_from_another_site_is_refused(pool: PgPool) {
    let world = World::new(pool).await;
    let cookie = world.sign_in("elias").await;
    for (name, value) in
        [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example"), ("x-none", "")]
    {
        let request = Request::post("/me/theme")
            .header(header::COOKIE, &cookie)
            .header(header::HOST, "pacemark.example")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(name, value)
            .body(Body::from("theme=dark"));
        assert_eq!(send(&world.app, request.unwrap()).await.status, StatusCode::BAD_REQUEST, "{name}");
    }
    let theme: Option<String> =
        sqlx::query_scalar("select theme from users where email = 'elias@nordhem.example'")
            .fetch_one(&world.db)
            .await
            .unwrap();
    assert_eq!(theme, None);
}

#[sqlx::test]
async fn a_stranger_is_sent_to_the_sign_in_page_and_back(pool: PgPool) {
    let world = World::new(pool).await;
    let reply = get(&world.app, "/me?a=b", "").await;
    assert_eq!(reply.headers[header::LOCATION], "/login?next=%2Fme%3Fa%3Db");
    for elsewhere in ["https://evil.example", "//evil.example", "/\\evil.example"] {
        let page = get(&world.app, &format!("/login?next={elsewhere}"), "").await;
        assert!(page.body.contains(r#"name="next" value="/""#), "{elsewhere}");
    }
}

#[sqlx::test]
async fn a_form_with_unknown_fields_or_a_nul_is_refused(pool: PgPool) {
    let world = World::new(pool).await;
    let cookie = world.sign_in("elias").await;
    let extra = post(&world.app, "/me/theme", &cookie, &[("theme", "dark"), ("role", "admin")]).await;
    assert_eq!(extra.status, StatusCode::BAD_REQUEST);
    let nul = post(&world.app, "/me/tokens", &cookie, &[("name", "a\0b")]).await;
    assert_eq!(nul.status, StatusCode::BAD_REQUEST);
}
