//! What people are told: their inbox in the application, and mail for those who want it.
//!
//! A notice is written in the transaction of what it tells of, so that nothing is told that did not happen and nothing
//! that happened stays untold. It holds a message's key and the values it mentions; the words are chosen when it is
//! read, in the reader's language. Whom to tell is decided by the area it is about, among those who may see the thing.

mod letter;
pub mod outbox;
mod pages;
mod preferences;
mod store;
mod value;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::define_id;
use crate::error::Result;
use crate::kernel::id::UserId;
use crate::web::context::Ctx;
use crate::web::routes::{Gate, Routes};

pub use preferences::mode as mail_mode;
pub use value::Value;

define_id!(
    /// A notice to one account.
    NoticeId
);

/// Something that somebody should know.
#[derive(Clone, Debug)]
pub struct Telling {
    /// Key of the message.
    pub message: &'static str,
    /// What it mentions.
    pub values: Vec<(&'static str, Value)>,
    /// What the one who caused it wrote.
    pub quote: String,
    /// Where it is dealt with.
    pub href: String,
}

/// Tells everybody in `to` but the one who caused it, each once.
pub async fn tell(
    conn: &mut PgConnection,
    to: &[UserId],
    caused_by: Option<UserId>,
    telling: &Telling,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut to: Vec<i64> = to.iter().filter(|user| Some(**user) != caused_by).map(|user| user.0).collect();
    to.sort_unstable();
    to.dedup();
    if to.is_empty() { Ok(()) } else { store::insert(conn, &to, caused_by, telling, now).await }
}

/// Marks as read what a reader was told of the page they are looking at. Answers how many notices that were. Without
/// room on the disk they stay unread: looking goes on when writing cannot.
pub async fn seen(conn: &mut PgConnection, ctx: &Ctx, href: &str) -> Result<i64> {
    if ctx.actor.unread == 0 || ctx.app.room.is_low() {
        return Ok(0);
    }
    store::save_seen(conn, ctx.actor.user, href, ctx.now).await
}

/// Notes that somebody has read everything they were told.
pub async fn all_read(conn: &mut PgConnection, user: UserId, now: DateTime<Utc>) -> Result<()> {
    store::save_all_read(conn, user, now).await.map(drop)
}

/// Takes back what was told of something that is not there any more, as far as nobody has read it.
pub async fn forget(conn: &mut PgConnection, href: &str) -> Result<()> {
    store::delete_unread(conn, href).await
}

/// The inbox and what mail somebody wants.
pub fn routes() -> Routes {
    Routes::new()
        .get("/inbox", Gate::SignedIn, pages::index)
        .get("/inbox.csv", Gate::SignedIn, pages::download)
        .post("/inbox/read", Gate::SignedIn, pages::read_all)
        .post("/inbox/unread", Gate::SignedIn, pages::unread)
        .get("/inbox/{id}", Gate::SignedIn, pages::open)
        .post("/me/mail", Gate::SignedIn, preferences::change)
        .get("/unsubscribe/{token}", Gate::Public, preferences::show_unsubscribe)
        .post("/unsubscribe/{token}", Gate::Public, preferences::unsubscribe)
}
