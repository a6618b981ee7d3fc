//! Who may do what: every registered route tried by every persona, as one readable table.
//!
//! A route without a sample request fails the test, so nobody can add one and forget its rule. Writes are tried on a
//! fresh copy of the world each, so that what one persona does never changes what the next may do; a copy on which something was
//! refused is used again, and in the end nothing of it may have changed.

mod headers;
mod process;
mod samples;
mod things;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use pacemark::app::{self, App};
use pacemark::kernel::clock::Clock;
use pacemark::web::routes::{Gate, Rule};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, PgPool};
use tokio::sync::Semaphore;
use tower::ServiceExt;

use crate::support::world::{World, config};
use samples::Sample;
use things::Things;

/// Who tries, in the order of the columns, and what for. `freja` led North until last month.
const PERSONAS: [(&str, &str); 12] = [
    ("-", "anonymous"),
    ("elias", "owner"),
    ("maja", "peer"),
    ("karin", "manager"),
    ("freja", "former"),
    ("johanna", "other mgr"),
    ("lars", "support"),
    ("pia", "production"),
    ("hanna", "HR"),
    ("frida", "finance"),
    ("anders", "executive"),
    ("ada", "admin"),
];

/// A former manager of Elias, a supporter, and keys for everybody.
const MORE_PEOPLE: &str = "
    with people as (
        insert into employees (employee_no, name, hired_on)
        values ('freja', 'Freja Strand', '2024-01-01'), ('lars', 'Lars Holm', '2024-01-01') returning id, employee_no, name
    ), before as (
        insert into memberships (employee_id, department_id, lead, during)
        select p.id, d.id, true, daterange('2024-01-01', '2026-10-01') from people p, departments d
        where p.employee_no = 'freja' and d.code = 'NORTH'
    ), since as (
        insert into memberships (employee_id, department_id, lead, during)
        select p.id, d.id, p.employee_no = 'freja', daterange('2026-10-01', null) from people p, departments d
        where d.code = case p.employee_no when 'freja' then 'SOUTH' else 'NORDHEM' end
    )
    insert into users (employee_id, email, name, role, language, created_at)
    select id, employee_no || '@nordhem.example', name,
        case employee_no when 'freja' then 'manager' else 'support' end, 'en', '2026-01-01' from people;
    insert into sessions (token_hash, user_id, created_at, last_seen_at, expires_at)
        select sha256(('session-' || split_part(email, '@', 1))::bytea), id, '2026-11-18 09:59Z', '2026-11-18 09:59Z',
            '2026-12-01' from users;
    insert into api_tokens (user_id, name, token_hash, created_at, last_used_at)
        select id, 'matrix', sha256(('pmk_' || split_part(email, '@', 1))::bytea), '2026-11-01', '2026-11-18 09:59Z' from users;
";

#[sqlx::test]
async fn the_matrix_of_routes_and_personas(_: PgPoolOptions, template: PgConnectOptions) {
    let world = World::new(PgPool::connect_with(template.clone()).await.unwrap()).await;
    world.add_support().await;
    sqlx::raw_sql(MORE_PEOPLE).execute(&world.db).await.unwrap();
    let things = Things::make(&world).await;
    let rules = app::routes().rules().to_vec();
    let requests: BTreeMap<usize, Sample> =
        rules.iter().enumerate().map(|(i, rule)| (i, sample(rule, &things))).collect();
    let clock = world.app.clock.clone();
    world.db.close().await;
    drop(world);

    let turns = Arc::new(Semaphore::new(3));
    let copies = Arc::new(Copies {
        template: template.clone(),
        clock,
        clean: Mutex::default(),
        made: AtomicUsize::new(0),
    });
    let reads = copies.make().await;
    let mut tries = Vec::new();
    for (row, rule) in rules.iter().enumerate() {
        for (column, (who, _)) in PERSONAS.into_iter().enumerate() {
            let (request, changes) = (request(rule, &requests[&row], who), may_change(rule, who));
            let (copies, reader) = (Arc::clone(&copies), reads.router.clone());
            let turns = Arc::clone(&turns);
            tries.push(tokio::spawn(async move {
                let _turn = turns.acquire_owned().await.unwrap();
                let status = if changes {
                    let copy = copies.take().await;
                    let status = send(copy.router.clone(), request).await;
                    copies.give_back(copy, status).await;
                    status
                } else {
                    send(reader, request).await
                };
                ((row, column), status)
            }));
        }
    }
    let mut statuses = BTreeMap::new();
    for attempt in tries {
        let (place, status) = attempt.await.unwrap();
        statuses.insert(place, status);
    }
    copies.discard(reads).await;
    copies.are_as_they_were().await;
    insta::assert_snapshot!("matrix", table(&rules, &statuses));
}

fn sample(rule: &Rule, things: &Things) -> Sample {
    samples::of(rule.method, rule.path, things).unwrap_or_else(|| {
        panic!("{} {} has no sample request; add one to samples.rs", rule.method, rule.path)
    })
}

/// Whether the request can get as far as changing something: reads cannot, nor what the gate of administrators stops.
fn may_change(rule: &Rule, who: &str) -> bool {
    rule.method != "GET" && (rule.gate != Gate::Admin || who == "ada")
}

/// A copy of the world.
struct Copy {
    name: String,
    pool: PgPool,
    /// The application over it.
    router: Router,
}

/// Copies of the world, and those of them on which everything was refused.
struct Copies {
    template: PgConnectOptions,
    clock: Clock,
    clean: Mutex<Vec<Copy>>,
    made: AtomicUsize,
}

