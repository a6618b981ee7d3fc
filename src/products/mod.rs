//! What is sold: products in categories, with what a unit costs and is listed at.

mod forms;
mod pages;
mod policy;
mod store;

use std::collections::HashMap;

use sqlx::PgConnection;

use crate::error::{OnConstraint, Result};
use crate::kernel::id::{CategoryId, ProductId};
use crate::kernel::money::Currency;
use crate::web::routes::{Gate, Routes};

/// A product as others see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductView {
    /// The product.
    pub id: ProductId,
    /// The company's own number for it.
    pub sku: String,
    /// Its name.
    pub name: String,
    /// Its category.
    pub category_id: CategoryId,
    /// The category's name.
    pub category: String,
    /// What a unit costs, in minor units of `currency`.
    pub unit_cost: i64,
    /// What a unit is listed at, in minor units of `currency`.
    pub list_price: i64,
    /// ISO 4217 code.
    pub currency: String,
}

/// What a product is made of.
#[derive(Clone, Debug)]
pub struct NewProduct<'a> {
    /// The company's own number for it, unique.
    pub sku: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Name of its category, which is made when there is none.
    pub category: &'a str,
    /// Finer than the category, perhaps empty.
    pub subcategory: &'a str,
    /// What a unit costs, in minor units of `currency`.
    pub unit_cost: i64,
    /// What a unit is listed at, in minor units of `currency`.
    pub list_price: i64,
    /// Currency of cost and price.
    pub currency: Currency,
    /// Whether it is offered when a deal is logged.
    pub active: bool,
}

const RULES: &[(&str, &str, &str)] = &[("products_sku_key", "sku", "products-sku-taken")];

/// Every product that is offered, by name.
pub async fn list_active(conn: &mut PgConnection) -> Result<Vec<ProductView>> {
    Ok(store::list_active(conn).await?)
}

/// The names of all products, also of those that are not sold any more.
pub async fn names(conn: &mut PgConnection) -> Result<HashMap<ProductId, String>> {
    Ok(store::names(conn).await?.into_iter().collect())
}

/// Every category, by name.
pub async fn categories(conn: &mut PgConnection) -> Result<Vec<(CategoryId, String)>> {
    Ok(store::list_categories(conn).await?)
}

/// Makes a product. A fault at `sku` when it is taken.
pub async fn create(conn: &mut PgConnection, new: &NewProduct<'_>) -> Result<ProductId> {
    let category = store::category(conn, new.category.trim()).await?;
    store::insert(conn, new, category).await.on_constraint(RULES)
}

/// Stores `new` over the product of `version`; `None` when somebody else has changed it since. A fault at `sku`
/// when it is taken. Deals keep the cost they were booked at.
pub async fn update(
    conn: &mut PgConnection,
    id: ProductId,
    new: &NewProduct<'_>,
    version: i64,
) -> Result<Option<()>> {
    let category = store::category(conn, new.category.trim()).await?;
    store::save(conn, id, new, category, version).await.on_constraint(RULES)
}

/// A product with all that is known of it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ProductRow {
    /// The product.
    pub id: ProductId,
    /// The company's own number for it.
    pub sku: String,
    /// Its name.
    pub name: String,
    /// Its category's name.
    pub category: String,
    /// Finer than the category, perhaps empty.
    pub subcategory: String,
    /// What a unit costs, in minor units of `currency`.
    pub unit_cost: i64,
    /// What a unit is listed at, in minor units of `currency`.
    pub list_price: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// Whether it is offered when a deal is logged.
    pub active: bool,
    /// For stale-edit checks.
    pub version: i64,
    /// Rows in the whole list.
    pub total: i64,
}

/// Which products, in which order.
#[derive(Clone, Debug, Default)]
pub struct ProductFilter {
    /// Part of the name or the number.
    pub words: String,
    /// Only of this category.
    pub category: Option<CategoryId>,
    /// Only those that are offered, or only those that are not.
    pub active: Option<bool>,
    /// Column and whether it is descending.
    pub sort: (&'static str, bool),
}

/// A product by its id.
pub async fn find(conn: &mut PgConnection, id: ProductId) -> Result<Option<ProductRow>> {
    Ok(store::find(conn, id).await?)
}

/// Products for everyone to read and administrators to edit.
pub fn routes() -> Routes {
    Routes::new()
        .get("/products", Gate::SignedIn, pages::index)
        .get("/products.csv", Gate::SignedIn, pages::csv)
        .get("/products/new", Gate::Admin, pages::new)
        .post("/products", Gate::Admin, pages::create)
        .get("/products/{id}", Gate::SignedIn, pages::show)
        .get("/products/{id}/edit", Gate::Admin, pages::edit)
        .post("/products/{id}", Gate::Admin, pages::update)
}
