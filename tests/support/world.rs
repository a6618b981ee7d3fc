//! Nordhem, a small company that tests share: two sales departments, a person of every role, products and customers.
//!
//! North: Karin (leads), Elias, Maja. South: Johanna (leads), Petra. Above: Anders (executive), Ada (administrator),
//! Hanna (HR), Frida (finance). [`World::add_support`] adds those who make, deliver and answer. It is 18 November 2026, 11:00 in Stockholm, until a test moves the time.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use clap::{Args, Command, FromArgMatches};
use http_body_util::BodyExt;
use pacemark::app::App;
use pacemark::auth::secret;
use pacemark::config::Config;
use pacemark::kernel::clock::Clock;
use pacemark::kernel::id::{CustomerId, DealId, DepartmentId, EmployeeId, ProductId, UserId};
use pacemark::kernel::money::Currency;
use pacemark::org::{Company, company};
use pacemark::sales::booking::{self, Stamp};
use pacemark::sales::{DealDraft, LineDraft, OWN_SOURCE};
use sqlx::PgPool;
use tower::ServiceExt;

use super::db::guarded;

/// Everybody: sign-in name, full name, role, department and whether they lead it.
const PEOPLE: [(&str, &str, &str, &str, bool); 9] = [
    ("elias", "Elias Sandberg", "salesperson", "NORTH", false),
    ("maja", "Maja Lund", "salesperson", "NORTH", false),
    ("karin", "Karin Lindqvist", "manager", "NORTH", true),
    ("petra", "Petra Holm", "salesperson", "SOUTH", false),
    ("johanna", "Johanna Berg", "manager", "SOUTH", true),
    ("anders", "Anders Nilsson", "executive", "NORDHEM", false),
    ("ada", "Ada Ek", "admin", "NORDHEM", false),
    ("hanna", "Hanna Ros", "hr", "NORDHEM", false),
    ("frida", "Frida Dahl", "finance", "NORDHEM", false),
];

/// Those who make, deliver and answer: Per leads production, Dag delivery, Siv customer service.
const SUPPORT: [(&str, &str, &str, &str, bool); 5] = [
    ("per", "Per Ask", "manager", "PROD", true),
    ("pia", "Pia Ny", "support", "PROD", false),
    ("dag", "Dag Falk", "manager", "DELIVERY", true),
    ("siv", "Siv Alm", "manager", "SERVICE", true),
    ("sigge", "Sigge Dal", "support", "SERVICE", false),
];

const SUPPORTING: &str = "
    insert into departments (code, name, kind, parent_id)
        select v.code, v.name, v.kind, d.id from departments d
        cross join (values ('PROD', 'Production', 'production'), ('DELIVERY', 'Delivery', 'delivery'),
            ('SERVICE', 'Customer service', 'service')) v (code, name, kind) where d.code = 'NORDHEM'";

const STRUCTURE: &str = "
    insert into departments (code, name, kind) values ('NORDHEM', 'Nordhem Ventilation', 'company');
    insert into departments (code, name, kind, parent_id)
        select v.code, v.name, 'sales', d.id from departments d
        cross join (values ('NORTH', 'Sales North'), ('SOUTH', 'Sales South')) v (code, name);
    update settings set configured_at = '2026-01-01';
    insert into product_categories (name) values ('Rooftop units'), ('Heat recovery'), ('Service');
    insert into products (sku, name, category_id, unit_cost, list_price, currency)
        select v.sku, v.name, c.id, v.cost, v.price, 'SEK' from (values
            ('V12', 'Ventus 12', 'Rooftop units', 9800000, 15400000),
            ('F400', 'FTX 400', 'Heat recovery', 1200000, 2050000),
            ('F600', 'FTX 600', 'Heat recovery', 2700000, 4700000),
            ('SA', 'Service agreement', 'Service', 300000, 900000)) v (sku, name, category, cost, price)
        join product_categories c on c.name = v.category;
    insert into customers (customer_no, name, created_at) values
        ('C1', 'Holmen Skog', '2026-01-01'), ('C2', 'Brf Ankaret', '2026-01-01'), ('C3', 'Obbola Livs', '2026-01-01');
";

