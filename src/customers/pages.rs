//! The list of customers, a customer's page, and the form that makes and changes customers.

use askama::Template;
use axum::extract::Path;
use axum::response::{Html, IntoResponse, Response};

use super::forms::CustomerForm;
use super::store::{self, Scope};
use super::{CustomerFilter, CustomerRow, NewCustomer, owner};
use crate::audit::{self, Event};
use crate::error::{AppError, Found, Result};
use crate::kernel::id::CustomerId;
use crate::pipeline;
use crate::service::{self, Part};
use crate::web::context::Ctx;
use crate::web::csv::{self, CsvDownload};
use crate::web::form::{Form, FormErrors};
use crate::web::list::{ListQuery, PER_PAGE, Paged};
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::stale::{Clash, Saved};
use crate::web::toast::Notice;
use crate::web::ui::{Choice, Escaped, FilterTag, Pager};

const COLUMNS: [&str; 5] = ["name", "number", "segment", "region", "order"];
/// Suggestions while typing.
const SUGGESTIONS: i64 = 8;

#[derive(Template)]
#[template(path = "customers/index.html")]
struct CustomersPage {
    shell: Shell,
    query: ListQuery,
    rows: Vec<CustomerRow>,
    pager: Pager,
    segments: Vec<Choice>,
    regions: Vec<Choice>,
    tags: Vec<FilterTag>,
    edits: bool,
}

impl CustomersPage {
    fn columns(&self) -> &'static [&'static str] {
        &COLUMNS
    }

    fn last_order(&self, row: &CustomerRow) -> String {
        row.last_order.map_or_else(|| "–".to_owned(), |day| self.shell.l.date_short_year(day))
    }
}

fn filter(query: &ListQuery) -> CustomerFilter {
    let (column, descending) = query.sort(&COLUMNS);
    let column = COLUMNS.iter().find(|known| **known == column).unwrap_or(&COLUMNS[0]);
    CustomerFilter {
        words: query.search().to_owned(),
        segment: query.get("segment").map(str::to_owned),
        region: query.get("region").map(str::to_owned),
        sort: (column, descending),
    }
}

fn scope(ctx: &Ctx) -> Scope {
    (ctx.actor.employee, ctx.actor.reads_everyone(), ctx.today)
}

fn choices(values: Vec<String>) -> Vec<Choice> {
    values.into_iter().map(|value| Choice::new(value.clone(), value)).collect()
}

/// `GET /customers`
pub async fn index(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let rows = store::list(&mut conn, &filter(&query), scope(&ctx), (PER_PAGE, query.offset())).await?;
    let (segments, regions) = (store::segments(&mut conn).await?, store::regions(&mut conn).await?);
    let (segments, regions) = (choices(segments), choices(regions));
    let filters: [(&str, &str, &[Choice]); 3] =
        [("q", "search", &[]), ("segment", "customers-segment", &[]), ("region", "customers-region", &[])];
    let tags = query.tags(ctx.l, &filters);
    let total = rows.first().map_or(0, |row| row.total);
    let paged = Paged::new(rows, total, &query);
    let (pager, rows) = (paged.pager(&query), paged.rows);
    let (shell, edits) = (ctx.shell("customers"), ctx.actor.logs_deals());
    Ok(Page::ok(CustomersPage { shell, query, rows, pager, segments, regions, tags, edits }).into_response())
}

/// `GET /customers.csv`
pub async fn csv(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let rows = store::list(&mut conn, &filter(&query), scope(&ctx), (csv::ROWS_ASKED, 0)).await?;
    let heads = [
        "customers-number",
        "customers-name",
        "customers-segment",
        "customers-region",
        "customers-last-order",
    ];
    let mut file = CsvDownload::new("customers", ctx.l, &heads.map(|key| ctx.l.t(key)))?;
    for row in rows {
        let last_order = row.last_order.map_or_else(String::new, |day| day.to_string());
        file.row(&[row.customer_no, row.name, row.segment, row.region, last_order])?;
    }
    file.finish()
}

