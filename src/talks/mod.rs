//! What people write to each other about a thing: a goal, an agreement. Who may read and write follows from the thing,
//! whose area asks for it here.

pub mod mentions;
mod store;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::define_id;
use crate::error::{AppError, Result};
use crate::kernel::id::UserId;
use crate::web::context::Ctx;

define_id!(
    /// A thread of posts about one thing.
    ThreadId
);
define_id!(
    /// Something written in a thread.
    PostId
);

/// The longest post.
const LONGEST: usize = 4_000;

/// Something somebody wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// The post.
    pub id: PostId,
    /// Who wrote it.
    pub by: UserId,
    /// Their name.
    pub name: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub body: String,
}

/// A line of a thread: what somebody wrote, or something that happened.
#[derive(Clone, Debug)]
pub struct Line {
    /// When; lines are in this order.
    pub at: DateTime<Utc>,
    /// Their name.
    pub name: String,
    /// The moment in words.
    pub when: String,
    /// What was written or has happened.
    pub text: String,
    /// The icon of what happened; nothing for what was written.
    pub icon: Option<&'static str>,
    /// The post, where the reader can take it away.
    pub own: Option<PostId>,
}

impl Line {
    /// What somebody wrote, as `ctx`'s reader sees it.
    pub fn of(ctx: &Ctx, post: Post) -> Self {
        Self {
            at: post.at,
            when: ctx.l.datetime(post.at, ctx.company.zone),
            name: post.name,
            text: post.body,
            icon: None,
            own: (post.by == ctx.actor.user).then_some(post.id),
        }
    }
}

/// A thread with the form that adds to it, as `templates/talks/thread.html` draws it.
#[derive(Clone, Debug, Default)]
pub struct Talk {
    /// What was written and what has happened, oldest first.
    pub lines: Vec<Line>,
    /// Where a post is sent; what follows it takes one away.
    pub action: String,
    /// Whether the reader may write.
    pub may_write: bool,
    /// What was typed, when it came back with a fault.
    pub body: String,
    /// The fault.
    pub error: Option<String>,
    /// Who reads it.
    pub seen_by: String,
}

/// Opens a thread.
pub async fn open(conn: &mut PgConnection) -> Result<ThreadId> {
    store::insert_thread(conn).await
}

/// What stands in a thread, oldest first.
pub async fn posts(conn: &mut PgConnection, thread: ThreadId) -> Result<Vec<Post>> {
    store::list(conn, thread).await
}

/// Everybody who has written in a thread.
pub async fn writers(conn: &mut PgConnection, thread: ThreadId) -> Result<Vec<UserId>> {
    store::list_writers(conn, thread).await
}

/// Whether `body` can be written; the key of a message when it cannot.
pub fn check(body: &str) -> std::result::Result<&str, &'static str> {
    match body.trim() {
        "" => Err("error-required"),
        long if long.chars().count() > LONGEST => Err("error-talk-long"),
        body => Ok(body),
    }
}

/// Adds a checked post.
pub async fn post(
    conn: &mut PgConnection,
    thread: ThreadId,
    by: UserId,
    body: &str,
    at: DateTime<Utc>,
) -> Result<PostId> {
    store::insert(conn, thread, by, body, at).await
}

/// Takes one's own post away, or brings it back.
pub async fn set_removed(
    conn: &mut PgConnection,
    thread: ThreadId,
    post: PostId,
    by: UserId,
    removed_at: Option<DateTime<Utc>>,
) -> Result<()> {
    store::save_removed(conn, thread, post, by, removed_at).await?.ok_or(AppError::NotFound)
}
