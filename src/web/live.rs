//! `GET /live`: tells open pages that figures have changed, as server-sent events. An event says that, and nothing
//! else: the page asks for itself again, with its reader's own rights.
//!
//! Every node watches the same number in the database, so a page hears of a sale on whichever node it was logged. A page
//! says which number it shows, and a stream begins with the present one, so that nothing is missed in between.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use tokio::sync::watch;
use tokio_stream::wrappers::WatchStream;
use tokio_stream::{Stream, StreamExt};

use crate::app::App;
use crate::web::routes::{Gate, Routes};

/// So long at most between two signs of life; below the idle limits of common proxies.
const SIGN_OF_LIFE: Duration = Duration::from_secs(25);

/// Where pages hear of changes. Streams end when its other end, which says so, is dropped.
#[derive(Clone, Debug)]
pub struct Live(watch::Receiver<i64>);

impl Live {
    /// Both ends: the sender takes the number of the latest change.
    pub fn channel() -> (watch::Sender<i64>, Self) {
        let (sender, receiver) = watch::channel(0);
        (sender, Self(receiver))
    }

    /// The number of the latest change.
    pub fn latest(&self) -> i64 {
        *self.0.borrow()
    }

    /// Never says anything; for processes that do not watch.
    pub fn silent() -> Self {
        Self::channel().1
    }
}

/// The stream of changes.
pub fn routes() -> Routes {
    Routes::new().get("/live", Gate::SignedIn, show)
}

async fn show(State(app): State<App>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let changes = WatchStream::new(app.live.0.clone());
    let events = changes.map(|revision| Ok(Event::default().event("figures").data(revision.to_string())));
    Sse::new(events).keep_alive(KeepAlive::new().interval(SIGN_OF_LIFE))
}