/// `GET /customers/suggest?customer=`: `<option>` elements for a field that names a customer.
pub async fn suggest(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let words = query.text("customer");
    let found = super::suggest(&mut *ctx.app.read().await?, words, SUGGESTIONS).await?;
    let options = found.iter().map(|(_, name)| format!("<option value=\"{}\"></option>", Escaped(name)));
    Ok(Html(options.collect::<String>()).into_response())
}

#[derive(Template)]
#[template(path = "customers/show.html")]
struct CustomerPage {
    shell: Shell,
    customer: CustomerRow,
    facts: Vec<(String, String)>,
    open: Vec<pipeline::Card>,
    stages: pipeline::Stages,
    service: Part,
    edits: bool,
    /// Who answers for them, and who could; nobody where the reader does not decide it.
    owners: Vec<Choice>,
}

impl CustomerPage {
    fn owner(&self) -> String {
        self.customer.owner_id.map_or_else(String::new, |id| id.to_string())
    }

    fn money(&self, card: &pipeline::Card) -> String {
        self.shell.l.money(card.amount, card.currency.code(), card.currency.exponent())
    }

    fn expected(&self, card: &pipeline::Card) -> String {
        card.expected_on.map(|day| self.shell.l.date_year(day)).unwrap_or_default()
    }
}

/// `GET /customers/{id}`
pub async fn show(ctx: Ctx, Path(id): Path<CustomerId>) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let customer = store::find(&mut conn, id, scope(&ctx)).await?.found()?;
    let stages = pipeline::stages::all(&mut conn).await?;
    let open =
        pipeline::of_customer(&mut conn, &pipeline::policy::scope(&ctx), &stages, (id, ctx.today)).await?;
    let service = service::part_of_customer(&mut conn, &ctx, id).await?;
    let l = ctx.l;
    let known = |text: &str| if text.is_empty() { "–".to_owned() } else { text.to_owned() };
    let answers = customer.owner_id.and_then(|id| ctx.company.organisation.person(id));
    let answers = answers.map_or_else(|| "–".to_owned(), |person| person.name.clone());
    let last_order = customer.last_order.map_or_else(|| "–".to_owned(), |day| l.date_year(day));
    let facts = vec![
        (l.t("customers-number"), customer.customer_no.clone()),
        (l.t("customers-segment"), known(&customer.segment)),
        (l.t("customers-region"), known(&customer.region)),
        (l.t("customers-owner"), answers),
        (l.t("customers-last-order"), last_order),
        (l.t("customers-since"), l.date_year(ctx.company.day_of(customer.created_at))),
    ];
    let (shell, edits) = (ctx.shell("customers"), ctx.actor.logs_deals());
    let owners = owner::choices(&mut conn, &ctx, id).await?;
    Ok(Page::ok(CustomerPage { shell, customer, facts, open, stages, service, edits, owners })
        .into_response())
}

/// The form about a customer; `customer` is absent for a new one.
#[derive(Template)]
#[template(path = "customers/form.html")]
struct CustomerFormPage {
    shell: Shell,
    customer: Option<CustomerRow>,
    form: CustomerForm,
    segments: Vec<String>,
    regions: Vec<String>,
    stale: bool,
    clashes: Vec<Clash>,
    errors: FormErrors,
}

impl CustomerFormPage {
    async fn new(
        ctx: &Ctx,
        customer: Option<CustomerRow>,
        form: CustomerForm,
        errors: FormErrors,
    ) -> Result<Self> {
        let mut conn = ctx.app.read().await?;
        let (segments, regions) = (store::segments(&mut conn).await?, store::regions(&mut conn).await?);
        let shell = ctx.shell("customers");
        Ok(Self { shell, customer, form, segments, regions, stale: false, clashes: Vec::new(), errors })
    }

