//! Who buys. A customer is known by name when a deal is logged and made on the spot when new.

mod forms;
mod owner;
mod pages;
mod store;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;

use crate::error::{OnConstraint, Result};
use crate::kernel::id::{CustomerId, EmployeeId};
use crate::web::routes::{Gate, Routes};

/// What a customer is made of.
#[derive(Clone, Debug, Default)]
pub struct NewCustomer<'a> {
    /// The company's own number for them, unique; the next free one when absent.
    pub customer_no: Option<&'a str>,
    /// Their name.
    pub name: &'a str,
    /// Kind of customer, perhaps empty.
    pub segment: &'a str,
    /// Where they are, perhaps empty.
    pub region: &'a str,
}

const RULES: &[(&str, &str, &str)] =
    &[("customers_customer_no_key", "customer_no", "customers-number-taken")];

/// Makes a customer. A fault at `customer_no` when it is taken.
pub async fn create(
    conn: &mut PgConnection,
    new: &NewCustomer<'_>,
    now: DateTime<Utc>,
) -> Result<CustomerId> {
    let number = match new.customer_no.map(str::trim).filter(|number| !number.is_empty()) {
        Some(number) => number.to_owned(),
        None => store::next_number(conn).await?,
    };
    store::insert(conn, new, &number, now).await.on_constraint(RULES)
}

/// Stores `new` over the customer of `version`; `None` when somebody else has changed them since. An absent number
/// stays as it is. A fault at `customer_no` when it is taken.
pub async fn update(
    conn: &mut PgConnection,
    id: CustomerId,
    new: &NewCustomer<'_>,
    version: i64,
) -> Result<Option<()>> {
    store::save(conn, id, new, version).await.on_constraint(RULES)
}

/// The customer of that name, in any case, made when there is none.
pub async fn find_or_create_by_name(
    conn: &mut PgConnection,
    name: &str,
    now: DateTime<Utc>,
) -> Result<CustomerId> {
    let name = name.trim();
    store::lock_name(conn, name).await?;
    match store::find_by_name(conn, name).await? {
        Some(known) => Ok(known),
        None => create(conn, &NewCustomer { name, ..NewCustomer::default() }, now).await,
    }
}

/// Up to `limit` customers whose name contains `words`; names that begin with them first.
pub async fn suggest(conn: &mut PgConnection, words: &str, limit: i64) -> Result<Vec<(CustomerId, String)>> {
    Ok(store::suggest(conn, words.trim(), limit).await?)
}

/// The customer with a number.
pub async fn by_number(conn: &mut PgConnection, number: &str) -> Result<Option<CustomerId>> {
    Ok(store::find_by_number(conn, number).await?)
}

/// A customer's name.
pub async fn name(conn: &mut PgConnection, id: CustomerId) -> Result<Option<String>> {
    Ok(store::find_name(conn, id).await?)
}

/// Customers by their segment, without those that have none.
pub async fn by_segment(conn: &mut PgConnection) -> Result<Vec<(String, Vec<i64>)>> {
    Ok(store::by_segment(conn).await?)
}

/// A customer with all that is known of them.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CustomerRow {
    /// The customer.
    pub id: CustomerId,
    /// The company's own number for them.
    pub customer_no: String,
    /// Their name.
    pub name: String,
    /// Kind of customer, perhaps empty.
    pub segment: String,
    /// Where they are, perhaps empty.
    pub region: String,
    /// Who answers for them beside those who sell to them, and is told what happens to their orders.
    pub owner_id: Option<EmployeeId>,
    /// When they became known.
    pub created_at: DateTime<Utc>,
    /// Day of the latest order that the reader sees.
    pub last_order: Option<NaiveDate>,
    /// For stale-edit checks.
    pub version: i64,
    /// Rows in the whole list.
    pub total: i64,
}

/// Which customers, in which order.
#[derive(Clone, Debug, Default)]
pub struct CustomerFilter {
    /// Part of the name or the number.
    pub words: String,
    /// Only of this segment.
    pub segment: Option<String>,
    /// Only in this region.
    pub region: Option<String>,
    /// Column and whether it is descending.
    pub sort: (&'static str, bool),
}

/// Customers for everyone to read, and for those who sell to add and edit.
pub fn routes() -> Routes {
    Routes::new()
        .get("/customers", Gate::SignedIn, pages::index)
        .get("/customers.csv", Gate::SignedIn, pages::csv)
        .get("/customers/suggest", Gate::SignedIn, pages::suggest)
        .get("/customers/new", Gate::Seller, pages::new)
        .post("/customers", Gate::Seller, pages::create)
        .get("/customers/{id}", Gate::SignedIn, pages::show)
        .get("/customers/{id}/edit", Gate::Seller, pages::edit)
        .post("/customers/{id}", Gate::Seller, pages::update)
        .post("/customers/{id}/owner", Gate::Leader, owner::save)
}
