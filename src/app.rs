//! The assembled application: its parts, every area's routes, and the layers around them.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::pool::PoolConnection;
use sqlx::{PgPool, Postgres, Transaction};
use tower::ServiceBuilder;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::timeout::{RequestBodyTimeoutLayer, TimeoutLayer};
use tower_http::trace::TraceLayer;

use crate::api::sale_intake::Intake;
use crate::auth::password::Passwords;
use crate::auth::{self, session};
use crate::config::Config;
use crate::error::Result;
use crate::goals;
use crate::kernel::clock::Clock;
use crate::org::Company;
use crate::org::company::Remembered;
use crate::postgres::Room;
use crate::web::live::{self, Live};
use crate::web::routes::Routes;
use crate::web::{assets, failure, headers, health, metrics, origin};

/// Largest request of all: an import file.
const BODY_LIMIT: usize = 512 << 20;
/// A request that is not answered by then gets 503.
const DEADLINE: Duration = Duration::from_mins(1);
/// A body of which nothing comes for so long has ended.
const BODY_SILENCE: Duration = Duration::from_secs(10);

/// What every handler can reach.
#[derive(Clone)]
pub struct App {
    /// The connection pool.
    pub db: PgPool,
    /// The time.
    pub clock: Clock,
    /// How this process was started.
    pub config: Arc<Config>,
    /// Password hashing.
    pub passwords: Passwords,
    /// Where programs hand in sales.
    pub intake: Intake,
    /// The company, while it stays as it is.
    pub company: Remembered,
    /// Goals, while they stay as they are.
    pub goals: goals::remembered::Sheets,
    /// Which sorts of goals readers see, while they stay as they are.
    pub kinds: goals::remembered::Kinds,
    /// What goals there are of departments, while they stay as they are.
    pub offers: crate::team::Offers,
    /// Where open pages hear of changes.
    pub live: Live,
    /// Whether there is room on the disk to write.
    pub room: Room,
}

impl App {
    /// Assembles the application over a migrated database; within a runtime, because it works in the background too.
    pub fn new(db: PgPool, clock: Clock, config: Config) -> Self {
        let intake = Intake::open(&db);
        let company = Remembered::default();
        Self {
            db,
            clock,
            config: Arc::new(config),
            passwords: Passwords::default(),
            intake,
            company,
            goals: goals::remembered::Sheets::default(),
            kinds: goals::remembered::Kinds::default(),
            offers: crate::team::Offers::default(),
            live: Live::silent(),
            room: Room::default(),
        }
    }

    /// The same application, whose pages hear of changes.
    #[must_use]
    pub fn with_live(self, live: Live) -> Self {
        Self { live, ..self }
    }

    /// The same over a private database, whose disk may be full.
    #[must_use]
    pub fn with_room(self, room: Room) -> Self {
        Self { room, ..self }
    }

    /// A connection for reading.
    pub async fn read(&self) -> Result<PoolConnection<Postgres>> {
        Ok(self.db.acquire().await?)
    }

    /// A transaction for a write.
    pub async fn begin(&self) -> Result<Transaction<'static, Postgres>> {
        Ok(self.db.begin().await?)
    }

    /// Whether browsers reach us over TLS, by the public address.
    pub fn is_secure(&self) -> bool {
        self.config.base_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }

    /// The public address, without a trailing slash.
    pub fn base_url(&self) -> String {
        match &self.config.base_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("http://{}", self.config.listen),
        }
    }

    /// The present moment and the company's business date.
    pub fn now(&self, company: &Company) -> (DateTime<Utc>, NaiveDate) {
        let now = self.clock.now();
        (now, company.day_of(now))
    }

    /// The whole application as a service.
    pub fn router(self) -> Router {
        let inner = ServiceBuilder::new()
            .layer(from_fn(metrics::observe))
            .layer(from_fn_with_state(self.clone(), failure::render))
            .layer(from_fn(session::surface_failure))
            .layer(from_fn_with_state(self.clone(), origin::guard));
        let outer = ServiceBuilder::new()
            .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
            .layer(PropagateRequestIdLayer::x_request_id())
            .layer(TraceLayer::new_for_http())
            .layer(from_fn(headers::secure))
            .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
            .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, DEADLINE))
            .layer(from_fn_with_state(self.clone(), session::identify))
            .layer(inner)
            .layer(CatchPanicLayer::custom(failure::panicked))
            .layer(RequestBodyLimitLayer::new(BODY_LIMIT))
            .layer(RequestBodyTimeoutLayer::new(BODY_SILENCE));
        routes()
            .into_router()
            .merge(assets::router())
            .fallback(failure::not_found)
            .layer(axum::extract::DefaultBodyLimit::disable())
            .layer(outer)
            .with_state(self)
    }
}

/// The routes of every area, in reading order; the authorization matrix walks these.
pub fn routes() -> Routes {
    let areas = [
        crate::home::routes(),
        crate::notices::routes(),
        crate::accountability::routes(),
        crate::team::routes(),
        crate::attainment::explain_pages::routes(),
        goals::routes(),
        crate::capacity::routes(),
        crate::closing::routes(),
        crate::facts::routes(),
        crate::service::routes(),
        crate::market::routes(),
        crate::pipeline::routes(),
        crate::reviews::routes(),
        crate::sales::pages::routes(),
        crate::orders::routes(),
        crate::process_figures::routes(),
        crate::customers::routes(),
        crate::products::routes(),
        crate::org::routes(),
        crate::search::routes(),
        crate::admin::routes(),
        crate::audit::routes(),
        auth::routes(),
        crate::imports::routes(),
        crate::api::routes(),
        live::routes(),
        health::routes(),
    ];
    areas.into_iter().fold(Routes::new(), Routes::merge)
}
