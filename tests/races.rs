//! Sixty-four at once want the same thing: exactly one gets it, the others are told so, and nobody sees a fault.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use pacemark::app::App;
use pacemark::attainment::Metric;
use pacemark::auth::links::{self, LinkKind};
use pacemark::auth::tokens;
use pacemark::goals::{self, GoalDraft, Subject};
use pacemark::kernel::clock::Clock;
use pacemark::kernel::period::Period;
use serde_json::json;
use sqlx::PgPool;
use tokio::sync::Barrier;
use tower::ServiceExt;

use crate::support::db::guarded;
use crate::support::world::{World, config, day, kr};

/// How many try at once.
const CROWD: usize = 64;
/// How often somebody comes again when told to.
const PATIENCE: usize = 300;
/// The key of a form, as its page would have made it.
const FORM_KEY: &str = "0190b5a0-7c1e-7000-8000-00000000c0de";
const PASSWORD: &str = "korrekt häst batteri";

/// What one of the crowd was told.
struct Told {
    status: StatusCode,
    location: String,
    body: String,
}

/// A request that can be sent again.
#[derive(Clone)]
struct Attempt {
    path: String,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Attempt {
    fn request(&self) -> Request<Body> {
        let request = Request::post(&self.path);
        let request =
            self.headers.iter().fold(request, |request, (name, value)| request.header(*name, value));
        request.body(Body::from(self.body.clone())).unwrap()
    }

    /// Sends it. Whoever is told to come again, because too much is going on, does so.
    async fn send(self, router: Router) -> Told {
        for _ in 0..PATIENCE {
            let (parts, body) = router.clone().oneshot(self.request()).await.unwrap().into_parts();
            if matches!(parts.status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
            let location = parts.headers.get(header::LOCATION);
            let location = location.map_or_else(String::new, |place| place.to_str().unwrap().to_owned());
            let body = String::from_utf8_lossy(&body.collect().await.unwrap().to_bytes()).into_owned();
            return Told { status: parts.status, location, body };
        }
        panic!("{} was told to come again {PATIENCE} times", self.path)
    }
}

/// Sends all requests at the same moment.
async fn race(app: &App, attempts: Vec<Attempt>) -> Vec<Told> {
    let (router, start) = (app.clone().router(), Arc::new(Barrier::new(attempts.len())));
    let runners = attempts.into_iter().map(|attempt| {
        let (router, start) = (router.clone(), Arc::clone(&start));
        tokio::spawn(async move {
            start.wait().await;
            attempt.send(router).await
        })
    });
    let mut told = Vec::new();
    for runner in runners.collect::<Vec<_>>() {
        told.push(runner.await.unwrap());
    }
    told
}

fn form(path: &str, cookie: &str, fields: &[(&str, &str)]) -> Attempt {
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("sec-fetch-site", "same-origin"),
        ("cookie", cookie),
    ];
    Attempt {
        path: path.to_owned(),
        headers: headers.into_iter().map(|(name, value)| (name, value.to_owned())).collect(),
        body: form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish(),
    }
}

/// Everybody of the crowd sends the same form in the same session.
async fn crowd(world: &World, user: &str, path: &str, fields: &[(&str, &str)]) -> Vec<Told> {
    let cookie = world.sign_in(user).await;
    race(&world.app, (0..CROWD).map(|_| form(path, &cookie, fields)).collect()).await
}

/// One was answered `won`, all others `lost`.
fn one_wins(told: &[Told], won: StatusCode, lost: StatusCode) {
    let count = |status| told.iter().filter(|told| told.status == status).count();
    let statuses: Vec<u16> = told.iter().map(|told| told.status.as_u16()).collect();
    assert_eq!((count(won), count(lost)), (1, told.len() - 1), "{statuses:?}");
}

async fn count(db: &PgPool, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(db).await.unwrap()
}

#[sqlx::test]
async fn of_many_answers_to_one_offer_exactly_one_counts(pool: PgPool) {
    let world = World::new(pool).await;
    let offer = [
        ("subject", "Elias Sandberg"),
        ("metric", "revenue"),
        ("period", "2027-01-01..2027-03-31"),
        ("target", "1.6M"),
    ];
    let at = world.post("karin", "/agreements/new", &offer).await.location().to_owned();
    let cookie = world.sign_in("elias").await;
    let counter = [("version", "1"), ("target", "1.4M"), ("reason", "Leave")];
    let answers = (0..CROWD).map(|n| {
        let (step, fields) = if n % 2 == 0 { ("accept", &counter[..1]) } else { ("counter", &counter[..]) };
        form(&format!("{at}/steps/{step}"), &cookie, fields)
    });
    one_wins(&race(&world.app, answers.collect()).await, StatusCode::SEE_OTHER, StatusCode::CONFLICT);
    assert_eq!(count(&world.db, "select count(*) from agreement_steps").await, 2);
    let settled = "select count(*) from goals where exists (select from agreements where state <> 'agreed')";
    assert_eq!(count(&world.db, settled).await, 0, "a goal only where it was accepted");
}

#[sqlx::test]
async fn one_idempotency_key_makes_one_sale_and_one_answer(pool: PgPool) {
    let world = World::new(pool).await;
    let user = world.user("elias").await;
    let token = tokens::issue(&mut world.app.read().await.unwrap(), user, "erp", world.app.clock.now()).await;
    let token = token.unwrap();
    let sale = json!({ "source": "erp", "ordered_on": "2026-11-17", "customer_no": "C1", "employee_no": "elias",
        "order_no": "SO-1", "currency": "SEK",
        "lines": [{ "line_no": 1, "sku": "F400", "quantity": 2, "amount": "41000.00", "cost": "24000.00" }] });
    let headers = [
        ("authorization", format!("Bearer {token}")),
        ("content-type", "application/json".to_owned()),
        ("idempotency-key", "once".to_owned()),
    ];
    let attempt =
        Attempt { path: "/api/v1/sales".to_owned(), headers: headers.into(), body: sale.to_string() };
    let told = race(&world.app, vec![attempt; CROWD]).await;
    for answer in &told {
        assert_eq!((answer.status, &answer.body), (StatusCode::CREATED, &told[0].body));
    }
    assert_eq!(count(&world.db, "select count(*) from deals").await, 1);
    assert_eq!(count(&world.db, "select count(*) from audit_log where action = 'deal.logged'").await, 1);
}

#[sqlx::test]
async fn one_form_of_a_deal_makes_one_deal(pool: PgPool) {
    let world = World::new(pool).await;
    let product = world.product("Ventus 12").await.to_string();
    let fields =
        [("form_key", FORM_KEY), ("customer", "Nya Kunden AB"), ("amount", "250000"), ("product", &*product)];
    let told = crowd(&world, "elias", "/deals", &fields).await;
    for answer in &told {
        assert_eq!((answer.status, &answer.location), (StatusCode::SEE_OTHER, &told[0].location));
    }
    assert_eq!(count(&world.db, "select count(*) from deals").await, 1);
    assert_eq!(count(&world.db, "select count(*) from customers where name = 'Nya Kunden AB'").await, 1);
}

#[sqlx::test]
async fn one_version_of_a_deal_is_edited_once(pool: PgPool) {
    let world = World::new(pool).await;
    let deal = world.deal("elias", "Holmen Skog", 168_000, day(11, 17)).await;
    let (product, owner) =
        (world.product("Ventus 12").await.to_string(), world.employee("elias").await.to_string());
    let cookie = world.sign_in("karin").await;
    let edit = |amount: usize| {
        let amount = (170_000 + amount).to_string();
        let fields = [("customer", "Holmen Skog"), ("amount", &*amount), ("product", &*product)];
        let more = [("owner", &*owner), ("version", "1"), ("line_no", "1")];
        form(&format!("/deals/{deal}/edit"), &cookie, &[&fields[..], &more].concat())
    };
    let told = race(&world.app, (0..CROWD).map(edit).collect()).await;
    one_wins(&told, StatusCode::SEE_OTHER, StatusCode::CONFLICT);
    assert_eq!(count(&world.db, "select version from deals").await, 2);
    let amount = count(&world.db, "select amount from deal_lines").await;
    assert!((kr(170_000)..kr(170_064)).contains(&amount), "{amount}");
    assert_eq!(count(&world.db, "select sum(revenue)::bigint from credit_entries").await, amount);
}

#[sqlx::test]
async fn one_version_of_a_goal_is_revised_once(pool: PgPool) {
    let world = World::new(pool).await;
    let period = Period::from_inclusive(day(10, 1), day(12, 31)).unwrap();
    let subject = Subject::Person(world.employee("elias").await);
    let draft = GoalDraft {
        subject,
        metric: Metric::Revenue,
        category: None,
        period,
        target: kr(1_600_000),
        basis: None,
    };
    let (currency, now) = (world.company().await.currency, world.app.clock.now());
    let goal = goals::set(&mut world.app.read().await.unwrap(), &draft, currency, None, now).await.unwrap();
    let fields = [
        ("target", "1700000"),
        ("class", "economy"),
        ("reason", "Interest rates fell"),
        ("effective_on", "2026-11-18"),
        ("version", "1"),
    ];
    let told = crowd(&world, "karin", &format!("/goals/{goal}/revise"), &fields).await;
    one_wins(&told, StatusCode::SEE_OTHER, StatusCode::CONFLICT);
    assert_eq!(count(&world.db, "select count(*) from goal_versions").await, 2);
}

#[sqlx::test]
async fn one_administrator_is_always_left(pool: PgPool) {
    let world = World::new(pool).await;
    sqlx::raw_sql("update users set role = 'admin' where email = 'hanna@nordhem.example'")
        .execute(&world.db)
        .await
        .unwrap();
    let (ada, hanna) = (world.employee("ada").await, world.employee("hanna").await);
    let (by_ada, by_hanna) = (world.sign_in("ada").await, world.sign_in("hanna").await);
    let attempt = |number: usize| {
        let (other, cookie) = if number.is_multiple_of(2) { (hanna, &by_ada) } else { (ada, &by_hanna) };
        let path = format!("/admin/people/{other}/account");
        match number % 4 {
            0 | 1 => form(&format!("{path}/disable"), cookie, &[]),
            _ => form(&format!("{path}/role"), cookie, &[("role", "salesperson")]),
        }
    };
    let told = race(&world.app, (0..CROWD).map(attempt).collect()).await;
    let admins = "select count(*) from users where role = 'admin' and disabled_at is null";
    assert_eq!(count(&world.db, admins).await, 1);
    for answer in &told {
        // done, refused as the last one, or no longer signed in, or no longer an administrator
        assert!(matches!(answer.status.as_u16(), 303 | 401 | 403 | 404 | 409), "{}", answer.status);
    }
    assert!(told.iter().any(|answer| answer.status == StatusCode::SEE_OTHER), "somebody was first");
}

#[sqlx::test]
async fn an_invitation_is_accepted_once(pool: PgPool) {
    let world = World::new(pool).await;
    let user = world.user("maja").await;
    let mut conn = world.app.read().await.unwrap();
    let link = links::issue(&mut conn, LinkKind::Invitation, Some(user), None, world.app.clock.now()).await;
    drop(conn);
    let path = format!("/invite/{}", link.unwrap());
    let told =
        race(&world.app, (0..CROWD).map(|_| form(&path, "", &[("password", PASSWORD)])).collect()).await;
    one_wins(&told, StatusCode::SEE_OTHER, StatusCode::NOT_FOUND);
    assert_eq!(count(&world.db, "select count(*) from audit_log where action = 'password.set'").await, 1);
    assert_eq!(count(&world.db, "select count(*) from sessions").await, 1);
}

#[sqlx::test]
async fn the_set_up_link_makes_one_administrator(pool: PgPool) {
    let app = App::new(guarded(&pool, 12).await, Clock::system(), config());
    let link = links::issue_setup(&mut app.read().await.unwrap(), app.clock.now()).await.unwrap().unwrap();
    let set_up = |number: usize| {
        let email = format!("ada{number}@nordhem.example");
        let fields = [("company", "Nordhem"), ("currency", "SEK"), ("time_zone", "Europe/Stockholm")];
        let person = [("language", "en"), ("name", "Ada"), ("email", &*email), ("password", PASSWORD)];
        form(&format!("/setup/{link}"), "", &[&fields[..], &person].concat())
    };
    let told = race(&app, (0..CROWD).map(set_up).collect()).await;
    one_wins(&told, StatusCode::SEE_OTHER, StatusCode::NOT_FOUND);
    assert_eq!(count(&pool, "select count(*) from users").await, 1);
}
