//! A letter: what waits in somebody's inbox, as plain text and as HTML, in their language.

use askama::Template;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::store::{Reader, Row};
use super::value::Value;
use crate::kernel::lang::Lang;
use crate::org::Company;
use crate::web::i18n::{self, Localiser};

/// A letter to one person.
#[derive(Clone, Debug)]
pub(super) struct Letter {
    /// Its row; 0 until it has one.
    pub(super) id: i64,
    /// Stays the same however often it is sent.
    pub(super) message_id: String,
    /// Where it goes.
    pub(super) address: String,
    pub(super) subject: String,
    pub(super) plain: String,
    pub(super) html: String,
    /// How often sending was tried.
    pub(super) tries: i32,
    /// Ends mails without signing in.
    pub(super) token: Uuid,
}

/// One thing told, in words.
pub(super) struct Told {
    pub(super) text: String,
    pub(super) quote: String,
    pub(super) href: String,
    pub(super) when: String,
}

/// What a stored notice says in the reader's language.
pub(super) fn words(l: Localiser, company: &Company, row: &Row) -> String {
    let said: Vec<(&str, i18n::Value)> = row
        .details
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| {
            let value: Value = serde_json::from_value(value.clone()).ok()?;
            Some((name.as_str(), value.say(l, company.fiscal)))
        })
        .collect();
    l.tr(&row.message, &said)
}

#[derive(Template)]
#[template(path = "notices/letter.txt")]
struct Plain<'a> {
    l: Localiser,
    greeting: &'a str,
    told: &'a [Told],
    base: &'a str,
    stop: &'a str,
}

#[derive(Template)]
#[template(path = "notices/letter.html")]
struct Rich<'a> {
    l: Localiser,
    subject: &'a str,
    greeting: &'a str,
    told: &'a [Told],
    base: &'a str,
    stop: &'a str,
    company: &'a str,
}

/// The address that ends mails to the owner of `token`.
pub(super) fn stop_address(base: &str, token: Uuid) -> String {
    format!("{base}/unsubscribe/{token}")
}

/// Writes the letter that tells `reader` of `rows`, of which there is one at least.
pub(super) fn write(
    company: &Company,
    base: &str,
    reader: &Reader,
    rows: &[Row],
    now: DateTime<Utc>,
) -> Result<Letter, askama::Error> {
    let lang = reader.language.as_deref().and_then(Lang::from_code).unwrap_or(company.lang);
    let l = Localiser::new(lang).of_company(company.currency);
    let told: Vec<Told> = rows
        .iter()
        .map(|row| Told {
            text: words(l, company, row),
            quote: row.quote.clone(),
            href: format!("{base}/inbox/{}", row.id),
            when: l.datetime(row.told_at, company.zone),
        })
        .collect();
    let subject = match told.as_slice() {
        [one] => one.text.clone(),
        many => l.tr("notices-mail-many", &[("n", many.len().into())]),
    };
    let first = reader.name.split_whitespace().next().unwrap_or(&reader.name);
    let greeting = l.tr("notices-mail-greeting", &[("name", first.into())]);
    let stop = stop_address(base, reader.token);
    let (told, greeting, stop) = (told.as_slice(), greeting.as_str(), stop.as_str());
    let plain = Plain { l, greeting, told, base, stop }.render()?;
    let rich = Rich { l, subject: &subject, greeting, told, base, stop, company: &company.name };
    let host = base.split_once("://").map_or(base, |(_, host)| host).split(':').next().unwrap_or("localhost");
    Ok(Letter {
        id: 0,
        message_id: format!("<{}.{}@{host}>", now.timestamp(), Uuid::now_v7()),
        address: reader.email.clone(),
        html: rich.render()?,
        subject,
        plain,
        tries: 0,
        token: reader.token,
    })
}
