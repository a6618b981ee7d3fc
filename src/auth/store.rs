//! SQL of accounts, sessions, links and counters.

use chrono::{DateTime, Duration, Utc};
use sqlx::PgConnection;

use super::{Actor, Role};
use crate::error::{AppError, Result};
use crate::kernel::id::{EmployeeId, UserId};
use crate::kernel::lang::Lang;
use crate::org::Company;

/// An account as sign-in needs it.
pub struct Account {
    /// The account.
    pub user: UserId,
    /// Null until an invitation was accepted.
    pub password_hash: Option<String>,
    /// Disabled accounts do not sign in.
    pub disabled: bool,
}

/// An account that asks, when it last did, and the revision of the company it asks about.
pub struct Known {
    user: UserId,
    employee: Option<EmployeeId>,
    name: String,
    email: String,
    role: String,
    language: Option<String>,
    theme: Option<String>,
    shortcuts: bool,
    /// When the session or token was last noted to be in use.
    pub seen: Option<DateTime<Utc>>,
    unread: i64,
    /// See [`Company::revision`].
    pub revision: i64,
}

impl Known {
    /// Who that is today: their department and what they lead follow from the organisation.
    pub fn actor(self, company: &Company, now: DateTime<Utc>) -> Result<Actor> {
        let (today, organisation) = (company.day_of(now), &company.organisation);
        let stay = self.employee.and_then(|id| organisation.person(id)).and_then(|own| own.stay_on(today));
        let home = stay.and_then(|stay| organisation.department(stay.department));
        Ok(Actor {
            user: self.user,
            employee: self.employee,
            name: self.name,
            email: self.email,
            role: Role::from_code(&self.role).ok_or_else(|| AppError::internal("unknown role"))?,
            led: self.employee.map(|id| organisation.led_by(id, today)).unwrap_or_default(),
            department: home.map(|home| (home.id, home.name.clone())),
            lang: self.language.as_deref().and_then(Lang::from_code),
            theme: match self.theme.as_deref() {
                Some("light") => Some("light"),
                Some("dark") => Some("dark"),
                _ => None,
            },
            shortcuts: self.shortcuts,
            unread: self.unread,
        })
    }
}

/// Who is behind a live session, unless the account is disabled.
pub async fn find_by_session(
    conn: &mut PgConnection,
    token_hash: &[u8],
    now: DateTime<Utc>,
    idle: Duration,
) -> Result<Option<Known>> {
    Ok(sqlx::query_as!(
        Known,
        r#"select u.id as "user: UserId", u.employee_id as "employee: EmployeeId", u.name, u.email, u.role,
            u.language, u.theme, u.shortcuts, s.last_seen_at as "seen?",
            (select count(*) from notices n where n.user_id = u.id and n.read_at is null) as "unread!",
            (select revision from company_revision) as "revision!"
        from sessions s join users u on u.id = s.user_id
        where s.token_hash = $1 and s.expires_at > $2 and s.last_seen_at > $3 and u.disabled_at is null"#,
        token_hash,
        now,
        now - idle
    )
    .fetch_optional(conn)
    .await?)
}

/// Who is behind an API token that was not revoked, unless the account is disabled.
pub async fn find_by_token(conn: &mut PgConnection, token_hash: &[u8]) -> Result<Option<Known>> {
    Ok(sqlx::query_as!(
        Known,
        r#"select u.id as "user: UserId", u.employee_id as "employee: EmployeeId", u.name, u.email, u.role,
            u.language, u.theme, u.shortcuts, t.last_used_at as "seen?", 0::bigint as "unread!",
            (select revision from company_revision) as "revision!"
        from api_tokens t join users u on u.id = t.user_id
        where t.token_hash = $1 and t.revoked_at is null and u.disabled_at is null"#,
        token_hash
    )
    .fetch_optional(conn)
    .await?)
}

/// Notes that a session is in use.
pub async fn touch_session(conn: &mut PgConnection, token_hash: &[u8], now: DateTime<Utc>) -> Result<()> {
    sqlx::query!("update sessions set last_seen_at = $2 where token_hash = $1", token_hash, now)
        .execute(conn)
        .await?;
    Ok(())
}

/// What is kept of a new session.
pub struct NewSession<'a> {
    /// SHA-256 of the cookie's value.
    pub token_hash: &'a [u8],
    /// Whose it is.
    pub user: UserId,
    /// End at the latest.
    pub expires_at: DateTime<Utc>,
    /// Where it was opened from.
    pub address: &'a str,
    /// The browser, as it calls itself.
    pub user_agent: &'a str,
}

