//! `/actions`: what is to be done next, by the reader, by their department, by the people they lead.

use askama::Template;
use axum::response::{IntoResponse, Response};
use sqlx::PgConnection;

use super::{next, of_departments, own};
use crate::error::Result;
use crate::goals::Viewer;
use crate::process::Action;
use crate::process::action::Whose;
use crate::web::context::Ctx;
use crate::web::csv::CsvDownload;
use crate::web::list::{ListQuery, PER_PAGE, Paged};
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::ui::{Link, Pager};

#[derive(Template)]
#[template(path = "accountability/index.html")]
struct ActionsPage {
    shell: Shell,
    views: Vec<Link>,
    query: ListQuery,
    rows: Vec<RowView>,
    pager: Pager,
    owners: bool,
}

/// A step as lists show it.
pub struct RowView {
    /// The icon's name.
    pub icon: &'static str,
    /// Where it is done.
    pub href: String,
    /// What is to be done.
    pub title: String,
    /// About what.
    pub text: String,
    /// The day, or nothing.
    pub due: String,
    /// "3 days late", or nothing.
    pub late: String,
    /// What is at stake, or nothing.
    pub value: String,
    /// Whose it is.
    pub owner: String,
}

/// Steps as lists show them.
pub fn views(ctx: &Ctx, actions: &[Action]) -> Vec<RowView> {
    let currency = ctx.company.currency;
    let organisation = &ctx.company.organisation;
    let view = |action: &Action| RowView {
        icon: action.icon,
        href: action.href.clone(),
        title: action.title.clone(),
        text: action.text.clone(),
        due: action.due.map_or_else(String::new, |due| ctx.l.date_near(due, ctx.today)),
        late: match action.due.map(|due| (ctx.today - due).num_days()) {
            Some(days) if days > 0 => ctx.l.tr("orders-days-late", &[("n", days.into())]),
            _ => String::new(),
        },
        value: match action.value {
            0 => String::new(),
            value => ctx.l.short_money(value, currency.code(), currency.exponent()),
        },
        owner: action
            .owner
            .and_then(|id| Some(organisation.person(id)?.name.clone()))
            .or_else(|| Some(organisation.department(action.department?)?.name.clone()))
            .unwrap_or_default(),
    };
    actions.iter().map(view).collect()
}

/// Which steps, and the tabs.
async fn asked(
    conn: &mut PgConnection,
    ctx: &Ctx,
    query: &ListQuery,
) -> Result<(Vec<Action>, Vec<Link>, bool)> {
    let viewer = Viewer::new(&ctx.actor, ctx.today);
    let mut offered = vec![("mine", own(ctx))];
    let departments = of_departments(ctx);
    if !departments.departments.is_empty() {
        offered.push(("department", departments));
    }
    if ctx.sees_teams() {
        let seen = ctx.company.organisation.visible_people(viewer);
        let people = seen.into_iter().filter(|id| Some(*id) != ctx.actor.employee).collect();
        offered.push(("people", Whose { people, ..Whose::default() }));
    }
    let here = query.get("view").unwrap_or("mine").to_owned();
    let chosen = offered.iter().find(|(code, _)| *code == here).unwrap_or(&offered[0]);
    let code = chosen.0;
    let mut actions = next(conn, ctx, &chosen.1).await?;
    let words = query.search().to_lowercase();
    actions.retain(|action| {
        words.is_empty() || format!("{} {}", action.title, action.text).to_lowercase().contains(&words)
    });
    if query.get("only") == Some("overdue") {
        actions.retain(|action| action.is_overdue(ctx.today));
    }
    let link = |(view, _): &(&str, Whose)| {
        let href = if *view == "mine" { "/actions".to_owned() } else { format!("/actions?view={view}") };
        Link::new(href, ctx.l.t(&format!("actions-view-{view}"))).current(*view == code)
    };
    Ok((actions, offered.iter().map(link).collect(), code != "mine"))
}

/// `GET /actions?view=&only=overdue&q=&page=`
pub async fn index(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let (actions, tabs, owners) = asked(&mut *ctx.app.read().await?, &ctx, &query).await?;
    let total = i64::try_from(actions.len()).unwrap_or(i64::MAX);
    let skip = usize::try_from(query.offset()).unwrap_or(0);
    let shown: Vec<Action> =
        actions.into_iter().skip(skip).take(usize::try_from(PER_PAGE).unwrap_or(50)).collect();
    let paged = Paged::new(views(&ctx, &shown), total, &query);
    let page = ActionsPage {
        views: tabs,
        pager: paged.pager(&query),
        rows: paged.rows,
        owners,
        shell: ctx.shell("actions"),
        query,
    };
    Ok(Page::ok(page).into_response())
}

/// `GET /actions.csv`
pub async fn download(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let (actions, ..) = asked(&mut *ctx.app.read().await?, &ctx, &query).await?;
    let mut file = CsvDownload::new("actions", ctx.l, &["what", "about", "due", "value", "owner"])?;
    for (action, view) in actions.iter().zip(views(&ctx, &actions)) {
        let due = action.due.map_or_else(String::new, |due| due.to_string());
        let value = ctx.l.decimal(action.value, ctx.company.currency.exponent());
        file.row(&[view.title, view.text, due, value, view.owner])?;
    }
    file.finish()
}