impl Copies {
    async fn make(&self) -> Copy {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let name = format!("matrix_{}_{number}", std::process::id());
        let mut server = self.template.clone().database("postgres").connect().await.unwrap();
        let original = self.template.get_database().unwrap();
        execute(&mut server, format!("create database {name} template \"{original}\"")).await;
        server.close().await.unwrap();
        let pool =
            PgPoolOptions::new().max_connections(4).connect_with(self.template.clone().database(&name));
        let pool = pool.await.unwrap();
        Copy { router: App::new(pool.clone(), self.clock.clone(), config()).router(), pool, name }
    }

    async fn take(&self) -> Copy {
        let clean = self.clean.lock().unwrap().pop();
        match clean {
            Some(copy) => copy,
            None => self.make().await,
        }
    }

    /// Keeps a copy on which the request was refused.
    async fn give_back(&self, copy: Copy, status: StatusCode) {
        if [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::NOT_FOUND].contains(&status) {
            self.clean.lock().unwrap().push(copy);
        } else {
            self.discard(copy).await;
        }
    }

    async fn discard(&self, copy: Copy) {
        copy.pool.close().await;
        let mut server = self.template.clone().database("postgres").connect().await.unwrap();
        execute(&mut server, format!("drop database {} with (force)", copy.name)).await;
        server.close().await.unwrap();
    }

    /// Requests that were refused have changed nothing.
    async fn are_as_they_were(&self) {
        let before = rows(&PgPool::connect_with(self.template.clone()).await.unwrap()).await;
        let clean = std::mem::take(&mut *self.clean.lock().unwrap());
        assert!(!clean.is_empty(), "something is refused");
        for copy in clean {
            assert_eq!(rows(&copy.pool).await, before, "a request that was refused has changed something");
            self.discard(copy).await;
        }
    }
}

/// What every table holds: how many rows, and a sum over what is in them. Tables that say when somebody was here are left out.
async fn rows(db: &PgPool) -> Vec<(String, i64, i64)> {
    let tables: Vec<String> = sqlx::query_scalar(
        "select table_name::text from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'
            and table_name not in ('sessions', 'api_tokens') order by 1",
    )
    .fetch_all(db)
    .await
    .unwrap();
    let mut rows = Vec::new();
    for table in tables {
        let sql = format!("select count(*), coalesce(sum(hashtext(t::text)), 0)::bigint from \"{table}\" t");
        let (count, sum) = sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_one(db).await.unwrap();
        rows.push((table, count, sum));
    }
    rows
}

async fn execute(server: &mut sqlx::PgConnection, sql: String) {
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(server).await.unwrap();
}

fn request(rule: &Rule, sample: &Sample, who: &str) -> Request<Body> {
    let api = rule.path.starts_with("/api/v1");
    let mut request =
        Request::builder().method(rule.method).uri(&sample.uri).header(header::HOST, "localhost");
    if who != "-" {
        request = if api {
            request.header(header::AUTHORIZATION, format!("Bearer pmk_{who}"))
        } else {
            request.header(header::COOKIE, format!("pacemark=session-{who}"))
        };
    }
    request = request.header("sec-fetch-site", "same-origin");
    let kind = if api && rule.method == "POST" { "application/json" } else { sample.content_type };
    request.header(header::CONTENT_TYPE, kind).body(Body::from(sample.body.clone())).unwrap()
}

async fn send(router: Router, request: Request<Body>) -> StatusCode {
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let response = router.oneshot(request).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    headers::check(&format!("{method} {uri}"), &headers);
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert!(
        status != StatusCode::INTERNAL_SERVER_ERROR,
        "{method} {uri}: {}",
        String::from_utf8_lossy(&body)
    );
    status
}

fn table(rules: &[Rule], statuses: &BTreeMap<(usize, usize), StatusCode>) -> String {
    let width = rules.iter().map(|rule| rule.path.len()).max().unwrap_or(0);
    let mut text = format!("{:4} {:width$} {:9}", "", "", "gate");
    for (_, name) in PERSONAS {
        write!(text, " {name:>9}").unwrap();
    }
    let mut order: Vec<usize> = (0..rules.len()).collect();
    order.sort_by_key(|row| (rules[*row].path, rules[*row].method));
    for row in order {
        let Rule { method, path, gate } = &rules[row];
        write!(text, "\n{method:4} {path:width$} {:9}", format!("{gate:?}")).unwrap();
        for column in 0..PERSONAS.len() {
            write!(text, " {:>9}", statuses[&(row, column)].as_u16()).unwrap();
        }
    }
    text
}

/// Routes that ask for no cookie: nothing of a signed-in person can be used against them.
const WITHOUT_COOKIE: [&str; 2] = ["/api/v1", "/unsubscribe"];

/// A request that changes something and does not come from our own pages is refused, whatever the route.
#[sqlx::test]
async fn every_write_refuses_other_sites(pool: PgPool) {
    let world = World::new(pool).await;
    sqlx::raw_sql(MORE_PEOPLE).execute(&world.db).await.unwrap();
    let things = Things::make(&world).await;
    let router = world.app.clone().router();
    let by_cookie = |path: &str| !WITHOUT_COOKIE.iter().any(|open| path.starts_with(open));
    for rule in app::routes().rules().iter().filter(|rule| rule.method != "GET" && by_cookie(rule.path)) {
        for site in ["cross-site", "same-site"] {
            let mut forged = request(rule, &sample(rule, &things), "ada");
            forged.headers_mut().insert("sec-fetch-site", site.parse().unwrap());
            let status = send(router.clone(), forged).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{} {} from a {site} page", rule.method, rule.path);
        }
    }
}
