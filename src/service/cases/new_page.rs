//! `/cases/new`: a complaint or a question that came in.

use askama::Template;
use axum::response::{IntoResponse, Response};
use sqlx::PgConnection;

use super::list_page::{categories, severities};
use super::{Channel, Raw, open, read, store};
use crate::error::Result;
use crate::kernel::id::DealId;
use crate::service::{Hand, known, scope};
use crate::web::context::Ctx;
use crate::web::form::{Form, FormErrors};
use crate::web::list::ListQuery;
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::toast::Notice;
use crate::web::ui::Choice;

#[derive(Template)]
#[template(path = "service/case_new.html")]
struct NewPage {
    shell: Shell,
    form: Raw,
    errors: FormErrors,
    categories: Vec<Choice>,
    severities: Vec<Choice>,
    channels: Vec<Choice>,
    departments: Vec<Choice>,
    lines: Vec<Choice>,
}

async fn page(conn: &mut PgConnection, ctx: &Ctx, form: Raw, errors: FormErrors) -> Result<NewPage> {
    let known = known(conn, ctx, &form.customer, &form.order).await?;
    let deal: Option<DealId> = known.ok().and_then(|known| known.deal);
    let lines = match deal {
        Some(deal) => store::lines(conn, deal).await?,
        None => Vec::new(),
    };
    let channels = Channel::ALL.iter().filter(|one| **one != Channel::Feedback);
    let departments = ctx.company.organisation.departments.iter();
    Ok(NewPage {
        shell: ctx.shell("cases"),
        form,
        errors,
        categories: categories(ctx),
        severities: severities(ctx),
        channels: channels.map(|one| Choice::new(one.code(), one.name(ctx.l))).collect(),
        departments: departments.map(|one| Choice::new(one.id.to_string(), one.name.clone())).collect(),
        lines: lines.into_iter().map(|(id, name)| Choice::new(id.to_string(), name)).collect(),
    })
}

/// `GET /cases/new?customer=&deal=&follow_up=`
pub async fn show(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let (customer, order) = known::begun(&mut conn, &ctx, &query).await?;
    let department = scope::service_department(&ctx.company.organisation);
    let form = Raw {
        customer,
        order,
        category: "product".into(),
        severity: "normal".into(),
        channel: "phone".into(),
        department: department.map(|id| id.to_string()).unwrap_or_default(),
        follow_up: query.text("follow_up").to_owned(),
        ..Raw::default()
    };
    let page = page(&mut conn, &ctx, form, FormErrors::default()).await?;
    Ok(Page::ok(page).into_response())
}

/// `POST /cases/new`
pub async fn create(ctx: Ctx, Form(form): Form<Raw>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let draft = match read(&mut tx, &ctx, &form, None).await? {
        Ok(draft) => draft,
        Err(errors) => {
            let page = page(&mut tx, &ctx, form, errors).await?;
            return Ok(Page::invalid(page).into_response());
        }
    };
    let (id, _) = open(&mut tx, &Hand::of(&ctx), &draft).await?;
    tx.commit().await?;
    Ok(Notice::new("service-case-toast-opened").redirect(&format!("/cases/{id}")))
}
