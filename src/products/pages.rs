//! The list of products, a product's page, and the form that makes and changes products.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::forms::ProductForm;
use super::{NewProduct, ProductFilter, ProductRow, categories, find, policy, store};
use crate::audit::{self, Event};
use crate::error::{AppError, Found, Result};
use crate::kernel::id::ProductId;
use crate::kernel::money::{Currency, Money};
use crate::web::context::Ctx;
use crate::web::csv::{self, CsvDownload};
use crate::web::form::{Form, FormErrors};
use crate::web::i18n::Localiser;
use crate::web::list::{ListQuery, PER_PAGE, Paged};
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::stale::{Clash, Saved};
use crate::web::toast::Notice;
use crate::web::ui::{Choice, FilterTag, Pager};

const COLUMNS: [&str; 4] = ["name", "sku", "category", "price"];

#[derive(Template)]
#[template(path = "products/index.html")]
struct ProductsPage {
    shell: Shell,
    query: ListQuery,
    rows: Vec<ProductRow>,
    pager: Pager,
    categories: Vec<Choice>,
    states: Vec<Choice>,
    tags: Vec<FilterTag>,
    edits: bool,
    sees_cost: bool,
}

impl ProductsPage {
    fn columns(&self) -> &'static [&'static str] {
        &COLUMNS
    }

    fn amount(&self, minor: &i64, row: &ProductRow) -> String {
        money(self.shell.l, *minor, &row.currency)
    }
}

fn money(l: Localiser, minor: i64, currency: &str) -> String {
    let exponent = Currency::parse(currency).map_or(2, Currency::exponent);
    l.money_exact(minor, currency, exponent)
}

fn filter(query: &ListQuery) -> ProductFilter {
    let (column, descending) = query.sort(&COLUMNS);
    let column = COLUMNS.iter().find(|known| **known == column).unwrap_or(&COLUMNS[0]);
    ProductFilter {
        words: query.search().to_owned(),
        category: query.parsed("category"),
        active: query.get("status").map(|status| status == "active"),
        sort: (column, descending),
    }
}

/// `GET /products`
pub async fn index(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let rows = store::list(&mut conn, &filter(&query), (PER_PAGE, query.offset())).await?;
    let choice = |(id, name): (_, String)| Choice::new(ToString::to_string(&id), name);
    let categories: Vec<Choice> = categories(&mut conn).await?.into_iter().map(choice).collect();
    let states = [("active", "products-active"), ("inactive", "products-inactive")];
    let states: Vec<Choice> = states.into_iter().map(|(code, key)| Choice::new(code, ctx.l.t(key))).collect();
    let filters: [(&str, &str, &[Choice]); 3] = [
        ("q", "search", &[]),
        ("category", "products-category", &categories),
        ("status", "products-status", &states),
    ];
    let tags = query.tags(ctx.l, &filters);
    let total = rows.first().map_or(0, |row| row.total);
    let paged = Paged::new(rows, total, &query);
    let (pager, rows) = (paged.pager(&query), paged.rows);
    let (edits, sees_cost) = (ctx.actor.is_admin(), policy::sees_cost(&ctx.actor));
    let shell = ctx.shell("products");
    Ok(Page::ok(ProductsPage { shell, query, rows, pager, categories, states, tags, edits, sees_cost })
        .into_response())
}

/// `GET /products.csv`
pub async fn csv(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let rows = store::list(&mut *ctx.app.read().await?, &filter(&query), (csv::ROWS_ASKED, 0)).await?;
    let sees_cost = policy::sees_cost(&ctx.actor);
    let mut heads = vec!["products-sku", "products-name", "products-category", "products-subcategory"];
    heads.extend(["products-price", "field-currency", "products-active"]);
    heads.extend(sees_cost.then_some("products-cost"));
    let heads: Vec<String> = heads.into_iter().map(|key| ctx.l.t(key)).collect();
    let mut file = CsvDownload::new("products", ctx.l, &heads)?;
    for row in rows {
        let amount =
            |minor: i64| Currency::parse(&row.currency).map(|c| Money::new(minor, c).to_decimal_string());
        let active = ctx.l.t(if row.active { "yes" } else { "no" });
        let (price, cost) =
            (amount(row.list_price).unwrap_or_default(), amount(row.unit_cost).unwrap_or_default());
        let mut cells = vec![row.sku, row.name, row.category, row.subcategory, price, row.currency, active];
        cells.extend(sees_cost.then_some(cost));
        file.row(&cells)?;
    }
    file.finish()
}

#[derive(Template)]
#[template(path = "products/show.html")]
struct ProductPage {
    shell: Shell,
    product: ProductRow,
    facts: Vec<(String, String)>,
    edits: bool,
}

/// `GET /products/{id}`
pub async fn show(ctx: Ctx, Path(id): Path<ProductId>) -> Result<Response> {
    let product = find(&mut *ctx.app.read().await?, id).await?.found()?;
    let facts = facts(&ctx, &product);
    let edits = ctx.actor.is_admin();
    Ok(Page::ok(ProductPage { shell: ctx.shell("products"), product, facts, edits }).into_response())
}

