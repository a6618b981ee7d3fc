//! Which customer and which order is meant, as people and programs write it.

use sqlx::PgConnection;

use super::{scope, store};
use crate::error::Result;
use crate::kernel::id::{CustomerId, DealId, EmployeeId};
use crate::web::context::Ctx;
use crate::web::form::FormErrors;
use crate::web::list::ListQuery;

/// A customer, and perhaps an order of theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// The customer.
    pub customer: CustomerId,
    /// The order.
    pub deal: Option<DealId>,
    /// Who sold it.
    pub seller: Option<EmployeeId>,
}

/// The customer of that name or number and, where one is given, their order of that number as far as the reader sees it.
/// Faults at `customer` and `order`.
pub async fn known(
    conn: &mut PgConnection,
    ctx: &Ctx,
    customer: &str,
    order: &str,
) -> Result<std::result::Result<Known, FormErrors>> {
    let (customer, order) = (customer.trim(), order.trim());
    if customer.is_empty() {
        return Ok(Err(FormErrors::one("customer", "error-required")));
    }
    let found = store::customers(conn, customer).await?;
    let [customer] = found.as_slice() else {
        let key = if found.is_empty() { "service-error-customer" } else { "service-error-customers" };
        return Ok(Err(FormErrors::one("customer", key)));
    };
    let mut known = Known { customer: *customer, deal: None, seller: None };
    if !order.is_empty() {
        let people = scope::sight(ctx).only();
        let Some((deal, seller)) = store::order(conn, *customer, order, people.as_deref()).await? else {
            return Ok(Err(FormErrors::one("order", "service-error-order")));
        };
        (known.deal, known.seller) = (Some(deal), seller);
    }
    Ok(Ok(known))
}

/// Customer and order that an address such as `?deal=7` or `?customer=3` begins a form with; empty where there are none that the reader sees.
pub async fn begun(conn: &mut PgConnection, ctx: &Ctx, query: &ListQuery) -> Result<(String, String)> {
    if let Some(deal) = query.parsed("deal") {
        let people = scope::sight(ctx).only();
        return Ok(store::names(conn, DealId(deal), people.as_deref()).await?.unwrap_or_default());
    }
    let Some(customer) = query.parsed("customer") else { return Ok(Default::default()) };
    Ok((store::customer_name(conn, CustomerId(customer)).await?.unwrap_or_default(), String::new()))
}