/// Opens a session.
pub async fn insert_session(
    conn: &mut PgConnection,
    session: &NewSession<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into sessions (token_hash, user_id, created_at, last_seen_at, expires_at, address, user_agent)
        values ($1, $2, $3, $3, $4, $5, $6)",
        session.token_hash,
        session.user.0,
        now,
        session.expires_at,
        session.address,
        session.user_agent
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends one session.
pub async fn delete_session(conn: &mut PgConnection, token_hash: &[u8]) -> Result<()> {
    sqlx::query!("delete from sessions where token_hash = $1", token_hash).execute(conn).await?;
    Ok(())
}

/// Ends all sessions of an account but one; answers how many.
pub async fn delete_other_sessions(conn: &mut PgConnection, user: UserId, kept: &[u8]) -> Result<u64> {
    let done = sqlx::query!("delete from sessions where user_id = $1 and token_hash <> $2", user.0, kept)
        .execute(conn)
        .await?;
    Ok(done.rows_affected())
}

/// A session as its owner sees it.
pub struct SessionRow {
    /// SHA-256 of its token, to tell the present one.
    pub token_hash: Vec<u8>,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When it was last used.
    pub last_seen_at: DateTime<Utc>,
    /// Where it was opened from.
    pub address: String,
    /// The browser, as it calls itself.
    pub user_agent: String,
}

/// The live sessions of an account, the latest first.
pub async fn list_sessions(
    conn: &mut PgConnection,
    user: UserId,
    now: DateTime<Utc>,
) -> Result<Vec<SessionRow>> {
    Ok(sqlx::query_as!(
        SessionRow,
        "select token_hash, created_at, last_seen_at, address, user_agent from sessions
        where user_id = $1 and expires_at > $2 order by last_seen_at desc limit 50",
        user.0,
        now
    )
    .fetch_all(conn)
    .await?)
}

/// The account that signs in as `email` (lower case).
pub async fn find_account(conn: &mut PgConnection, email: &str) -> Result<Option<Account>> {
    Ok(sqlx::query_as!(
        Account,
        r#"select id as "user: UserId", password_hash, disabled_at is not null as "disabled!"
        from users where email = $1"#,
        email
    )
    .fetch_optional(conn)
    .await?)
}

/// The stored hash of an account's password.
pub async fn find_password(conn: &mut PgConnection, user: UserId) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!("select password_hash from users where id = $1", user.0).fetch_one(conn).await?)
}

/// Sets an account's password.
pub async fn save_password(conn: &mut PgConnection, user: UserId, hash: &str) -> Result<()> {
    sqlx::query!("update users set password_hash = $2, version = version + 1 where id = $1", user.0, hash)
        .execute(conn)
        .await?;
    Ok(())
}

/// Saves a chosen language.
pub async fn save_language(conn: &mut PgConnection, user: UserId, lang: Lang) -> Result<()> {
    sqlx::query!("update users set language = $2 where id = $1", user.0, lang.code()).execute(conn).await?;
    Ok(())
}

/// Saves a chosen theme; `None` follows the system.
pub async fn save_theme(conn: &mut PgConnection, user: UserId, theme: Option<&str>) -> Result<()> {
    sqlx::query!("update users set theme = $2 where id = $1", user.0, theme).execute(conn).await?;
    Ok(())
}

/// Turns single-key shortcuts on or off.
pub async fn save_shortcuts(conn: &mut PgConnection, user: UserId, on: bool) -> Result<()> {
    sqlx::query!("update users set shortcuts = $2 where id = $1", user.0, on).execute(conn).await?;
    Ok(())
}

/// Whether a browser has signed in to this account before.
pub async fn is_known_device(conn: &mut PgConnection, token_hash: &[u8], email: &str) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from known_devices k join users u on u.id = k.user_id
            where k.token_hash = $1 and u.email = $2) as "known!""#,
        token_hash,
        email
    )
    .fetch_one(conn)
    .await?)
}

/// Remembers a browser.
pub async fn insert_known_device(
    conn: &mut PgConnection,
    token_hash: &[u8],
    user: UserId,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into known_devices (token_hash, user_id, created_at) values ($1, $2, $3)
        on conflict (token_hash) do nothing",
        token_hash,
        user.0,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The latest end of the blocks on `keys`, if any is in force.
pub async fn find_block(
    conn: &mut PgConnection,
    keys: &[Vec<u8>],
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>> {
    Ok(sqlx::query_scalar!(
        "select max(blocked_until) from sign_in_failures where key = any($1) and blocked_until > $2",
        keys,
        now
    )
    .fetch_one(conn)
    .await?)
}

/// Counts a failure; a quarter of an hour without one starts anew. Answers the count.
pub async fn count_failure(conn: &mut PgConnection, key: &[u8], now: DateTime<Utc>) -> Result<i32> {
    Ok(sqlx::query_scalar!(
        "insert into sign_in_failures as f (key, failures, first_at) values ($1, 1, $2)
        on conflict (key) do update set
            failures = case when f.first_at < $3 then 1 else f.failures + 1 end,
            first_at = $2
        returning failures",
        key,
        now,
        now - Duration::minutes(15)
    )
    .fetch_one(conn)
    .await?)
}

/// Refuses further tries until a moment.
pub async fn block(conn: &mut PgConnection, key: &[u8], until: DateTime<Utc>) -> Result<()> {
    sqlx::query!("update sign_in_failures set blocked_until = $2 where key = $1", key, until)
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets the failures under a key.
pub async fn clear_failures(conn: &mut PgConnection, key: &[u8]) -> Result<()> {
    sqlx::query!("delete from sign_in_failures where key = $1", key).execute(conn).await?;
    Ok(())
}
