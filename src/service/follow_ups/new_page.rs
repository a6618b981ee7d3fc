//! `/follow-ups/new`: a follow-up by hand.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use chrono::Days;
use serde_json::json;

use super::{Raw, make, read};
use crate::audit::{self, Event};
use crate::auth::accounts;
use crate::error::Result;
use crate::notices::{self, Telling, Value};
use crate::service::{known, scope};
use crate::web::context::Ctx;
use crate::web::form::{Form, FormErrors};
use crate::web::list::ListQuery;
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::toast::Notice;
use crate::web::ui::Escaped;

/// Suggestions while typing.
const SUGGESTIONS: usize = 12;

#[derive(Template)]
#[template(path = "service/follow_up_new.html")]
struct NewPage {
    shell: Shell,
    form: Raw,
    errors: FormErrors,
}

/// `GET /follow-ups/new?customer=&deal=`
pub async fn show(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let (customer, order) = known::begun(&mut conn, &ctx, &query).await?;
    let due = ctx.today.checked_add_days(Days::new(7)).unwrap_or(ctx.today).to_string();
    let owner = if ctx.actor.employee.is_some() { ctx.actor.name.clone() } else { String::new() };
    let form = Raw { customer, order, owner, due, question: String::new() };
    let page = NewPage { shell: ctx.shell("follow-ups"), form, errors: FormErrors::default() };
    Ok(Page::ok(page).into_response())
}

/// `POST /follow-ups/new`
pub async fn create(ctx: Ctx, Form(form): Form<Raw>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let draft = match read(&mut tx, &ctx, &form, None).await? {
        Ok(draft) => draft,
        Err(errors) => {
            let page = NewPage { shell: ctx.shell("follow-ups"), form, errors };
            return Ok(Page::invalid(page).into_response());
        }
    };
    let made = make(&mut tx, std::slice::from_ref(&draft), Some(ctx.actor.user), ctx.now).await?;
    for id in &made {
        let event = Event::new("follow-up.made", "follow-up", id.0).with(json!({ "due": draft.due_on }));
        audit::record(&mut tx, Some(ctx.actor.user), ctx.now, event).await?;
        let owners: Vec<_> = draft.owner.into_iter().collect();
        let to = accounts::of_people(&mut tx, &owners).await?.into_iter().map(|holder| holder.user);
        let values = vec![
            ("who", Value::text(&ctx.actor.name)),
            ("customer", Value::text(form.customer.trim())),
            ("due", Value::Day { day: draft.due_on }),
        ];
        let href = format!("/follow-ups/{id}");
        let telling =
            Telling { message: "notice-follow-up-assigned", values, quote: draft.question.clone(), href };
        notices::tell(&mut tx, &to.collect::<Vec<_>>(), Some(ctx.actor.user), &telling, ctx.now).await?;
    }
    tx.commit().await?;
    Ok(Notice::new("service-toast-made").redirect("/follow-ups"))
}

/// `GET /follow-ups/people?owner=`: `<option>` elements for a field that names a colleague.
pub async fn people(ctx: Ctx, query: ListQuery) -> Response {
    let words = query.text("owner").to_lowercase();
    let fits = |name: &str| name.to_lowercase().contains(&words);
    let found = scope::reachable(&ctx).into_iter().filter(|one| fits(&one.name) || fits(&one.employee_no));
    let option = |name: &str, number: &str| {
        format!("<option value=\"{} · {}\"></option>", Escaped(name), Escaped(number))
    };
    let options = found.take(SUGGESTIONS).map(|one| option(&one.name, &one.employee_no));
    Html(options.collect::<String>()).into_response()
}