fn facts(ctx: &Ctx, product: &ProductRow) -> Vec<(String, String)> {
    let l = ctx.l;
    let mut facts = vec![
        (l.t("products-sku"), product.sku.clone()),
        (l.t("products-category"), product.category.clone()),
    ];
    if !product.subcategory.is_empty() {
        facts.push((l.t("products-subcategory"), product.subcategory.clone()));
    }
    facts.push((l.t("products-price"), money(l, product.list_price, &product.currency)));
    if policy::sees_cost(&ctx.actor) {
        facts.push((l.t("products-cost"), money(l, product.unit_cost, &product.currency)));
    }
    facts
}

/// The form about a product; `product` is absent for a new one.
#[derive(Template)]
#[template(path = "products/form.html")]
struct ProductFormPage {
    shell: Shell,
    product: Option<ProductRow>,
    form: ProductForm,
    categories: Vec<String>,
    stale: bool,
    clashes: Vec<Clash>,
    errors: FormErrors,
}

impl ProductFormPage {
    async fn new(
        ctx: &Ctx,
        product: Option<ProductRow>,
        form: ProductForm,
        errors: FormErrors,
    ) -> Result<Self> {
        let categories =
            categories(&mut *ctx.app.read().await?).await?.into_iter().map(|(_, name)| name).collect();
        let shell = ctx.shell("products");
        Ok(Self { shell, product, form, categories, stale: false, clashes: Vec::new(), errors })
    }

    fn title(&self) -> String {
        let l = self.shell.l;
        match &self.product {
            Some(product) => l.tr("products-edit", &[("name", product.name.clone().into())]),
            None => l.t("products-add"),
        }
    }

    /// Where the form goes, and where it comes back to: the list for a new product, else the product.
    fn back(&self) -> String {
        self.product
            .as_ref()
            .map_or_else(|| "/products".to_owned(), |product| format!("/products/{}", product.id))
    }
}

/// `GET /products/new`
pub async fn new(ctx: Ctx) -> Result<Response> {
    let currency = ctx.company.currency.code().to_owned();
    let form = ProductForm { currency, active: "on".to_owned(), ..ProductForm::default() };
    Ok(Page::ok(ProductFormPage::new(&ctx, None, form, FormErrors::default()).await?).into_response())
}

/// `POST /products`
pub async fn create(ctx: Ctx, Form(form): Form<ProductForm>) -> Result<Response> {
    let made = match form.read() {
        Ok(draft) => Saved::of(make(&ctx, &draft).await.map(Some))?,
        Err(errors) => Saved::Faulty(errors),
    };
    match made {
        Saved::Done(id) => Ok(Notice::new("products-toast-added")
            .with("name", form.name.trim())
            .redirect(&format!("/products/{id}"))),
        Saved::Stale => Err(AppError::Conflict("error-stale")),
        Saved::Faulty(errors) => {
            Ok(Page::invalid(ProductFormPage::new(&ctx, None, form, errors).await?).into_response())
        }
    }
}

async fn make(ctx: &Ctx, draft: &NewProduct<'_>) -> Result<ProductId> {
    let mut tx = ctx.app.begin().await?;
    let id = super::create(&mut tx, draft).await?;
    let event = Event::new("product.added", "product", id.0).with(details(draft));
    audit::record(&mut tx, Some(ctx.actor.user), ctx.now, event).await?;
    tx.commit().await?;
    Ok(id)
}

fn details(draft: &NewProduct<'_>) -> serde_json::Value {
    json!({
        "sku": draft.sku.trim(), "unit_cost": draft.unit_cost, "list_price": draft.list_price,
        "currency": draft.currency.code(), "active": draft.active,
    })
}

/// `GET /products/{id}/edit`
pub async fn edit(ctx: Ctx, Path(id): Path<ProductId>) -> Result<Response> {
    let product = find(&mut *ctx.app.read().await?, id).await?.found()?;
    let form = ProductForm::of(&product);
    Ok(Page::ok(ProductFormPage::new(&ctx, Some(product), form, FormErrors::default()).await?)
        .into_response())
}

/// `POST /products/{id}`
pub async fn update(ctx: Ctx, Path(id): Path<ProductId>, Form(form): Form<ProductForm>) -> Result<Response> {
    let before = find(&mut *ctx.app.read().await?, id).await?.found()?;
    let saved = match form.read() {
        Ok(draft) => Saved::of(save(&ctx, id, &draft, form.version).await)?,
        Err(errors) => Saved::Faulty(errors),
    };
    match saved {
        Saved::Done(()) => Ok(Notice::new("products-toast-saved")
            .with("name", form.name.trim())
            .redirect(&format!("/products/{id}"))),
        Saved::Stale => {
            let clashes = form.clashes(ctx.l, &before);
            let form = ProductForm { version: before.version, ..form };
            let page = ProductFormPage::new(&ctx, Some(before), form, FormErrors::default()).await?;
            Ok(Page::conflict(ProductFormPage { stale: true, clashes, ..page }).into_response())
        }
        Saved::Faulty(errors) => {
            Ok(Page::invalid(ProductFormPage::new(&ctx, Some(before), form, errors).await?).into_response())
        }
    }
}

async fn save(ctx: &Ctx, id: ProductId, draft: &NewProduct<'_>, version: i64) -> Result<Option<()>> {
    let mut tx = ctx.app.begin().await?;
    if super::update(&mut tx, id, draft, version).await?.is_none() {
        return Ok(None);
    }
    let event = Event::new("product.changed", "product", id.0).with(details(draft));
    audit::record(&mut tx, Some(ctx.actor.user), ctx.now, event).await?;
    tx.commit().await?;
    Ok(Some(()))
}
