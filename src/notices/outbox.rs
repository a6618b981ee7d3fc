//! The outbox: turns what was told into letters, and sends them.
//!
//! Two steps, each a transaction of its own, on any number of nodes: what waits for somebody is written into a letter
//! (once: the rows are taken by whoever writes it), and a letter is handed to the mail server and noted as sent. When a
//! process dies between the two halves of the second step, another tries again with the very same letter and message id,
//! by which a receiver knows it as the one it may have already.

use std::time::Duration;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use sqlx::PgConnection;
use tokio_util::sync::CancellationToken;

use super::letter::{self, Letter};
use super::store;
use crate::app::App;
use crate::error::{AppError, Result};
use crate::org::Company;

/// Between two rounds.
const PAUSE: Duration = Duration::from_secs(5);
/// What is told is mailed after so long, so that what is taken back at once is not.
const SETTLED_AFTER: TimeDelta = TimeDelta::seconds(10);
/// What has waited longer is news no more: there was no mail server, or nobody wanted mail.
const NEWS_FOR: TimeDelta = TimeDelta::days(2);
/// So long a letter belongs to the process that sends it.
const HELD_FOR: TimeDelta = TimeDelta::minutes(5);
/// A mail server that does not answer for so long has failed.
const SERVER_SILENCE: Duration = Duration::from_secs(30);
/// Waits between tries, in minutes; after the last a letter is given up.
const WAITS: [i64; 6] = [1, 5, 30, 120, 480, 1440];
/// When the daily letter is written, by the company's clock.
const DAILY_AT: NaiveTime = NaiveTime::from_hms_opt(7, 0, 0).expect("seven o'clock exists");

/// Hands letters to a mail server.
pub struct Postman {
    server: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Postman {
    /// The postman of an installation; nothing without a mail server. An error says what of the settings is wrong.
    pub fn of(app: &App) -> anyhow::Result<Option<Self>> {
        let Some(url) = &app.config.smtp_url else { return Ok(None) };
        let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|error| anyhow::anyhow!("the address of the mail server cannot be used: {error}"))?
            .timeout(Some(SERVER_SILENCE))
            .build();
        let from = app.config.mail_from.parse();
        let from = from.map_err(|error| anyhow::anyhow!("the sender of mail is no address: {error}"))?;
        Ok(Some(Self { server, from }))
    }

    fn message(&self, letter: &Letter, base: &str) -> Result<Message> {
        let stop = letter::stop_address(base, letter.token);
        let header =
            |name: &'static str, value: String| HeaderValue::new(HeaderName::new_from_ascii_str(name), value);
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, letter.address.parse().map_err(AppError::internal)?))
            .subject(&letter.subject)
            .message_id(Some(letter.message_id.clone()))
            .raw_header(header("List-Unsubscribe", format!("<{stop}>")))
            .raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()))
            .raw_header(header("Auto-Submitted", "auto-generated".to_owned()))
            .multipart(MultiPart::alternative_plain_html(letter.plain.clone(), letter.html.clone()))
            .map_err(AppError::internal)
    }
}

/// Writes and sends until `shutdown`.
pub async fn keep_mailing(app: App, postman: Postman, shutdown: CancellationToken) {
    while shutdown.run_until_cancelled(tokio::time::sleep(PAUSE)).await.is_some() {
        match shutdown.run_until_cancelled(round(&app, &postman)).await {
            Some(Err(error)) => tracing::warn!(%error, "mail could not be written; trying again"),
            Some(Ok(())) => {}
            None => return,
        }
    }
}

/// One round: letters for all who are due, then every letter that waits.
pub async fn round(app: &App, postman: &Postman) -> Result<()> {
    let company = app.company.present(&mut *app.read().await?).await?;
    write_due(app, &company).await?;
    while send_next(app, postman).await? {}
    Ok(())
}

async fn write_due(app: &App, company: &Company) -> Result<()> {
    let now = app.clock.now();
    let (settled, cut) = (now - SETTLED_AFTER, daily_cut(company, now));
    let readers = store::due(&mut *app.read().await?, settled, cut).await?;
    for reader in readers {
        let mut tx = app.begin().await?;
        write_to(&mut tx, app, company, &reader, now).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn write_to(
    conn: &mut PgConnection,
    app: &App,
    company: &Company,
    reader: &store::Reader,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut rows = store::take(conn, reader.user, now - SETTLED_AFTER).await?;
    rows.retain(|row| now - row.told_at < NEWS_FOR);
    if rows.is_empty() {
        return Ok(());
    }
    let letter = letter::write(company, &app.base_url(), reader, &rows, now).map_err(AppError::internal)?;
    let notices: Vec<i64> = rows.iter().map(|row| row.id.0).collect();
    store::insert_letter(conn, reader.user, &letter, &notices, now).await
}

/// The latest seven o'clock in the company's zone: what was told before it is in the daily letter.
fn daily_cut(company: &Company, now: DateTime<Utc>) -> DateTime<Utc> {
    let local = now.with_timezone(&company.zone);
    let day = if local.time() < DAILY_AT { local.date_naive().pred_opt() } else { Some(local.date_naive()) };
    let cut = day.and_then(|day| day.and_time(DAILY_AT).and_local_timezone(company.zone).earliest());
    cut.map_or(now, |cut| cut.to_utc())
}

/// Sends one letter, if any is due.
async fn send_next(app: &App, postman: &Postman) -> Result<bool> {
    let now = app.clock.now();
    let Some(letter) = store::next_letter(&mut *app.read().await?, now, now + HELD_FOR).await? else {
        return Ok(false);
    };
    let outcome = match postman.message(&letter, &app.base_url()) {
        Ok(message) => {
            postman.server.send(message).await.map_err(|error| (error.to_string(), is_final(&error)))
        }
        Err(error) => Err((error.to_string(), true)),
    };
    let (mut conn, then) = (app.read().await?, app.clock.now());
    match outcome {
        Ok(_) => store::save_sent(&mut conn, letter.id, then).await?,
        Err((error, last)) => {
            let wait = usize::try_from(letter.tries - 1).ok().and_then(|tried| WAITS.get(tried));
            let next = wait.filter(|_| !last).map(|minutes| now + TimeDelta::minutes(*minutes));
            tracing::warn!(letter = letter.id, %error, again = ?next, "a letter could not be sent");
            store::save_failed(&mut conn, letter.id, &error, next, then).await?;
        }
    }
    Ok(true)
}

/// Whether trying again is of no use: the server will never take this letter. Wrong credentials (53x, RFC 4954) are a
/// fault of the settings, not of the letter.
fn is_final(error: &lettre::transport::smtp::Error) -> bool {
    let about_us = error.status().is_some_and(|code| u16::from(code) / 10 == 53);
    error.is_permanent() && !about_us
}