/// The company and the application that serves it.
pub struct World {
    /// The application.
    pub app: App,
    /// The database, by the application's own pool.
    pub db: PgPool,
    router: Router,
    now: Arc<Mutex<DateTime<Utc>>>,
}

/// What the application answered.
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body as text.
    pub body: String,
}

impl Answer {
    /// Where a redirect leads.
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |value| value.to_str().unwrap())
    }

    /// The value of the first field of that name in the page.
    pub fn field(&self, name: &str) -> String {
        let page = scraper::Html::parse_document(&self.body);
        let selector = scraper::Selector::parse(&format!("[name={name}]")).unwrap();
        let found = page.select(&selector).next().unwrap_or_else(|| panic!("no field {name}: {}", self.body));
        found.attr("value").unwrap_or_default().to_owned()
    }
}

/// What the main part of a page says, with ordinary spaces, each run of them once.
pub fn text(answer: &Answer) -> String {
    let page = scraper::Html::parse_document(&answer.body);
    let main = scraper::Selector::parse("main").unwrap();
    let text = page.select(&main).flat_map(|main| main.text().collect::<Vec<_>>()).collect::<Vec<_>>();
    let text = text.join(" ").replace(['\u{a0}', '\u{202f}'], " ").replace('\u{2060}', "");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A day of 2026.
pub fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).unwrap()
}

/// Kronor as minor units.
pub fn kr(kronor: i64) -> i64 {
    kronor * 100
}

impl World {
    /// The world in the database of a `#[sqlx::test]`.
    pub async fn new(pool: PgPool) -> Self {
        let db = guarded(&pool, 12).await;
        let now = Arc::new(Mutex::new(Utc.with_ymd_and_hms(2026, 11, 18, 10, 0, 0).unwrap()));
        sqlx::raw_sql(STRUCTURE).execute(&db).await.unwrap();
        for person in PEOPLE {
            settle(&db, person).await;
        }
        let source = Arc::clone(&now);
        let app = App::new(db.clone(), Clock::from_fn(move || *source.lock().unwrap()), config());
        Self { router: app.clone().router(), app, db, now }
    }

    /// Adds departments for production, delivery and customer service, with their people.
    pub async fn add_support(&self) {
        sqlx::raw_sql(SUPPORTING).execute(&self.db).await.unwrap();
        for person in SUPPORT {
            settle(&self.db, person).await;
        }
    }

    /// Lets it be noon (UTC) of another day.
    pub fn travel(&self, to: NaiveDate) {
        *self.now.lock().unwrap() = to.and_hms_opt(12, 0, 0).unwrap().and_utc();
    }

    /// The company as requests see it.
    pub async fn company(&self) -> Company {
        company::find(&mut self.app.read().await.unwrap()).await.unwrap()
    }

    async fn id(&self, sql: &'static str, key: &str) -> i64 {
        let found = sqlx::query_scalar(sql).bind(key).fetch_optional(&self.db).await.unwrap();
        found.unwrap_or_else(|| panic!("there is no {key} in {sql}"))
    }

    /// A person by their sign-in name.
    pub async fn employee(&self, name: &str) -> EmployeeId {
        EmployeeId(self.id("select id from employees where employee_no = $1", name).await)
    }

    /// An account by its sign-in name.
    pub async fn user(&self, name: &str) -> UserId {
        UserId(self.id("select id from users where email = $1 || '@nordhem.example'", name).await)
    }

    /// A department: NORDHEM, NORTH or SOUTH.
    pub async fn department(&self, code: &str) -> DepartmentId {
        DepartmentId(self.id("select id from departments where code = $1", code).await)
    }

    /// A product by its name.
    pub async fn product(&self, name: &str) -> ProductId {
        ProductId(self.id("select id from products where name = $1", name).await)
    }

    /// A customer by name.
    pub async fn customer(&self, name: &str) -> CustomerId {
        CustomerId(self.id("select id from customers where name = $1", name).await)
    }

    /// Who stamps rows that no request made: nobody, now.
    pub fn stamp(&self) -> Stamp {
        Stamp { by: None, at: self.app.clock.now() }
    }