    fn title(&self) -> String {
        let l = self.shell.l;
        match &self.customer {
            Some(customer) => l.tr("customers-edit", &[("name", customer.name.clone().into())]),
            None => l.t("customers-add"),
        }
    }

    /// Where the form goes, and where it comes back to: the list for a new customer, else the customer.
    fn back(&self) -> String {
        self.customer
            .as_ref()
            .map_or_else(|| "/customers".to_owned(), |known| format!("/customers/{}", known.id))
    }
}

/// `GET /customers/new?name=`
pub async fn new(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let form = CustomerForm { name: query.text("name").to_owned(), ..CustomerForm::default() };
    Ok(Page::ok(CustomerFormPage::new(&ctx, None, form, FormErrors::default()).await?).into_response())
}

/// `POST /customers`
pub async fn create(ctx: Ctx, Form(form): Form<CustomerForm>) -> Result<Response> {
    let made = match form.read() {
        Ok(draft) => Saved::of(make(&ctx, &draft).await.map(Some))?,
        Err(errors) => Saved::Faulty(errors),
    };
    match made {
        Saved::Done(id) => Ok(Notice::new("customers-toast-added")
            .with("name", form.name.trim())
            .redirect(&format!("/customers/{id}"))),
        Saved::Stale => Err(AppError::Conflict("error-stale")),
        Saved::Faulty(errors) => {
            Ok(Page::invalid(CustomerFormPage::new(&ctx, None, form, errors).await?).into_response())
        }
    }
}

async fn make(ctx: &Ctx, draft: &NewCustomer<'_>) -> Result<CustomerId> {
    let mut tx = ctx.app.begin().await?;
    let id = super::create(&mut tx, draft, ctx.now).await?;
    audit::record(&mut tx, Some(ctx.actor.user), ctx.now, Event::new("customer.added", "customer", id.0))
        .await?;
    tx.commit().await?;
    Ok(id)
}

/// `GET /customers/{id}/edit`
pub async fn edit(ctx: Ctx, Path(id): Path<CustomerId>) -> Result<Response> {
    let customer = store::find(&mut *ctx.app.read().await?, id, scope(&ctx)).await?.found()?;
    let form = CustomerForm::of(&customer);
    Ok(Page::ok(CustomerFormPage::new(&ctx, Some(customer), form, FormErrors::default()).await?)
        .into_response())
}

/// `POST /customers/{id}`
pub async fn update(
    ctx: Ctx,
    Path(id): Path<CustomerId>,
    Form(form): Form<CustomerForm>,
) -> Result<Response> {
    let before = store::find(&mut *ctx.app.read().await?, id, scope(&ctx)).await?.found()?;
    let saved = match form.read() {
        Ok(draft) => Saved::of(save(&ctx, id, &draft, form.version).await)?,
        Err(errors) => Saved::Faulty(errors),
    };
    match saved {
        Saved::Done(()) => Ok(Notice::new("customers-toast-saved")
            .with("name", form.name.trim())
            .redirect(&format!("/customers/{id}"))),
        Saved::Stale => {
            let clashes = form.clashes(ctx.l, &before);
            let form = CustomerForm { version: before.version, ..form };
            let page = CustomerFormPage::new(&ctx, Some(before), form, FormErrors::default()).await?;
            Ok(Page::conflict(CustomerFormPage { stale: true, clashes, ..page }).into_response())
        }
        Saved::Faulty(errors) => {
            Ok(Page::invalid(CustomerFormPage::new(&ctx, Some(before), form, errors).await?).into_response())
        }
    }
}

async fn save(ctx: &Ctx, id: CustomerId, draft: &NewCustomer<'_>, version: i64) -> Result<Option<()>> {
    let mut tx = ctx.app.begin().await?;
    if super::update(&mut tx, id, draft, version).await?.is_none() {
        return Ok(None);
    }
    audit::record(&mut tx, Some(ctx.actor.user), ctx.now, Event::new("customer.changed", "customer", id.0))
        .await?;
    tx.commit().await?;
    Ok(Some(()))
}
