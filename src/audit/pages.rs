//! The log for administrators: who changed what and when, and whether the chain of seals holds.

use askama::Template;
use axum::response::{IntoResponse, Response};
use chrono_tz::Tz;
use serde_json::Value;

use super::check_chain;
use super::store::{self, LogFilter, LogRow};
use crate::auth::Role;
use crate::error::Result;
use crate::org::{self, DepartmentView};
use crate::web::context::Ctx;
use crate::web::csv::{self, CsvDownload};
use crate::web::i18n::Localiser;
use crate::web::list::{ListQuery, PER_PAGE, Paged};
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::ui::{Choice, FilterTag, Pager};

#[derive(Template)]
#[template(path = "admin/audit.html")]
struct AuditPage {
    shell: Shell,
    query: ListQuery,
    rows: Vec<LogRow>,
    pager: Pager,
    actions: Vec<Choice>,
    kinds: Vec<Choice>,
    tags: Vec<FilterTag>,
    zone: Tz,
    departments: Vec<DepartmentView>,
    checked: Option<Verdict>,
}

/// What following the chain has shown.
struct Verdict {
    /// The first row that does not fit.
    broken: Option<i64>,
}

impl AuditPage {
    fn at(&self, row: &LogRow) -> String {
        self.shell.l.datetime(row.at, self.zone)
    }

    fn action(&self, row: &LogRow) -> String {
        action_label(self.shell.l, &row.action)
    }

    fn kind(&self, row: &LogRow) -> String {
        kind_label(self.shell.l, &row.subject_kind)
    }

    fn details(&self, row: &LogRow) -> Vec<(String, String)> {
        details(self.shell.l, &row.details, &self.departments)
    }
}

impl LogRow {
    /// The thing by its name of today, or by its number.
    fn subject_name(&self) -> String {
        let number = || self.subject_id.map_or_else(String::new, |id| format!("#{id}"));
        self.subject.clone().unwrap_or_else(number)
    }

    /// Where the thing can be looked at.
    fn href(&self) -> Option<String> {
        let id = self.subject_id?;
        let base = match self.subject_kind.as_str() {
            "employee" => "/admin/people",
            "department" => "/admin/departments",
            "product" => "/products",
            "customer" => "/customers",
            "deal" => "/deals",
            "goal" => "/goals",
            "opportunity" => "/pipeline",
            _ => return None,
        };
        Some(format!("{base}/{id}"))
    }
}

/// The catalogue's words, or the code where there are none.
fn label(l: Localiser, key: &str, code: &str) -> String {
    let words = l.t(key);
    if words.starts_with('[') { code.to_owned() } else { words }
}

fn action_label(l: Localiser, action: &str) -> String {
    label(l, &format!("audit-{}", action.replace('.', "-")), action)
}

fn kind_label(l: Localiser, kind: &str) -> String {
    label(l, &format!("audit-kind-{kind}"), kind)
}

/// The details in words, in a stable order: departments by their names, roles and answers in the reader's language.
fn details(l: Localiser, value: &Value, departments: &[DepartmentView]) -> Vec<(String, String)> {
    let Value::Object(fields) = value else { return Vec::new() };
    let name = |id: i64| departments.iter().find(|known| known.id.0 == id).map(|known| known.name.clone());
    let shown = |field: &str, value: &Value| match (field, value) {
        ("department" | "parent", Value::Number(id)) => {
            id.as_i64().and_then(name).unwrap_or_else(|| id.to_string())
        }
        ("role" | "from" | "to", Value::String(code)) => {
            Role::from_code(code).map_or_else(|| code.clone(), |role| l.t(role.label()))
        }
        (_, Value::Bool(yes)) => l.t(if *yes { "yes" } else { "no" }),
        (_, Value::Null) => "–".to_owned(),
        (_, Value::Array(items)) => brief(items),
        (_, other) => plain(other),
    };
    let words = |field: &String| {
        label(l, &format!("audit-field-{}", field.replace('_', "-")), &field.replace('_', " "))
    };
    fields.iter().map(|(field, value)| (words(field), shown(field, value))).collect()
}

/// A few items in full; of many, the first and the last and how many there are.
fn brief(items: &[Value]) -> String {
    match items {
        [first, _, _, _, .., last] => format!("{} – {} ({})", plain(first), plain(last), items.len()),
        few => few.iter().map(plain).collect::<Vec<_>>().join(", "),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn filter(ctx: &Ctx, query: &ListQuery) -> LogFilter {
    LogFilter {
        who: query.text("who").to_owned(),
        action: query.get("action").map(str::to_owned),
        kind: query.get("kind").map(str::to_owned),
        from: query.parsed("from"),
        until: query.parsed("until"),
        zone: ctx.company.zone,
    }
}

/// `GET /admin/audit`; `?check=yes` follows the whole chain of seals.
pub async fn index(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let rows = store::list(&mut conn, &filter(&ctx, &query), (PER_PAGE, query.offset())).await?;
    let (actions, kinds) = store::vocabulary(&mut conn).await?;
    let choice = |label: fn(Localiser, &str) -> String| {
        let l = ctx.l;
        move |code: String| Choice::new(code.clone(), label(l, &code))
    };
    let actions: Vec<Choice> = actions.into_iter().map(choice(action_label)).collect();
    let kinds: Vec<Choice> = kinds.into_iter().map(choice(kind_label)).collect();
    let filters: [(&str, &str, &[Choice]); 5] = [
        ("who", "audit-who", &[]),
        ("action", "audit-action", &actions),
        ("kind", "audit-kind", &kinds),
        ("from", "audit-from", &[]),
        ("until", "audit-until", &[]),
    ];
    let tags = query.tags(ctx.l, &filters);
    let checked = match query.get("check") {
        Some(_) => Some(Verdict { broken: check_chain(&mut conn).await? }),
        None => None,
    };
    let departments = org::departments(&mut conn).await?;
    let total = rows.first().map_or(0, |row| row.total);
    let paged = Paged::new(rows, total, &query);
    let (pager, rows) = (paged.pager(&query), paged.rows);
    let (shell, zone) = (ctx.shell("audit"), ctx.company.zone);
    Ok(Page::ok(AuditPage { shell, query, rows, pager, actions, kinds, tags, zone, departments, checked })
        .into_response())
}

/// `GET /admin/audit.csv`
pub async fn csv(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let rows = store::list(&mut *ctx.app.read().await?, &filter(&ctx, &query), (csv::ROWS_ASKED, 0)).await?;
    let heads = [
        "audit-number",
        "audit-at",
        "audit-who",
        "audit-action",
        "audit-kind",
        "audit-subject",
        "audit-details",
    ];
    let mut file = CsvDownload::new("audit", ctx.l, &heads.map(|key| ctx.l.t(key)))?;
    for row in rows {
        let subject = row.subject_name();
        let (at, details) = (row.at.to_rfc3339(), row.details.to_string());
        file.row(&[
            row.id.to_string(),
            at,
            row.who.unwrap_or_default(),
            row.action,
            row.subject_kind,
            subject,
            details,
        ])?;
    }
    file.finish()
}
