//! `GET /live`: tells open pages that figures have changed, or that their reader was told something, as server-sent
//! events. An event says that, and nothing else: the page asks for itself again, with its reader's own rights.
//!
//! Every node watches the same number in the database, so a page hears of a sale on whichever node it was logged. A page
//! says which number it shows, and a stream begins with the present one, so that nothing is missed in between. Notices
//! are announced by the database to every node (`notice_told` in migration 23).

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use sqlx::PgPool;
use sqlx::postgres::{PgListener, PgPoolOptions};
use tokio::sync::{broadcast, watch};
use tokio_stream::wrappers::{BroadcastStream, WatchStream};
use tokio_stream::{Stream, StreamExt};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::auth::Actor;
use crate::web::routes::{Gate, Routes};

/// So long at most between two signs of life; below the idle limits of common proxies.
const SIGN_OF_LIFE: Duration = Duration::from_secs(25);

/// Where the database announces who was told something.
const CHANNEL: &str = "pacemark_notices";
/// After this long the database is asked again for its announcements.
const RETRY: Duration = Duration::from_secs(5);
/// Notices that a stream may lag behind; one that lags more says so once.
const BACKLOG: usize = 1_024;

/// Where pages hear of changes. Streams end when the sender of figures is dropped.
#[derive(Clone, Debug)]
pub struct Live {
    figures: watch::Receiver<i64>,
    told: broadcast::Sender<i64>,
}

impl Live {
    /// Both ends: the sender takes the number of the latest change of figures.
    pub fn channel() -> (watch::Sender<i64>, Self) {
        let (sender, figures) = watch::channel(0);
        (sender, Self { figures, told: broadcast::channel(BACKLOG).0 })
    }

    /// The number of the latest change.
    pub fn latest(&self) -> i64 {
        *self.figures.borrow()
    }

    /// Never says anything; for processes that do not watch.
    pub fn silent() -> Self {
        Self::channel().1
    }
}

/// Passes on what the database announces, until `shutdown`. A failure is logged and tried again.
pub async fn keep_listening(db: PgPool, live: Live, shutdown: CancellationToken) {
    loop {
        match shutdown.run_until_cancelled(listen(&db, &live)).await {
            Some(error) => tracing::warn!(%error, "announcements are not heard; trying again"),
            None => return,
        }
        if shutdown.run_until_cancelled(tokio::time::sleep(RETRY)).await.is_none() {
            return;
        }
    }
}

async fn listen(db: &PgPool, live: &Live) -> sqlx::Error {
    let heard = async {
        // a connection of its own: those of the pool are for requests
        let own =
            PgPoolOptions::new().max_connections(1).connect_with((*db.connect_options()).clone()).await?;
        let mut listener = PgListener::connect_with(&own).await?;
        listener.listen(CHANNEL).await?;
        loop {
            if let Ok(user) = listener.recv().await?.payload().parse() {
                // nobody listens: nobody has a page open
                let _nobody = live.told.send(user);
            }
        }
    };
    let outcome: Result<Infallible, sqlx::Error> = heard.await;
    match outcome {
        Err(error) => error,
    }
}

/// The stream of changes.
pub fn routes() -> Routes {
    Routes::new().get("/live", Gate::SignedIn, show)
}

async fn show(State(app): State<App>, actor: Actor) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let user = actor.user.0;
    let figures = WatchStream::new(app.live.figures.clone())
        .map(|revision| Some(Event::default().event("figures").data(revision.to_string())))
        .chain(tokio_stream::once(None));
    let told = BroadcastStream::new(app.live.told.subscribe())
        // one who has lagged may have been told
        .filter(move |told| told.as_ref().map_or(true, |told| *told == user))
        // an event without data is not heard by browsers
        .map(|_| Some(Event::default().event("inbox").data("new")));
    let events = figures.merge(told).map_while(|event| event.map(Ok));
    Sse::new(events).keep_alive(KeepAlive::new().interval(SIGN_OF_LIFE))
}