    /// A deal of one line in kronor with no cost, not yet booked.
    pub async fn draft(&self, owner: &str, customer: &str, kronor: i64, on: NaiveDate) -> DealDraft {
        let line = LineDraft {
            line_no: 1,
            product: self.product("Ventus 12").await,
            quantity: 1,
            amount: kr(kronor),
            cost: 0,
            promised_on: None,
            delivered_on: None,
        };
        DealDraft {
            source: OWN_SOURCE.to_owned(),
            order_no: None,
            customer: self.customer(customer).await,
            owner: Some(self.employee(owner).await),
            ordered_on: on,
            currency: Currency::parse("SEK").unwrap(),
            channel: String::new(),
            note: String::new(),
            lines: vec![line],
            shares: Vec::new(),
            form_key: None,
        }
    }

    /// Books a draft.
    pub async fn book(&self, draft: &DealDraft) -> DealId {
        let company = self.company().await;
        let mut tx = self.app.begin().await.unwrap();
        let booked = booking::book(&mut tx, &company, draft, self.stamp()).await.unwrap();
        tx.commit().await.unwrap();
        booked.id()
    }

    /// Books a deal of one line.
    pub async fn deal(&self, owner: &str, customer: &str, kronor: i64, on: NaiveDate) -> DealId {
        self.book(&self.draft(owner, customer, kronor, on).await).await
    }

    /// `GET path` as somebody.
    pub async fn get(&self, user: &str, path: &str) -> Answer {
        self.send(user, Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// `GET path` as somebody, with further headers.
    pub async fn get_with(&self, user: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let request =
            headers.iter().fold(Request::get(path), |request, (name, value)| request.header(*name, *value));
        self.send(user, request.body(Body::empty()).unwrap()).await
    }

    /// `POST path` as somebody, with a form.
    pub async fn post(&self, user: &str, path: &str, form: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(body));
        self.send(user, request.unwrap()).await
    }

    /// `POST path` as somebody, with a file in a field.
    pub async fn upload(&self, user: &str, path: &str, field: &str, text: &str) -> Answer {
        let body = format!(
            "--x\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"file.csv\"\r\n\r\n{text}\r\n--x--\r\n"
        );
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(body));
        self.send(user, request.unwrap()).await
    }

    async fn send(&self, user: &str, mut request: Request<Body>) -> Answer {
        request.headers_mut().insert(header::COOKIE, self.sign_in(user).await.parse().unwrap());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// A fresh session of an account, as its cookie.
    pub async fn sign_in(&self, user: &str) -> String {
        let token = secret::generate().unwrap();
        let now = self.app.clock.now();
        sqlx::query(
            "insert into sessions (token_hash, user_id, created_at, last_seen_at, expires_at)
            values ($1, $2, $3, $3, $3 + interval '1 day')",
        )
        .bind(secret::hash(&token))
        .bind(self.user(user).await.0)
        .bind(now)
        .execute(&self.db)
        .await
        .unwrap();
        format!("pacemark={token}")
    }
}

async fn settle(db: &PgPool, (user, name, role, department, leads): (&str, &str, &str, &str, bool)) {
    sqlx::query(
        "with person as (
            insert into employees (employee_no, name, hired_on) values ($1, $2, '2024-01-01') returning id
        ), member as (
            insert into memberships (employee_id, department_id, lead, during)
            select p.id, d.id, $5, daterange('2024-01-01', null) from person p, departments d where d.code = $4
        )
        insert into users (employee_id, email, name, role, language, created_at)
        select id, $1 || '@nordhem.example', $2, $3, 'en', '2026-01-01' from person",
    )
    .bind(user)
    .bind(name)
    .bind(role)
    .bind(department)
    .bind(leads)
    .execute(db)
    .await
    .unwrap();
}

/// The settings of a process without flags, but for the variables of this machine.
pub fn config() -> Config {
    let mut matches = Config::augment_args(Command::new("test")).get_matches_from(["test"]);
    let data_dir = std::env::temp_dir().join(format!("pacemark-test-{}", std::process::id()));
    let config = Config::from_arg_matches_mut(&mut matches).unwrap();
    Config { database_url: None, base_url: None, data_dir, ..config }
}
